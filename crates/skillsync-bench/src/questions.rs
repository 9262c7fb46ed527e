//! What is asked, as bytes made beforehand, and what the answer must look like.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use axum::body::Bytes;
use serde_json::{Value, json};
use skillsync::ids::LessonId;
use skillsync::lessons::document::Document;

use crate::calls::Calls;
use crate::topics;

/// The first API's own document, which asks for a lesson with its whole content.
const DOCUMENT: &str = include_str!("../../skillsync/tests/seed-api/get-or-generate.graphql");

/// How an answer to it ends when the lesson was there.
const WAS_THERE: &[u8] = br#""wasCached":true}}}}"#;

/// How it ends when the lesson was written.
const WAS_WRITTEN: &[u8] = br#""wasCached":false}}}}"#;

/// What one contestant is asked, by all connections together.
#[derive(Clone, Debug)]
pub enum Questions {
    /// The same again and again.
    Same(Bytes),
    /// For each of the topics after the first one, so that no two connections ever ask for the same: the server
    /// would read the database once for both.
    EachTopic {
        /// How many topics there are.
        topics: u32,
    },
    /// For a topic that nobody asked for before, which is to be written; the next one is counted here.
    NewTopics(Arc<AtomicU32>),
    /// What the program asks its provider for one lesson. It is not put to a server at all.
    Calls(Calls),
}

/// How an answer is recognised as right.
#[derive(Clone, Debug)]
pub enum Expected {
    /// It has exactly these bytes.
    Exactly(Bytes),
    /// It is a lesson that was there, with a content of at least so many bytes.
    Lesson { at_least: usize },
    /// It is a lesson that was written for this question, with an answer of at least so many bytes.
    Written { at_least: usize },
    /// It has so many bytes.
    Length(usize),
    /// It is a whole page, with at least so many bytes.
    Page { at_least: usize },
}

/// The question for a topic's lesson.
pub fn lesson(topic: u32) -> Vec<u8> {
    let document = DOCUMENT.replace("Python Variables", &topics::title(topic));
    post_graphql(&document)
}

/// The question for a topic's lesson in a style of which one plan and three parts are written.
pub fn new_lesson(topic: u32) -> Vec<u8> {
    let document = DOCUMENT.replace("Python Variables", &topics::title(topic)).replace("mixed", "hands_on");
    post_graphql(&document)
}

/// The question how often a lesson was served.
pub fn view_count(lesson: LessonId) -> Vec<u8> {
    post_graphql(&format!("{{ lessons {{ getLessonById(lessonId: {lesson}) {{ viewCount }} }} }}"))
}

/// The question for a lesson's page.
pub fn page(lesson: LessonId) -> Vec<u8> {
    get(&format!("/lessons/{lesson}"))
}

fn post_graphql(document: &str) -> Vec<u8> {
    post("/graphql", &json!({ "query": document }).to_string())
}

/// Any question with a body of JSON.
pub fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json");
    format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// Any question without a body.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").into_bytes()
}

/// Reads an answer to [`lesson`] in full, and gives the lesson's number.
///
/// # Errors
/// When it is not the lesson that the databases were filled with, or was not there.
pub fn check_lesson(answer: &[u8]) -> Result<LessonId> {
    let answer: Value = serde_json::from_slice(answer)?;
    let payload = &answer["data"]["lessons"]["getOrGenerateLesson"];
    ensure!(payload["wasCached"] == true, "the lesson was not there: {answer}");
    let lesson = &payload["lesson"];
    ensure!(lesson["content"] == serde_json::to_value(topics::document()?)?, "the lesson has another content");
    lesson["id"].as_str().and_then(|id| id.parse().ok()).context("the lesson has no number")
}

/// Reads an answer to [`new_lesson`] in full.
///
/// # Errors
/// When it was there before, or is no lesson that may be published.
pub fn check_new_lesson(answer: &[u8]) -> Result<()> {
    let answer: Value = serde_json::from_slice(answer)?;
    let payload = &answer["data"]["lessons"]["getOrGenerateLesson"];
    ensure!(payload["wasCached"] == false, "the lesson was there: {answer}");
    let content = payload["lesson"]["content"].clone();
    let document: Document = serde_json::from_value(content).with_context(|| format!("no lesson: {answer}"))?;
    let problems = document.problems();
    ensure!(problems.is_empty(), "the lesson should not have been published: {problems:?}");
    Ok(())
}

/// Reads an answer to [`view_count`].
///
/// # Errors
/// When there is no such lesson.
pub fn read_view_count(answer: &[u8]) -> Result<u64> {
    let answer: Value = serde_json::from_slice(answer)?;
    answer["data"]["lessons"]["getLessonById"]["viewCount"].as_u64().context("the lesson has no views")
}

