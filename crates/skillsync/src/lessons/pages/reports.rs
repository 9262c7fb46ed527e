//! Reports on a lesson's page: what stands at each block, and the form below it.

use std::collections::HashMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::Viewer;
use crate::app::App;
use crate::ids::LessonId;
use crate::reports::open_reports;
use crate::reports::report::{Report, ReportKind};
use crate::reports::report_block::{ReportBlockError, Reported, report_block, withdraw_report};
use crate::storage::StorageError;
use crate::web::pages::{LessonBlock, OpenReport, OwnReport};
use crate::web::responses::{failed, signed_in, visitor};

use super::lesson::{LessonPath, find, show};
use super::rendered::Piece;

/// The blocks of a version as a visitor sees them. Nothing about reports is read for those who are not signed in: they can
/// neither report nor have anything written again.
pub async fn blocks(
    app: &App,
    visitor: &Viewer,
    lesson: LessonId,
    pieces: &[Piece],
) -> Result<Vec<LessonBlock>, StorageError> {
    let mut blocks: Vec<_> = pieces.iter().map(without_reports).collect();
    let Some(person) = visitor.person() else { return Ok(blocks) };
    let mut counted: HashMap<String, i64> = HashMap::new();
    for count in open_reports::counts(app, lesson).await? {
        *counted.entry(count.block_id).or_default() += count.reports;
    }
    let own = open_reports::own(app, lesson, person).await?;
    let open = match visitor.mentor() {
        Ok(mentor) => open_reports::for_mentor(app, &mentor, lesson).await?,
        Err(_) => Vec::new(),
    };
    for block in &mut blocks {
        block.reported = counted.get(&block.id).copied().unwrap_or_default();
        block.own = own.iter().find(|report| report.block_id == block.id).map(own_report);
        block.reports = open.iter().filter(|report| report.block_id == block.id).map(open_report).collect();
    }
    Ok(blocks)
}

fn without_reports(piece: &Piece) -> LessonBlock {
    let Piece { id, name, body, can_be_written_again } = piece.clone();
    LessonBlock { id, name, body, can_be_written_again, reported: 0, own: None, reports: Vec::new() }
}

fn own_report(report: &Report) -> OwnReport {
    OwnReport { kind: report.kind, comment: report.comment.clone().unwrap_or_default() }
}

fn open_report(report: &Report) -> OpenReport {
    let Report { kind, comment, person_id, updated_at, .. } = report.clone();
    OpenReport { kind, comment, person: person_id.0, at: updated_at }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportFields {
    block: String,
    kind: String,
    comment: String,
}

/// `POST /lessons/{id}/reports`: a report of a block, or `withdraw` for its kind.
pub async fn report(
    State(app): State<App>,
    headers: HeaderMap,
    id: LessonPath,
    fields: Result<Form<ReportFields>, FormRejection>,
) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    let lesson = find(&app, id).await?;
    let here = format!("/lessons/{}", lesson.id);
    let person = signed_in(&visitor, &here)?;
    let Form(ReportFields { block, kind, comment }) = fields.unwrap_or_default();
    let done = if kind == "withdraw" {
        withdraw_report(&app, person, lesson.id, &block).await
    } else {
        match kind.parse::<ReportKind>() {
            Ok(kind) => {
                let reported = Reported { lesson: lesson.id, block: &block, kind, comment: &comment };
                report_block(&app, person, &reported).await
            }
            Err(invalid) => Err(ReportBlockError::Invalid(invalid)),
        }
    };
    match done {
        // The block is in the lesson, so its id is fit for an address.
        Ok(()) => Ok(Redirect::to(&format!("{here}?reported=yes#report_{block}")).into_response()),
        Err(ReportBlockError::Storage(error)) => Err(failed(&error)),
        Err(error) => show(&app, &visitor, &lesson, Some(error.to_string())).await,
    }
}
