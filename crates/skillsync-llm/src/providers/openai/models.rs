//! The list of models that a server offers, which also tells whether there is such a server at all.

use serde::Deserialize;
use tokio::time::timeout;

use super::connect;
use crate::rejection::Rejection;
use crate::{Error, Secret, Timeouts};

/// A server without any model says `null`, as Ollama does before the first download.
#[derive(Deserialize)]
struct ModelList {
    data: Option<Vec<ModelEntry>>,
}

#[derive(Deserialize)]
struct ModelEntry {
    id: String,
}

/// Asks an OpenAI-compatible server which models it has, in its own order. Costs nothing, and tells whether a server is
/// there (Ollama is at `http://127.0.0.1:11434/v1`), whether the key is accepted, and whether the base URL is right.
pub async fn list_models(base_url: &str, api_key: Option<&Secret>, timeouts: Timeouts) -> Result<Vec<String>, Error> {
    timeout(timeouts.total, async {
        let server = connect(base_url, api_key, timeouts)?;
        let response = server.get("models").await?;
        if !response.status().is_success() {
            return Err(match Rejection::read(&server, response).await.into_error("") {
                // No model was asked for: the list itself is missing.
                Error::ModelNotFound { .. } => Error::WrongAddress { server: server.origin(), status: 404 },
                error => error,
            });
        }
        let body = server.read(response).await?;
        let list: ModelList = serde_json::from_slice(&body)
            .map_err(|error| Error::BadReply { excerpt: server.excerpt(&error.to_string()), usage: None })?;
        Ok(list.data.unwrap_or_default().into_iter().map(|entry| entry.id).collect())
    })
    .await
    .map_err(|_| Error::Timeout)?
}
