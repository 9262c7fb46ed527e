//! What a learner may ask for, parsed once at the edge: after that no part of the program sees an invalid request.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::profile::{MAX_GOAL_CHARS, Profile};

/// The longest title, in characters as given.
pub const MAX_TITLE_CHARS: usize = 255;

/// A request for a lesson. All of its fields are part of the lookup key, see [`super::key`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LessonRequest {
    /// The topic, as the learner wrote it.
    pub step_title: StepTitle,
    /// Which lesson on the topic, from 1.
    pub lesson_number: LessonNumber,
    /// How the learner likes to learn.
    pub learning_style: LearningStyle,
    /// What the learner already knows.
    pub difficulty: Difficulty,
    /// The language of the lesson.
    pub language: Language,
    /// Whether sources are researched before writing.
    pub research: bool,
    /// Whom it is written for; everybody when empty. Runs that were stored before there were profiles have none.
    #[serde(default, skip_serializing_if = "Profile::is_empty")]
    pub profile: Profile,
}

impl LessonRequest {
    /// A request with every default: lesson 1, for beginners, in English, without research, for everybody.
    pub fn new(step_title: StepTitle, learning_style: LearningStyle) -> Self {
        Self {
            step_title,
            lesson_number: LessonNumber::FIRST,
            learning_style,
            difficulty: Difficulty::Beginner,
            language: Language::english(),
            research: false,
            profile: Profile::default(),
        }
    }

    /// The same without its profile.
    #[must_use]
    pub fn for_everybody(self) -> Self {
        Self { profile: Profile::default(), ..self }
    }
}

/// Why a part of a request was refused. The text is written for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// No visible character.
    #[error("The title is empty. Say in a few words what you want to learn.")]
    BlankTitle,
    /// Longer than [`MAX_TITLE_CHARS`].
    #[error("The title has {0} characters; at most {MAX_TITLE_CHARS} are allowed. Say it in fewer words.")]
    TitleTooLong(usize),
    /// A control character other than white space.
    #[error("The title contains the control character U+{0:04X}. Remove it and try again.")]
    ControlCharacter(u32),
    /// Zero, negative or too large.
    #[error("The lesson number must be a whole number from 1 to {max}, not {0}.", max = i32::MAX)]
    LessonNumber(i64),
    /// Not one of the four.
    #[error("`{0}` is not a learning style. Choose hands_on, video, reading or mixed.")]
    LearningStyle(String),
    /// Not one of the three.
    #[error("`{0}` is not a difficulty. Choose beginner, intermediate or advanced.")]
    Difficulty(String),
    /// Not well-formed by BCP 47.
    #[error("`{0}` is not a language tag. Use one such as en, es or pt-BR.")]
    Language(String),
    /// Not one of the list.
    #[error(
        "`{0}` is not an industry. Choose technology, healthcare, finance, education, marketing, design, sales, \
         manufacturing, consulting, startup, non_profit, government or other."
    )]
    Industry(String),
    /// Not one of the list.
    #[error(
        "`{0}` is not a career stage. Choose student, entry_level, mid_level, senior_level, executive, career_changer or \
         freelancer."
    )]
    CareerStage(String),
    /// Not one of the four.
    #[error("`{0}` is not a weekly time. Choose one_to_three, three_to_five, five_to_ten or ten_or_more.")]
    WeeklyHours(String),
    /// No visible character.
    #[error("The goal is empty. Say in a few words what you learn for, or leave it out.")]
    BlankGoal,
    /// Longer than [`MAX_GOAL_CHARS`].
    #[error("The goal has {0} characters; at most {MAX_GOAL_CHARS} are allowed. Say it in fewer words.")]
    GoalTooLong(usize),
    /// A line break or another control character.
    #[error("The goal contains the control character U+{0:04X}. Write it in one line without it.")]
    GoalControlCharacter(u32),
}

/// Shortens a wrong value so that an error never repeats a page of it.
pub(super) fn excerpt(value: &str) -> String {
    let mut chars = value.chars().filter(|c| !c.is_control());
    let short: String = chars.by_ref().take(40).collect();
    if chars.next().is_some() { format!("{short}…") } else { short }
}

/// A title as given, checked, with its canonical form beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StepTitle {
    given: String,
    canonical: String,
}

