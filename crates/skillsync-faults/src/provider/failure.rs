//! The ways in which a provider fails.

use std::future::pending;

use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use futures::FutureExt;
use serde_json::json;
use skillsync_bench::completions::Question;

use super::calls::{Fate, Ticket};
use super::wire::{self, Act};

/// Longer than any reply that the program reads.
const HUGE_BYTES: usize = 12 * 1024 * 1024;

/// One way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Status 429, with a wish to be asked again after a second.
    TooManyRequests,
    /// Status 500.
    ServerError,
    /// Status 503.
    Unavailable,
    /// Nothing is ever sent.
    HangsAtFirst,
    /// The beginning of an answer is sent, and then nothing.
    HangsInTheMiddle,
    /// The connection ends after so many pieces of the answer.
    CutAfter(usize),
    /// Status 200 and something that is no answer.
    Garbage,
    /// An answer without an end.
    Huge,
    /// A whole answer in the right format that is not what was asked for.
    WrongShape,
    /// A refusal to write about this.
    Refuses,
    /// Status 401.
    Unauthorized,
}

impl Failure {
    /// All of them; a stream is cut after none, some and most of its pieces.
    pub const ALL: [Self; 13] = [
        Self::TooManyRequests,
        Self::ServerError,
        Self::Unavailable,
        Self::HangsAtFirst,
        Self::HangsInTheMiddle,
        Self::CutAfter(0),
        Self::CutAfter(1),
        Self::CutAfter(1000),
        Self::Garbage,
        Self::Huge,
        Self::WrongShape,
        Self::Refuses,
        Self::Unauthorized,
    ];

    /// Whether another server, or the same a little later, may well do better, so that a program with two servers must
    /// get its answer from the other one.
    pub fn is_passing(self) -> bool {
        !matches!(self, Self::Huge | Self::WrongShape | Self::Refuses | Self::Unauthorized)
    }

    /// Whether nothing happens until the program loses its patience.
    pub fn hangs(self) -> bool {
        matches!(self, Self::HangsAtFirst | Self::HangsInTheMiddle)
    }

    /// Whether the program may believe that what was rejected is the way in which it asked.
    pub fn is_ambiguous(self) -> bool {
        self == Self::ServerError
    }

    /// Fails.
    pub(super) async fn respond(self, ticket: Ticket, question: &Question) -> Response {
        let usage = ticket.call().charge.usage();
        let good = |text: &str| question.answer(text, "writer", &usage);
        let begun = good("{\"title\": \"A lesson that never ends, ");
        match self {
            Self::TooManyRequests => {
                let mut response = wire::refuse(&ticket, 429, "slow down");
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
                response
            }
            Self::ServerError => wire::refuse(&ticket, 500, "it fell over"),
            Self::Unavailable => wire::refuse(&ticket, 503, "it is being repaired"),
            Self::Unauthorized => wire::refuse(&ticket, 401, "this key is not known"),
            Self::HangsAtFirst => {
                pending::<()>().await;
                wire::refuse(&ticket, 500, "never reached")
            }
            Self::HangsInTheMiddle => {
                let acts = begun.into_iter().take(1).map(Act::Send).chain([Act::Wait(pending().boxed())]);
                wire::play(ticket, question.content_type(), acts.collect(), Fate::Spoiled)
            }
            Self::CutAfter(pieces) => {
                let whole = good("{\"title\": \"A lesson that is torn off in the middle of a word of its title");
                let sent = pieces.min(whole.len() - 1);
                let acts = whole.into_iter().take(sent).map(Act::Send).chain([Act::Break]).collect();
                wire::play(ticket, question.content_type(), acts, Fate::Spoiled)
            }
            Self::Garbage => {
                let page = Bytes::from_static(b"<html><body>It works!</body></html>\n\xff\xfe");
                wire::play(ticket, "text/html", [Act::Send(page)].into(), Fate::Spoiled)
            }
            Self::Huge => {
                let piece = Bytes::from(vec![b' '; 64 * 1024]);
                let acts = (0..HUGE_BYTES / piece.len()).map(|_| Act::Send(piece.clone())).collect();
                wire::play(ticket, question.content_type(), acts, Fate::Spoiled)
            }
            Self::WrongShape => wire::respond(ticket, question, good(&json!({ "poem": "Roses are red" }).to_string())),
            Self::Refuses => {
                let pieces = question.refusal("I would rather not write about this.", &usage);
                wire::respond(ticket, question, pieces)
            }
        }
    }
}
