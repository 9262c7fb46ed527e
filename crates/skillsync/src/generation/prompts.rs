//! What a model is told. The words are files in `prompts/`, each with its version in its first line; here are the values that
//! enter them, and the one way by which a learner's words may: as JSON that cannot leave its tags.

use std::collections::BTreeMap;

use askama::Template;
use serde::Serialize;
use skillsync_llm::Message;
use skillsync_sources::transcripts::Transcript;

use crate::lessons::document::{Body, Question};
use crate::lessons::profile::Profile;
use crate::lessons::request::Difficulty;

use super::draft::answers::Answers;
use super::draft::plan::Plan;
use super::draft::schema::Count;
use super::pipeline::Job;
use super::research::FoundSource;

/// Most characters of a learner's reason that enter a prompt.
const LONGEST_REASON: usize = 1_000;

/// Most characters of a transcript that enter a prompt: about an hour of speech.
const MOST_TRANSCRIPT_CHARS: usize = 48_000;

/// Every prompt file, by its path in `prompts/` without `.md`.
pub(super) const FILES: [(&str, &str); 21] = [
    ("system", include_str!("../../prompts/system.md")),
    ("request", include_str!("../../prompts/request.md")),
    ("topic", include_str!("../../prompts/topic.md")),
    ("plan", include_str!("../../prompts/plan.md")),
    ("quiz", include_str!("../../prompts/quiz.md")),
    ("repair", include_str!("../../prompts/repair.md")),
    ("again", include_str!("../../prompts/again.md")),
    ("check/system", include_str!("../../prompts/check/system.md")),
    ("check/blind", include_str!("../../prompts/check/blind.md")),
    ("check/decide", include_str!("../../prompts/check/decide.md")),
    ("exercise", include_str!("../../prompts/exercise.md")),
    ("diagram", include_str!("../../prompts/diagram.md")),
    ("video/notes", include_str!("../../prompts/video/notes.md")),
    ("video/quiz", include_str!("../../prompts/video/quiz.md")),
    ("hands_on/text", include_str!("../../prompts/hands_on/text.md")),
    ("hands_on/practice", include_str!("../../prompts/hands_on/practice.md")),
    ("reading/text", include_str!("../../prompts/reading/text.md")),
    ("reading/visuals", include_str!("../../prompts/reading/visuals.md")),
    ("mixed/text", include_str!("../../prompts/mixed/text.md")),
    ("mixed/visuals", include_str!("../../prompts/mixed/visuals.md")),
    ("mixed/practice", include_str!("../../prompts/mixed/practice.md")),
];

/// The files that every lesson is written with.
const SHARED: [&str; 10] =
    ["system", "request", "topic", "plan", "quiz", "repair", "again", "check/system", "check/blind", "check/decide"];

#[derive(Template)]
#[template(path = "system.md")]
struct System;

/// What was asked for, as the model sees it.
#[derive(Serialize)]
struct RequestData<'a> {
    topic: &'a str,
    lesson_number: i64,
    learning_style: &'a str,
    difficulty: &'a str,
    language: &'a str,
    #[serde(skip_serializing_if = "Profile::is_empty")]
    profile: &'a Profile,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_for_new_version: Option<String>,
}

impl<'a> RequestData<'a> {
    fn of(job: &'a Job) -> Self {
        let request = &job.request;
        let reason = job.rewrite.as_ref().map(|rewrite| rewrite.reason.trim()).filter(|reason| !reason.is_empty());
        Self {
            topic: request.step_title.given(),
            lesson_number: request.lesson_number.get(),
            learning_style: request.learning_style.as_str(),
            difficulty: request.difficulty.as_str(),
            language: request.language.as_str(),
            profile: &request.profile,
            reason_for_new_version: reason.map(|reason| reason.chars().take(LONGEST_REASON).collect()),
        }
    }
}

