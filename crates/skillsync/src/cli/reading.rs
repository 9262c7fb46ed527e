//! A lesson to read in the terminal.

use std::fmt::Write;

use termimad::MadSkin;
use termimad::crossterm::style::Color;

use crate::lessons::document::{Block, Body, Document, Exercise, Program, Project, Question, Source, Video};

/// The widest line, in columns: longer ones are hard to read.
const WIDTH: usize = 88;

/// The lesson, wrapped and with colours on a terminal, as plain Markdown elsewhere.
pub fn page(document: &Document, on_terminal: bool) -> String {
    let markdown = markdown(document);
    if !on_terminal {
        return markdown;
    }
    let mut skin = MadSkin::default();
    skin.set_headers_fg(Color::Cyan);
    skin.bold.set_fg(Color::Yellow);
    let (columns, _) = termimad::terminal_size();
    skin.text(&markdown, Some(usize::from(columns).min(WIDTH))).to_string()
}

/// The whole lesson in order, with hints, solutions and answers at the end, where nobody sees them by accident.
fn markdown(document: &Document) -> String {
    let mut page =
        format!("# {}\n\n{}\n\n*About {} minutes.*\n", document.title, document.description, document.minutes);
    let mut answers = String::new();
    for block in &document.blocks {
        page.push('\n');
        write_block(&mut page, &mut answers, block);
    }
    if !answers.is_empty() {
        let _ = write!(page, "\n---\n\n# Hints, solutions and answers\n{answers}");
    }
    page
}

fn program(page: &mut String, program: &Program) {
    fenced(page, &program.language, &program.code);
}

/// A fence longer than any in the code, so that the code cannot end it.
fn fenced(page: &mut String, language: &str, code: &str) {
    let fence = "`"
        .repeat(code.lines().map(|line| line.chars().take_while(|c| *c == '`').count() + 1).max().unwrap_or(0).max(3));
    let _ = writeln!(page, "{fence}{language}\n{code}\n{fence}");
}

fn write_block(page: &mut String, answers: &mut String, block: &Block) {
    match &block.body {
        Body::Prose { markdown } => {
            let _ = writeln!(page, "{markdown}");
        }
        Body::Notice { markdown } => {
            let _ = writeln!(page, "> {}", markdown.replace('\n', "\n> "));
        }
        Body::Code { program: code, output, caption } => {
            program(page, code);
            if let Some(output) = output {
                page.push_str("\nIt prints:\n\n");
                fenced(page, "text", output);
            }
            if let Some(caption) = caption {
                let _ = writeln!(page, "\n*{caption}*");
            }
        }
        Body::Diagram { mermaid, caption } => {
            let _ = writeln!(page, "*{caption}*\n");
            fenced(page, "mermaid", mermaid);
        }
        Body::Exercise(exercise) => write_exercise(page, answers, exercise),
        Body::Project(project) => write_project(page, answers, project),
        Body::Quiz { questions } => write_quiz(page, answers, questions),
        Body::Table { caption, head, rows } => {
            let _ = writeln!(page, "*{caption}*\n\n|{}|\n|{}", head.join("|"), "-|".repeat(head.len()));
            for row in rows {
                let _ = writeln!(page, "|{}|", row.join("|"));
            }
        }
        Body::KeyConcepts { concepts } => {
            page.push_str("## Key concepts\n\n");
            for concept in concepts {
                let _ = writeln!(page, "* **{}**: {}", concept.term, concept.meaning);
            }
        }
        Body::Video(video) => write_video(page, video),
        Body::Sources { sources } => {
            page.push_str("## Sources\n\n");
            for source in sources {
                let _ = writeln!(page, "* {}", source_line(source));
            }
        }
    }
}

fn write_exercise(page: &mut String, answers: &mut String, exercise: &Exercise) {
    let _ = writeln!(page, "## Exercise: {}\n\n{}\n", exercise.title, exercise.task);
    fenced(page, &exercise.language, &exercise.starter);
    page.push_str("\nIt should print:\n\n");
    fenced(page, "text", &exercise.output);
    let _ = writeln!(answers, "\n## {}\n", exercise.title);
    for (number, hint) in (1..).zip(&exercise.hints) {
        let _ = writeln!(answers, "Hint {number}: {hint}\n");
    }
    fenced(answers, &exercise.language, &exercise.solution);
}

fn write_project(page: &mut String, answers: &mut String, project: &Project) {
    let _ = writeln!(page, "## Project: {}\n\n{}\n", project.title, project.brief);
    for (number, step) in (1..).zip(&project.steps) {
        let _ = writeln!(page, "{number}. {step}");
    }
    if let Some(starter) = &project.starter {
        page.push('\n');
        program(page, starter);
    }
    if let Some(solution) = &project.solution {
        let _ = writeln!(answers, "\n## {}\n", project.title);
        program(answers, solution);
    }
}

fn write_quiz(page: &mut String, answers: &mut String, questions: &[Question]) {
    page.push_str("## Quiz\n");
    answers.push_str("\n## Quiz\n");
    for (number, question) in (1..).zip(questions) {
        let _ = writeln!(page, "\n**{number}.** {}\n", question.question);
        if let Some(at) = question.at_seconds {
            let _ = writeln!(page, "*About {} in the video.*\n", clock(at));
        }
        for (letter, option) in ('a'..).zip(&question.options) {
            let _ = writeln!(page, "* {letter}) {option}");
        }
        let right = ('a'..).nth(question.answer).unwrap_or('?');
        let _ = writeln!(answers, "\n**{number}. {right})** {}", question.why);
    }
}

fn write_video(page: &mut String, video: &Video) {
    let _ = writeln!(page, "## Video: {}\n\n{} by {}\n\n{}\n", video.title, video.url, video.channel, video.summary);
    if let Some(language) = &video.language {
        let _ = writeln!(page, "Language: {language}\n");
    }
    if let Some(why) = &video.why {
        let _ = writeln!(page, "Why this video: {why}\n");
    }
    for moment in &video.guide {
        let _ = writeln!(page, "* {} {}", clock(moment.at_seconds), moment.what);
    }
    if let Some(transcript) = &video.transcript {
        let _ = writeln!(page, "\n*Transcript: {transcript}*");
    }
}

fn source_line(source: &Source) -> String {
    let Source { title, url, site, licence, read_on, page } = source;
    let place = source.own_document().map_or_else(|| url.clone(), |_| "in this server's documents".to_owned());
    let known = [
        site.clone(),
        page.map(|page| format!("page {page}")),
        licence.as_ref().map(|licence| format!("licence {licence}")),
        read_on.as_ref().map(|day| format!("read on {day}")),
    ];
    let known = known.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if known.is_empty() { format!("{title}: {place}") } else { format!("{title}: {place} ({known})") }
}

fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
