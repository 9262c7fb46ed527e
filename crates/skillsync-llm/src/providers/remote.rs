//! A model behind a server: asked in the form that the server takes, which is found out by asking.

use std::sync::{Arc, Mutex, PoisonError};

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use reqwest::Response;

use super::WireFormat;
use super::answer::Answer;
use super::dialect::Dialect;
use crate::http::Server;
use crate::rejection::Rejection;
use crate::timeouts::Patience;
use crate::{Chunk, Endpoint, Error, Reply, Request, Usage};

/// A model behind a server.
pub(crate) struct Remote {
    pub(super) format: WireFormat,
    endpoint: Endpoint,
    /// Settings that cannot work are kept as their error, so that building a model never fails and asking it tells why.
    server: Result<Server, Error>,
    dialect: Mutex<Dialect>,
}

/// A reply whose server agreed to answer, and how it had been asked.
pub(super) struct Accepted {
    pub(super) response: Response,
    pub(super) dialect: Dialect,
}

impl Remote {
    pub(crate) fn new(format: WireFormat, endpoint: Endpoint) -> Self {
        let server = format.connect(&endpoint.base_url, endpoint.api_key.as_ref(), endpoint.timeouts);
        Self { format, endpoint, server, dialect: Mutex::default() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.endpoint.model
    }

    pub(crate) fn provider(&self) -> &str {
        &self.endpoint.provider
    }

    /// Whether a streamed answer says what it cost, as far as is known.
    pub(crate) fn counts_streams(&self) -> bool {
        self.known().streams_are_counted
    }

    pub(crate) async fn complete(self: Arc<Self>, request: &Request) -> Result<Reply, Error> {
        let mut patience = Patience::new(self.endpoint.timeouts);
        let accepted = self.ask(request, false, &mut patience).await?;
        Answer::new(self, request.clone(), patience, accepted).receive_whole().await
    }

    pub(crate) fn stream(self: Arc<Self>, request: Request) -> BoxStream<'static, Result<Chunk, Error>> {
        let opening = async move {
            let mut patience = Patience::new(self.endpoint.timeouts);
            let accepted = self.ask(&request, true, &mut patience).await?;
            Answer::new(self, request, patience, accepted).into_chunks().await
        };
        stream::once(opening).try_flatten().boxed()
    }

    pub(super) fn server(&self) -> Result<&Server, Error> {
        self.server.as_ref().map_err(Clone::clone)
    }

    /// Sends the question and returns once the server agreed to answer it.
    ///
    /// A server that rejects one of the habits on which servers differ is asked again without it. These rejections come
    /// before anything is generated, so they cost nothing, and what worked is remembered for the next question. How often
    /// this can happen is bounded by [`Dialect::without_what_was_rejected`], which only ever asks for less.
    async fn ask(&self, request: &Request, stream: bool, patience: &mut Patience) -> Result<Accepted, Error> {
        let server = self.server()?;
        let mut dialect = self.known();
        let mut sure = true;
        let mut first_unexplained = None;
        loop {
            let question = self.format.question(self.name(), request, dialect, stream);
            let sent = server.post(&question, request.id.as_deref(), patience).await;
            // The server may well be writing when the line goes dead.
            let response = sent.map_err(|error| error.having_used(Usage::estimate(request, "")))?;
            if response.status().is_success() {
                self.learn(|known| match &first_unexplained {
                    _ if sure => known.having_accepted(dialect, request),
                    Some(_) => known.suspecting_the_schema(),
                    None => known,
                });
                return Ok(Accepted { response, dialect });
            }
            let rejection = Rejection::read(server, response, patience).await;
            let next = dialect.without_what_was_rejected(self.format, request, &rejection);
            let is_about_the_form = rejection.may_be_about_the_form();
            let error = match rejection.into_error(self.name()) {
                error @ Error::Timeout { .. } => error.having_used(Usage::estimate(request, "")),
                error => error,
            };
            let Some(next) = next else {
                return Err(match first_unexplained {
                    // Asking for less did not help, so the first complaint is the one that was about the question.
                    Some(first) if is_about_the_form => {
                        self.learn(Dialect::not_suspecting_the_schema);
                        first
                    }
                    _ => error,
                });
            };
            if !next.explained {
                first_unexplained.get_or_insert(error);
            }
            sure &= next.lasting;
            dialect = next.dialect;
        }
    }

    /// Notes that this server's streams end without saying what they cost.
    pub(super) fn learn_that_streams_are_not_counted(&self) {
        self.learn(Dialect::not_counting_streams);
    }

    fn known(&self) -> Dialect {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, change: impl FnOnce(Dialect) -> Dialect) {
        let mut known = self.dialect.lock().unwrap_or_else(PoisonError::into_inner);
        let learned = change(*known);
        if learned.asks_for_less_than(*known) {
            tracing::info!(
                provider = self.provider(),
                model = self.name(),
                ?learned,
                "the server is asked differently now"
            );
        }
        *known = learned;
    }
}
