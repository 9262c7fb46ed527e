//! How far a lesson is, in percent and in words for the learner. Every step forward is a step that has really ended.

use std::sync::{Mutex, PoisonError};

/// Where progress is told: percent, and what happens now.
pub type Report<'a> = &'a (dyn Fn(u8, &str) + Send + Sync);

/// Percent when the plan is done.
const PLANNED: usize = 20;
/// Percent when all parts are done.
const WRITTEN: usize = 90;
/// Percent when only putting together is left.
const ASSEMBLING: u8 = 95;

/// The progress of one lesson.
pub(super) struct Progress<'a> {
    report: Report<'a>,
    parts: usize,
    /// The parts still being written, in words for the learner. The lock is held while reporting, so that reports keep their
    /// order.
    missing: Mutex<Vec<&'static str>>,
}

impl<'a> Progress<'a> {
    /// The lesson begins.
    pub(super) fn begin(report: Report<'a>, parts: Vec<&'static str>) -> Self {
        report(0, "Planning the lesson");
        Self { report, parts: parts.len(), missing: Mutex::new(parts) }
    }

    /// A part has been written, or the plan, which is not among the parts.
    pub(super) fn finished(&self, part: &str) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.retain(|name| *name != part);
        let written = self.parts - missing.len();
        let percent = PLANNED + (WRITTEN - PLANNED) * written / self.parts.max(1);
        if !missing.is_empty() {
            (self.report)(u8::try_from(percent).unwrap_or(ASSEMBLING), &format!("Writing {}", listed(&missing)));
        }
    }

    /// Everything has been written.
    pub(super) fn assembling(&self) {
        (self.report)(ASSEMBLING, "Putting the lesson together");
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

    #[test]
    fn each_finished_part_is_a_step_forward() {
        let told = Mutex::new(Vec::new());
        let report = |percent: u8, stage: &str| told.lock().expect("a list").push(format!("{percent} {stage}"));
        let progress = Progress::begin(&report, vec!["the explanation", "the exercises", "the quiz"]);
        for part in ["the plan", "the quiz", "the explanation", "the exercises"] {
            progress.finished(part);
        }
        progress.assembling();
        let expected = [
            "0 Planning the lesson",
            "20 Writing the explanation, the exercises and the quiz",
            "43 Writing the explanation and the exercises",
            "66 Writing the exercises",
            "95 Putting the lesson together",
        ];
        assert_eq!(*told.lock().expect("a list"), expected);
    }
}
