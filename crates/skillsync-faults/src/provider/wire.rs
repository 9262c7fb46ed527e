//! How the provider of the trials answers: what it charges, and responses that are sent act by act.

use std::collections::VecDeque;
use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use futures::{FutureExt, stream};
use serde_json::json;
use skillsync_bench::completions::Question;

use super::calls::{Charge, Fate, Ticket};
use crate::chance::Chance;

/// Most tokens that an answer is said to have.
const MOST_OUTPUT: u64 = 3_000;

/// What the answer to a question uses. Never more than what the asker could reserve, and hardly ever the same twice.
pub(super) fn charge(question: &Question, chance: &mut Chance) -> Charge {
    let most = question.request.estimated_input_tokens().max(2);
    let input = chance.from(most / 2..=most);
    let cached = if chance.coin() { chance.from(0..=input / 2) } else { 0 };
    let output = chance.from(1..=u64::from(question.request.max_output_tokens).min(MOST_OUTPUT));
    let [input, cached, output] = [input, cached, output].map(u64::cast_signed);
    Charge { input, cached, output }
}

/// What happens next while an answer is sent.
pub(super) enum Act {
    /// Bytes are sent.
    Send(Bytes),
    /// Nothing is sent until this has come to pass.
    Wait(BoxFuture<'static, ()>),
    /// The connection ends.
    Break,
}

/// Sends a whole answer.
pub(super) fn respond(ticket: Ticket, question: &Question, pieces: Vec<Bytes>) -> Response {
    let acts = pieces.into_iter().map(Act::Send).collect();
    play(ticket, question.content_type(), acts, Fate::Delivered)
}

/// Sends the first half of an answer, waits, and sends the rest.
pub(super) fn respond_in_two(
    ticket: Ticket,
    question: &Question,
    pieces: Vec<Bytes>,
    between: impl Future<Output = ()> + Send + 'static,
) -> Response {
    let half = (pieces.len() / 2).max(1);
    let mut acts: VecDeque<_> = pieces.into_iter().map(Act::Send).collect();
    acts.insert(half.min(acts.len()), Act::Wait(between.boxed()));
    play(ticket, question.content_type(), acts, Fate::Delivered)
}

/// Sends a response act by act. Its fate is known as soon as the last bytes are on their way: askers do not all wait for the
/// end that follows them.
pub(super) fn play(ticket: Ticket, content_type: &'static str, acts: VecDeque<Act>, fate: Fate) -> Response {
    let stream = stream::unfold((ticket, acts), move |(ticket, mut acts)| async move {
        loop {
            match acts.pop_front() {
                Some(Act::Send(bytes)) => {
                    if acts.is_empty() {
                        ticket.end(fate);
                    }
                    return Some((Ok(bytes), (ticket, acts)));
                }
                Some(Act::Wait(event)) => event.await,
                Some(Act::Break) => {
                    ticket.end(fate);
                    return Some((Err(io::Error::other("the trial cuts this answer")), (ticket, acts)));
                }
                None => return None,
            }
        }
    });
    ([(CONTENT_TYPE, HeaderValue::from_static(content_type))], Body::from_stream(stream)).into_response()
}

/// Rejects a question before anything is written.
pub(super) fn refuse(ticket: &Ticket, status: u16, why: &str) -> Response {
    ticket.end(Fate::Rejected);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, axum::Json(json!({ "error": { "message": why } }))).into_response()
}
