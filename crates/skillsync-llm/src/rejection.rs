//! A reply with an error status, read with care and put into our words.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;

use crate::http::Server;
use crate::timeouts::Patience;
use crate::{Error, Excerpt, TimeoutPhase, retry_after};

/// Most of an error's body that is read; the reason stands at its beginning.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Habits of saying that a prompt is longer than the model can read.
const TOO_LONG: [&str; 5] =
    ["maximum context length", "context window", "prompt is too long", "input token count", "exceeds the context"];

/// What a server said when it would not answer.
pub(crate) struct Rejection {
    pub(crate) status: u16,
    retry_after: Option<Duration>,
    /// Machine-readable reasons (`code`, `type`, `status`, `reason`), where the server gave some.
    codes: Vec<String>,
    /// The whole body in lower case, for looking up what it complains about.
    body: String,
    excerpt: Excerpt,
    server: String,
    usual_ending: &'static str,
}

impl Rejection {
    /// Reads why the server rejected a request. A body that breaks off still counts for what arrived of it.
    pub(crate) async fn read(server: &Server, mut response: Response, patience: &mut Patience) -> Self {
        let status = response.status().as_u16();
        let retry_after = retry_after::in_headers(response.headers());
        let mut body = Vec::new();
        while let Ok(Some(piece)) = server.read_piece(&mut response, patience).await {
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
        // Gateways put the status of the provider behind them into `code`; others only name the kind of error.
        let number = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        let named = || codes(error).iter().find_map(|code| status_named(code));
        let status = number.filter(|status| *status >= 400).or_else(named).unwrap_or(500);
        Self::from_body(server, status, None, &serde_json::json!({ "error": error }).to_string())
    }

    fn from_body(server: &Server, status: u16, retry_after: Option<Duration>, body: &str) -> Self {
        let json = serde_json::from_str::<Value>(body).unwrap_or_default();
        // Where Google streams, an error comes in a list of its own.
        let json = json.get(0).unwrap_or(&json);
        // OpenAI, Anthropic and Google nest the reason under `error`, Ollama has a text there, FastAPI says `detail`.
        let error = json.get("error").unwrap_or(json);
        let message = ["message", "detail"]
            .iter()
            .find_map(|field| error.get(field).and_then(Value::as_str))
            .or_else(|| error.as_str())
            // A page of HTML tells an operator nothing.
            .unwrap_or(if body.trim_start().starts_with('<') { "" } else { body });
        Self {
            status,
            retry_after: retry_after.or_else(|| retry_after::in_details(error)),
            codes: codes(error),
            excerpt: server.excerpt(message),
            body: body.to_lowercase(),
            server: server.origin(),
            usual_ending: server.usual_ending,
        }
    }

    /// Whether the server's words mention this, in whatever case.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        self.body.contains(word)
    }

    /// Whether the server's words mention one of these.
    pub(crate) fn mentions_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.mentions(word))
    }

    /// Whether it may be about how the server was asked, so that another form of the same question may be accepted. Limits,
    /// keys and the question itself are nothing that another form would mend.
    pub(crate) fn may_be_about_the_form(&self) -> bool {
        matches!(self.status, 400 | 422 | 500 | 501)
            && !self.is_prompt_too_long()
            && !self.is_about_the_key()
            && !self.is_about_credit()
            && !self.is_failed_writing()
    }

    /// The same in our words.
    pub(crate) fn into_error(self, model: &str) -> Error {
        if self.is_prompt_too_long() {
            return Error::PromptTooLong;
        }
        if self.is_about_credit() {
            return Error::OutOfCredit;
        }
        if self.is_about_the_key() {
            return Error::Unauthorized;
        }
        if self.is_failed_writing() {
            return Error::BadReply { excerpt: self.excerpt, usage: None };
        }
        match self.status {
            429 => Error::RateLimited { retry_after: self.retry_after },
            400 if self.has_code("model_not_found") => Error::ModelNotFound { model: model.to_owned() },
            404 if self.mentions("model") => Error::ModelNotFound { model: model.to_owned() },
            status @ (300..400 | 404 | 405) => {
                Error::WrongAddress { server: self.server, status, ending: self.usual_ending }
            }
            408 | 504 | 524 => Error::timed_out(TimeoutPhase::Upstream),
            status @ 400..500 => Error::BadRequest { status, excerpt: self.excerpt },
            status => Error::ServerError { status, retry_after: self.retry_after, excerpt: self.excerpt, usage: None },
        }
    }

    /// There is no agreed code for it, only habits.
    fn is_prompt_too_long(&self) -> bool {
        self.status == 413
            || matches!(self.status, 400 | 422 | 500)
                && (self.has_code("context_length_exceeded")
                    || self.has_code("exceed_context_size_error")
                    || self.mentions_one_of(&TOO_LONG))
    }

    fn is_about_credit(&self) -> bool {
        self.status == 402
            || self.status == 429 && self.has_code("insufficient_quota")
            || self.status == 400 && self.mentions("credit balance")
    }

    /// Google answers a wrong key with status 400.
    fn is_about_the_key(&self) -> bool {
        matches!(self.status, 401 | 403) || self.status == 400 && self.has_code("API_KEY_INVALID")
    }

    /// Groq answers with status 400 when the model tried and wrote something else than the schema wants.
    fn is_failed_writing(&self) -> bool {
        self.status == 400 && self.has_code("json_validate_failed")
    }

    fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|given| given == code)
    }
}

/// The machine-readable reasons in an error; Google keeps the finest among the details.
fn codes(error: &Value) -> Vec<String> {
    let reasons = error.get("details").and_then(Value::as_array).into_iter().flatten();
    let fields = ["code", "type", "status"].iter().map(|field| error.get(field));
    let found = fields.chain(reasons.map(|detail| detail.get("reason")));
    found.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The status that an error inside a good reply would have had, by its kind in Anthropic's or Google's words.
fn status_named(code: &str) -> Option<u16> {
    Some(match code {
        "invalid_request_error" | "INVALID_ARGUMENT" | "FAILED_PRECONDITION" => 400,
        "authentication_error" | "UNAUTHENTICATED" => 401,
        "billing_error" => 402,
        "permission_error" | "PERMISSION_DENIED" => 403,
        "not_found_error" | "NOT_FOUND" => 404,
        "request_too_large" => 413,
        "rate_limit_error" | "rate_limit_exceeded" | "insufficient_quota" | "RESOURCE_EXHAUSTED" => 429,
        "api_error" | "INTERNAL" => 500,
        "overloaded_error" => 529,
        "UNAVAILABLE" => 503,
        "timeout_error" | "DEADLINE_EXCEEDED" => 504,
        _ => return None,
    })
}
