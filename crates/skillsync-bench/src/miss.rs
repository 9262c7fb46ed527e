//! The benchmark of a miss: the program and a bare client ask the same instant provider for the same parts of lessons, in
//! turns, so that the difference is what the program adds.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use axum::body::Bytes;

use crate::calls::{Caller, Calls};
use crate::contestants::{Contestant, ask};
use crate::database::{Database, Written};
use crate::miss_report::{BARE_CLIENT, Report};
use crate::options::Plan;
use crate::provider::Book;
use crate::questions::{self, Expected, Questions};
use crate::server::Server;
use crate::statements::{self, Statements};
use crate::{figures, rounds, topics};

/// How many calls a lesson in the style that is asked for takes: its plan and three parts.
const CALLS: u64 = 4;

/// A budget that is kept and never reached. All other settings are as by default.
fn settings(provider: &Server) -> String {
    format!(
        "[models.openai]\nbase_url = \"http://{}/v1\"\napi_key = \"bench\"\nmodel = \"bench\"\n\
         [prices.\"bench\"]\ninput_dollars_per_million = 1.0\noutput_dollars_per_million = 4.0\n\
         [budget]\nday_dollars = 1000000.0\nmonth_dollars = 1000000.0\n",
        provider.address
    )
}

/// Measures misses.
///
/// # Errors
/// When anything fails, an answer is wrong, a call was made twice, or the books do not balance.
pub async fn measure(plan: &Plan, directory: &Path, postgres_url: Option<&str>) -> Result<Report> {
    let provider = Server::provider(directory)?;
    let settings = settings(&provider);
    let mut databases = vec![Database::sqlite(directory, "misses")];
    if let Some(url) = postgres_url {
        databases.push(Database::postgres(url, "misses").await?);
    }
    let mut programs = Vec::new();
    for database in databases {
        programs.push(program(directory, Rc::new(database), &settings).await?);
    }
    let mut contestants = vec![bare_client(provider).await?];
    contestants.append(&mut programs);
    let samples = rounds::hold(plan, &mut contestants).await?;
    let figures = figures::summarise(&contestants, &plan.connections, &samples);
    let statements = count_statements(directory, &mut contestants, &settings).await?;
    let lessons = check(&mut contestants).await?;
    for contestant in contestants {
        if let Some(database) = contestant.database {
            Rc::into_inner(database).context("a database is still in use")?.remove().await?;
        }
    }
    Ok(Report::new(plan, lessons, figures, statements))
}

/// The program on a database that is empty at first, after its first miss.
async fn program(directory: &Path, database: Rc<Database>, settings: &str) -> Result<Contestant> {
    let server = Server::skillsync(directory, &database.url, settings)?;
    let answer = ask(&server, &questions::new_lesson(topics::HOT)).await?;
    questions::check_new_lesson(&answer)?;
    Ok(Contestant {
        name: database.engine(),
        lessons: None,
        database: Some(database),
        server,
        questions: Questions::NewTopics(Arc::new(AtomicU32::new(topics::HOT + 1))),
        // Numbers in later answers only become longer.
        expected: Expected::Written { at_least: answer.len() },
        answer_bytes: answer.len(),
        answered: 1,
        hot: None,
    })
}

/// The same calls made by hand; its server is the provider itself.
async fn bare_client(provider: Server) -> Result<Contestant> {
    let questions = book(&provider).await?.questions;
    let question = |body: &String| Bytes::from(questions::post("/v1/chat/completions", body));
    let calls: Calls = questions.iter().map(question).collect();
    ensure!(calls.len() as u64 == CALLS, "a lesson took {} different calls and not {CALLS}", calls.len());
    let answer_bytes = Caller::connect(provider.address, calls.clone()).await?.ask().await?;
    Ok(Contestant {
        name: BARE_CLIENT,
        lessons: None,
        database: None,
        server: provider,
        questions: Questions::Calls(calls),
        expected: Expected::Length(answer_bytes),
        answer_bytes,
        answered: 1,
        hot: None,
    })
}

async fn book(provider: &Server) -> Result<Book> {
    Ok(serde_json::from_slice(&ask(provider, &questions::get("/book")).await?)?)
}

/// Stops the servers and counts, on the databases as they are then, what a miss asks of them.
async fn count_statements(directory: &Path, contestants: &mut [Contestant], settings: &str) -> Result<Vec<Statements>> {
    let mut counted = Vec::new();
    for contestant in contestants {
        let (Some(database), Questions::NewTopics(next)) = (&contestant.database, &contestant.questions) else {
            continue;
        };
        contestant.server.stop()?;
        let began = next.load(Ordering::Relaxed);
        counted.push(statements::count(directory, database, settings, next).await?);
        contestant.answered += u64::from(next.load(Ordering::Relaxed) - began);
    }
    Ok(counted)
}

/// Checks that each question has led to exactly one lesson, one run and four calls that were paid for, that nothing is set
/// aside any more, and that the provider was asked for nothing else. Gives how many lessons were written.
async fn check(contestants: &mut [Contestant]) -> Result<u64> {
    let mut lessons = 0;
    for Contestant { database, answered, .. } in contestants.iter() {
        let Some(database) = database else { continue };
        let (written, answered) = (database.written().await?, i64::try_from(*answered)?);
        let calls = answered * CALLS.cast_signed();
        let expected = Written {
            lessons: answered,
            published: answered,
            steps: calls,
            // How many there are is the program's own affair, as long as each run tells of the same.
            events: written.events / answered * answered,
            paid_calls: calls,
            reserved: 0,
        };
        ensure!(written == expected, "{} holds {written:?} and not {expected:?}", database.engine());
        lessons += written.lessons.cast_unsigned();
    }
    let answered: u64 = contestants.iter().map(|contestant| contestant.answered).sum();
    let provider = &contestants.first().context("there is a provider")?.server;
    let asked = book(provider).await?.answered;
    ensure!(asked == answered * CALLS, "the provider was asked {asked} times for {answered} lessons of {CALLS} calls");
    Ok(lessons)
}
