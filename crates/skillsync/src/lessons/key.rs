//! The two keys of a lesson: the public one of the first API, and the one that lessons are found by.

use std::fmt;

use md5::Md5;
use sha2::{Digest, Sha256};

use super::profile::Profile;
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
    ///
    /// What a profile tells follows the others as a name and a value each. An empty one adds nothing, so the keys from
    /// before there were profiles stay what they are.
    pub fn of(request: &LessonRequest) -> Self {
        let LessonRequest { step_title, lesson_number, learning_style, difficulty, language, research, profile } =
            request;
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
        for (name, value) in profile.told() {
            field(b"profile");
            field(name.as_bytes());
            field(value.as_bytes());
        }
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

/// What is stored beside a lookup key and compared on every hit. Two requests have never been seen to share a 256-bit key;
/// should it happen, the second one is a new lesson, not a wrong one.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The canonical title that the key was stored under.
    pub canonical_title: String,
    /// The profile that the key was stored under.
    pub profile: Profile,
}

impl Identity {
    /// What is stored for a request.
    pub fn of(request: &LessonRequest) -> Self {
        Self { canonical_title: request.step_title.canonical().to_owned(), profile: request.profile.clone() }
    }

    /// Whether a request is one that the key was made for.
    pub fn is_of(&self, request: &LessonRequest) -> bool {
        self.canonical_title == request.step_title.canonical() && self.profile.is_same_as(&request.profile)
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
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::lessons::profile::{CareerStage, Goal, Industry, WeeklyHours};
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
        let told = |profile| LessonRequest { profile, ..base.clone() };
        let others = [
            LessonRequest { step_title: StepTitle::parse("Git").expect("good"), ..base.clone() },
            LessonRequest { lesson_number: 2.try_into().expect("good"), ..base.clone() },
            LessonRequest { learning_style: LearningStyle::Mixed, ..base.clone() },
            LessonRequest { difficulty: crate::lessons::request::Difficulty::Advanced, ..base.clone() },
            LessonRequest { language: "es".parse().expect("good"), ..base.clone() },
            LessonRequest { research: true, ..base.clone() },
            told(Profile { industry: Some(Industry::Finance), ..Profile::default() }),
            told(Profile { career_stage: Some(CareerStage::Student), ..Profile::default() }),
            told(Profile { weekly_hours: Some(WeeklyHours::TenOrMore), ..Profile::default() }),
            told(Profile { goal: Some(Goal::parse("finance").expect("good")), ..Profile::default() }),
        ];
        let keys: std::collections::HashSet<_> = others.iter().chain([&base]).map(LookupKey::of).collect();
        assert_eq!(keys.len(), others.len() + 1);
    }
    /// In databases too, from the first lesson with a profile on.
    #[test]
    fn lookup_keys_with_a_profile_never_change() {
        let profile = Profile {
            industry: Some(Industry::Healthcare),
            career_stage: Some(CareerStage::MidLevel),
            weekly_hours: Some(WeeklyHours::ThreeToFive),
            goal: Some(Goal::parse("Lead the CLINIC's data team").expect("good")),
        };
        let request = LessonRequest { profile, ..request("Python Variables", LearningStyle::Mixed) };
        assert_eq!(
            LookupKey::of(&request).to_string(),
            "39a0e0a70827a871c69afd1cfcef5a20aec2c522e7885a8e824c442386a34e6f"
        );
        assert_eq!(cache_key(&request), "d798dad978f7c705247b465ee7c912d3", "the public key knows no profile");
    }

    fn profile() -> impl Strategy<Value = Profile> {
        // Few values, and goals that look like names, so that chance makes equal and nearly equal ones.
        let goal = select(vec!["goal", "GOAL", "goal ", "industry", "finance", "profile", "a", "a b", "student"]);
        let goal = goal.prop_map(|goal| Goal::parse(goal).expect("good"));
        (
            option::of(select(vec![Industry::Finance, Industry::Education])),
            option::of(select(vec![CareerStage::Student, CareerStage::Executive])),
            option::of(select(vec![WeeklyHours::OneToThree, WeeklyHours::TenOrMore])),
            option::of(goal),
        )
            .prop_map(|(industry, career_stage, weekly_hours, goal)| Profile {
                industry,
                career_stage,
                weekly_hours,
                goal,
            })
    }

    proptest! {
        #[test]
        fn two_profiles_share_a_key_only_when_they_tell_the_same(one in profile(), other in profile()) {
            let base = request("Git Basics", LearningStyle::Reading);
            let key = |profile: &Profile| LookupKey::of(&LessonRequest { profile: profile.clone(), ..base.clone() });
            prop_assert_eq!(key(&one) == key(&other), one.is_same_as(&other));
            prop_assert_eq!(key(&one) == LookupKey::of(&base), one.is_empty());
        }
    }
}
