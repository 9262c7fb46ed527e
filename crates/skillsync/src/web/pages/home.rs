//! The first page: ask for a lesson, or take one that is ready.

use askama::Template;

use super::{Frame, words};
use crate::lessons::request::{Difficulty, LearningStyle};

/// The page at `/`.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// What is around the page.
    pub frame: Frame,
    /// The form with what was typed so far.
    pub form: RequestForm,
    /// What the starter library has, while nothing else can write lessons.
    pub library: Vec<LibraryTopic>,
    /// Lessons that open at once.
    pub ready: Vec<ReadyLesson>,
    /// Whether new lessons can be written.
    pub model: ModelStatus,
}

/// The form that asks for a lesson, `POST /lessons`.
///
/// It holds what was typed, right or wrong, so that a refused request need not be typed again.
#[derive(Clone, Debug)]
pub struct RequestForm {
    /// The field `topic`.
    pub topic: String,
    /// The field `style`.
    pub style: LearningStyle,
    /// The field `number`, as typed.
    pub number: String,
    /// The field `difficulty`.
    pub difficulty: Difficulty,
    /// The field `language`, as typed.
    pub language: String,
    /// The styles to choose from.
    pub styles: Vec<LearningStyle>,
    /// What was wrong with it.
    pub problem: Option<FieldProblem>,
}

impl Default for RequestForm {
    fn default() -> Self {
        Self {
            topic: String::new(),
            style: LearningStyle::Mixed,
            number: "1".to_owned(),
            difficulty: Difficulty::Beginner,
            language: "en".to_owned(),
            styles: vec![LearningStyle::Mixed, LearningStyle::HandsOn, LearningStyle::Reading],
            problem: None,
        }
    }
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `topic`
    Topic,
    /// `style`
    Style,
    /// `number`
    Number,
    /// `difficulty`
    Difficulty,
    /// `language`
    Language,
}

/// What is wrong with a field.
#[derive(Clone, Debug)]
pub struct FieldProblem {
    /// The field that the message is shown at.
    pub field: Field,
    /// One sentence that says what is wrong and what would be right.
    pub message: String,
}

/// A lesson that is in the library.
#[derive(Clone, Debug)]
pub struct ReadyLesson {
    /// The version's id.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Its style.
    pub style: LearningStyle,
    /// How long it takes.
    pub minutes: u32,
}

/// A topic of the starter library.
#[derive(Clone, Debug)]
pub struct LibraryTopic {
    /// The topic.
    pub topic: String,
    /// A request for each of its lessons.
    pub lessons: Vec<RequestForm>,
}

/// Whether new lessons can be written, and by what.
#[derive(Clone, Debug)]
pub enum ModelStatus {
    /// A model answers.
    Connected {
        /// Its name.
        model: String,
    },
    /// There is none; the page says how to connect one.
    None,
}

impl RequestForm {
    pub(super) fn style_name(&self) -> &'static str {
        words::style(self.style)
    }

    pub(super) fn problem(&self, field: Field) -> Option<&str> {
        self.problem.as_ref().filter(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }

    /// The lesser settings are folded away unless one of them is wrong or was changed.
    pub(super) fn is_open(&self) -> bool {
        let wrong =
            self.problem.as_ref().is_some_and(|problem| matches!(problem.field, Field::Difficulty | Field::Language));
        wrong || self.difficulty != Difficulty::Beginner || self.language != "en"
    }

    /// The styles to choose from: value, name, and what it is like.
    pub(super) fn style_choices(&self) -> impl Iterator<Item = (LearningStyle, &'static str, &'static str)> {
        self.styles.iter().map(|&style| (style, words::style(style), words::style_explained(style)))
    }

    pub(super) fn difficulties(&self) -> impl Iterator<Item = (Difficulty, &'static str)> {
        Difficulty::ALL.iter().map(|&level| (level, words::difficulty(level)))
    }
}

impl ReadyLesson {
    pub(super) fn style_name(&self) -> &'static str {
        words::style(self.style)
    }
}

#[cfg(test)]
impl HomePage {
    pub(crate) fn sample() -> Self {
        let model = ModelStatus::Connected { model: "llama3.1:8b".into() };
        Self {
            frame: Frame::sample_signed_out(),
            form: RequestForm::default(),
            library: Vec::new(),
            ready: ReadyLesson::samples(),
            model,
        }
    }

    pub(crate) fn sample_refused() -> Self {
        let message = "Lesson numbers begin at 1 and end at 2147483647; 0 is none.".into();
        let problem = Some(FieldProblem { field: Field::Number, message });
        let form = RequestForm {
            topic: "Python <Variables> & \"quotes\"".into(),
            style: LearningStyle::HandsOn,
            number: "0".into(),
            difficulty: Difficulty::Advanced,
            problem,
            ..RequestForm::default()
        };
        Self {
            frame: Frame::sample_signed_in(),
            form,
            library: LibraryTopic::samples(),
            ready: Vec::new(),
            model: ModelStatus::None,
        }
    }
}

#[cfg(test)]
impl LibraryTopic {
    pub(crate) fn samples() -> Vec<Self> {
        let topic = |topic: &str| {
            let styles = [LearningStyle::HandsOn, LearningStyle::Mixed, LearningStyle::Reading];
            let request = |style| RequestForm { topic: topic.into(), style, ..RequestForm::default() };
            Self { topic: topic.into(), lessons: styles.map(request).into() }
        };
        ["Python Variables", "JavaScript Functions", "Git Basics"].map(topic).into()
    }
}

#[cfg(test)]
impl ReadyLesson {
    pub(crate) fn samples() -> Vec<Self> {
        let lesson = |id, title: &str, style, minutes| Self { id, title: title.into(), style, minutes };
        vec![
            lesson(1, "Python variables: how a step counter remembers", LearningStyle::Mixed, 50),
            lesson(2, "Python variables: run a market stall", LearningStyle::HandsOn, 45),
            lesson(3, "Python functions: from three copies to one rule", LearningStyle::Reading, 40),
            lesson(4, "Git basics: a diary that never forgets", LearningStyle::HandsOn, 45),
        ]
    }
}
