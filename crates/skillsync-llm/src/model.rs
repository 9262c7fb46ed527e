//! The model that callers hold: one interface, whoever answers.

use std::fmt;
use std::sync::Arc;

use futures::{Stream, TryStreamExt};

use crate::providers::{Provider, Remote};
use crate::{Chunk, Endpoint, Error, Reply, Request, Script, WireFormat};

/// One provider's model, ready to be asked. Cloning is cheap, and clones share their connections and whatever was learned
/// about the server.
#[derive(Clone)]
pub struct Model {
    provider: Provider,
}

impl Model {
    /// A model behind a server that speaks this format. Nothing is sent yet; a wrong setting shows as
    /// [`Error::Misconfigured`] at the first question.
    pub fn connect(format: WireFormat, endpoint: Endpoint) -> Self {
        Self { provider: Provider::Remote(Arc::new(Remote::new(format, endpoint))) }
    }

    /// A model behind any server that speaks OpenAI's chat completions: OpenAI itself, Ollama (`/v1`), Groq, OpenRouter,
    /// vLLM, llama.cpp, LM Studio and others.
    pub fn open_ai_compatible(endpoint: Endpoint) -> Self {
        Self::connect(WireFormat::OpenAi, endpoint)
    }

    /// A model behind a server that speaks Anthropic's messages.
    pub fn anthropic(endpoint: Endpoint) -> Self {
        Self::connect(WireFormat::Anthropic, endpoint)
    }

    /// A model behind a server that speaks Google's `generateContent`.
    pub fn gemini(endpoint: Endpoint) -> Self {
        Self::connect(WireFormat::Gemini, endpoint)
    }

    /// A model that answers from a script, for tests and trials by hand.
    pub fn scripted(script: Script) -> Self {
        Self { provider: Provider::Scripted(script) }
    }

    /// The model's name as its provider spells it, such as `gpt-4o-mini`.
    pub fn name(&self) -> &str {
        match &self.provider {
            Provider::Remote(remote) => remote.name(),
            Provider::Scripted(script) => script.name(),
        }
    }

    /// Who answers: the name given in the configuration (`openai-compatible`, `ollama`), or `scripted`.
    pub fn provider(&self) -> &str {
        match &self.provider {
            Provider::Remote(remote) => remote.provider(),
            Provider::Scripted(_) => "scripted",
        }
    }

    /// Asks once and waits for the answer, in the way that tells most: by a stream, so that a server that hangs is noticed
    /// early and what had been written until then is known. A server whose streams were seen to say nothing about their cost
    /// is asked for whole answers from then on, because an exact count matters more. Dropping the future hangs up.
    ///
    /// A stream that ends before its proper end is an error, never a shorter answer.
    pub async fn answer(&self, request: &Request) -> Result<Reply, Error> {
        if let Provider::Remote(remote) = &self.provider
            && !remote.counts_streams()
        {
            return self.complete(request).await;
        }
        let mut stream = self.stream(request);
        while let Some(chunk) = stream.try_next().await? {
            if let Chunk::Done(reply) = chunk {
                self.log(&reply);
                return Ok(reply);
            }
        }
        Err(Error::Interrupted { cause: "the stream just ended".into(), usage: None })
    }

    /// Asks once for the whole answer in one piece, and waits for it. Dropping the future hangs up.
    pub async fn complete(&self, request: &Request) -> Result<Reply, Error> {
        let reply = match &self.provider {
            Provider::Remote(remote) => Arc::clone(remote).complete(request).await,
            Provider::Scripted(script) => script.complete(request).await,
        }?;
        self.log(&reply);
        Ok(reply)
    }

    /// Asks once and yields the answer as it is written. A good stream ends with one [`Chunk::Done`], a failed one with one
    /// error; nothing follows either. Nothing is sent before the first poll, and dropping the stream hangs up.
    ///
    /// A stream that fails midway was most likely paid for all the same: [`Error::usage`] says about how much.
    pub fn stream(&self, request: &Request) -> impl Stream<Item = Result<Chunk, Error>> + Send + Unpin + use<> {
        match &self.provider {
            Provider::Remote(remote) => Arc::clone(remote).stream(request.clone()),
            Provider::Scripted(script) => script.stream(request.clone()),
        }
    }

    fn log(&self, reply: &Reply) {
        tracing::debug!(
            provider = self.provider(),
            model = reply.model,
            latency_ms = reply.latency.as_millis(),
            input_tokens = reply.usage.input_tokens,
            output_tokens = reply.usage.output_tokens,
            "a model answered"
        );
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Model").field("provider", &self.provider()).field("name", &self.name()).finish()
    }
}
