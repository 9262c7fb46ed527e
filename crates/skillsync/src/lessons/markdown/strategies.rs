//! Arbitrary lesson files for property tests: every kind of block, filled with content that looks like structure.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::LessonFile;
use crate::lessons::document::*;
use crate::lessons::profile::{CareerStage, Goal, Industry, Profile, WeeklyHours};
use crate::lessons::request::{Difficulty, Language, LearningStyle, LessonNumber, LessonRequest, StepTitle};

/// Pieces that could be mistaken for structure, or lost at the edges.
const NASTY: &[&str] = &[
    "`",
    "```",
    "````",
    "~~~",
    "```text",
    "  ```",
    "   `````",
    "     ```",
    "|",
    "\\|",
    "\\",
    "\\\\",
    "||",
    "|---|",
    "---",
    "- ",
    "- [ ]",
    "- [x] ",
    "- [X](u)",
    "- **",
    "**: ",
    "*",
    "**",
    "***",
    ":",
    "#",
    "### ",
    "1. ",
    "12. ",
    "<!-- ",
    " <!-- @hint -->",
    "<!-- @block prose x -->",
    "-->",
    "<",
    ">",
    "<https://example.org>",
    "1:05",
    "\"",
    "\"quoted\"",
    "{}",
    "%",
    "    ",
    "  ",
    " ",
    "\t",
    "\u{a0}",
    "\u{2028}",
    "\u{200b}",
    "\u{feff}",
    "é",
    "名前",
    "👩‍🔬",
    "topic: x",
    "easy",
    "0",
    "word",
    "Hello",
    "x = 1",
];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![8 => select(NASTY).prop_map(str::to_owned), 1 => "\\PC{1,6}"]
}

/// A line, mended where chance made one that no document may hold.
fn line() -> impl Strategy<Value = String> {
    vec(piece(), 1..6).prop_map(|pieces| {
        let line = pieces.concat().trim().to_owned();
        if line.is_empty() || line.starts_with(MARKER) { format!("a{line}") } else { line }
    })
}

/// A program: any lines but markers, the first and last of them not empty.
fn program() -> impl Strategy<Value = String> {
    vec(vec(piece(), 0..4), 1..6).prop_map(|lines| {
        let plain = |pieces: Vec<String>| {
            let line = pieces.concat();
            if line.starts_with(MARKER) { format!(" {line}") } else { line }
        };
        let code = lines.into_iter().map(plain).collect::<Vec<_>>().join("\n");
        let code = code.trim_matches('\n');
        if code.trim().is_empty() { format!("{code}x") } else { code.to_owned() }
    })
}

/// What a program prints, which may be nothing or white space.
fn output() -> impl Strategy<Value = String> {
    prop_oneof![4 => program(), 1 => select(vec!["", " ", "\t", " \n "]).prop_map(str::to_owned)]
}

fn text() -> impl Strategy<Value = String> {
    program().prop_map(|text| {
        let text = text.trim().to_owned();
        if text.is_empty() || text.starts_with(MARKER) { format!("a{text}") } else { text }
    })
}

fn question_text() -> impl Strategy<Value = String> {
    text().prop_map(|text| {
        let plain = |line: &str| if option_line(line).is_some() { format!("> {line}") } else { line.to_owned() };
        text.lines().map(plain).collect::<Vec<_>>().join("\n")
    })
}

fn language() -> impl Strategy<Value = String> {
    select(vec!["python", "c++", "c#", "text", "mermaid", "markdown", "objective-c", "f90"]).prop_map(str::to_owned)
}

prop_compose! {
    fn a_program()(language in language(), code in program()) -> Program {
        Program { language, code }
    }
}

/// Ids that differ because each ends in its position.
fn numbered<T>(items: Vec<(String, T)>) -> impl Iterator<Item = (String, T)> {
    items.into_iter().enumerate().map(|(index, (id, item))| (format!("{id}-{index}"), item))
}

const ID: &str = "[a-z][a-z0-9-]{0,61}";

prop_compose! {
    fn exercise()(
        title in line(), task in text(), level in select(vec![Level::Easy, Level::Medium, Level::Hard]),
        language in language(), starter in program(), output in program(), hints in [text(), text(), text()],
        solution in program(),
    ) -> Exercise {
        Exercise { title, task, level, language, starter, output, hints, solution }
    }
}

prop_compose! {
    fn project()(
        title in line(), brief in text(), steps in vec(line(), 1..4),
        starter in option::of(a_program()), solution in option::of(a_program()),
    ) -> Project {
        Project { title, brief, steps, starter, solution }
    }
}

prop_compose! {
    fn question()(
        question in question_text(), lines in vec(line(), 2..=6), answer in any::<prop::sample::Index>(), why in text(),
    ) -> Question {
        let mut options: Vec<String> = Vec::new();
        for (index, line) in lines.into_iter().enumerate() {
            options.push(if options.contains(&line) { format!("{line} {index}") } else { line });
        }
        let answer = answer.index(options.len());
        Question { id: String::new(), question, options, answer, why, at_seconds: None }
    }
}

fn quiz() -> impl Strategy<Value = Body> {
    vec((ID.prop_map(String::from), question()), 1..4).prop_map(|questions| Body::Quiz {
        questions: numbered(questions).map(|(id, question)| Question { id, ..question }).collect(),
    })
}

