//! Faults that models make, planted one at a time: which check catches each, what becomes of it when the second answer is good, and
//! what when it repeats the fault. Programs are really run.
//!
//! On SQLite alone: the pipeline knows no SQL, and its steps are tested on both engines elsewhere.

pub mod outside;
mod table;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use serde_json::Value;
use skillsync::generation::checks::questions::{longest_too_often, spread_evenly};
use skillsync::generation::error::GenerationError;
use skillsync::generation::pipeline::{Job, Written};
use skillsync::generation::sample;
use skillsync::lessons::checks::{Check, CheckResult};
use skillsync::lessons::document::{Body, Document, Question};
use skillsync::lessons::request::{LearningStyle, LessonRequest, StepTitle};
use skillsync_llm::{Script, ScriptedAnswer};

use crate::workshop::{Workshop, pieces};

/// A fault, where it is planted, and who finds it.
struct Fault {
    /// What is wrong, in words.
    name: &'static str,
    /// The schema of the first answer in which it stands, and where.
    part: (&'static str, &'static str),
    /// The schema by which the piece is asked for again.
    again: &'static str,
    /// The block or question that has it.
    piece: &'static str,
    /// Plants it in the piece.
    plant: fn(&mut Value),
    /// Words by which it would be seen in the lesson.
    trace: &'static str,
    /// The check that finds it.
    check: Check,
    /// Words of the check that the model is told.
    says: &'static str,
    /// What becomes of it when the second answer has it too.
    repeated: Repeated,
}

/// What becomes of a fault that stays.
#[derive(Clone, Copy)]
enum Repeated {
    /// The piece is left out.
    LeftOut,
    /// There is no lesson, for what was written for this part.
    NoLesson(&'static str),
    /// It does no harm: the piece stays, and this check notes what is wrong.
    Noted(Check),
}

/// A lesson about Python variables.
pub fn job(style: LearningStyle) -> Job {
    let title = StepTitle::parse("Python Variables").expect("a title");
    Job { request: LessonRequest::new(title, style), rewrite: None }
}

/// A writer whose first answers have the fault, this many of them.
fn writer(fault: &'static Fault, faulty: usize) -> Script {
    let left = AtomicUsize::new(faulty);
    Script::new(move |request| {
        let text = sample::written(request).expect("a request that the scripted writer knows");
        let schema = request.schema.as_ref().map(|schema| schema.name.as_str());
        let place = match schema {
            Some(name) if name == fault.part.0 => fault.part.1,
            Some(name) if name == fault.again => "",
            _ => return ScriptedAnswer::text(text),
        };
        if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            return ScriptedAnswer::text(text);
        }
        let mut draft: Value = serde_json::from_str(&text).expect("drafts are JSON");
        (fault.plant)(draft.pointer_mut(place).expect("the piece is there"));
        ScriptedAnswer::text(draft.to_string())
    })
}

/// Whether a check noted something in these words.
fn notes(result: &CheckResult, words: &str) -> bool {
    result.notes.iter().any(|note| note.contains(words))
}

/// Plants every fault of a table in lessons of a style, each twice: once mended, once repeated.
async fn plant_all(workshop: &Workshop, style: LearningStyle, faults: &'static [Fault]) {
    let job = &job(style);
    let good = workshop.write(job, &sample::scripted_writer()).await.expect("a lesson without faults");
    let good = &pieces(&good.document);
    let each = faults.iter().map(|fault| async move {
        let (once, always) = (writer(fault, 1), writer(fault, usize::MAX));
        mended(fault, workshop.write(job, &once).await, good, &once);
        repeated(fault, workshop.write(job, &always).await, good);
    });
    join_all(each).await;
}

/// All pieces but the faulty one are as in a lesson without a fault, to the byte.
fn assert_rest_is_as_good(fault: &Fault, found: &BTreeMap<String, Value>, good: &BTreeMap<String, Value>) {
    let rest = |pieces: &BTreeMap<String, Value>| {
        let mut rest = pieces.clone();
        rest.remove(fault.piece);
        rest
    };
    assert_eq!(rest(found), rest(good), "{}: something else has changed", fault.name);
}

fn mended(fault: &Fault, outcome: Result<Written, GenerationError>, good: &BTreeMap<String, Value>, script: &Script) {
    let name = fault.name;
    let written = outcome.unwrap_or_else(|error| panic!("{name}: {}", error.detail()));
    let found = pieces(&written.document);
    let piece = found.get(fault.piece).unwrap_or_else(|| panic!("{name}: it was left out"));
    assert!(!piece.to_string().contains(fault.trace), "{name}: it is published: {piece}");
    assert_rest_is_as_good(fault, &found, good);
    let result = written.checks.of(fault.check).unwrap_or_else(|| panic!("{name}: not checked"));
    assert!(result.mended > 0 && result.dropped == 0 && result.passed == result.of, "{name}: {result:?}");
    let asked_again = script.requests().into_iter().any(|request| {
        let is_piece = request.schema.is_some_and(|schema| schema.name == fault.again);
        is_piece && request.messages.iter().any(|message| message.text.contains(fault.says))
    });
    assert!(asked_again, "{name}: nobody said “{}”", fault.says);
}

