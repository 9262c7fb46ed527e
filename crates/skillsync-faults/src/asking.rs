//! Learners: what they send, and what they are told.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use skillsync::lessons::request::LearningStyle;
use skillsync_bench::client::Connection;

use crate::patience::{PATIENCE, within};

/// A lesson that learners ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its title.
    pub title: String,
    /// How it is to be written.
    pub style: LearningStyle,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    /// The code when there is no lesson.
    pub code: Option<String>,
    /// The lesson's id and version.
    pub lesson: Option<(String, i64)>,
    /// Whether it was there.
    pub was_cached: bool,
    /// Where its run stands, which is only told to those who do not wait.
    pub run: Option<String>,
}

impl Answer {
    /// Whether the lesson is being written.
    pub fn is_being_written(&self) -> bool {
        self.run.as_deref() == Some("RUNNING")
    }
}

impl Topic {
    /// The steps in which it is written, the plan first. The others are written side by side.
    pub fn steps(&self) -> &'static [&'static str] {
        match self.style {
            LearningStyle::HandsOn => &["topic", "plan", "text", "practice", "quiz", "confirm/quiz"],
            LearningStyle::Mixed => &["topic", "plan", "text", "visuals", "practice", "quiz", "confirm/quiz"],
            LearningStyle::Reading => &["topic", "plan", "text", "visuals", "quiz", "confirm/quiz"],
            LearningStyle::Video => &["topic", "plan", "text", "quiz", "confirm/quiz"],
        }
    }

    /// The bytes of the question.
    pub fn question(&self, wait: bool) -> Vec<u8> {
        let document = format!(
            "{{ lessons {{ getOrGenerateLesson(stepTitle: {:?}, learningStyle: {}, wait: {wait}) {{
                code wasCached lesson {{ id version }} generation {{ id state }} }} }} }}",
            self.title,
            self.style.as_str()
        );
        let body = json!({ "query": document }).to_string();
        let head = "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json";
        format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    /// Asks on a connection of its own, and waits until the lesson is written, or until it is known to be being written.
    ///
    /// # Errors
    /// When there is no answer, or it is an error: whatever happens behind the server, a question like this has an answer.
    pub async fn ask(&self, address: SocketAddr, wait: bool) -> Result<Answer> {
        let mut connection = Connection::open(address).await?;
        let answer = within("a question is answered", PATIENCE, connection.ask(&self.question(wait))).await??;
        read(answer)
    }
}

/// Reads an answer.
///
/// # Errors
/// When it is an error.
pub fn read(answer: &[u8]) -> Result<Answer> {
    let reply: Value = serde_json::from_slice(answer).context("an answer is not JSON")?;
    ensure!(reply.get("errors").is_none(), "an answer is an error: {reply}");
    let payload = &reply["data"]["lessons"]["getOrGenerateLesson"];
    ensure!(payload.is_object(), "an answer has another form: {reply}");
    let lesson = &payload["lesson"];
    let id = lesson["id"].as_str().map(str::to_owned);
    Ok(Answer {
        code: payload["code"].as_str().map(str::to_owned),
        lesson: id.zip(lesson["version"].as_i64()),
        was_cached: payload["wasCached"] == true,
        run: payload["generation"]["state"].as_str().map(str::to_owned),
    })
}
