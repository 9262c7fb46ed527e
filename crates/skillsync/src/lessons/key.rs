//! The two keys of a lesson: the public one of the first API, and the one that lessons are found by.

use std::fmt;

use md5::Md5;
use sha2::{Digest, Sha256};

use super::request::LessonRequest;

/// Grows whenever the meaning of a field changes, so that old and new keys never meet.
const SCHEMA_VERSION: u32 = 1;

/// What a lesson is found by: SHA-256 over every field of the request in canonical form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LookupKey([u8; 32]);

impl LookupKey {
    /// The key of a request.
    ///
    /// The input is the domain's name, the schema version, and then every field with its length in front, so that no two
    /// different requests give the same bytes. The request is taken apart exhaustively: a new field does not build until
    /// it is in the key.
    pub fn of(request: &LessonRequest) -> Self {
        let LessonRequest { step_title, lesson_number, learning_style, difficulty, language, research } = request;
        let mut hash = Sha256::new();
        hash.update(b"skillsync lesson key");
        hash.update(SCHEMA_VERSION.to_be_bytes());
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(step_title.canonical().as_bytes());
        field(&lesson_number.get().to_be_bytes());
        field(learning_style.as_str().as_bytes());
        field(difficulty.as_str().as_bytes());
        field(language.as_str().as_bytes());
        field(&[u8::from(*research)]);
        Self(hash.finalize().into())
    }

    /// The bytes, as they are stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// 64 lower-case hexadecimal digits.
impl fmt::Display for LookupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for LookupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The public key of the first API: `md5("{step_title}:{lesson_number}:{learning_style}")` in lower-case hexadecimal
/// digits, over the title as given. It is shown and imported by, never looked up by.
pub fn cache_key(request: &LessonRequest) -> String {
    let LessonRequest { step_title, lesson_number, learning_style, .. } = request;
    hex::encode(Md5::digest(format!("{}:{lesson_number}:{learning_style}", step_title.given())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::request::{LearningStyle, StepTitle};

    fn request(title: &str, style: LearningStyle) -> LessonRequest {
        LessonRequest::new(StepTitle::parse(title).expect("a good title"), style)
    }

    #[test]
    fn the_public_key_matches_the_first_api() {
        let key = |title, style| cache_key(&request(title, style));
        assert_eq!(key("Python Variables", LearningStyle::Mixed), "d798dad978f7c705247b465ee7c912d3");
        assert_eq!(key("JavaScript Functions", LearningStyle::HandsOn), "54aa8e0f83fb57d9d3ed0ecb3388d203");
    }

    /// These keys are in databases: when this test fails, learners lose their cached lessons.
    #[test]
    fn lookup_keys_never_change() {
        let key = |title, style| LookupKey::of(&request(title, style)).to_string();
        assert_eq!(
            key("Python Variables", LearningStyle::Mixed),
            "176bcd2f71c6fae5ad33d3cb5e28639e48a8455bc48bfe0989693e1e26490a14"
        );
        assert_eq!(
            key("Maße", LearningStyle::Reading),
            "6a2a09bfbb84ef7673d9435345e190085e0bbd278966000457cb9c76398e1c51"
        );
    }

    #[test]
    fn every_field_is_part_of_the_lookup_key() {
        let base = request("Git Basics", LearningStyle::Reading);
        let others = [
            LessonRequest { step_title: StepTitle::parse("Git").expect("good"), ..base.clone() },
            LessonRequest { lesson_number: 2.try_into().expect("good"), ..base.clone() },
            LessonRequest { learning_style: LearningStyle::Mixed, ..base.clone() },
            LessonRequest { difficulty: crate::lessons::request::Difficulty::Advanced, ..base.clone() },
            LessonRequest { language: "es".parse().expect("good"), ..base.clone() },
            LessonRequest { research: true, ..base.clone() },
        ];
        let keys: std::collections::HashSet<_> = others.iter().chain([&base]).map(LookupKey::of).collect();
        assert_eq!(keys.len(), others.len() + 1);
    }
}
