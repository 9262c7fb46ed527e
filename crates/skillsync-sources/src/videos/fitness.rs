//! Which videos a lesson may be built on at all.

use super::{Candidate, VideoQuery};

/// The shortest video that explains something.
pub const MIN_SECONDS: u32 = 4 * 60;

/// The longest one that fits into a lesson.
pub const MAX_SECONDS: u32 = 20 * 60;

/// Why a video does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Other pages must not show it.
    NotEmbeddable,
    /// It has fewer than 720 lines: code on the screen cannot be read.
    LowDefinition,
    /// It is shorter than four minutes.
    TooShort,
    /// It is longer than twenty minutes.
    TooLong,
    /// Its language is known and another one.
    OtherLanguage,
    /// It has no captions, and there is no other way to a transcript.
    NoTranscript,
}

/// What keeps a video from being used, or nothing. `other_transcripts` says whether there is a way to a transcript without
/// captions.
pub fn unfitness(candidate: &Candidate, query: &VideoQuery, other_transcripts: bool) -> Option<Unfit> {
    let speaks_another = candidate.language.as_deref().is_some_and(|spoken| !is_same_language(spoken, &query.language));
    let faults = [
        (!candidate.embeddable, Unfit::NotEmbeddable),
        (!candidate.hd, Unfit::LowDefinition),
        (candidate.seconds < MIN_SECONDS, Unfit::TooShort),
        (candidate.seconds > MAX_SECONDS, Unfit::TooLong),
        (speaks_another, Unfit::OtherLanguage),
        (!candidate.captioned && !other_transcripts, Unfit::NoTranscript),
    ];
    faults.into_iter().find_map(|(is_so, fault)| is_so.then_some(fault))
}

/// Whether two tags name the same language, whatever the region: `en-GB` teaches whoever reads `en`.
pub(crate) fn is_same_language(one: &str, other: &str) -> bool {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    primary(one) == primary(other)
}

#[cfg(test)]
mod tests {
    use super::super::ranking::samples::{candidate, query};
    use super::*;

    #[test]
    fn each_fault_has_its_name() {
        type Change = fn(&mut Candidate);
        let cases: [(Change, Option<Unfit>); 11] = [
            (|_| {}, None),
            (|video| video.embeddable = false, Some(Unfit::NotEmbeddable)),
            (|video| video.hd = false, Some(Unfit::LowDefinition)),
            (|video| video.seconds = 239, Some(Unfit::TooShort)),
            (|video| video.seconds = 240, None),
            (|video| video.seconds = 1200, None),
            (|video| video.seconds = 1201, Some(Unfit::TooLong)),
            (|video| video.language = Some("de".into()), Some(Unfit::OtherLanguage)),
            (|video| video.language = Some("en-GB".into()), None),
            (|video| video.language = None, None),
            (|video| video.captioned = false, Some(Unfit::NoTranscript)),
        ];
        for (index, (change, expected)) in cases.into_iter().enumerate() {
            let mut video = candidate("a");
            change(&mut video);
            assert_eq!(unfitness(&video, &query(), false), expected, "case {index}");
        }
        assert_eq!(unfitness(&Candidate { captioned: false, ..candidate("a") }, &query(), true), None);
    }
}
