//! An answer while it is being received: whole, or as server-sent events.

use std::sync::Arc;

use futures::Stream;
use futures::stream::{self, BoxStream, StreamExt};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

use super::Remote;
use super::received::{Fault, Received, Stop};
use super::remote::Accepted;
use crate::http::MAX_REPLY_BYTES;
use crate::rejection::Rejection;
use crate::sse::SseLines;
use crate::timeouts::Patience;
use crate::{Chunk, Error, Reply, Request};

/// An answer that is being received.
pub(super) struct Answer {
    asked: Arc<Remote>,
    request: Request,
    patience: Patience,
    response: Response,
    lines: SseLines,
    received: Received,
    /// Nothing more will arrive; what did arrive may not have been looked at yet.
    ended: bool,
}

impl Answer {
    pub(super) fn new(asked: Arc<Remote>, request: Request, patience: Patience, accepted: Accepted) -> Self {
        let received = asked.format.nothing_received(&request, accepted.dialect);
        Self {
            asked,
            request,
            patience,
            response: accepted.response,
            lines: SseLines::default(),
            received,
            ended: false,
        }
    }

    /// Reads the answer as one JSON reply.
    pub(super) async fn receive_whole(mut self) -> Result<Reply, Error> {
        let read = self.asked.server()?.read(&mut self.response, &mut self.patience).await;
        let body = read.map_err(|error| self.after_asking(error))?;
        self.add(&body)?;
        // A whole reply has ended, whether it says why or not.
        self.received.stop.get_or_insert(Stop::Finished);
        self.into_reply()
    }

    /// Reads the answer as a stream. A server that ignores the wish for a stream sends one JSON reply.
    pub(super) async fn into_chunks(self) -> Result<BoxStream<'static, Result<Chunk, Error>>, Error> {
        let content_type = self.response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if content_type.is_some_and(|content_type| content_type.starts_with("application/json")) {
            let reply = self.receive_whole().await?;
            return Ok(stream::iter([Ok(Chunk::Text(reply.text.clone())), Ok(Chunk::Done(reply))]).boxed());
        }
        Ok(self.chunks().boxed())
    }

    fn chunks(self) -> impl Stream<Item = Result<Chunk, Error>> {
        stream::unfold(Some(self), |answer| async {
            let mut answer = answer?;
            match answer.next().await {
                Ok(Some(text)) => Some((Ok(Chunk::Text(text)), Some(answer))),
                Ok(None) => Some((answer.into_streamed_reply().map(Chunk::Done), None)),
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    /// The next piece of text, or `None` at the answer's proper end.
    async fn next(&mut self) -> Result<Option<String>, Error> {
        loop {
            match self.step().await {
                Ok(Some(text)) if text.is_empty() => {}
                Ok(text) => return Ok(text),
                // The text is whole once the model has said why it stopped. Many servers just hang up then, and whatever
                // else goes wrong afterwards can cost no more than the count.
                Err(_) if self.received.stop.is_some() => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads the next event, or waits for one; `None` at the format's own mark for the end.
    async fn step(&mut self) -> Result<Option<String>, Error> {
        if self.received.is_over {
            return Ok(None);
        }
        if let Some(data) = self.lines.next_data() {
            return self.add(data.as_bytes()).map(Some);
        }
        let outcome = if self.ended { Err(self.end_without_a_reason()) } else { self.listen().await };
        outcome.map(|()| Some(String::new())).map_err(|error| self.after_asking(error))
    }

    /// Why an answer that stops without a reason is none.
    fn end_without_a_reason(&self) -> Error {
        if self.lines.is_foreign() {
            return Error::BadReply { excerpt: "the reply is no stream of events".into(), usage: None };
        }
        Error::Interrupted { cause: "the stream just ended".into(), usage: None }
    }

    /// Waits for more bytes.
    async fn listen(&mut self) -> Result<(), Error> {
        match self.asked.server()?.read_piece(&mut self.response, &mut self.patience).await? {
            Some(bytes) => self.lines.push(&bytes)?,
            None => {
                self.ended = true;
                self.lines.push_end();
            }
        }
        Ok(())
    }

    /// Adds one event, and returns the text that it brought.
    fn add(&mut self, json: &[u8]) -> Result<String, Error> {
        let before = self.received.text.len();
        match self.asked.format.receive(json, &mut self.received) {
            Ok(()) if self.received.text.len() > MAX_REPLY_BYTES => {
                return Err(self.after_asking(Error::too_large(MAX_REPLY_BYTES)));
            }
            Ok(()) => {}
            Err(Fault::Unreadable(error)) => {
                return Err(self.after_asking(self.asked.server()?.bad_reply(&error.to_string())));
            }
            Err(Fault::Rejected(error)) => {
                let rejection = Rejection::from_error_object(self.asked.server()?, &error);
                let error = rejection.into_error(self.asked.name());
                // An error in the place of an answer is as good as one with an error status: nothing was generated.
                return Err(if self.received.has_begun() { self.after_asking(error) } else { error });
            }
        }
        Ok(self.received.text[before..].to_owned())
    }

    /// The same failure with what the answer had used until then.
    fn after_asking(&self, error: Error) -> Error {
        error.having_used(self.received.usage(&self.request))
    }

    fn into_streamed_reply(self) -> Result<Reply, Error> {
        // Without the mark of its end, the stream may have been cut just before the count.
        if self.received.is_over && self.received.usage.is_none() {
            self.asked.learn_that_streams_are_not_counted();
        }
        self.into_reply()
    }

    fn into_reply(self) -> Result<Reply, Error> {
        self.received.into_reply(self.asked.server()?, self.asked.name(), &self.request, self.patience.elapsed())
    }
}
