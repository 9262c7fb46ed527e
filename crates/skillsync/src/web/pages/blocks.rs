//! The blocks on a lesson's page, each with what readers report about it.

use chrono::{DateTime, Utc};

use crate::reports::report::ReportKind;
use crate::web::render::Html;

/// A block on the page.
#[derive(Clone, Debug)]
pub struct LessonBlock {
    /// The block's id.
    pub id: String,
    /// What it is, in a few words of plain text.
    pub name: String,
    /// The block itself.
    pub body: Html,
    /// Whether it can be written again alone.
    pub can_be_written_again: bool,
    /// How many reports are open, as far as the reader may do something about it.
    pub reported: i64,
    /// The reader's own report.
    pub own: Option<OwnReport>,
    /// The open reports, for mentors.
    pub reports: Vec<OpenReport>,
}

/// The reader's own report of a block.
#[derive(Clone, Debug)]
pub struct OwnReport {
    /// What it says.
    pub kind: ReportKind,
    /// What it says in words.
    pub comment: String,
}

/// A report as mentors see it.
#[derive(Clone, Debug)]
pub struct OpenReport {
    /// What it says.
    pub kind: ReportKind,
    /// What it says in words.
    pub comment: Option<String>,
    /// The number of the learner who wrote it.
    pub person: i64,
    /// When it was written.
    pub at: DateTime<Utc>,
}

impl LessonBlock {
    pub(super) fn is_own(&self, kind: ReportKind) -> bool {
        self.own.as_ref().is_some_and(|own| own.kind == kind)
    }

    pub(super) fn own_comment(&self) -> &str {
        self.own.as_ref().map_or("", |own| own.comment.as_str())
    }

    /// "1 open report", "2 open reports".
    pub(super) fn reports_counted(&self) -> String {
        format!("{} open {}", self.reported, if self.reported == 1 { "report" } else { "reports" })
    }
}

impl OpenReport {
    pub(super) fn day(&self) -> String {
        self.at.format("%Y-%m-%d").to_string()
    }
}
