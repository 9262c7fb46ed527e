//! Lessons that are written without trouble.

use futures::future::join;
use skillsync_llm::{Gate, Script, Usage};

use super::super::{pipeline::Rewrite, sample, styles};
use super::*;

/// The ids of a lesson's blocks in order.
fn ids(written: &Written) -> Vec<&str> {
    written.document.blocks.iter().map(|block| block.id.as_str()).collect()
}

#[tokio::test]
async fn each_style_is_assembled_in_its_order() {
    let world = World::new().await;
    let expected = [
        "intro text-1 text-1-code text-2 text-2-code text-3 text-3-code exercise-1 exercise-2 exercise-3 project quiz key-concepts",
        "intro text-1 text-1-code diagram-1 text-2 text-2-code diagram-2 text-3 text-3-code comparison case-study-1 \
         case-study-1-code case-study-2 case-study-2-code good-practices good-practices-code anti-patterns anti-patterns-code \
         pitfalls pitfalls-code summary summary-code quiz key-concepts",
        "intro diagram-1 no-video text-1 text-1-code text-2 text-2-code text-3 text-3-code exercise-1 quiz key-concepts",
        "intro no-video text-1 text-1-code text-2 text-2-code text-3 text-3-code quiz key-concepts",
    ];
    for (style, expected) in STYLES.into_iter().zip(expected) {
        let written = world.write(&job(style), &sample::scripted_writer()).await.expect("a lesson");
        assert_eq!(written.document.problems(), [""; 0], "{style}");
        assert_eq!(ids(&written).join(" "), expected, "{style}");
        assert_eq!(written.document.title, "Python Variables: first steps");
        assert_eq!(written.author_model, "scripted");
        let checks = written.checks.in_words().join(", ");
        assert!(checks.contains("answers confirmed") && checks.contains("texts as planned"), "{checks}");
        assert!(written.checks.results.iter().all(|result| result.passed == result.of), "{:?}", written.checks);
        assert_eq!(written.prompt_version, styles::prompt_version(style));
    }
}

#[tokio::test]
async fn parts_are_written_side_by_side_and_told_as_they_end() {
    for (style, parts) in STYLES.into_iter().zip([3, 3, 4, 2]) {
        let world = World::new().await;
        let gate = Gate::closed();
        let door = gate.clone();
        let script = Script::new(move |request| match request.schema.as_ref().map(|schema| schema.name.as_str()) {
            Some("topic" | "plan") => sample::answer(request),
            _ => sample::answer(request).behind(&door),
        });
        // Nothing is answered before everything was asked: parts written one after another would wait for ever.
        let all_asked = async {
            script.called(2 + parts).await;
            gate.open();
        };
        let (job, run) = (job(style), world.run().await);
        let (written, ()) = join(world.write_in(run, &job, &script), all_asked).await;
        assert!(written.is_ok(), "{style}");
        let told = world.told(run).await;
        assert_eq!(told[..2], [(0, "Getting ready".to_owned()), (0, "Looking at the topic".to_owned())]);
        assert_eq!(told.last(), Some(&(95, "Putting the lesson together".to_owned())));
        assert!(told.is_sorted_by_key(|(percent, _)| *percent), "{told:?}");
    }
}

#[tokio::test]
async fn what_is_ready_is_shown_at_its_place_first_unchecked_then_checked() {
    let world = World::new().await;
    let run = world.run().await;
    let written =
        world.write_in(run, &job(LearningStyle::Reading), &sample::scripted_writer()).await.expect("a lesson");
    let shown = world.shown(run).await;
    let head = shown[0].head.as_ref().expect("the head comes first");
    assert_eq!(head.title, written.document.title);
    let first = &shown[1].blocks[0];
    assert_eq!((first.id.as_str(), first.checked), ("intro", false), "the introduction can be read at once");
    let mut last: std::collections::BTreeMap<_, _> = Default::default();
    let mut unchecked = std::collections::HashSet::new();
    for block in shown.iter().flat_map(|shown| &shown.blocks) {
        if !block.checked {
            unchecked.insert(block.id.clone());
        }
        assert!(unchecked.contains(&block.id), "{} was shown unchecked before", block.id);
        last.insert(block.position, block.clone());
    }
    assert!(last.values().all(|block| block.checked));
    let ids: Vec<_> = last.values().filter_map(|shown| shown.block.clone()).collect();
    assert_eq!(ids, written.document.blocks, "put in order they are the lesson");
}

#[tokio::test]
async fn a_run_taken_up_again_asks_only_for_what_is_missing() {
    let world = World::new().await;
    let run = world.run().await;
    let broken = Script::new(|request| match request.schema.as_ref().map(|schema| schema.name.as_str()) {
        Some("quiz") => skillsync_llm::Error::timed_out(skillsync_llm::TimeoutPhase::Idle).into(),
        _ => sample::answer(request),
    });
    let job = job(LearningStyle::HandsOn);
    let failed = world.write_in(run, &job, &broken).await.expect_err("the quiz timed out");
    assert_eq!(failed.code(), "MODEL_UNAVAILABLE");
    let writer = sample::scripted_writer();
    world.write_in(run, &job, &writer).await.expect("the rest");
    assert!(!asked(&writer).contains(&"plan".to_owned()) && asked(&writer).contains(&"quiz".to_owned()));

    let nobody = Script::new(|_| skillsync_llm::Error::timed_out(skillsync_llm::TimeoutPhase::Idle));
    let again = world.write_in(run, &job, &nobody).await.expect("everything is there");
    assert_eq!((nobody.calls(), again.author_model.as_str()), (0, "scripted"));
}

#[tokio::test]
async fn every_call_is_a_row_with_its_cost() {
    let world = World::new().await;
    let run = world.run().await;
    let usage =
        Usage { input_tokens: 100, cached_input_tokens: 40, output_tokens: 10, exact: true, ..Usage::default() };
    let script = Script::new(move |request| sample::answer(request).with_usage(usage)).named("priced");
    world.write_in(run, &job(LearningStyle::Mixed), &script).await.expect("a lesson");
    // The topic, the plan, four parts, and the answers to the quiz.
    let cost_nano_dollars = Some(7 * (60 * 150 + 40 * 75 + 10 * 600));
    assert_eq!(script.calls(), 7);
    let expected = Spent { calls: 7, input_tokens: 700, output_tokens: 70, cost_nano_dollars, exact: true };
    assert_eq!(world.spent(run).await, expected);
}

#[test]
fn a_job_is_stored_as_json_and_read_again() {
    let job = Job { rewrite: Some(Rewrite { reason: "too short".into(), only: None }), ..job(LearningStyle::Mixed) };
    let text = serde_json::to_string(&job).expect("JSON");
    assert_eq!(serde_json::from_str::<Job>(&text).expect("the job"), job);
}

/// Lessons are written in tasks, which may move between threads.
#[test]
fn writing_can_be_spawned() {
    fn spawned<'a>(world: &'a World, job: &'a Job, script: &'a Script) -> impl Send + use<'a> {
        world.write(job, script)
    }
    let _ = spawned;
}
