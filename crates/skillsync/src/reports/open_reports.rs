//! Reads the open reports on a version: as counts for everybody, whole for mentors, and in a few words for the model that writes
//! a block again.

use crate::accounts::Person;
use crate::accounts::person::Mentor;
use crate::app::App;
use crate::generation::pipeline::BlockReports;
use crate::ids::LessonId;
use crate::storage::StorageError;

use super::report::{Report, ReportCount};
use super::store;

/// Most reports on one version that mentors are shown, the newest.
const MOST_SHOWN: i64 = 200;

/// Most comments on one block that a model is told, the newest.
const MOST_TOLD: usize = 3;

/// Most characters of a comment that a model is told.
const LONGEST_TOLD: usize = 200;

/// How many reports of each kind are open for each block of a version.
///
/// # Errors
/// When the database cannot be used.
pub async fn counts(app: &App, lesson: LessonId) -> Result<Vec<ReportCount>, StorageError> {
    store::counts(&app.db, lesson).await
}

/// The open reports on a version, newest first, at most 200. Only for mentors: comments are no public forum.
///
/// # Errors
/// When the database cannot be used.
pub async fn for_mentor(app: &App, _asks: &Mentor, lesson: LessonId) -> Result<Vec<Report>, StorageError> {
    store::newest(&app.db, lesson, MOST_SHOWN).await
}

/// A person's own open reports on a version.
///
/// # Errors
/// When the database cannot be used.
pub async fn own(app: &App, lesson: LessonId, by: &Person) -> Result<Vec<Report>, StorageError> {
    store::of_person(&app.db, lesson, by.id).await
}

/// What is reported about these blocks, for the model that writes them again: the kinds with their counts and a few comments.
///
/// # Errors
/// When the database cannot be used.
pub async fn for_model(app: &App, lesson: LessonId, blocks: &[String]) -> Result<Vec<BlockReports>, StorageError> {
    let (counts, newest) = (store::counts(&app.db, lesson).await?, store::newest(&app.db, lesson, MOST_SHOWN).await?);
    let of_block = |block: &String| BlockReports { block: block.clone(), reports: in_words(block, &counts, &newest) };
    Ok(blocks.iter().map(of_block).filter(|told| !told.reports.is_empty()).collect())
}

fn in_words(block: &str, counts: &[ReportCount], newest: &[Report]) -> Vec<String> {
    let counted = counts.iter().filter(|count| count.block_id == block);
    let counted: Vec<_> = counted.map(|count| format!("{} ({})", count.kind.as_str(), count.reports)).collect();
    if counted.is_empty() {
        return Vec::new();
    }
    let comments = newest.iter().filter(|report| report.block_id == block).filter_map(|report| {
        let comment: String = report.comment.as_deref()?.chars().take(LONGEST_TOLD).collect();
        Some(format!("a reader reports it as {}: {comment}", report.kind.as_str()))
    });
    let reported = format!("readers report this block as: {}", counted.join(", "));
    std::iter::once(reported).chain(comments.take(MOST_TOLD)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;
    use crate::reports::report::ReportKind;
    use crate::testing;

    #[test]
    fn a_model_is_told_the_kinds_and_a_few_comments_of_bounded_length() {
        let count = |block: &str, kind, reports| ReportCount { block_id: block.into(), kind, reports };
        let counts = [
            count("quiz", ReportKind::Unclear, 1),
            count("quiz", ReportKind::Wrong, 12),
            count("intro", ReportKind::Broken, 1),
        ];
        let report = |comment: Option<String>| Report {
            block_id: "quiz".into(),
            kind: ReportKind::Wrong,
            comment,
            person_id: PersonId(1),
            updated_at: testing::start(),
        };
        let newest: Vec<_> =
            [None, Some("é".repeat(500)), Some("b".into()), Some("c".into()), Some("d".into())].map(report).into();
        let told = in_words("quiz", &counts, &newest);
        assert_eq!(told[0], "readers report this block as: unclear (1), wrong (12)");
        assert_eq!(told[1], format!("a reader reports it as wrong: {}", "é".repeat(LONGEST_TOLD)));
        assert_eq!((told.len(), told[3].as_str()), (4, "a reader reports it as wrong: c"));
        assert!(in_words("text-1", &counts, &newest).is_empty());
    }
}
