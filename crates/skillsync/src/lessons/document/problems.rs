//! What makes a document fit to be published.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{Body, Document, Exercise, FORMAT, MARKER, Player, Project, Question, Source, Video, option_line};
use crate::lessons::request::Language;

/// Most hosts that the players of one lesson come from: all of them stand in a header of its page.
const MAX_PLAYER_HOSTS: usize = 8;

impl Document {
    /// Everything that keeps this document from being published, one sentence each; empty when it is fit.
    pub fn problems(&self) -> Vec<String> {
        let film_seconds = self.videos().next().map(|(_, video)| video.seconds);
        let mut check = Check { film_seconds, ..Check::default() };
        if self.format != FORMAT {
            check.problem(format!("the format must be {FORMAT}, not {}", self.format));
        }
        check.line("title", &self.title);
        check.line("description", &self.description);
        check.that((1..=600).contains(&self.minutes), "minutes must be 1 to 600");
        check.that(!self.blocks.is_empty(), "a lesson needs at least one block");
        check.that(self.player_hosts().len() <= MAX_PLAYER_HOSTS, "the players of a lesson come from at most 8 hosts");
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
    /// The length of the lesson's first video, which its questions may point into.
    film_seconds: Option<u32>,
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
                sources.iter().for_each(|source| self.source(source));
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
            if let Some(at) = question.at_seconds {
                self.moment_of_question(at);
            }
        }
        self.place = place;
    }

    fn moment_of_question(&mut self, at_seconds: u32) {
        match self.film_seconds {
            None => self.problem("it is about a moment of a video, but the lesson has none"),
            Some(length) => self.that(at_seconds <= length, "its moment lies past the end of the lesson's first video"),
        }
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
        self.embed(video.embed.as_deref());
        video.why.iter().for_each(|why| self.line("the reason for the video", why));
        video.transcript.iter().for_each(|origin| self.line("the transcript's origin", origin));
        if let Some(Err(error)) = video.language.as_ref().map(|tag| tag.parse::<Language>()) {
            self.problem(format!("the video's language: {error}"));
        }
    }

    fn embed(&mut self, embed: Option<&str>) {
        if let Some(embed) = embed.filter(|embed| Player::parse(embed).is_none()) {
            self.problem(format!(
                "`{embed}` is not the address of a player that keeps no track of its viewers: `https://`, a host and a \
                 plain path with nothing behind it, such as `https://www.youtube-nocookie.com/embed/ID`"
            ));
        }
    }

    fn source(&mut self, source: &Source) {
        self.line("a source's title", &source.title);
        match source.own_document() {
            Some(id) => {
                let formed = (1..=64).contains(&id.len())
                    && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
                self.that(formed, "the id behind `document:` must be 1 to 64 lower-case letters, digits and hyphens");
            }
            None => self.address(&source.url, &["https://", "http://"]),
        }
        source.site.iter().for_each(|site| self.line("a source's site", site));
        source.licence.iter().for_each(|licence| self.line("a source's licence", licence));
        let is_date = |day: &str| day.parse::<NaiveDate>().is_ok_and(|date| date.format("%Y-%m-%d").to_string() == day);
        if let Some(day) = source.read_on.as_deref().filter(|day| !is_date(day)) {
            self.problem(format!("`{day}` is not a date such as 2026-03-31"));
        }
        self.that(source.page.is_none_or(|page| (1..=100_000).contains(&page)), "a source's page must be 1 to 100000");
    }
}