impl Expected {
    /// Looks at an answer quickly: the load must not spend its time on reading.
    pub fn is(&self, answer: &[u8]) -> bool {
        match self {
            Self::Exactly(bytes) => answer == bytes,
            Self::Lesson { at_least } => answer.len() > *at_least && answer.ends_with(WAS_THERE),
            Self::Written { at_least } => answer.len() >= *at_least && answer.ends_with(WAS_WRITTEN),
            Self::Length(bytes) => answer.len() == *bytes,
            Self::Page { at_least } => answer.len() > *at_least && answer.trim_ascii_end().ends_with(b"</html>"),
        }
    }
}

impl Expected {
    /// Looks at the length of an answer alone.
    pub fn has(&self, bytes: usize) -> bool {
        matches!(self, Self::Length(expected) if *expected == bytes)
    }
}

impl Questions {
    /// What one of `connections` connections to a server is to ask, when `asked` questions were asked before this round.
    pub fn of_connection(&self, connection: u32, connections: u32, asked: u64) -> Asking {
        match self {
            Self::Same(question) => Asking { question: question.to_vec(), numbers: None },
            Self::EachTopic { topics } => {
                let share = Share::new(topics - 1, connection, connections, asked / u64::from(connections));
                Asking::numbered(lesson(topics::HOT), Numbers::Share(share))
            }
            Self::NewTopics(next) => Asking::numbered(new_lesson(topics::HOT), Numbers::Next(next.clone())),
            Self::Calls(calls) => Asking { question: calls.concat(), numbers: None },
        }
    }
}

/// Where the topic's number stands in a question: it is written over in its place.
fn digits(question: &[u8]) -> Option<Range<usize>> {
    let title = topics::title(topics::HOT);
    let number = title.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let begin = question.windows(title.len()).position(|window| window == title.as_bytes())?;
    Some(begin + title.len() - number.len()..begin + title.len())
}

/// The questions of one connection.
pub struct Asking {
    question: Vec<u8>,
    numbers: Option<(Range<usize>, Numbers)>,
}

/// Where the topics' numbers come from.
enum Numbers {
    /// A share of those that there are.
    Share(Share),
    /// The next one of all.
    Next(Arc<AtomicU32>),
}

impl Asking {
    fn numbered(question: Vec<u8>, numbers: Numbers) -> Self {
        Self { numbers: digits(&question).map(|digits| (digits, numbers)), question }
    }

    /// The next question.
    pub fn next(&mut self) -> &[u8] {
        if let Some((digits, numbers)) = &mut self.numbers {
            let mut rest = match numbers {
                Numbers::Share(share) => share.next(),
                Numbers::Next(next) => next.fetch_add(1, Ordering::Relaxed),
            };
            for digit in self.question[digits.clone()].iter_mut().rev() {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
        }
        &self.question
    }
}

/// The topics of one connection, in an order that jumps about: neighbours often lie on one page of the database.
struct Share {
    first: u32,
    every: u32,
    length: u64,
    turn: u64,
}

impl Share {
    /// Deals `topics` topics, from the second of all on, out to the connections.
    fn new(topics: u32, connection: u32, connections: u32, turn: u64) -> Self {
        let length = u64::from((topics - connection).div_ceil(connections));
        Self { first: topics::HOT + 1 + connection, every: connections, length, turn }
    }

    /// A prime above every number of topics meets each of them once before the first again.
    fn next(&mut self) -> u32 {
        const STRIDE: u64 = 7_368_787;
        let index = (self.turn * STRIDE) % self.length;
        self.turn += 1;
        self.first + index as u32 * self.every
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_new_topic_is_asked_for_once() {
        let questions = Questions::NewTopics(Arc::new(AtomicU32::new(98)));
        let [mut first, mut second] = [0, 1].map(|connection| questions.of_connection(connection, 2, 0));
        let asked = [first.next().to_vec(), second.next().to_vec(), first.next().to_vec()];
        assert_eq!(asked, [98, 99, 100].map(new_lesson));
    }

    #[test]
    fn connections_share_all_topics_but_the_first() {
        for (topics, connections) in [(100, 64), (100, 1), (2, 1), (65, 64)] {
            let questions = Questions::EachTopic { topics };
            let mut asked = HashSet::new();
            for connection in 0..connections {
                let mut asking = questions.of_connection(connection, connections, 3);
                let own: HashSet<_> = (0..topics).map(|_| asking.next().to_vec()).collect();
                asked.extend(own.iter().cloned());
            }
            let wanted = (2..=topics).map(lesson).collect::<HashSet<_>>();
            assert!(asked == wanted, "{topics} topics, {connections} connections");
        }
    }
}
