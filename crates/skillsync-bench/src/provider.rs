//! A provider of models that is as good as instant: each answer is made once and then given as the same bytes, whole, to
//! whoever asks for the same part of a lesson.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use skillsync::generation::sample;
use skillsync_bench::completions::Question;
use skillsync_llm::{Model, Usage};
use tokio::net::TcpListener;

/// What the provider has seen so far.
#[derive(Default, Serialize, Deserialize)]
pub struct Book {
    /// How many questions it has answered.
    pub answered: u64,
    /// The first question for each part, in the order in which they came. A lesson's plan is asked for before its parts.
    pub questions: Vec<String>,
}

/// The provider's memory.
#[derive(Default)]
struct Memory {
    book: Book,
    answers: HashMap<Key, Answer>,
}

/// The part of a lesson, and whether it is to be streamed.
type Key = (String, bool);

#[derive(Clone)]
struct Answer {
    content_type: &'static str,
    body: Bytes,
}

/// As much of a question as is needed to know an answer that was made before.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    stream: bool,
    response_format: Format,
}

#[derive(Deserialize)]
struct Format {
    json_schema: Schema,
}

#[derive(Deserialize)]
struct Schema {
    name: String,
}

type Shared = Arc<Mutex<Memory>>;

/// Answers questions until the process is ended.
///
/// # Errors
/// When no port is free.
pub async fn serve() -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}/", listener.local_addr()?);
    let router = Router::new().route("/v1/chat/completions", post(complete)).route("/book", get(book));
    axum::serve(listener, router.with_state(Shared::default())).await?;
    Ok(())
}

async fn book(State(memory): State<Shared>) -> Response {
    Json(&lock(&memory).book).into_response()
}

async fn complete(State(memory): State<Shared>, question: Bytes) -> Response {
    match find_or_make(&memory, &question).await {
        Ok(Answer { content_type, body }) => ([(header::CONTENT_TYPE, content_type)], body).into_response(),
        Err(error) => {
            eprintln!("a question was not understood: {error:#}");
            StatusCode::BAD_REQUEST.into_response()
        }
    }
}

async fn find_or_make(memory: &Shared, question: &Bytes) -> Result<Answer> {
    let head: Head = serde_json::from_slice(question)?;
    let key = (head.response_format.json_schema.name, head.stream);
    {
        let mut memory = lock(memory);
        memory.book.answered += 1;
        // Answers to a quiz depend on its questions, so they are made for each.
        if let Some(answer) = memory.answers.get(&key).filter(|_| key.0 != "answers") {
            return Ok(answer.clone());
        }
    }
    let answer = make(question).await?;
    let mut memory = lock(memory);
    if memory.answers.insert(key, answer.clone()).is_none() {
        memory.book.questions.push(std::str::from_utf8(question).context("a question is text")?.to_owned());
    }
    Ok(answer)
}

async fn make(question: &[u8]) -> Result<Answer> {
    let question = Question::read(&serde_json::from_slice(question)?);
    let text = Model::scripted(sample::scripted_writer()).complete(&question.request).await?.text;
    let usage = Usage::estimate(&question.request, &text);
    let body = question.answer(&text, "bench", &usage).concat();
    Ok(Answer { content_type: question.content_type(), body: body.into() })
}

fn lock(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
