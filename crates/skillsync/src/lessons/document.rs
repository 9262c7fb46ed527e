//! The lesson document: a list of typed blocks with stable ids, as it is stored, served as `content` and published as a
//! JSON Schema.
//!
//! A document is plain data. What makes one fit to be published is said by [`Document::problems`], which the writing
//! pipeline, the importer and the starter library all ask.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format number that this program writes. A reader refuses numbers that it does not know.
pub const FORMAT: u32 = 1;

/// Lines of a text may not begin so: it would be taken for structure in the Markdown form.
pub const MARKER: &str = "<!-- @";

/// Reads a line as an option of a question in the Markdown form: whether it is checked, and what it says. Lines of a
/// question's own text may not read so.
pub(super) fn option_line(line: &str) -> Option<(bool, &str)> {
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
}

/// A moment of a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// Seconds from the start.
    pub at_seconds: u32,
    /// What happens there, a line.
    pub what: String,
}

/// A page that the lesson rests on or points to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// A line.
    pub title: String,
    /// An `https` or `http` address.
    pub url: String,
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

    /// Everything that keeps this document from being published, one sentence each; empty when it is fit.
    pub fn problems(&self) -> Vec<String> {
        let mut check = Check::default();
        if self.format != FORMAT {
            check.problem(format!("the format must be {FORMAT}, not {}", self.format));
        }
        check.line("title", &self.title);
        check.line("description", &self.description);
        check.that((1..=600).contains(&self.minutes), "minutes must be 1 to 600");
        check.that(!self.blocks.is_empty(), "a lesson needs at least one block");
        let mut seen = HashSet::new();
        for block in &self.blocks {
            check.place = format!("block `{}`: ", block.id);
            check.id("id", &block.id);
            check.that(seen.insert(&block.id), "this id is used twice");
            check.body(&block.body);
        }
        check.problems
    }
}

/// Collects problems, each with the place where it was found.
#[derive(Default)]
struct Check {
    place: String,
    problems: Vec<String>,
}

impl Check {
    fn problem(&mut self, what: impl std::fmt::Display) {
        self.problems.push(format!("{}{what}", self.place));
    }

    fn that(&mut self, holds: bool, what: &str) {
        if !holds {
            self.problem(what);
        }
    }

    fn id(&mut self, name: &str, id: &str) {
        let formed = id.len() <= 64
            && id.starts_with(|first: char| first.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !formed {
            self.problem(format!("{name} `{id}` must be lower-case letters, digits and hyphens, begin with a letter, and have at most 64 characters"));
        }
    }

    /// A text is not empty, has no white space at its ends, and no line that reads as structure.
    fn text(&mut self, name: &str, text: &str) {
        if text.trim().is_empty() {
            self.problem(format!("{name} is empty"));
        } else if text.trim() != text {
            self.problem(format!("{name} must not begin or end with white space"));
        }
        self.program(name, text);
    }

    /// A program or an output keeps its inner white space but not the line break at its end.
    fn program(&mut self, name: &str, text: &str) {
        if text.lines().any(|line| line.starts_with(MARKER)) {
            self.problem(format!("a line of {name} must not begin with `{MARKER}`"));
        }
        if text.contains('\r') {
            self.problem(format!("{name} must not contain carriage returns"));
        }
        if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
            self.problem(format!("{name} must not contain control characters"));
        }
        if text.starts_with('\n') || text.ends_with('\n') {
            self.problem(format!("{name} must not begin or end with an empty line"));
        }
    }

    fn filled_program(&mut self, name: &str, language: &str, code: &str) {
        self.that(!code.trim().is_empty(), &format!("{name} is empty"));
        self.language(language);
        self.program(name, code);
    }

    fn language(&mut self, language: &str) {
        let formed = !language.is_empty()
            && language.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+#-_".contains(c));
        if !formed {
            self.problem(format!("`{language}` is not the short name of a programming language"));
        }
    }

    fn line(&mut self, name: &str, line: &str) {
        self.text(name, line);
        self.that(!line.contains('\n'), &format!("{name} must be a single line"));
    }

