//! The list of models that a server offers, which also tells whether there is such a server at all.

use serde::Deserialize;

use super::WireFormat;
use crate::rejection::Rejection;
use crate::timeouts::Patience;
use crate::{Error, Secret, Timeouts};

/// The list of OpenAI and Anthropic. A server without any model says `null`, as Ollama does before the first download.
#[derive(Deserialize)]
struct ModelList {
    data: Option<Vec<ModelEntry>>,
}

#[derive(Deserialize)]
struct ModelEntry {
    id: String,
}

/// Google's list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GeminiList {
    models: Option<Vec<GeminiEntry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GeminiEntry {
    name: String,
    supported_generation_methods: Option<Vec<String>>,
}

/// Asks a server which models it has that can answer, in its own order. Costs nothing, and tells whether a server is there
/// (Ollama is at `http://127.0.0.1:11434/v1`), whether the key is accepted, and whether the base URL is right.
pub async fn list_models(
    format: WireFormat,
    base_url: &str,
    api_key: Option<&Secret>,
    timeouts: Timeouts,
) -> Result<Vec<String>, Error> {
    let server = format.connect(base_url, api_key, timeouts)?;
    let mut patience = Patience::new(timeouts);
    // One page is enough: none of them has a thousand models.
    let query = match format {
        WireFormat::OpenAi => None,
        WireFormat::Anthropic => Some("limit=1000"),
        WireFormat::Gemini => Some("pageSize=1000"),
    };
    let mut response = server.get("models", query, &mut patience).await?;
    if !response.status().is_success() {
        return Err(match Rejection::read(&server, response, &mut patience).await.into_error("") {
            // No model was asked for: the list itself is missing.
            Error::ModelNotFound { .. } => {
                Error::WrongAddress { server: server.origin(), status: 404, ending: server.usual_ending }
            }
            error => error,
        });
    }
    let body = server.read(&mut response, &mut patience).await?;
    names(format, &body).map_err(|error| server.bad_reply(&error.to_string()))
}

fn names(format: WireFormat, body: &[u8]) -> serde_json::Result<Vec<String>> {
    Ok(match format {
        WireFormat::OpenAi | WireFormat::Anthropic => {
            let list: ModelList = serde_json::from_slice(body)?;
            list.data.unwrap_or_default().into_iter().map(|entry| entry.id).collect()
        }
        WireFormat::Gemini => {
            let list: GeminiList = serde_json::from_slice(body)?;
            // Its models also embed texts and draw pictures.
            let answers = |entry: &GeminiEntry| {
                let methods = entry.supported_generation_methods.as_ref();
                methods.is_none_or(|methods| methods.iter().any(|method| method == "generateContent"))
            };
            let entries = list.models.unwrap_or_default().into_iter().filter(answers);
            entries.map(|entry| entry.name.trim_start_matches("models/").to_owned()).collect()
        }
    })
}