impl StepTitle {
    /// Checks a title.
    ///
    /// # Errors
    /// When it is blank, too long, or contains a control character that is not white space.
    pub fn parse(given: impl Into<String>) -> Result<Self, InvalidRequest> {
        let given = given.into();
        let length = given.chars().count();
        if length > MAX_TITLE_CHARS {
            return Err(InvalidRequest::TitleTooLong(length));
        }
        if let Some(control) = given.chars().find(|c| c.is_control() && !c.is_whitespace()) {
            return Err(InvalidRequest::ControlCharacter(control as u32));
        }
        let canonical = canonical(&given);
        if is_blank(&canonical) {
            return Err(InvalidRequest::BlankTitle);
        }
        Ok(Self { given, canonical })
    }

    /// The title as it was first written.
    pub fn given(&self) -> &str {
        &self.given
    }

    /// The form under which titles are compared, see [`canonical`].
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

impl TryFrom<String> for StepTitle {
    type Error = InvalidRequest;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        Self::parse(given)
    }
}

impl From<StepTitle> for String {
    fn from(title: StepTitle) -> Self {
        title.given
    }
}

/// Whether a text shows nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Joiners, direction marks and the like: a title of nothing else shows nothing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// The canonical title: Unicode NFC; soft hyphens, zero-width spaces and byte-order marks dropped; lower-cased by
/// Unicode's default mapping; white space collapsed and trimmed; and nothing else. Unsure means a new lesson: `C`, `C++`
/// and `C#` stay apart.
///
/// Dropping and lower-casing can bring characters together that compose, so NFC is taken before and after them; that
/// makes the function idempotent.
pub fn canonical(title: &str) -> String {
    let dropped: String = title.chars().filter(|c| !matches!(c, '\u{00AD}' | '\u{200B}' | '\u{FEFF}')).nfc().collect();
    let lowered: String = dropped.to_lowercase().nfc().collect();
    lowered.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The number of a lesson on its topic, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
#[serde(try_from = "i64", into = "i64")]
#[sqlx(transparent)]
pub struct LessonNumber(i64);

impl LessonNumber {
    /// The first lesson on a topic.
    pub const FIRST: Self = Self(1);

    /// The number itself.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for LessonNumber {
    type Error = InvalidRequest;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        if (1..=i64::from(i32::MAX)).contains(&number) {
            Ok(Self(number))
        } else {
            Err(InvalidRequest::LessonNumber(number))
        }
    }
}

impl From<LessonNumber> for i64 {
    fn from(number: LessonNumber) -> Self {
        number.0
    }
}

