//! Streamed chat completions: chunks as server-sent events, ended by `[DONE]`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::time::timeout;

use super::OpenAi;
use super::wire::Outcome;
use crate::http::MAX_REPLY_BYTES;
use crate::sse::SseLines;
use crate::{Chunk, Error, Reply, Request};

impl OpenAi {
    pub(crate) fn stream(self: Arc<Self>, request: Request) -> BoxStream<'static, Result<Chunk, Error>> {
        stream::once(open(self, request)).try_flatten().boxed()
    }
}

/// Asks, and returns once the server agreed to answer.
async fn open(asked: Arc<OpenAi>, request: Request) -> Result<BoxStream<'static, Result<Chunk, Error>>, Error> {
    let started = Instant::now();
    // A model may read and think for long before its first word, so only the whole time limits this.
    let total = asked.config.timeouts.total;
    let response = timeout(total, asked.ask(&request, true)).await.map_err(|_| Error::Timeout)??;
    let (lines, outcome) = (SseLines::default(), Outcome::default());
    let answer = Answer { asked, request, started, response, lines, outcome, ended: false };
    let content_type = answer.response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.is_some_and(|content_type| content_type.starts_with("application/json")) {
        let reply = answer.receive_whole().await?;
        return Ok(stream::iter([Ok(Chunk::Text(reply.text.clone())), Ok(Chunk::Done(reply))]).boxed());
    }
    Ok(answer.into_chunks().boxed())
}

/// An answer that is being received.
struct Answer {
    asked: Arc<OpenAi>,
    request: Request,
    started: Instant,
    response: Response,
    lines: SseLines,
    outcome: Outcome,
    /// Nothing more will arrive; what did arrive may not have been looked at yet.
    ended: bool,
}

impl Answer {
    fn into_chunks(self) -> impl Stream<Item = Result<Chunk, Error>> {
        stream::unfold(Some(self), |answer| async {
            let mut answer = answer?;
            match answer.next().await {
                Ok(Some(text)) => Some((Ok(Chunk::Text(text)), Some(answer))),
                Ok(None) => Some((answer.into_reply().map(Chunk::Done), None)),
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    /// The next piece of text, or `None` at the answer's proper end.
    async fn next(&mut self) -> Result<Option<String>, Error> {
        loop {
            while let Some(data) = self.lines.next_data() {
                if data == "[DONE]" {
                    return Ok(None);
                }
                let text = self.outcome.add(self.asked.server()?, self.asked.name(), data.as_bytes())?;
                if self.outcome.text.len() > MAX_REPLY_BYTES {
                    return Err(Error::TooLarge { limit_bytes: MAX_REPLY_BYTES });
                }
                if !text.is_empty() {
                    return Ok(Some(text));
                }
            }
            if self.ended {
                // Servers that forget `[DONE]` still say why they stopped. Without either, the stream was cut.
                let is_complete = self.outcome.finish_reason.is_some();
                return if is_complete {
                    Ok(None)
                } else {
                    Err(Error::Interrupted { cause: "the stream just ended".into() })
                };
            }
            self.receive().await?;
        }
    }

    /// Waits for more bytes.
    async fn receive(&mut self) -> Result<(), Error> {
        let server = self.asked.server()?;
        let patience = self.time_left().min(self.asked.config.timeouts.idle);
        match timeout(patience, server.read_piece(&mut self.response)).await.map_err(|_| Error::Timeout)?? {
            Some(bytes) => self.lines.push(&bytes)?,
            None => {
                self.ended = true;
                self.lines.push_end();
            }
        }
        Ok(())
    }

    /// Reads the answer of a server that ignores the wish for a stream and sends one JSON reply.
    async fn receive_whole(self) -> Result<Reply, Error> {
        let time_left = self.time_left();
        let server = self.asked.server()?;
        let body = timeout(time_left, server.read(self.response)).await.map_err(|_| Error::Timeout)??;
        let outcome = Outcome::read(server, self.asked.name(), &body)?;
        outcome.into_reply(&self.asked, &self.request, self.started.elapsed())
    }

    fn time_left(&self) -> Duration {
        self.asked.config.timeouts.total.saturating_sub(self.started.elapsed())
    }

    fn into_reply(self) -> Result<Reply, Error> {
        self.outcome.into_reply(&self.asked, &self.request, self.started.elapsed())
    }
}
