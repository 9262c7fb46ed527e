//! A reply with an error status, read with care and put into our words.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::http::Server;
use crate::{Error, Excerpt};

/// Most of an error's body that is read; the reason stands at its beginning.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What a server said when it would not answer.
pub(crate) struct Rejection {
    pub(crate) status: u16,
    retry_after: Option<Duration>,
    /// Machine-readable reasons (`code`, `type`, `status`), where the server gave some.
    codes: Vec<String>,
    /// The whole body in lower case, for looking up what it complains about.
    body: String,
    excerpt: Excerpt,
    server: String,
}

impl Rejection {
    /// Reads why the server rejected a request. A body that breaks off still counts for what arrived of it.
    pub(crate) async fn read(server: &Server, mut response: Response) -> Self {
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        let mut body = Vec::new();
        while let Ok(Some(piece)) = server.read_piece(&mut response).await {
            body.extend_from_slice(&piece);
            if body.len() >= MAX_BODY_BYTES {
                body.truncate(MAX_BODY_BYTES);
                break;
            }
        }
        Self::from_body(server, status, retry_after, &String::from_utf8_lossy(&body))
    }

    /// Reads an error that came inside a good reply, as some gateways and all broken streams send it.
    pub(crate) fn from_error_object(server: &Server, error: &Value) -> Self {
        // Gateways put the status of the provider behind them into `code`.
        let status = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        let status = status.filter(|status| *status >= 400).unwrap_or(500);
        Self::from_body(server, status, None, &serde_json::json!({ "error": error }).to_string())
    }

    fn from_body(server: &Server, status: u16, retry_after: Option<Duration>, body: &str) -> Self {
        let json = serde_json::from_str::<Value>(body).unwrap_or_default();
        // OpenAI nests the reason under `error`, Ollama's own API has a text there, FastAPI says `detail`.
        let error = json.get("error").unwrap_or(&json);
        let message = ["message", "detail"]
            .iter()
            .find_map(|field| error.get(field).and_then(Value::as_str))
            .or_else(|| error.as_str())
            // A page of HTML tells an operator nothing.
            .unwrap_or(if body.trim_start().starts_with('<') { "" } else { body });
        let codes = ["code", "type", "status"]
            .iter()
            .filter_map(|field| error.get(field).and_then(Value::as_str).map(str::to_owned))
            .collect();
        Self {
            status,
            retry_after,
            codes,
            excerpt: server.excerpt(message),
            body: body.to_lowercase(),
            server: server.origin(),
        }
    }

    /// Whether the server's words mention this, in whatever case.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        self.body.contains(word)
    }

    /// Whether the prompt is longer than the model can read. There is no agreed code for it, only habits.
    pub(crate) fn is_prompt_too_long(&self) -> bool {
        self.status == 413
            || matches!(self.status, 400 | 422 | 500)
                && (self.has_code("context_length_exceeded")
                    || self.has_code("exceed_context_size_error")
                    || self.mentions("maximum context length")
                    || self.mentions("context window"))
    }

    /// The same in our words.
    pub(crate) fn into_error(self, model: &str) -> Error {
        if self.is_prompt_too_long() {
            return Error::PromptTooLong;
        }
        match self.status {
            401 | 403 => Error::Unauthorized,
            402 => Error::OutOfCredit,
            429 if self.has_code("insufficient_quota") => Error::OutOfCredit,
            429 => Error::RateLimited { retry_after: self.retry_after },
            400 if self.has_code("model_not_found") => Error::ModelNotFound { model: model.to_owned() },
            404 if self.mentions("model") => Error::ModelNotFound { model: model.to_owned() },
            300..400 | 404 | 405 => Error::WrongAddress { server: self.server, status: self.status },
            408 | 504 | 524 => Error::Timeout,
            status @ 400..500 => Error::BadRequest { status, excerpt: self.excerpt },
            status => Error::ServerError { status, retry_after: self.retry_after, excerpt: self.excerpt },
        }
    }

    fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|given| given == code)
    }
}

/// How long the server asks to wait. `retry-after-ms` is OpenAI's finer form. A date, which HTTP allows too, is not read: it
/// would need a clock that agrees with the server's, and model servers do not send it.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let seconds = number("retry-after-ms").map(|wait| wait / 1000.0).or_else(|| number("retry-after"))?;
    Duration::try_from_secs_f64(seconds).ok()
}