    fn address(&mut self, url: &str, schemes: &[&str]) {
        let formed = schemes.iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme))
            && !url.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c));
        if !formed {
            self.problem(format!("`{url}` is not an address that begins with {}", schemes.join(" or ")));
        }
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Prose { markdown } | Body::Notice { markdown } => self.text("the text", markdown),
            Body::Code { program, output, caption } => {
                self.filled_program("the program", &program.language, &program.code);
                output.iter().for_each(|output| self.program("the output", output));
                caption.iter().for_each(|caption| self.line("the caption", caption));
            }
            Body::Diagram { mermaid, caption } => {
                self.that(!mermaid.trim().is_empty(), "the diagram is empty");
                self.program("the diagram", mermaid);
                self.line("the caption", caption);
            }
            Body::Exercise(exercise) => self.exercise(exercise),
            Body::Project(project) => self.project(project),
            Body::Quiz { questions } => self.quiz(questions),
            Body::Table { caption, head, rows } => self.table(caption, head, rows),
            Body::KeyConcepts { concepts } => {
                self.that(!concepts.is_empty(), "there is no concept");
                for concept in concepts {
                    self.line("a term", &concept.term);
                    self.that(!concept.term.contains("**"), "a term must not contain `**`");
                    self.line("a meaning", &concept.meaning);
                }
            }
            Body::Video(video) => self.video(video),
            Body::Sources { sources } => {
                self.that(!sources.is_empty(), "there is no source");
                for source in sources {
                    self.line("a source's title", &source.title);
                    self.address(&source.url, &["https://", "http://"]);
                }
            }
        }
    }

    fn exercise(&mut self, exercise: &Exercise) {
        self.line("the title", &exercise.title);
        self.text("the task", &exercise.task);
        self.filled_program("the starter", &exercise.language, &exercise.starter);
        self.program("the output", &exercise.output);
        self.that(!exercise.output.trim().is_empty(), "the expected output is empty");
        exercise.hints.iter().for_each(|hint| self.text("a hint", hint));
        self.filled_program("the solution", &exercise.language, &exercise.solution);
    }

    fn project(&mut self, project: &Project) {
        self.line("the title", &project.title);
        self.text("the brief", &project.brief);
        self.that(!project.steps.is_empty(), "there is no step");
        project.steps.iter().for_each(|step| self.line("a step", step));
        for program in project.starter.iter().chain(&project.solution) {
            self.filled_program("the program", &program.language, &program.code);
        }
    }

    fn quiz(&mut self, questions: &[Question]) {
        self.that(!questions.is_empty(), "there is no question");
        let place = self.place.clone();
        let mut seen = HashSet::new();
        for question in questions {
            self.place = format!("{place}question `{}`: ", question.id);
            self.id("id", &question.id);
            self.that(seen.insert(&question.id), "this id is used twice");
            self.text("the question", &question.question);
            let list = question.question.lines().any(|line| option_line(line).is_some());
            self.that(!list, "a line of the question must not begin with `- [ ]` or `- [x]`, as its options do");
            self.that((2..=6).contains(&question.options.len()), "a question has 2 to 6 options");
            question.options.iter().for_each(|option| self.line("an option", option));
            let different: HashSet<_> = question.options.iter().collect();
            self.that(different.len() == question.options.len(), "two options are the same");
            self.that(question.answer < question.options.len(), "the answer points at no option");
            self.text("the explanation", &question.why);
        }
        self.place = place;
    }

    fn table(&mut self, caption: &str, head: &[String], rows: &[Vec<String>]) {
        self.line("the caption", caption);
        self.that(head.len() >= 2, "a table has at least two columns");
        self.that(!rows.is_empty(), "the table has no rows");
        self.that(rows.iter().all(|row| row.len() == head.len()), "a row is not as wide as the head");
        for cell in head.iter().chain(rows.iter().flatten()).filter(|cell| !cell.is_empty()) {
            self.line("a cell", cell);
        }
    }

    fn video(&mut self, video: &Video) {
        self.address(&video.url, &["https://"]);
        self.line("the title", &video.title);
        self.line("the channel", &video.channel);
        self.that(video.seconds > 0, "the video has no length");
        self.text("the summary", &video.summary);
        self.that(!video.guide.is_empty(), "the study guide is empty");
        for moment in &video.guide {
            self.line("a moment", &moment.what);
            self.that(moment.at_seconds <= video.seconds, "a moment lies past the end of the video");
        }
    }
}