fn repeated(fault: &Fault, outcome: Result<Written, GenerationError>, good: &BTreeMap<String, Value>) {
    let name = fault.name;
    if let Repeated::NoLesson(part) = fault.repeated {
        let failed = outcome.err().unwrap_or_else(|| panic!("{name}: it was published"));
        assert_eq!(failed.code(), "GENERATION_FAILED", "{name}");
        assert!(failed.detail().starts_with(&format!("{part}: ")), "{name}: {}", failed.detail());
        assert!(!failed.to_string().contains(fault.trace), "{name}: {failed}");
        return;
    }
    let written = outcome.unwrap_or_else(|error| panic!("{name}: {}", error.detail()));
    let found = pieces(&written.document);
    assert_rest_is_as_good(fault, &found, good);
    if let Repeated::Noted(check) = fault.repeated {
        let result = written.checks.of(check).unwrap_or_else(|| panic!("{name}: not checked"));
        assert!(found[fault.piece].to_string().contains(fault.trace), "{name}");
        assert!(result.passed < result.of && notes(result, fault.says), "{name}: {result:?}");
    } else {
        let result = written.checks.of(fault.check).unwrap_or_else(|| panic!("{name}: not checked"));
        assert!(!found.contains_key(fault.piece), "{name}: it is published");
        assert!(result.dropped == 1 && notes(result, fault.says), "{name}: {result:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_in_texts_and_diagrams() {
    plant_all(&Workshop::new().await, LearningStyle::Mixed, table::TEXTS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_in_programs_and_exercises() {
    plant_all(&Workshop::new().await, LearningStyle::HandsOn, table::PROGRAMS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_in_questions() {
    plant_all(&Workshop::new().await, LearningStyle::Mixed, table::QUESTIONS).await;
}

fn questions(document: &Document) -> Vec<Question> {
    let quiz = document.blocks.iter().find_map(|block| match &block.body {
        Body::Quiz { questions } => Some(questions.clone()),
        _ => None,
    });
    quiz.expect("a quiz")
}

/// In the draft the right option always comes first. Nothing of that is left in the lesson, nor after one was written again.
#[tokio::test]
async fn the_right_option_is_not_where_the_model_put_it() {
    let workshop = Workshop::new().await;
    for faulty in [0, 1] {
        let script = writer(&table::QUESTIONS[0], faulty);
        let written = workshop.write(&job(LearningStyle::Reading), &script).await.expect("a lesson");
        let questions = questions(&written.document);
        let mut counts = [0; 4];
        for question in &questions {
            counts[question.answer] += 1;
        }
        assert!(spread_evenly(&questions) && counts.iter().all(|count| (2..=3).contains(count)), "{counts:?}");
        let balance = written.checks.of(Check::Balance).expect("it is checked");
        assert_eq!((balance.of, balance.passed), (1, 1));
    }
}

/// Makes the right option the longest one.
fn lengthen(question: &mut Value) {
    let number = question["question"].as_str().and_then(|text| {
        let digits = text.split_once("price = ")?.1;
        digits.split_once('\n')?.0.parse::<u32>().ok()
    });
    let number = number.expect("the question's number");
    question["wrong_options"] = serde_json::json!([format!("{number}"), format!("{number}1"), "1"]);
}

#[tokio::test]
async fn the_longest_option_is_not_right_in_every_question() {
    let workshop = Workshop::new().await;
    let write = async |repeats: bool| {
        let script = Script::new(move |request| {
            let text = sample::written(request).expect("a request that the scripted writer knows");
            let mut draft: Value = serde_json::from_str(&text).expect("drafts are JSON");
            match request.schema.as_ref().map(|schema| schema.name.as_str()) {
                Some("quiz") => draft["questions"].as_array_mut().expect("questions").iter_mut().for_each(lengthen),
                Some("question") if repeats => lengthen(&mut draft),
                _ => {}
            }
            ScriptedAnswer::text(draft.to_string())
        });
        workshop.write(&job(LearningStyle::Mixed), &script).await.expect("a lesson")
    };
    let mended = write(false).await;
    assert_eq!(longest_too_often(&questions(&mended.document)), [0; 0]);
    let result = |check: Check| mended.checks.of(check).expect("it is checked");
    assert_eq!((result(Check::Answers).mended, result(Check::Balance).passed), (5, 1));
    let repeated = write(true).await;
    let balance = repeated.checks.of(Check::Balance).expect("it is checked");
    assert!(balance.passed == 0 && notes(balance, "the longest more often than chance"), "{balance:?}");
}
