//! How far a lesson is, in percent and in words for the learner. Every step forward is a step that has really ended.

use tokio::sync::Mutex;

use crate::work::steps::Steps;

/// Percent when the plan is done.
const PLANNED: usize = 20;
/// Percent when all parts are done.
const WRITTEN: usize = 90;
/// Percent when only putting together is left.
const ASSEMBLING: u8 = 95;

/// The progress of one lesson.
pub(super) struct Progress<'a> {
    steps: &'a Steps,
    parts: usize,
    /// The parts still being written, in words for the learner. The lock is held while it is told, so that word keeps its
    /// order.
    missing: Mutex<Vec<&'static str>>,
}

impl<'a> Progress<'a> {
    /// The lesson begins.
    pub(super) async fn begin(steps: &'a Steps, parts: Vec<&'static str>) -> Self {
        steps.tell(0, "Planning the lesson").await;
        Self { steps, parts: parts.len(), missing: Mutex::new(parts) }
    }

    /// A part has been written, or the plan, which is not among the parts.
    pub(super) async fn finished(&self, part: &str) {
        let mut missing = self.missing.lock().await;
        missing.retain(|name| *name != part);
        let written = self.parts - missing.len();
        let percent = PLANNED + (WRITTEN - PLANNED) * written / self.parts.max(1);
        if !missing.is_empty() {
            let percent = u8::try_from(percent).unwrap_or(ASSEMBLING);
            self.steps.tell(percent, &format!("Writing {}", listed(&missing))).await;
        }
    }

    /// Everything has been written.
    pub(super) async fn assembling(&self) {
        self.steps.tell(ASSEMBLING, "Putting the lesson together").await;
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::testing::{self, TestDatabase};
    use crate::work::store::events_after;

    crate::both_engines! {
    async fn each_finished_part_is_a_step_forward_and_none_is_told_twice(database: &TestDatabase) {
        let clock = Clock::fixed(testing::start());
        let claim = testing::claimed_run(&database.db, b"", &clock).await;
        // The second time stands for a process that takes the run up again.
        for _ in 0..2 {
            let steps = testing::steps(&database.db, &clock, claim).await;
            let progress = Progress::begin(&steps, vec!["the explanation", "the exercises", "the quiz"]).await;
            for part in ["the plan", "the quiz", "the explanation", "the exercises"] {
                progress.finished(part).await;
            }
            progress.assembling().await;
        }
        let events = events_after(&database.db, &[(claim.run, 0)]).await.expect("the database answers");
        let told: Vec<_> =
            events.iter().map(|event| format!("{} {} {}", event.sequence, event.percent, event.message)).collect();
        let expected = [
            "1 0 Getting ready",
            "2 0 Planning the lesson",
            "3 20 Writing the explanation, the exercises and the quiz",
            "4 43 Writing the explanation and the exercises",
            "5 66 Writing the exercises",
            "6 95 Putting the lesson together",
        ];
        assert_eq!(told, expected);
    }
    }
}
