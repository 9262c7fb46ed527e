//! Reads the blocks of a lesson, one function a kind.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::ParseError;
use super::part::{Line, Part};
use super::rows;
use crate::lessons::document::{Block, Body, Exercise, Level, Project, Question, Video};
use crate::lessons::request::excerpt;

type Parsed<T> = Result<T, ParseError>;

/// Each kind with what it is made of, as a person is told.
const KINDS: [(&str, &str); 11] = [
    ("prose", "a text"),
    ("code", "a program, `output` if need be, `caption` if need be"),
    ("diagram", "a `mermaid` program, `caption`"),
    ("exercise", "a title and a task, `level`, `starter`, `output`, `hint` three times, `solution`"),
    ("project", "a title and a brief, `steps`, `starter` if need be, `solution` if need be"),
    ("quiz", "for each question `question ID`, `at` if need be, and `why`"),
    ("table", "a table, `caption`"),
    ("key_concepts", "a list"),
    (
        "video",
        "`url`, `embed` if need be, `title`, `channel`, `seconds`, `language` if need be, `why` if need be, \
         `transcript` if need be, `summary`, `guide`",
    ),
    ("sources", "a list"),
    ("notice", "a text"),
];

/// Reads all blocks, each with its marker.
pub(super) fn parse(parts: Vec<Part<'_>>) -> Parsed<Vec<(Block, Line<'_>)>> {
    let mut parts = parts.into_iter().peekable();
    let mut blocks = Vec::new();
    while let Some(first) = parts.next() {
        let mut words = first.label.split_whitespace();
        if words.next() != Some("block") {
            let advice = "Put a line such as `<!-- @block prose introduction -->` above it.";
            return Err(first.marker.refused(format!("{} belongs to no block. {advice}", first.name())));
        }
        let (Some(kind), Some(id), None) = (words.next(), words.next(), words.next()) else {
            let advice = "Write it like `<!-- @block prose introduction -->`.";
            return Err(first.marker.refused(format!("A block's marker names its kind and its id. {advice}")));
        };
        let Some((kind, order)) = KINDS.into_iter().find(|(known, _)| *known == kind) else {
            let known = KINDS.map(|(known, _)| known).join(", ");
            return Err(first.marker.refused(format!("`{}` is not a kind of block. Choose: {known}.", excerpt(kind))));
        };
        let (id, marker) = (id.to_owned(), first.marker);
        let mut reader = BlockReader { kind, order, first, last: marker, parts: &mut parts };
        let body = reader.body()?;
        reader.end()?;
        blocks.push((Block { id, body }, marker));
    }
    Ok(blocks)
}

/// Takes the parts of one block in their order.
struct BlockReader<'r, 'a> {
    kind: &'static str,
    order: &'static str,
    first: Part<'a>,
    /// The marker of the part taken last.
    last: Line<'a>,
    parts: &'r mut Peekable<IntoIter<Part<'a>>>,
}