impl fmt::Display for LessonNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Declares a closed set of names that is parsed from text, shown as text, and stored as text.
///
/// Names are accepted in any case and with hyphens for underscores, since the first API took `"hands-on"`.
macro_rules! named_set {
    ($(#[$about:meta])* $set:ident, $refused:ident, { $($(#[$meaning:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type, clap::ValueEnum)]
        #[serde(rename_all = "snake_case")]
        #[sqlx(type_name = "text", rename_all = "snake_case")]
        #[value(rename_all = "snake_case")]
        pub enum $set { $($(#[$meaning])* $variant,)+ }

        impl $set {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name as it is stored and shown in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        impl FromStr for $set {
            type Err = InvalidRequest;

            fn from_str(name: &str) -> Result<Self, InvalidRequest> {
                match name.to_ascii_lowercase().replace('-', "_").as_str() {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(InvalidRequest::$refused(excerpt(name))),
                }
            }
        }

        impl fmt::Display for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(super) use named_set;

named_set!(
    /// How a learner likes to learn.
    LearningStyle, LearningStyle, {
        /// Mostly practice.
        HandsOn = "hands_on",
        /// Around a video.
        Video = "video",
        /// A long text.
        Reading = "reading",
        /// Something of everything.
        Mixed = "mixed",
    }
);

named_set!(
    /// What a learner already knows.
    Difficulty, Difficulty, {
        /// New to the subject.
        Beginner = "beginner",
        /// Knows the basics.
        Intermediate = "intermediate",
        /// Knows the subject well.
        Advanced = "advanced",
    }
);

/// A well-formed BCP 47 language tag in its canonical case, such as `en`, `pt-BR` or `zh-Hant`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
#[serde(try_from = "String", into = "String")]
#[sqlx(transparent)]
pub struct Language(String);

impl Language {
    /// The default language.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Language {
    type Err = InvalidRequest;

    fn from_str(tag: &str) -> Result<Self, InvalidRequest> {
        let refused = || InvalidRequest::Language(excerpt(tag));
        if tag.len() > 35 {
            return Err(refused());
        }
        let tag = oxilangtag::LanguageTag::parse_and_normalize(tag).map_err(|_| refused())?;
        Ok(Self(tag.into_inner()))
    }
}

impl TryFrom<String> for Language {
    type Error = InvalidRequest;

    fn try_from(tag: String) -> Result<Self, Self::Error> {
        tag.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_meet_only_by_the_stated_rules() {
        let same = [
            ("Python Variables", "  python\u{a0}\tVARIABLES "),
            ("Café", "Cafe\u{301}"),
            ("Type\u{ad}Script", "typescript"),
            ("\u{feff}Git", "g\u{200b}it"),
        ];
        for (one, other) in same {
            assert_eq!(canonical(one), canonical(other), "{one} and {other}");
        }
        let different = [
            ("C", "C++"),
            ("C", "C#"),
            ("n", "n!"),
            ("int", "int?"),
            ("10²", "102"),
            ("Maße", "Masse"),
            ("Python 2", "Python 3"),
        ];
        for (one, other) in different {
            assert_ne!(canonical(one), canonical(other), "{one} and {other}");
        }
    }

    #[test]
    fn bad_parts_are_refused_with_their_cause() {
        assert_eq!(StepTitle::parse(""), Err(InvalidRequest::BlankTitle));
        assert_eq!(StepTitle::parse(" \u{200b}\u{200d}\n"), Err(InvalidRequest::BlankTitle));
        assert_eq!(StepTitle::parse("a\0b"), Err(InvalidRequest::ControlCharacter(0)));
        assert_eq!(StepTitle::parse("é".repeat(256)), Err(InvalidRequest::TitleTooLong(256)));
        assert!(StepTitle::parse("é".repeat(255)).is_ok());
        for number in [0, -1, 1 << 31] {
            assert_eq!(LessonNumber::try_from(number), Err(InvalidRequest::LessonNumber(number)));
        }
        assert_eq!("banana".parse::<LearningStyle>(), Err(InvalidRequest::LearningStyle("banana".into())));
        assert_eq!("HANDS-on".parse(), Ok(LearningStyle::HandsOn));
        assert_eq!("PT-br".parse(), Ok(Language("pt-BR".into())));
        assert!("not a tag".parse::<Language>().is_err());
    }

    #[test]
    fn a_request_that_was_stored_before_there_were_profiles_reads_and_is_written_as_before() {
        let old = r#"{"step_title":"Git Basics","lesson_number":1,"learning_style":"reading","difficulty":"beginner","language":"en","research":false}"#;
        let request: LessonRequest = serde_json::from_str(old).expect("an old request");
        assert!(request.profile.is_empty());
        assert_eq!(serde_json::to_string(&request).expect("JSON"), old);
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(title in any::<String>()) {
            let once = canonical(&title);
            prop_assert_eq!(canonical(&once), once);
        }

        #[test]
        fn case_white_space_and_dropped_characters_do_not_matter(words in prop::collection::vec("[a-z0-9+#!?é²]{1,8}", 1..5)) {
            let plain = words.join(" ");
            let dressed = format!("\u{feff}\t{}\n", words.join(" \u{a0} ").to_uppercase());
            prop_assert_eq!(canonical(&dressed), canonical(&plain));
            let (first, rest) = plain.split_at(plain.char_indices().nth(1).map_or(plain.len(), |(at, _)| at));
            prop_assert_eq!(canonical(&format!("{first}\u{ad}{rest}")), canonical(&plain));
        }

        #[test]
        fn any_other_character_matters(title in "[a-zA-Z0-9 +#!?.²ß-]{1,20}", extra in "[a-zA-Z0-9+#!?.²ß-]") {
            prop_assert_ne!(canonical(&format!("{title}{extra}")), canonical(&title));
        }
    }
}
