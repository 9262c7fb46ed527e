//! What a script can answer.

use std::fmt;
use std::time::Instant;

use futures::future::BoxFuture;

use super::Gate;
use crate::{Error, Excerpt, Reply, Request, Usage};

/// One answer of a [`Script`](super::Script).
pub struct ScriptedAnswer {
    what: Answer,
    usage: Option<Usage>,
    gate: Option<Gate>,
    /// What a stream yields before the answer fails.
    pub(super) text_before_failure: Option<String>,
}

enum Answer {
    Text(String),
    Settled(Box<Result<Reply, Error>>),
    Future(BoxFuture<'static, Result<Reply, Error>>),
}

impl ScriptedAnswer {
    /// Answers with this text. Its usage is estimated unless it is given.
    pub fn text(text: impl Into<String>) -> Self {
        Answer::Text(text.into()).into()
    }

    /// Fails. A stream yields this text first, as if it had been cut in the middle.
    pub fn cut_after(text: impl Into<String>, error: Error) -> Self {
        Self { text_before_failure: Some(text.into()), ..error.into() }
    }

    /// Reports this usage with a text.
    #[must_use]
    pub fn with_usage(self, usage: Usage) -> Self {
        Self { usage: Some(usage), ..self }
    }

    /// Waits until the gate is open before anything is answered.
    #[must_use]
    pub fn behind(self, gate: &Gate) -> Self {
        Self { gate: Some(gate.clone()), ..self }
    }

    /// Waits for the gate, then says what the script says.
    pub(super) async fn outcome(self, model: &str, request: &Request, started: Instant) -> Result<Reply, Error> {
        if let Some(gate) = &self.gate {
            gate.opened().await;
        }
        match self.what {
            Answer::Text(text) => {
                let usage = self.usage.unwrap_or_else(|| Usage::estimate(request, &text));
                Ok(Reply { text, usage, model: model.to_owned(), latency: started.elapsed() })
            }
            Answer::Settled(outcome) => *outcome,
            Answer::Future(outcome) => outcome.await,
        }
    }
}

impl fmt::Debug for ScriptedAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.what {
            Answer::Text(text) => Excerpt::new(text).to_string(),
            Answer::Settled(outcome) => format!("{outcome:?}"),
            Answer::Future(_) => "a future".to_owned(),
        };
        formatter.debug_tuple("ScriptedAnswer").field(&what).finish()
    }
}

impl From<Answer> for ScriptedAnswer {
    fn from(what: Answer) -> Self {
        Self { what, usage: None, gate: None, text_before_failure: None }
    }
}

impl From<&str> for ScriptedAnswer {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for ScriptedAnswer {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<Result<Reply, Error>> for ScriptedAnswer {
    fn from(outcome: Result<Reply, Error>) -> Self {
        Answer::Settled(Box::new(outcome)).into()
    }
}

impl From<Reply> for ScriptedAnswer {
    fn from(reply: Reply) -> Self {
        Ok(reply).into()
    }
}

impl From<Error> for ScriptedAnswer {
    fn from(error: Error) -> Self {
        Err(error).into()
    }
}

impl From<BoxFuture<'static, Result<Reply, Error>>> for ScriptedAnswer {
    fn from(outcome: BoxFuture<'static, Result<Reply, Error>>) -> Self {
        Answer::Future(outcome).into()
    }
}
