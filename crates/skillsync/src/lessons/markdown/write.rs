//! Writes a lesson file.

use std::fmt::Display;

use super::fence::fenced;
use super::{LessonFile, head};
use crate::lessons::document::{Block, Body, Exercise, Level, Program, Project, Question, Source, Video};

/// Writes a lesson file. [`parse`](super::parse()) gives the same back if the document has no problems.
pub fn write(file: &LessonFile) -> String {
    let LessonFile { request, document } = file;
    let mut file = Chunks(vec![head::write(request, document)]);
    for Block { id, body } in &document.blocks {
        file.marker(format_args!("block {} {id}", body.kind()));
        file.body(body);
    }
    file.0.join("\n\n") + "\n"
}

/// A block as it stands in a lesson file, without the line that begins it.
pub fn write_body(body: &Body) -> String {
    let mut block = Chunks(Vec::new());
    block.body(body);
    block.0.join("\n\n")
}

/// The file in pieces, to be joined by blank lines.
struct Chunks(Vec<String>);

impl Chunks {
    fn marker(&mut self, label: impl Display) {
        self.0.push(format!("<!-- @{label} -->"));
    }

    fn text(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }

    fn program(&mut self, language: &str, code: &str) {
        self.0.push(fenced(language, code));
    }

    fn list<T>(&mut self, items: &[T], line: impl Fn(&T) -> String) {
        self.0.push(items.iter().map(line).collect::<Vec<_>>().join("\n"));
    }

    fn part(&mut self, name: &str, text: impl Display) {
        self.marker(name);
        self.0.push(text.to_string());
    }

    fn program_part(&mut self, name: &str, language: &str, code: &str) {
        self.marker(name);
        self.program(language, code);
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Prose { markdown } | Body::Notice { markdown } => self.text(markdown),
            Body::Code { program: Program { language, code }, output, caption } => {
                self.program(language, code);
                output.iter().for_each(|output| self.program_part("output", "text", output));
                caption.iter().for_each(|caption| self.part("caption", caption));
            }
            Body::Diagram { mermaid, caption } => {
                self.program("mermaid", mermaid);
                self.part("caption", caption);
            }
            Body::Exercise(exercise) => self.exercise(exercise),
            Body::Project(project) => self.project(project),
            Body::Quiz { questions } => questions.iter().for_each(|question| self.question(question)),
            Body::Table { caption, head, rows } => {
                let rule = format!("|{}", "---|".repeat(head.len()));
                let lines: Vec<String> =
                    [row(head), rule].into_iter().chain(rows.iter().map(|cells| row(cells))).collect();
                self.text(&lines.join("\n"));
                self.part("caption", caption);
            }
            Body::KeyConcepts { concepts } => {
                self.list(concepts, |concept| format!("- **{}**: {}", concept.term, concept.meaning));
            }
            Body::Video(video) => self.video(video),
            Body::Sources { sources } => self.list(sources, source_lines),
        }
    }

    fn exercise(&mut self, exercise: &Exercise) {
        let Exercise { title, task, level, language, starter, output, hints, solution } = exercise;
        self.text(&format!("### {title}"));
        self.text(task);
        self.part(
            "level",
            match level {
                Level::Easy => "easy",
                Level::Medium => "medium",
                Level::Hard => "hard",
            },
        );
        self.program_part("starter", language, starter);
        self.program_part("output", "text", output);
        hints.iter().for_each(|hint| self.part("hint", hint));
        self.program_part("solution", language, solution);
    }

    fn project(&mut self, project: &Project) {
        let Project { title, brief, steps, starter, solution } = project;
        self.text(&format!("### {title}"));
        self.text(brief);
        self.marker("steps");
        let numbered: Vec<(usize, &String)> = (1..).zip(steps).collect();
        self.list(&numbered, |(number, step)| format!("{number}. {step}"));
        for (name, program) in [("starter", starter), ("solution", solution)] {
            program.iter().for_each(|Program { language, code }| self.program_part(name, language, code));
        }
    }

    fn question(&mut self, question: &Question) {
        let Question { id, question, options, answer, why, at_seconds } = question;
        self.marker(format_args!("question {id}"));
        self.text(question);
        let indexed: Vec<(usize, &String)> = options.iter().enumerate().collect();
        self.list(&indexed, |(index, option)| format!("- [{}] {option}", if index == answer { 'x' } else { ' ' }));
        at_seconds.iter().for_each(|seconds| self.part("at", time(*seconds)));
        self.part("why", why);
    }

    fn video(&mut self, video: &Video) {
        let Video { url, title, channel, seconds, summary, guide, embed, why, language, transcript } = video;
        self.part("url", url);
        embed.iter().for_each(|embed| self.part("embed", embed));
        self.part("title", title);
        self.part("channel", channel);
        self.part("seconds", seconds);
        for (name, line) in [("language", language), ("why", why), ("transcript", transcript)] {
            line.iter().for_each(|line| self.part(name, line));
        }
        self.part("summary", summary);
        self.marker("guide");
        self.list(guide, |moment| format!("- {} {}", time(moment.at_seconds), moment.what));
    }
}

/// A source, and below it what is known about it.
fn source_lines(source: &Source) -> String {
    let Source { title, url, site, licence, read_on, page } = source;
    let mut lines = format!("- {title} <{url}>");
    let page = &page.map(|page| page.to_string());
    for (name, value) in [("site", site), ("licence", licence), ("read_on", read_on), ("page", page)] {
        lines.extend(value.iter().map(|value| format!("\n  - {name}: {value}")));
    }
    lines
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}

/// `m:ss`, or `h:mm:ss` from one hour on.
fn time(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
