//! What has been received of an answer so far, in no provider's words, and whether it is an answer.

use std::time::Duration;

use serde_json::Value;

use crate::http::Server;
use crate::usage::estimate_tokens;
use crate::{Error, Excerpt, Reply, Request, Usage};

/// All that is known of an answer: received at once, or event after event.
#[derive(Default)]
pub(super) struct Received {
    /// The answer's text so far.
    pub(super) text: String,
    /// Why the model stopped, once it did. The text is whole then; only counts may follow.
    pub(super) stop: Option<Stop>,
    /// Whether the format's own mark for the end of a stream was there.
    pub(super) is_over: bool,
    /// What the server counted so far.
    pub(super) usage: Option<Usage>,
    /// The model in the server's words.
    pub(super) model: Option<String>,
    /// The words with which the model or a filter declines.
    pub(super) refusal: String,
    /// Bytes of reasoning: billed, but no part of the answer.
    pub(super) hidden_bytes: usize,
    /// Whether the answer is what a tool is called with, and plain text only what is said beside it.
    pub(super) answers_by_tool: bool,
    /// What was said beside it.
    pub(super) aside: String,
}

/// Why a model stopped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It was done.
    Finished,
    /// It reached the allowed length.
    AtLimit,
    /// It, or a filter, will not answer this.
    Refused,
    /// Something else, in the provider's word; the answer may lack its end.
    Failed(String),
}

/// Why a piece of an answer is none.
pub(super) enum Fault {
    /// It is not what the format says.
    Unreadable(serde_json::Error),
    /// It is an error object in the place of an answer.
    Rejected(Value),
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error)
    }
}

impl Received {
    /// Lets plain text be the answer where the model did not call the tool that it was told to call.
    pub(super) fn settle_for_the_aside(&mut self) {
        if self.text.is_empty() {
            self.text = std::mem::take(&mut self.aside);
        }
    }

    /// Whether anything of an answer has arrived.
    pub(super) fn has_begun(&self) -> bool {
        self.usage.is_some() || self.written_bytes() > 0
    }

    /// What the answer has used. The server's count is exact once the model has stopped; until then, and where the server
    /// counts nothing, the length of the text tells.
    pub(super) fn usage(&self, request: &Request) -> Usage {
        let written = self.written_bytes();
        match self.usage {
            Some(usage) if usage.exact && self.stop.is_some() => usage,
            Some(usage) => {
                Usage { output_tokens: usage.output_tokens.max(estimate_tokens(written)), exact: false, ..usage }
            }
            None => Usage { output_tokens: estimate_tokens(written), ..Usage::estimate(request, "") },
        }
    }

    /// All that the model wrote, shown or not.
    fn written_bytes(&self) -> usize {
        self.text.len() + self.refusal.len() + self.aside.len() + self.hidden_bytes
    }

    /// Decides whether what was received is an answer.
    pub(super) fn into_reply(
        self,
        server: &Server,
        asked: &str,
        request: &Request,
        latency: Duration,
    ) -> Result<Reply, Error> {
        let usage = self.usage(request);
        if !self.refusal.is_empty() || self.stop == Some(Stop::Refused) {
            let words = if self.refusal.is_empty() { "the model declined" } else { &self.refusal };
            return Err(Error::Refused { reason: server.excerpt(words), usage });
        }
        match self.stop {
            Some(Stop::AtLimit) => return Err(Error::Truncated { usage }),
            Some(Stop::Failed(reason)) => {
                let excerpt = server.excerpt(&format!("the model stopped because of {reason}"));
                return Err(Error::BadReply { excerpt, usage: Some(usage) });
            }
            Some(Stop::Finished | Stop::Refused) | None => {}
        }
        if self.text.trim().is_empty() {
            return Err(Error::BadReply { excerpt: Excerpt::new("the answer holds no text"), usage: Some(usage) });
        }
        // The name is stored and shown, so it is treated like any text of a stranger.
        let model = server.excerpt(self.model.as_deref().unwrap_or_default()).as_str().to_owned();
        let model = if model.is_empty() { asked.to_owned() } else { model };
        Ok(Reply { text: self.text, usage, model, latency })
    }
}
