//! Reports in the GraphQL API.

use async_graphql::{ID, InputObject, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::accounts::person::Person;
use crate::api::errors::{Code, internal};
use crate::app::App;
use crate::lessons::graphql::lesson_id;

use super::report::{Report, ReportCount, ReportKind};
use super::report_block::{ReportBlockError, Reported, report_block, withdraw_report};

/// A report of a block.
#[derive(InputObject)]
pub struct ReportBlockInput {
    /// The version.
    pub lesson_id: ID,
    /// The block's id in its `content`.
    pub block_id: ID,
    /// `wrong`, `unclear`, `outdated` or `broken`.
    pub kind: ReportKind,
    /// What is the matter, at most 500 characters. Mentors read it.
    pub comment: Option<String>,
}

/// Which report to take back.
#[derive(InputObject)]
pub struct WithdrawReportInput {
    /// The version.
    pub lesson_id: ID,
    /// The block's id in its `content`.
    pub block_id: ID,
}

/// The answer to a report.
#[derive(SimpleObject)]
pub struct ReportPayload {
    /// Whether it was done.
    success: bool,
    /// What happened, for the learner.
    message: String,
    /// The same for programs, when it was not done.
    code: Option<&'static str>,
}

/// How many reports of one kind are open for a block.
#[derive(SimpleObject)]
pub struct BlockReportCount {
    /// The block's id in the lesson's `content`.
    block_id: ID,
    /// What they say.
    kind: ReportKind,
    /// How many say so.
    count: i64,
}

impl From<ReportCount> for BlockReportCount {
    fn from(count: ReportCount) -> Self {
        Self { block_id: count.block_id.into(), kind: count.kind, count: count.reports }
    }
}

/// One open report of a block. Only mentors see it.
#[derive(SimpleObject)]
pub struct BlockReport {
    /// The block's id in the lesson's `content`.
    block_id: ID,
    /// What it says.
    kind: ReportKind,
    /// What it says in words.
    comment: Option<String>,
    /// The number of the learner who wrote it.
    reported_by: ID,
    /// When it was written or last changed.
    reported_at: DateTime<Utc>,
}

impl From<Report> for BlockReport {
    fn from(report: Report) -> Self {
        let Report { block_id, kind, comment, person_id, updated_at } = report;
        Self { block_id: block_id.into(), kind, comment, reported_by: person_id.into(), reported_at: updated_at }
    }
}

/// Keeps a report and says what came of it.
///
/// # Errors
/// When the comment is not allowed or the server failed.
pub async fn report(app: &App, person: &Person, input: ReportBlockInput) -> Result<ReportPayload> {
    let (lesson, comment) = (lesson_id(&input.lesson_id), input.comment.unwrap_or_default());
    let reported = Reported { lesson, block: input.block_id.as_str(), kind: input.kind, comment: &comment };
    said(report_block(app, person, &reported).await, "Thank you, your report is kept.")
}

/// Takes a report back and says what came of it.
///
/// # Errors
/// When the server failed.
pub async fn withdraw(app: &App, person: &Person, input: WithdrawReportInput) -> Result<ReportPayload> {
    let withdrawn = withdraw_report(app, person, lesson_id(&input.lesson_id), input.block_id.as_str()).await;
    said(withdrawn, "Your report is withdrawn.")
}

fn said(done: std::result::Result<(), ReportBlockError>, message: &str) -> Result<ReportPayload> {
    match done {
        Ok(()) => Ok(ReportPayload { success: true, message: message.to_owned(), code: None }),
        Err(error @ (ReportBlockError::NoLesson | ReportBlockError::NoBlock)) => {
            Ok(ReportPayload { success: false, message: error.to_string(), code: Some(Code::NotFound.as_str()) })
        }
        Err(error @ ReportBlockError::Invalid(_)) => Err(Code::InvalidInput.error(error)),
        Err(ReportBlockError::Storage(error)) => Err(internal(&error)),
    }
}
