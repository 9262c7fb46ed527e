//! Answers that cannot be used.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use skillsync_llm::{Role, ScriptedAnswer};

use super::super::draft::{
    article::Article, parse, plan::Plan, practice::Practice, quiz::Quiz, text::Text, visuals::Visuals,
};
use super::super::sample;
use super::*;

/// A writer whose first `bad` answers for one part cannot be used.
fn faulty(part: &'static str, bad: usize, answer: &'static str) -> Script {
    let left = AtomicUsize::new(bad);
    Script::new(move |request| {
        let is_part = request.schema.as_ref().is_some_and(|schema| schema.name == part);
        let is_bad =
            is_part && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if is_bad { ScriptedAnswer::text(answer) } else { sample::answer(request) }
    })
}

#[tokio::test]
async fn a_bad_answer_is_repaired_once_with_its_problems_named() {
    let world = World::new().await;
    let run = world.run().await;
    let bad = r#"Here you are: {"questions": []}"#;
    let script = faulty("quiz", 1, bad);
    world.write_in(run, &job(LearningStyle::HandsOn), &script).await.expect("repaired");
    assert_eq!(asked(&script).iter().filter(|part| *part == "quiz").count(), 2);
    let repair = script.requests().into_iter().find(|request| request.messages.len() == 4).expect("a repair");
    let [_, _, answer, problems] = &repair.messages[..] else { panic!("four messages") };
    assert_eq!((answer.role, answer.text.as_str()), (Role::Assistant, bad));
    assert!(problems.text.contains("the list `questions` is empty"), "{}", problems.text);
    assert_eq!(world.spent(run).await.calls, 7);
}

#[tokio::test]
async fn two_bad_answers_end_the_lesson() {
    let world = World::new().await;
    let run = world.run().await;
    let script = faulty("plan", usize::MAX, "I am sorry.");
    let failed = world.write_in(run, &job(LearningStyle::Reading), &script).await.expect_err("unusable");
    assert_eq!(asked(&script), ["topic", "plan", "plan"]);
    assert_eq!(failed.code(), "GENERATION_FAILED");
    assert_eq!(failed.detail(), "the plan: there is no JSON object in the answer");

    let script = faulty("practice", usize::MAX, r#"{"exercises": 3}"#);
    let failed = world.write(&job(LearningStyle::HandsOn), &script).await.expect_err("unusable");
    assert_eq!(asked(&script).iter().filter(|part| *part == "practice").count(), 2);
    let GenerationError::Unusable { part: "the exercises", problems } = failed else { panic!("{failed:?}") };
    assert_eq!(problems, ["exercises: invalid type: integer `3`, expected a sequence"]);
}

#[tokio::test]
async fn harmless_faults_need_no_second_call() {
    let world = World::new().await;
    let plan = serde_json::json!({
        "title": "# A title\r\n", "description": " What\nyou learn ", "programming_language": "Python", "minutes": 100_000,
        "introduction": "# Hello\r\n\r\nA stall sells honey.",
        "concepts": [{"term": "**value**", "meaning": "Data.\n"}],
    });
    let fenced = format!("```json\n{plan}\n```");
    let script = Script::new(move |request| match request.schema.as_ref().map(|schema| schema.name.as_str()) {
        Some("plan") => ScriptedAnswer::text(fenced.clone()),
        _ => sample::answer(request),
    });
    let written = world.write(&job(LearningStyle::HandsOn), &script).await.expect("a lesson");
    let document = &written.document;
    assert_eq!((document.title.as_str(), document.minutes), ("A title", 600));
    assert_eq!((document.description.as_str(), script.calls()), ("What you learn", 6));
}

/// A change to an answer.
type Plant = fn(&mut Value);

#[tokio::test]
async fn what_no_block_shows_is_repaired_too() {
    let cases: [(&str, Plant, &str); 3] = [
        (
            "plan",
            |plan| plan["description"] = "As an AI language model I cannot run programs.".into(),
            "a lesson never speaks of its author",
        ),
        (
            "quiz",
            |quiz| {
                let questions = quiz["questions"].as_array().expect("questions").clone();
                quiz["questions"] = questions.iter().cycle().take(60).cloned().collect();
            },
            "the list `questions` has 60 items; 5 to 6 are wanted",
        ),
        (
            "quiz",
            |quiz| quiz["questions"].as_array_mut().expect("questions").truncate(1),
            "the list `questions` has 1 items; 5 to 6 are wanted",
        ),
    ];
    for (part, plant, says) in cases {
        let world = World::new().await;
        let left = AtomicUsize::new(1);
        let script = Script::new(move |request| {
            let text = sample::written(request).expect("a part");
            let is_part = request.schema.as_ref().is_some_and(|schema| schema.name == part);
            if !is_part || left.swap(0, Ordering::SeqCst) == 0 {
                return ScriptedAnswer::text(text);
            }
            let mut draft = serde_json::from_str(&text).expect("JSON");
            plant(&mut draft);
            ScriptedAnswer::text(draft.to_string())
        });
        world.write(&job(LearningStyle::HandsOn), &script).await.expect("repaired");
        let repair = script.requests().into_iter().find(|request| request.messages.len() == 4).expect("a repair");
        assert!(repair.messages[3].text.contains(says), "{}", repair.messages[3].text);
    }
}

/// Reads an answer as every kind of draft.
fn parse_as_all(answer: &str) {
    let _ = parse::<Plan>(answer);
    let _ = parse::<Text>(answer);
    let _ = parse::<Article>(answer);
    let _ = parse::<Practice>(answer);
    let _ = parse::<Visuals>(answer);
    let _ = parse::<Quiz>(answer);
}

proptest! {
    #[test]
    fn no_answer_makes_the_parser_panic(answer in any::<String>()) {
        parse_as_all(&answer);
        parse_as_all(&format!("{{{answer}"));
    }

    #[test]
    fn no_text_in_a_draft_makes_it_panic_or_pass_unfit(text in "(\\PC|[\r\n\t\0`#<!@ -]){0,60}") {
        let filled = |count: usize| vec![text.clone(); count];
        let answers = [
            serde_json::json!({"questions": [
                {"question": text, "right_option": text, "wrong_options": filled(2), "explanation": text},
            ]}),
            serde_json::json!({"sections": [{
                "heading": text, "markdown": text, "program": text, "program_language": text, "program_output": text,
                "program_caption": text,
            }]}),
        ];
        // Parsing judges by the document's own rules, so whatever is accepted is fit to be published.
        let _ = parse::<Quiz>(&answers[0].to_string());
        if let Err(problems) = parse::<Text>(&answers[1].to_string()) {
            prop_assert!(problems.iter().all(|problem| problem.contains("empty")), "{problems:?}");
        }
    }
}
