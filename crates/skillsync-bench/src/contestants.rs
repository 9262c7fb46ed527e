//! Who is measured: the bare handler, and servers that find the lesson in memory or in a database.

use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result};
use axum::body::Bytes;
use skillsync::ids::LessonId;
use skillsync_bench::client::Connection;

use crate::database::Database;
use crate::questions::{self, Expected, Questions};
use crate::server::{Cache, Server};
use crate::topics;

/// A server and what it is asked. Each has a server of its own, so that its processor time is its own too.
pub struct Contestant {
    /// What it shows.
    pub name: &'static str,
    /// How many lessons its database holds; none for the bare handler.
    pub lessons: Option<u32>,
    /// The database behind it.
    pub database: Option<Rc<Database>>,
    /// The process.
    pub server: Server,
    /// What it is asked.
    pub questions: Questions,
    /// What it must answer.
    pub expected: Expected,
    /// The bytes of an answer.
    pub answer_bytes: usize,
    /// How many questions it has answered, each of which counts as a view.
    pub answered: u64,
    /// The lesson that is asked for again and again; none where each question is for another one.
    pub hot: Option<LessonId>,
}

/// A database that is filled, and how many lessons it holds.
pub struct Filled {
    /// The database.
    pub database: Rc<Database>,
    /// The number of lessons.
    pub lessons: u32,
}

/// Starts all servers, asks each of them once and reads its answer in full.
///
/// The bare handler comes first: the figures of all others are set beside its own.
///
/// # Errors
/// When one does not start, or its answer is not the lesson.
pub async fn line_up(directory: &Path, filled: &[Filled]) -> Result<Vec<Contestant>> {
    let mut contestants = Vec::new();
    let mut reply = None;
    for Filled { database, lessons } in filled {
        let sort = Sort { directory, database, lessons: *lessons };
        if database.engine() == "SQLite" {
            let (memory, answer) = sort.memory().await?;
            let hot = memory.hot.context("the lesson has a number")?;
            reply = reply.or(Some(answer));
            contestants.push(memory);
            contestants.push(sort.page(hot).await?);
            contestants.push(sort.each_topic("SQLite").await?);
        } else {
            contestants.push(sort.each_topic("PostgreSQL").await?);
        }
    }
    contestants.insert(0, baseline(directory, reply.context("there is no database")?)?);
    Ok(contestants)
}

fn baseline(directory: &Path, reply: Bytes) -> Result<Contestant> {
    let file = directory.join("reply.json");
    std::fs::write(&file, &reply)?;
    Ok(Contestant {
        name: "bare handler",
        lessons: None,
        database: None,
        server: Server::baseline(directory, &file)?,
        questions: Questions::Same(questions::lesson(topics::HOT).into()),
        answer_bytes: reply.len(),
        expected: Expected::Exactly(reply),
        answered: 0,
        hot: None,
    })
}

/// The contestants on one database.
struct Sort<'a> {
    directory: &'a Path,
    database: &'a Rc<Database>,
    lessons: u32,
}

impl Sort<'_> {
    async fn memory(&self) -> Result<(Contestant, Bytes)> {
        let server = self.server(Cache::On)?;
        let question = questions::lesson(topics::HOT);
        let answer = ask(&server, &question).await?;
        let hot = questions::check_lesson(&answer)?;
        let questions = Questions::Same(question.into());
        let expected = Expected::Lesson { at_least: content_bytes()? };
        Ok((self.contestant("memory", server, questions, expected, &answer, Some(hot)), answer))
    }

    async fn page(&self, hot: LessonId) -> Result<Contestant> {
        let server = self.server(Cache::On)?;
        let question = questions::page(hot);
        let answer = ask(&server, &question).await?;
        let expected = Expected::Page { at_least: content_bytes()? };
        anyhow::ensure!(expected.is(&answer), "the lesson's page is not one");
        let questions = Questions::Same(question.into());
        Ok(self.contestant("lesson page", server, questions, expected, &answer, Some(hot)))
    }

    async fn each_topic(&self, name: &'static str) -> Result<Contestant> {
        let server = self.server(Cache::Off)?;
        let answer = ask(&server, &questions::lesson(self.lessons)).await?;
        questions::check_lesson(&answer)?;
        let questions = Questions::EachTopic { topics: self.lessons };
        let expected = Expected::Lesson { at_least: content_bytes()? };
        Ok(self.contestant(name, server, questions, expected, &answer, None))
    }

    fn server(&self, cache: Cache) -> Result<Server> {
        Server::skillsync(self.directory, &self.database.url, cache.settings())
    }

    fn contestant(
        &self,
        name: &'static str,
        server: Server,
        questions: Questions,
        expected: Expected,
        answer: &Bytes,
        hot: Option<LessonId>,
    ) -> Contestant {
        Contestant {
            name,
            lessons: Some(self.lessons),
            database: Some(self.database.clone()),
            server,
            questions,
            expected,
            answer_bytes: answer.len(),
            answered: 1,
            hot,
        }
    }
}

/// Asks one question on a connection of its own.
///
/// # Errors
/// When there is no answer.
pub async fn ask(server: &Server, question: &[u8]) -> Result<Bytes> {
    let mut connection = Connection::open(server.address).await?;
    Ok(Bytes::copy_from_slice(connection.ask(question).await?))
}

fn content_bytes() -> Result<usize> {
    Ok(serde_json::to_string(&topics::document()?)?.len())
}