#[derive(Template)]
#[template(path = "request.md")]
struct Request<'a> {
    request: &'a str,
    plan: Option<&'a str>,
    sources: Option<&'a str>,
    transcript: Option<&'a str>,
    difficulty: Difficulty,
    number: i64,
    profiled: bool,
    rewriting: bool,
}

#[derive(Template)]
#[template(path = "repair.md")]
struct Repair<'a> {
    problems: &'a str,
}

/// Asks whether the topic is one.
#[derive(Template)]
#[template(path = "topic.md")]
pub(super) struct AskTopic;

/// Asks for the plan.
#[derive(Template)]
#[template(path = "plan.md")]
pub(super) struct AskPlan {
    /// What the lesson will consist of.
    pub made_of: &'static str,
    /// What the introduction is like.
    pub introduction: &'static str,
    /// How long it should take.
    pub minutes: &'static str,
    /// Whether the topic has something to teach at the difficulty that was asked for.
    pub suits: bool,
    /// How many concepts.
    pub concepts: Count,
}

/// Asks for the quiz.
#[derive(Template)]
#[template(path = "quiz.md")]
pub(super) struct AskQuiz {
    /// How many questions.
    pub questions: Count,
}

/// Asks for one block again.
#[derive(Template)]
#[template(path = "again.md")]
pub(super) struct AskAgain {
    block: String,
    problems: String,
}

impl AskAgain {
    /// What the block holds now, and what is wrong with it.
    pub(super) fn new(body: &Body, problems: &[String]) -> Self {
        let problems: Vec<_> =
            problems.iter().map(|problem| problem.chars().take(LONGEST_REASON).collect::<String>()).collect();
        Self { block: as_data(body), problems: as_data(&problems) }
    }
}

#[derive(Template)]
#[template(path = "check/system.md")]
struct CheckSystem;

#[derive(Template)]
#[template(path = "check/blind.md")]
struct Blind<'a> {
    request: &'a str,
    questions: &'a str,
    transcript: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "check/decide.md")]
struct Decide<'a> {
    request: &'a str,
    questions: &'a str,
    transcript: Option<&'a str>,
}

/// A question as somebody sees it who is to answer it.
#[derive(Serialize)]
struct QuestionData<'a> {
    id: &'a str,
    question: &'a str,
    options: BTreeMap<char, &'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    opinions: Vec<String>,
}

impl<'a> QuestionData<'a> {
    fn of(question: &'a Question) -> Self {
        let options = ('A'..='Z').zip(question.options.iter().map(String::as_str)).collect();
        Self { id: &question.id, question: &question.question, options, opinions: Vec::new() }
    }
}

/// The messages that ask for the answers to questions, without their key.
pub(super) fn blind(job: &Job, questions: &[Question], transcript: Option<&Transcript>) -> Vec<Message> {
    let data: Vec<_> = questions.iter().map(QuestionData::of).collect();
    let said = transcript.map(said);
    let ask =
        Blind { request: &as_data(&RequestData::of(job)), questions: &as_data(&data), transcript: said.as_deref() };
    vec![Message::system(render(&CheckSystem)), Message::user(render(&ask))]
}

/// The messages that ask for a decision where the key and somebody who did not see it disagree. Neither is said to be the key, and
/// the opinions stand in an order that tells nothing.
pub(super) fn decide(
    job: &Job,
    questions: &[Question],
    blind: &Answers,
    transcript: Option<&Transcript>,
) -> Vec<Message> {
    let letter = |option: usize| char::from(b'A' + u8::try_from(option % 26).unwrap_or_default());
    let data = questions.iter().map(|question| {
        let key = format!("{}: {}", letter(question.answer), question.why);
        let other =
            blind.to(&question.id).map_or_else(|| "no single option".to_owned(), |option| letter(option).to_string());
        let mut opinions = vec![key, format!("{other}: {}", blind.reasoning(&question.id))];
        opinions.sort();
        QuestionData { opinions, ..QuestionData::of(question) }
    });
    let data: Vec<_> = data.collect();
    let said = transcript.map(said);
    let ask =
        Decide { request: &as_data(&RequestData::of(job)), questions: &as_data(&data), transcript: said.as_deref() };
    vec![Message::system(render(&CheckSystem)), Message::user(render(&ask))]
}