impl<'a> BlockReader<'_, 'a> {
    /// The next part of this block, if `fits` says that it has the right label.
    fn next_if(&mut self, fits: impl Fn(&str) -> bool) -> Option<Part<'a>> {
        let part = self.parts.next_if(|part| fits(part.label))?;
        self.last = part.marker;
        Some(part)
    }

    fn order(&self) -> String {
        format!("A block of kind `{}` has, in this order: {}.", self.kind, self.order)
    }

    fn optional(&mut self, name: &str) -> Option<Part<'a>> {
        self.next_if(|label| label == name)
    }

    fn optional_line(&mut self, name: &str) -> Parsed<Option<String>> {
        self.optional(name).map(|part| part.line()).transpose()
    }

    fn required(&mut self, name: &str) -> Parsed<Part<'a>> {
        self.optional(name).ok_or_else(|| {
            let order = self.order();
            match self.parts.peek().filter(|part| !begins_block(part)) {
                Some(other) => {
                    other.marker.refused(format!("Here `<!-- @{name} -->` is expected, not {}. {order}", other.name()))
                }
                None => self.last.refused(format!("After this part `<!-- @{name} -->` is missing. {order}")),
            }
        })
    }

    /// Refuses parts that nothing has asked for.
    fn end(&mut self) -> Parsed<()> {
        let order = self.order();
        match self.parts.peek().filter(|part| !begins_block(part)) {
            None => Ok(()),
            Some(extra) => Err(extra.marker.refused(format!("{} does not belong here. {order}", extra.name()))),
        }
    }

    /// Refuses content between the block's marker and its first part, for kinds that have none there.
    fn nothing_first(&self) -> Parsed<()> {
        match self.first.filled().next() {
            None => Ok(()),
            Some(extra) => {
                Err(extra.refused(format!("This line stands above the first part of the block. {}", self.order())))
            }
        }
    }

    fn body(&mut self) -> Parsed<Body> {
        Ok(match self.kind {
            "prose" => Body::Prose { markdown: self.first.text() },
            "notice" => Body::Notice { markdown: self.first.text() },
            "code" => Body::Code {
                program: self.first.program()?,
                output: self.optional("output").map(|part| part.program_in("text")).transpose()?,
                caption: self.optional_line("caption")?,
            },
            "diagram" => {
                Body::Diagram { mermaid: self.first.program_in("mermaid")?, caption: self.required("caption")?.line()? }
            }
            "exercise" => Body::Exercise(Box::new(self.exercise()?)),
            "project" => Body::Project(Box::new(self.project()?)),
            "quiz" => self.quiz()?,
            "table" => {
                let (head, rows) = rows::table(&self.first)?;
                Body::Table { caption: self.required("caption")?.line()?, head, rows }
            }
            "key_concepts" => Body::KeyConcepts { concepts: rows::CONCEPT.all(&self.first)? },
            "video" => Body::Video(Box::new(self.video()?)),
            "sources" => Body::Sources { sources: rows::sources(&self.first)? },
            unknown => return Err(self.first.marker.refused(format!("`{unknown}` is not a kind of block."))),
        })
    }

    fn exercise(&mut self) -> Parsed<Exercise> {
        let (title, task) = self.first.titled_text()?;
        let level = level(&self.required("level")?)?;
        let starter = self.required("starter")?.program()?;
        let output = self.required("output")?.program_in("text")?;
        let hints = [self.required("hint")?.text(), self.required("hint")?.text(), self.required("hint")?.text()];
        let solution = self.required("solution")?.program_in(&starter.language)?;
        Ok(Exercise { title, task, level, language: starter.language, starter: starter.code, output, hints, solution })
    }

    fn project(&mut self) -> Parsed<Project> {
        let (title, brief) = self.first.titled_text()?;
        Ok(Project {
            title,
            brief,
            steps: rows::STEP.all(&self.required("steps")?)?,
            starter: self.optional("starter").map(|part| part.program()).transpose()?,
            solution: self.optional("solution").map(|part| part.program()).transpose()?,
        })
    }

    fn quiz(&mut self) -> Parsed<Body> {
        self.nothing_first()?;
        let mut questions = Vec::new();
        while let Some(part) = self.next_if(|label| label.split_whitespace().next() == Some("question")) {
            let mut words = part.label.split_whitespace().skip(1);
            let (Some(id), None) = (words.next(), words.next()) else {
                let advice = "Write it like `<!-- @question legal-name -->`.";
                return Err(part.marker.refused(format!("A question's marker names its id. {advice}")));
            };
            let (question, options, answer) = rows::question(&part)?;
            let at_seconds = self.optional("at").map(|part| rows::moment(&part)).transpose()?;
            let why = self.required("why")?.text();
            questions.push(Question { id: id.to_owned(), question, options, answer, why, at_seconds });
        }
        Ok(Body::Quiz { questions })
    }

    fn video(&mut self) -> Parsed<Video> {
        self.nothing_first()?;
        Ok(Video {
            url: self.required("url")?.line()?,
            embed: self.optional_line("embed")?,
            title: self.required("title")?.line()?,
            channel: self.required("channel")?.line()?,
            seconds: self.required("seconds")?.number()?,
            language: self.optional_line("language")?,
            why: self.optional_line("why")?,
            transcript: self.optional_line("transcript")?,
            summary: self.required("summary")?.text(),
            guide: rows::MOMENT.all(&self.required("guide")?)?,
        })
    }
}

fn begins_block(part: &Part<'_>) -> bool {
    part.label.split_whitespace().next() == Some("block")
}

fn level(part: &Part<'_>) -> Parsed<Level> {
    match part.line()?.as_str() {
        "easy" => Ok(Level::Easy),
        "medium" => Ok(Level::Medium),
        "hard" => Ok(Level::Hard),
        other => {
            let at = part.filled().next().unwrap_or(part.marker);
            Err(at.refused(format!("`{}` is not a level. Choose easy, medium or hard.", excerpt(other))))
        }
    }
}
