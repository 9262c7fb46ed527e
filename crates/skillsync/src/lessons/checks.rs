//! What was checked about a version before it was published. It is kept beside the version and shown on its page.

use serde::{Deserialize, Serialize};

/// Everything that was checked about one version; empty when nobody knows, as for versions of earlier programs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// The checks, each at most once.
    pub results: Vec<CheckResult>,
}

/// A kind of check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Texts: their language, length, form, and that nothing stands in them that does not belong there.
    Texts,
    /// Programs to read were run and printed what stands below them.
    Programs,
    /// Solutions of exercises were run, starters were not solved already, hints did not give the solution away.
    Exercises,
    /// Questions were answered by somebody who did not know the key.
    Answers,
    /// Right options were neither in one place nor the longest more often than chance allows.
    Balance,
    /// Diagrams were drawn.
    Diagrams,
    /// Addresses were visited.
    Links,
    /// Moments of a video exist in its transcript.
    Moments,
}

/// What came of one check over a lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Which.
    pub check: Check,
    /// How many things there were to check, those that were dropped included.
    pub of: u32,
    /// How many passed in the end.
    pub passed: u32,
    /// How many of those passed only after they were written again.
    #[serde(default)]
    pub mended: u32,
    /// How many were left out of the lesson, since they did not pass.
    #[serde(default)]
    pub dropped: u32,
    /// How many could not be checked.
    #[serde(default)]
    pub not_done: u32,
    /// Why something could not be checked, or what is less than it should be; sentences for people.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// What came of one thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// It passed at once.
    Passed,
    /// It passed after it was written again.
    Mended,
    /// It is in the lesson, although it is less than it should be.
    Accepted(String),
    /// It was left out.
    Dropped(String),
    /// It could not be checked.
    NotDone(String),
}

/// Most notes that one check keeps.
const MOST_NOTES: usize = 8;

impl Checks {
    /// Adds one thing to the result of a check.
    pub fn add(&mut self, check: Check, thing: Thing) {
        let at = self.results.binary_search_by_key(&check, |result| result.check).unwrap_or_else(|at| {
            self.results.insert(at, CheckResult::none(check));
            at
        });
        self.results[at].add(thing);
    }

    /// The result of one check, if it was made.
    pub fn of(&self, check: Check) -> Option<&CheckResult> {
        self.results.iter().find(|result| result.check == check)
    }

    /// Each check in a few words for learners, such as `4 of 4 exercises run`.
    pub fn in_words(&self) -> Vec<String> {
        self.results.iter().filter_map(CheckResult::in_words).collect()
    }
}

impl CheckResult {
    fn none(check: Check) -> Self {
        Self { check, of: 0, passed: 0, mended: 0, dropped: 0, not_done: 0, notes: Vec::new() }
    }

    fn add(&mut self, thing: Thing) {
        self.of += 1;
        let note = match thing {
            Thing::Passed => {
                self.passed += 1;
                None
            }
            Thing::Mended => {
                self.passed += 1;
                self.mended += 1;
                None
            }
            Thing::Accepted(note) => Some(note),
            Thing::Dropped(note) => {
                self.dropped += 1;
                Some(note)
            }
            Thing::NotDone(note) => {
                self.not_done += 1;
                Some(note)
            }
        };
        if let Some(note) = note.filter(|note| self.notes.len() < MOST_NOTES && !self.notes.contains(note)) {
            self.notes.push(note);
        }
    }

    /// How many things of this kind are in the lesson.
    pub fn kept(&self) -> u32 {
        self.of - self.dropped
    }

    /// The check in a few words for learners; none when there was nothing to check.
    pub fn in_words(&self) -> Option<String> {
        let (passed, kept) = (self.passed, self.kept());
        let counted = |one: &str, many: &str, done: &str| {
            let things = if kept == 1 { one } else { many };
            format!("{passed} of {kept} {things} {done}")
        };
        let all = passed == kept;
        let words = match self.check {
            _ if kept == 0 => return None,
            Check::Texts if all => "texts as planned".to_owned(),
            Check::Texts => counted("text", "texts", "as planned"),
            Check::Programs => counted("program", "programs", "run"),
            Check::Exercises => counted("exercise", "exercises", "run"),
            Check::Answers => counted("answer", "answers", "confirmed"),
            Check::Balance if all => "right answers evenly spread".to_owned(),
            Check::Balance => "right answers not evenly spread".to_owned(),
            Check::Diagrams => counted("diagram", "diagrams", "drawn"),
            Check::Links if all => if kept == 1 { "link alive" } else { "links alive" }.to_owned(),
            Check::Links => counted("link", "links", "alive"),
            Check::Moments => counted("moment", "moments", "found in the transcript"),
        };
        Some(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_add_up_and_read_well() {
        let mut checks = Checks::default();
        for thing in [Thing::Passed, Thing::Mended, Thing::Dropped("It gave other output.".into())] {
            checks.add(Check::Exercises, thing);
        }
        checks.add(Check::Answers, Thing::Passed);
        checks.add(Check::Links, Thing::Passed);
        checks.add(Check::Texts, Thing::Accepted("A text is shorter than planned.".into()));
        checks.add(Check::Diagrams, Thing::Dropped("It could not be drawn.".into()));
        let words = ["0 of 1 text as planned", "2 of 2 exercises run", "1 of 1 answer confirmed", "link alive"];
        assert_eq!(checks.in_words(), words);
        let exercises = checks.of(Check::Exercises).expect("exercises");
        assert_eq!((exercises.of, exercises.passed, exercises.mended, exercises.dropped), (3, 2, 1, 1));
        let json = serde_json::to_string(&checks).expect("JSON");
        assert_eq!(serde_json::from_str::<Checks>(&json).expect("the same"), checks);
    }
}