/// Asks for the notes on a video.
#[derive(Template)]
#[template(path = "video/notes.md")]
pub(super) struct AskVideoNotes {
    /// How many moments.
    pub guide: Count,
}

/// Asks for the quiz on a video.
#[derive(Template)]
#[template(path = "video/quiz.md")]
pub(super) struct AskVideoQuiz {
    /// How many questions.
    pub questions: Count,
}

/// What a part is written from besides the plan.
#[derive(Clone, Copy, Default)]
pub(super) struct Materials<'a> {
    /// What was found about the topic.
    pub sources: &'a [FoundSource],
    /// What is said in the lesson's video.
    pub transcript: Option<&'a Transcript>,
}

/// A source as the model sees it.
#[derive(Serialize)]
struct SourceData<'a> {
    cite_as: String,
    title: &'a str,
    site: Option<&'a str>,
    text: &'a str,
}

impl<'a> SourceData<'a> {
    fn of(found: &'a FoundSource) -> Self {
        let FoundSource { number, source, text } = found;
        Self { cite_as: format!("[S{number}]"), title: &source.title, site: source.site.as_deref(), text }
    }
}

/// Asks for the theory of a hands-on lesson.
#[derive(Template)]
#[template(path = "hands_on/text.md")]
pub(super) struct AskHandsOnText;

/// Asks for the exercises and the project of a hands-on lesson.
#[derive(Template)]
#[template(path = "hands_on/practice.md")]
pub(super) struct AskHandsOnPractice {
    /// How many exercises.
    pub exercises: Count,
}

/// Asks for the article of a reading lesson.
#[derive(Template)]
#[template(path = "reading/text.md")]
pub(super) struct AskReadingText;

/// Asks for the diagrams and the comparison of a reading lesson.
#[derive(Template)]
#[template(path = "reading/visuals.md")]
pub(super) struct AskReadingVisuals {
    /// How many diagrams.
    pub diagrams: Count,
}

/// Asks for the text of a mixed lesson.
#[derive(Template)]
#[template(path = "mixed/text.md")]
pub(super) struct AskMixedText;

/// Asks for the diagram of a mixed lesson.
#[derive(Template)]
#[template(path = "mixed/visuals.md")]
pub(super) struct AskMixedVisuals;

/// Asks for the exercises of a mixed lesson.
#[derive(Template)]
#[template(path = "mixed/practice.md")]
pub(super) struct AskMixedPractice {
    /// How many exercises.
    pub exercises: Count,
}

/// The messages that ask for one part of a lesson. What all parts share comes first, where providers can cache it.
pub(super) fn part(job: &Job, plan: Option<&Plan>, materials: &Materials<'_>, ask: &impl Template) -> Vec<Message> {
    let request = &job.request;
    let data = RequestData::of(job);
    let shared = render(&Request {
        request: &as_data(&data),
        plan: plan.map(as_data).as_deref(),
        sources: materials.sources_as_data().as_deref(),
        transcript: materials.transcript.map(said).as_deref(),
        difficulty: request.difficulty,
        number: request.lesson_number.get(),
        profiled: !request.profile.is_empty(),
        rewriting: data.reason_for_new_version.is_some(),
    });
    vec![Message::system(render(&System)), Message::user(format!("{shared}\n\n{}", render(ask)))]
}

impl Materials<'_> {
    fn sources_as_data(&self) -> Option<String> {
        (!self.sources.is_empty()).then(|| as_data(&self.sources.iter().map(SourceData::of).collect::<Vec<_>>()))
    }
}

/// What is said in a video, as the model sees it.
fn said(transcript: &Transcript) -> String {
    as_data(&transcript.text_with_times(MOST_TRANSCRIPT_CHARS))
}

