//! The model that callers hold: one interface, whoever answers.

use std::fmt;
use std::sync::Arc;

use futures::Stream;

use crate::providers::Provider;
use crate::providers::openai::{OpenAi, OpenAiConfig};
use crate::{Chunk, Error, Reply, Request, Script};

/// One provider's model, ready to be asked. Cloning is cheap, and clones share their connections and whatever was learned
/// about the server.
#[derive(Clone)]
pub struct Model {
    provider: Provider,
}

impl Model {
    /// A model behind any server that speaks OpenAI's chat completions: OpenAI itself, Ollama, Groq, OpenRouter, vLLM,
    /// llama.cpp and others. Nothing is sent yet; a wrong setting shows as [`Error::Misconfigured`] at the first question.
    pub fn open_ai_compatible(config: OpenAiConfig) -> Self {
        Self { provider: Provider::OpenAi(Arc::new(OpenAi::new(config))) }
    }

    /// A model that answers from a script, for tests and trials by hand.
    pub fn scripted(script: Script) -> Self {
        Self { provider: Provider::Scripted(script) }
    }

    /// The model's name as its provider spells it, such as `gpt-4o-mini`.
    pub fn name(&self) -> &str {
        match &self.provider {
            Provider::OpenAi(open_ai) => open_ai.name(),
            Provider::Scripted(script) => script.name(),
        }
    }

    /// Who answers: the name given in the configuration (`openai-compatible`, `ollama`), or `scripted`.
    pub fn provider(&self) -> &str {
        match &self.provider {
            Provider::OpenAi(open_ai) => open_ai.provider(),
            Provider::Scripted(_) => "scripted",
        }
    }

    /// Asks once and waits for the whole answer. Dropping the future hangs up.
    pub async fn complete(&self, request: &Request) -> Result<Reply, Error> {
        let reply = match &self.provider {
            Provider::OpenAi(open_ai) => open_ai.complete(request).await,
            Provider::Scripted(script) => script.complete(request).await,
        }?;
        tracing::debug!(
            provider = self.provider(),
            model = reply.model,
            latency_ms = reply.latency.as_millis(),
            input_tokens = reply.usage.input_tokens,
            output_tokens = reply.usage.output_tokens,
            "a model answered"
        );
        Ok(reply)
    }

    /// Asks once and yields the answer as it is written. A good stream ends with one [`Chunk::Done`], a failed one with one
    /// error; nothing follows either. Nothing is sent before the first poll, and dropping the stream hangs up.
    ///
    /// A stream that fails midway was most likely paid for all the same: what it cost can be estimated with
    /// [`Usage::estimate`](crate::Usage::estimate) from the text received so far.
    pub fn stream(&self, request: &Request) -> impl Stream<Item = Result<Chunk, Error>> + Send + Unpin + use<> {
        match &self.provider {
            Provider::OpenAi(open_ai) => Arc::clone(open_ai).stream(request.clone()),
            Provider::Scripted(script) => script.stream(request.clone()),
        }
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Model").field("provider", &self.provider()).field("name", &self.name()).finish()
    }
}
