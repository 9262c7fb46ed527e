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
    /// The lock is held while it is told, so that word keeps its order.
    parts: Mutex<Parts>,
}

/// The parts of the lesson, in words for the learner.
#[derive(Default)]
struct Parts {
    all: usize,
    /// Those still being written.
    unwritten: Vec<&'static str>,
    /// Those that have been written and are being checked.
    unchecked: Vec<&'static str>,
}

impl Parts {
    /// Writing a part is half of the way, checking it the other half.
    fn percent(&self) -> u8 {
        let left = 2 * self.unwritten.len() + self.unchecked.len();
        let done = (2 * self.all).saturating_sub(left);
        u8::try_from(PLANNED + (WRITTEN - PLANNED) * done / (2 * self.all).max(1)).unwrap_or(ASSEMBLING)
    }

    fn words(&self) -> String {
        match (&self.unwritten[..], &self.unchecked[..]) {
            ([], unchecked) => format!("Checking {}", listed(unchecked)),
            (unwritten, []) => format!("Writing {}", listed(unwritten)),
            (unwritten, unchecked) => format!("Writing {}; checking {}", listed(unwritten), listed(unchecked)),
        }
    }
}

impl<'a> Progress<'a> {
    /// The progress of what these steps are steps of.
    pub(super) fn new(steps: &'a Steps) -> Self {
        Self { steps, parts: Mutex::default() }
    }

    /// The lesson begins.
    pub(super) async fn begin(&self, parts: Vec<&'static str>) {
        self.steps.tell(0, "Looking at the topic").await;
        *self.parts.lock().await = Parts { all: parts.len(), unwritten: parts, unchecked: Vec::new() };
    }

    /// The topic was found fit for a lesson.
    pub(super) async fn planning(&self) {
        self.steps.tell(5, "Planning the lesson").await;
    }

    /// The plan has been written.
    pub(super) async fn planned(&self) {
        let parts = self.parts.lock().await;
        self.steps.tell(parts.percent(), &parts.words()).await;
    }

    /// A part has been written.
    pub(super) async fn written(&self, part: &'static str) {
        let mut parts = self.parts.lock().await;
        let before = parts.unwritten.len();
        parts.unwritten.retain(|name| *name != part);
        if parts.unwritten.len() < before {
            parts.unchecked.push(part);
        }
        self.steps.tell(parts.percent(), &parts.words()).await;
    }

    /// A part has been checked.
    pub(super) async fn checked(&self, part: &'static str) {
        let mut parts = self.parts.lock().await;
        parts.unchecked.retain(|name| *name != part);
        if !(parts.unwritten.is_empty() && parts.unchecked.is_empty()) {
            self.steps.tell(parts.percent(), &parts.words()).await;
        }
    }

    /// Everything has been written and checked.
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
            let progress = Progress::new(&steps);
            progress.begin(vec!["the explanation", "the quiz"]).await;
            progress.planning().await;
            progress.planned().await;
            for part in ["the quiz", "the explanation"] {
                progress.written(part).await;
                progress.checked(part).await;
            }
            progress.assembling().await;
        }
        let events = events_after(&database.db, &[(claim.run, 0)]).await.expect("the database answers");
        let told: Vec<_> =
            events.iter().map(|event| format!("{} {} {}", event.sequence, event.percent, event.message)).collect();
        let expected = [
            "1 0 Getting ready",
            "2 0 Looking at the topic",
            "3 5 Planning the lesson",
            "4 20 Writing the explanation and the quiz",
            "5 37 Writing the explanation; checking the quiz",
            "6 55 Writing the explanation",
            "7 72 Checking the explanation",
            "8 95 Putting the lesson together",
        ];
        assert_eq!(told, expected);
    }
    }
}