/// The message that asks again, after an answer that could not be used.
pub(super) fn repair(problems: &[String]) -> Message {
    Message::user(render(&Repair { problems: &as_data(&problems) }))
}

/// Writes a prompt out. Prompts hold nothing whose rendering can fail.
fn render(prompt: &impl Template) -> String {
    prompt.render().expect("a prompt renders").trim().to_owned()
}

/// A value as JSON which cannot leave the tags around it and hides nothing: angle brackets and characters that are not seen
/// are escaped.
fn as_data(value: &impl Serialize) -> String {
    let json = serde_json::to_string_pretty(value).expect("strings and numbers are JSON");
    let mut data = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, '<' | '>' | '&') || is_unseen(c) {
            let mut units = [0; 2];
            data.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            data.push(c);
        }
    }
    data
}

/// Soft hyphens, joiners, direction marks, line separators, variation selectors, tags, and controls beyond ASCII.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The version of what a lesson in this style was asked with: the style's name, and each file with its version.
pub(super) fn version(style: &str, own: &[&str]) -> String {
    let files = SHARED
        .iter()
        .chain(own)
        .map(|name| format!("{}.{}", name.rsplit('/').next().unwrap_or(name), file_version(name)));
    format!("{style}/{}", files.collect::<Vec<_>>().join("+"))
}

/// The number in a file's first line.
fn file_version(name: &str) -> u32 {
    let text = FILES.iter().find(|(file, _)| *file == name).map(|(_, text)| *text);
    let first_line = text.and_then(|text| text.lines().next());
    let number = first_line.and_then(|line| line.strip_prefix("{# version ")?.strip_suffix(" #}")?.parse().ok());
    number.unwrap_or_else(|| panic!("prompts/{name}.md exists and begins with its version"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn every_file_is_listed_and_keeps_its_version_only_as_long_as_its_words() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let mut found = BTreeSet::new();
        for entry in [
            folder.clone(),
            folder.join("check"),
            folder.join("hands_on"),
            folder.join("reading"),
            folder.join("mixed"),
            folder.join("video"),
        ] {
            for file in std::fs::read_dir(entry).expect("the prompts").map(|file| file.expect("a file").path()) {
                if file.extension().is_some_and(|extension| extension == "md") {
                    let name = file.strip_prefix(&folder).expect("inside").with_extension("");
                    found.insert(name.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        assert_eq!(found, FILES.iter().map(|(name, _)| (*name).to_owned()).collect());

        let known = std::fs::read_to_string(folder.join("versions.txt")).expect("prompts/versions.txt");
        let lines = FILES.map(|(name, text)| {
            let hash = hex::encode(&Sha256::digest(text)[..8]);
            format!("{name} {} {hash}", file_version(name))
        });
        let unknown: Vec<_> = lines.into_iter().filter(|line| !known.lines().any(|known| known == line)).collect();
        assert!(
            unknown.is_empty(),
            "a prompt has changed: raise the version in its first line, then add its line to prompts/versions.txt and \
             change no other. The lines would be:\n{}",
            unknown.join("\n")
        );
        let versions: Vec<_> =
            known.lines().filter_map(|line| line.rsplit_once(' ')).map(|(version, _)| version).collect();
        let distinct: BTreeSet<_> = versions.iter().collect();
        assert_eq!(distinct.len(), versions.len(), "each version stands in prompts/versions.txt once");
    }

    #[test]
    fn data_cannot_leave_its_tags_or_hide() {
        let words = "</lesson_request> & \"ignore\"\n\u{202e}\u{e0041}é";
        let data = as_data(&words);
        assert_eq!(data, r#""\u003c/lesson_request\u003e \u0026 \"ignore\"\n\u202e\udb40\udc41é""#);
        assert_eq!(serde_json::from_str::<String>(&data).expect("still JSON"), words);
    }
}
