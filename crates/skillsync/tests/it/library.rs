//! The starter library is held to the same checks as what a model writes, and more strictly: nobody writes it again. Its programs are
//! really run; of those in Python and JavaScript none may be passed over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Deserialize;
use skillsync::generation::checks::questions::{form, longest_too_often, spread_evenly};
use skillsync::generation::checks::{Outcome, Rules, examine, links};
use skillsync::generation::library::Library;
use skillsync::lessons::document::{Block, Body, Question};
use skillsync::lessons::markdown::LessonFile;
use skillsync::lessons::request::{LearningStyle, LessonRequest, StepTitle};
use skillsync_sandbox::Sandbox;
use tokio::task::JoinSet;

use crate::world::sandbox;

/// What cannot be run is let pass in these languages alone.
const NOT_RUN: [&str; 3] = ["sh", "bash", "text"];

/// A course of the library.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Course {
    title: String,
    description: String,
    topics: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../library")
}

/// The language of the programs in a block.
fn language(body: &Body) -> &str {
    match body {
        Body::Code { program, .. } => &program.language,
        Body::Exercise(exercise) => &exercise.language,
        Body::Project(project) => {
            project.solution.iter().chain(&project.starter).next().map_or("text", |program| &program.language)
        }
        _ => "",
    }
}

/// The texts of the library may cite the lesson's own sources, and no length was asked for.
fn rules(lesson: &LessonFile) -> Rules {
    let sources: Vec<String> = lesson.document.sources().map(|source| source.url.clone()).collect();
    Rules {
        language: lesson.request.language.clone(),
        difficulty: lesson.request.difficulty,
        lengths: &[],
        citable: OnceLock::from(sources),
        transcript: OnceLock::new(),
    }
}

async fn faults_of_block(block: &Block, rules: &Rules, sandbox: &Sandbox) -> Vec<String> {
    let mut faults = Vec::new();
    for verdict in examine(block, rules, sandbox).await.0 {
        match verdict.outcome {
            Outcome::Passed => {}
            Outcome::Failed { must, should } => faults.extend(must.into_iter().chain(should)),
            Outcome::NotDone { why } if !NOT_RUN.contains(&language(&block.body)) => faults.push(why),
            Outcome::NotDone { .. } => {}
        }
    }
    if let Body::Quiz { questions } = &block.body {
        faults.extend(faults_of_quiz(questions));
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", block.id)).collect()
}

fn faults_of_quiz(questions: &[Question]) -> Vec<String> {
    let mut faults = Vec::new();
    for question in questions {
        if let Outcome::Failed { must, should } = form(question) {
            faults.extend(must.into_iter().chain(should).map(|fault| format!("{}: {fault}", question.id)));
        }
    }
    let longest = longest_too_often(questions);
    if !longest.is_empty() {
        faults.push(format!("the right option is the longest in {} of {}", longest.len(), questions.len()));
    }
    if !spread_evenly(questions) {
        let answers: Vec<_> = questions.iter().map(|question| question.answer).collect();
        faults.push(format!("the right options stand at {answers:?}"));
    }
    faults
}

/// An address that can be published: `https`, a host with a name, no port, nobody's name in it.
fn is_public(address: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(address) else { return false };
    let has_name = url.domain().is_some_and(|host| host.contains('.') && !host.ends_with(".local"));
    url.scheme() == "https" && has_name && url.port().is_none() && url.username().is_empty()
}

async fn faults_of(lesson: &LessonFile, sandbox: &Sandbox) -> Vec<String> {
    let mut faults = lesson.document.problems();
    let rules = rules(lesson);
    for block in &lesson.document.blocks {
        faults.extend(faults_of_block(block, &rules, sandbox).await);
    }
    let addresses = links::addresses(&lesson.document).into_iter();
    faults.extend(addresses.filter(|address| !is_public(address)).map(|address| format!("{address} is not public")));
    let LessonRequest { step_title, learning_style, .. } = &lesson.request;
    faults.into_iter().map(|fault| format!("{} ({learning_style}): {fault}", step_title.given())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_lesson_passes_every_check() {
    let (sandbox, mut lessons) = (sandbox(), JoinSet::new());
    for lesson in Library::embedded().lessons() {
        let sandbox = sandbox.clone();
        lessons.spawn(async move { faults_of(lesson, &sandbox).await });
    }
    let mut faults = lessons.join_all().await.concat();
    faults.sort();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_topic_of_a_course_has_its_lessons_and_every_lesson_its_course() {
    let expected: [(&str, usize, &[LearningStyle]); 3] = [
        ("python", 8, &[LearningStyle::HandsOn, LearningStyle::Reading]),
        ("javascript", 8, &[LearningStyle::HandsOn]),
        ("git", 4, &[LearningStyle::HandsOn]),
    ];
    let mut topics = BTreeSet::new();
    for (name, count, styles) in expected {
        let text = std::fs::read_to_string(folder().join(name).join("course.toml")).expect("the course's list");
        let course: Course = toml::from_str(&text).expect("a course");
        assert!(!course.title.is_empty() && course.description.ends_with('.'), "{name}");
        assert_eq!(course.topics.len(), count, "{name}");
        for topic in course.topics {
            let title = StepTitle::parse(topic.as_str()).expect("a title");
            for style in styles {
                let found = Library::embedded().find(&LessonRequest::new(title.clone(), *style));
                assert!(found.is_some(), "{topic} has no lesson {style}");
            }
            assert!(topics.insert(title.canonical().to_owned()), "{topic} stands in two courses");
        }
    }
    let mut courses: Vec<_> = std::fs::read_dir(folder()).expect("the library").flatten().collect();
    courses.retain(|entry| entry.path().is_dir());
    assert_eq!(courses.len(), expected.len(), "a course is not looked at here");
    for lesson in Library::embedded().lessons() {
        let title = &lesson.request.step_title;
        assert!(topics.contains(title.canonical()), "{} is in no course", title.given());
    }
}