fn table() -> impl Strategy<Value = Body> {
    let cell = || prop_oneof![5 => line(), 1 => Just(String::new())];
    (2..5_usize, 1..4_usize).prop_flat_map(move |(width, height)| {
        (line(), vec(cell(), width), vec(vec(cell(), width), height)).prop_map(|(caption, head, rows)| Body::Table {
            caption,
            head,
            rows,
        })
    })
}

prop_compose! {
    fn video()(
        path in "[a-zA-Z0-9/?=&#%|*_-]{1,12}", title in line(), channel in line(), seconds in 1..=u32::MAX, summary in text(),
        guide in vec((any::<prop::sample::Index>(), line()), 1..5),
        embed in option::of("https://[a-z0-9]{1,9}\\.[a-z]{2,5}(/[a-zA-Z0-9_-]{1,9}){1,3}"), why in option::of(line()),
        language in option::of(select(vec!["en", "pt-BR"]).prop_map(str::to_owned)), transcript in option::of(line()),
    ) -> Video {
        let guide = guide.into_iter().map(|(index, what)| Moment { at_seconds: within(seconds, index), what }).collect();
        Video { url: format!("https://{path}"), title, channel, seconds, summary, guide, embed, why, language, transcript }
    }
}

/// A moment of a video.
fn within(seconds: u32, index: prop::sample::Index) -> u32 {
    u32::try_from(index.index(seconds as usize)).unwrap_or(0)
}

prop_compose! {
    fn source()(
        title in line(), url in "(https?://[a-zA-Z0-9/?=&#%|*_-]{1,12})|(document:[a-z0-9-]{1,9})", site in option::of(line()),
        licence in option::of(line()), read_on in option::of("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"),
        page in option::of(1..=100_000_u32),
    ) -> Source {
        Source { title, url, site, licence, read_on, page }
    }
}

fn body() -> impl Strategy<Value = Body> {
    let concept = (line(), line()).prop_map(|(term, meaning)| {
        let term = term.replace("**", "*.");
        Concept { term, meaning }
    });
    prop_oneof![
        text().prop_map(|markdown| Body::Prose { markdown }),
        (a_program(), option::of(output()), option::of(line())).prop_map(|(program, output, caption)| Body::Code {
            program,
            output,
            caption
        }),
        (program(), line()).prop_map(|(mermaid, caption)| Body::Diagram { mermaid, caption }),
        exercise().prop_map(|exercise| Body::Exercise(Box::new(exercise))),
        project().prop_map(|project| Body::Project(Box::new(project))),
        quiz(),
        table(),
        vec(concept, 1..4).prop_map(|concepts| Body::KeyConcepts { concepts }),
        video().prop_map(|video| Body::Video(Box::new(video))),
        vec(source(), 1..4).prop_map(|sources| Body::Sources { sources }),
        text().prop_map(|markdown| Body::Notice { markdown }),
    ]
}

prop_compose! {
    /// A document that is nearly always fit to publish.
    pub(super) fn document()(
        title in line(), description in line(), minutes in 1..=600_u32, blocks in vec((ID.prop_map(String::from), body()), 1..8),
        at in option::of(any::<prop::sample::Index>()),
    ) -> Document {
        let blocks = numbered(blocks).map(|(id, body)| Block { id, body }).collect();
        let mut document = Document { format: FORMAT, title, description, minutes, blocks };
        let film_seconds = document.videos().next().map(|(_, video)| video.seconds);
        for block in &mut document.blocks {
            if let Body::Quiz { questions } = &mut block.body {
                questions.iter_mut().for_each(|question| question.at_seconds = film_seconds.zip(at).map(|(film, at)| within(film, at)));
            }
        }
        document
    }
}

prop_compose! {
    fn profile()(
        industry in option::of(select(Industry::ALL)), career_stage in option::of(select(CareerStage::ALL)),
        weekly_hours in option::of(select(WeeklyHours::ALL)), goal in option::of(vec(piece(), 1..4)),
    ) -> Profile {
        let goal = goal.and_then(|pieces| Goal::parse(pieces.concat()).ok());
        Profile { industry, career_stage, weekly_hours, goal }
    }
}

prop_compose! {
    fn request()(
        title in vec(prop_oneof![6 => piece(), 1 => select(vec!["\n", "\r\n", "\u{85}"]).prop_map(str::to_owned)], 1..6),
        number in 1..=i64::from(i32::MAX), learning_style in select(LearningStyle::ALL),
        difficulty in select(Difficulty::ALL), tag in select(vec!["en", "pt-BR", "zh-Hant"]), research in any::<bool>(),
        profile in profile(),
    ) -> LessonRequest {
        let title = title.concat();
        LessonRequest {
            step_title: StepTitle::parse(title.clone()).or_else(|_| StepTitle::parse(format!("{title}a"))).expect("a good title"),
            lesson_number: LessonNumber::try_from(number).expect("a good number"),
            learning_style,
            difficulty,
            language: tag.parse::<Language>().expect("a good tag"),
            research,
            profile,
        }
    }
}

prop_compose! {
    /// A lesson file whose document is nearly always fit to publish.
    pub(super) fn lesson_file()(request in request(), document in document()) -> LessonFile {
        LessonFile { request, document }
    }
}
