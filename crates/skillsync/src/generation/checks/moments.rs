//! The times of a study guide and of questions: at each of them somebody must be speaking, by the transcript.

use crate::generation::video::TOLERANCE_SECONDS;
use crate::lessons::document::{Question, Video};

use super::{Outcome, Rules};

/// Checks every moment of a video's guide, one outcome each.
pub fn check(video: &Video, rules: &Rules) -> Vec<Outcome> {
    let mut before = 0;
    let mut outcome = |at_seconds: u32| {
        let mut must = Vec::new();
        must.extend(problem(at_seconds, rules));
        if at_seconds < before {
            must.push(format!("the moment at {at_seconds} seconds stands after a later one"));
        }
        before = at_seconds;
        match rules.transcript.get() {
            Some(transcript) if transcript.has_times => Outcome::of(must, Vec::new()),
            _ => Outcome::NotDone { why: "There is no transcript with times.".to_owned() },
        }
    };
    video.guide.iter().map(|moment| outcome(moment.at_seconds)).collect()
}

/// What is wrong with the moment of a question, if it has one.
pub fn problem_of(question: &Question, rules: &Rules) -> Option<String> {
    problem(question.at_seconds?, rules)
}

fn problem(at_seconds: u32, rules: &Rules) -> Option<String> {
    let transcript = rules.transcript.get().filter(|transcript| transcript.has_times)?;
    let is_there = transcript.has_moment(u64::from(at_seconds), TOLERANCE_SECONDS);
    (!is_there).then(|| format!("at {at_seconds} seconds nothing is said in the video, by its transcript"))
}
