//! The lesson document: a list of typed blocks with stable ids, as it is stored, served as `content` and published as a
//! JSON Schema.
//!
//! A document is plain data. What makes one fit to be published is said by [`Document::problems`] in `problems.rs`, which the writing
//! pipeline, the importer and the starter library all ask.

mod player;
mod problems;
#[cfg(test)]
mod tests;

pub use player::Player;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format number that this program writes. A reader refuses numbers that it does not know.
pub const FORMAT: u32 = 1;

/// Lines of a text may not begin so: it would be taken for structure in the Markdown form.
pub const MARKER: &str = "<!-- @";

/// Reads a line as an option of a question in the Markdown form: whether it is checked, and what it says. Lines of a
/// question's own text may not read so.
pub(in crate::lessons) fn option_line(line: &str) -> Option<(bool, &str)> {
    let inside = line.strip_prefix("- [")?;
    let (mark, option) = inside.split_at_checked(1)?;
    let checked = match mark {
        " " => false,
        "x" | "X" => true,
        _ => return None,
    };
    Some((checked, option.strip_prefix(']')?.trim()))
}

/// A whole lesson as its readers get it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The number of this format, 1.
    pub format: u32,
    /// The heading shown above the lesson.
    pub title: String,
    /// One or two sentences: what the learner will be able to do.
    pub description: String,
    /// How long the lesson takes, in minutes, 1 to 600.
    pub minutes: u32,
    /// The parts of the lesson in reading order.
    pub blocks: Vec<Block>,
}

/// One part of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    /// Unique in the lesson and never changed once published: `[a-z][a-z0-9-]{0,63}`.
    pub id: String,
    /// What the block holds.
    #[serde(flatten)]
    pub body: Body,
}

/// What a block holds. Texts are Markdown without raw HTML; lines are single-line Markdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    /// A text to read.
    Prose {
        /// The text, headings from the second level down.
        markdown: String,
    },
    /// A program to read.
    Code {
        /// The program with its language.
        #[serde(flatten)]
        program: Program,
        /// What it prints, exactly.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<String>,
        /// A line below it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
    },
    /// A diagram, drawn by the server.
    Diagram {
        /// The diagram in the Mermaid language.
        mermaid: String,
        /// What the picture shows, also for those who do not see it.
        caption: String,
    },
    /// A program that the learner completes.
    Exercise(Box<Exercise>),
    /// A larger task without a single right answer.
    Project(Box<Project>),
    /// Questions with one right option each.
    Quiz {
        /// The questions in order.
        questions: Vec<Question>,
    },
    /// A comparison or an overview.
    Table {
        /// A line that says what is compared.
        caption: String,
        /// The cells of the first row.
        head: Vec<String>,
        /// The other rows, each as wide as the head.
        rows: Vec<Vec<String>>,
    },
    /// The terms that the lesson introduces.
    KeyConcepts {
        /// The terms in order.
        concepts: Vec<Concept>,
    },
    /// A video hosted elsewhere.
    Video(Box<Video>),
    /// Where to read on, and what the lesson rests on.
    Sources {
        /// The sources in order.
        sources: Vec<Source>,
    },
    /// Something about the lesson itself, such as a part that is missing.
    Notice {
        /// The text.
        markdown: String,
    },
}

/// A program and the language it is written in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Program {
    /// The language's short name in lower case, such as `python`.
    pub language: String,
    /// The program's text.
    pub code: String,
}

/// How hard an exercise is within its lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One new thing.
    Easy,
    /// Several things together.
    Medium,
    /// Something to think about.
    Hard,
}

/// A program that the learner completes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exercise {
    /// A line.
    pub title: String,
    /// What to do, a text.
    pub task: String,
    /// How hard it is.
    pub level: Level,
    /// The language of both programs.
    pub language: String,
    /// What the learner begins with.
    pub starter: String,
    /// What the solved program prints, exactly.
    pub output: String,
    /// Three texts, from a nudge to nearly the answer.
    pub hints: [String; 3],
    /// A program that prints the output.
    pub solution: String,
}

/// A larger task without a single right answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// A line.
    pub title: String,
    /// What to build and why, a text.
    pub brief: String,
    /// Steps on the way, lines.
    pub steps: Vec<String>,
    /// What the learner begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starter: Option<Program>,
    /// One way to do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solution: Option<Program>,
}

/// A question with one right option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// Unique in its quiz, formed like a block's id.
    pub id: String,
    /// The question, a text.
    pub question: String,
    /// 2 to 6 different lines.
    pub options: Vec<String>,
    /// The index of the right option, from 0.
    pub answer: usize,
    /// Why the answer is right and the others are not, a text.
    pub why: String,
    /// The moment of the lesson's first video that the question is about, in seconds from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_seconds: Option<u32>,
}

/// A term and its meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Concept {
    /// A line without `**`.
    pub term: String,
    /// A line.
    pub meaning: String,
}

/// A video hosted elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Video {
    /// An `https` address.
    pub url: String,
    /// A line.
    pub title: String,
    /// Who made it, a line.
    pub channel: String,
    /// Its length in seconds.
    pub seconds: u32,
    /// What it is about, a text.
    pub summary: String,
    /// What happens when, in order.
    pub guide: Vec<Moment>,
    /// Where a player that keeps no track of its viewers shows it, see [`Player`]: an `https` address with a plain path,
    /// such as `https://www.youtube-nocookie.com/embed/ID` or `https://INSTANCE/videos/embed/UUID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embed: Option<String>,
    /// Why this video was chosen, a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The language that is spoken in it, a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where its transcript came from, a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

/// A moment of a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// Seconds from the start.
    pub at_seconds: u32,
    /// What happens there, a line.
    pub what: String,
}

/// A page that the lesson rests on or points to. Texts may cite it inline, as a Markdown link to its address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// A line.
    pub title: String,
    /// An `https` or `http` address, or `document:ID` for a document that the server's operator has added.
    pub url: String,
    /// The site that it stands on, a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The licence of its text, a line such as `CC BY-SA 4.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The day on which it was read, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_on: Option<String>,
    /// The page of a document that has pages, 1 to 100000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

impl Source {
    /// The id of the operator's own document that this is; none for a page elsewhere.
    pub fn own_document(&self) -> Option<&str> {
        self.url.strip_prefix("document:")
    }
}

impl Body {
    /// The kind's name as it stands in `type` and in the Markdown form.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Prose { .. } => "prose",
            Self::Code { .. } => "code",
            Self::Diagram { .. } => "diagram",
            Self::Exercise(_) => "exercise",
            Self::Project(_) => "project",
            Self::Quiz { .. } => "quiz",
            Self::Table { .. } => "table",
            Self::KeyConcepts { .. } => "key_concepts",
            Self::Video(_) => "video",
            Self::Sources { .. } => "sources",
            Self::Notice { .. } => "notice",
        }
    }
}

impl Document {
    /// The JSON Schema of the format, as published in `lesson.schema.json`.
    pub fn json_schema() -> serde_json::Value {
        let mut schema = schemars::schema_for!(Document).to_value();
        schema["title"] = "SkillSync lesson".into();
        schema
    }

    /// The sources that the lesson names, in order.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.blocks.iter().flat_map(|block| match &block.body {
            Body::Sources { sources } => sources.as_slice(),
            _ => &[],
        })
    }

    /// The lesson's videos, each with the id of its block, in order.
    pub fn videos(&self) -> impl Iterator<Item = (&str, &Video)> {
        self.blocks.iter().filter_map(|block| match &block.body {
            Body::Video(video) => Some((block.id.as_str(), video.as_ref())),
            _ => None,
        })
    }
}
