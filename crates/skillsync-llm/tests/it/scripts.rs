//! The scripted model, on which other crates' tests rely.

use futures::future::join;
use futures::{FutureExt, StreamExt};
use skillsync_llm::{Chunk, Error, Gate, Model, Reply, Request, Script, ScriptedAnswer, TimeoutPhase, Usage};

use crate::server::question;

#[tokio::test]
async fn a_script_answers_by_its_request_and_counts() {
    let script = Script::new(|request: &Request| format!("{} messages", request.messages.len())).named("parrot");
    let model = Model::scripted(script.clone());
    assert_eq!((model.provider(), model.name()), ("scripted", "parrot"));
    let reply = model.complete(&question()).await.expect("a scripted answer");
    assert_eq!((reply.text.as_str(), reply.model.as_str(), reply.usage.exact), ("2 messages", "parrot", false));
    assert_eq!((script.calls(), script.requests()), (1, vec![question()]));
}

#[tokio::test]
async fn a_queue_is_worked_off_and_then_fails() {
    let usage = Usage { input_tokens: 3, output_tokens: 1, exact: true, ..Usage::default() };
    let script =
        Script::queue([ScriptedAnswer::text("one").with_usage(usage), Error::timed_out(TimeoutPhase::Idle).into()]);
    let model = Model::scripted(script.clone());
    assert_eq!(model.complete(&question()).await.expect("the first answer").usage, usage);
    assert_eq!(model.complete(&question()).await, Err(Error::timed_out(TimeoutPhase::Idle)));
    assert!(matches!(model.complete(&question()).await, Err(Error::BadReply { .. })));
    assert_eq!(script.calls(), 3);
}

#[tokio::test]
async fn an_answer_waits_behind_its_gate() {
    let gate = Gate::closed();
    let door = gate.clone();
    let script = Script::new(move |_| ScriptedAnswer::text("late").behind(&door));
    let model = Model::scripted(script.clone());
    let request = question();
    let opening = async {
        script.called(1).await;
        gate.open();
    };
    let (reply, ()) = join(model.complete(&request), opening).await;
    assert_eq!(reply.expect("the gate was opened").text, "late");
}

#[tokio::test]
async fn an_answer_can_be_any_future() {
    let script = Script::new(|request: &Request| {
        let usage = Usage::estimate(request, "made");
        let reply = Reply { text: "made".into(), usage, model: "future".into(), latency: std::time::Duration::ZERO };
        async move { Ok(reply) }.boxed()
    });
    assert_eq!(Model::scripted(script).complete(&question()).await.expect("a reply").model, "future");
}

#[tokio::test]
async fn a_script_streams_and_can_be_cut() {
    let answers =
        [ScriptedAnswer::text("one two"), ScriptedAnswer::cut_after("one ", Error::timed_out(TimeoutPhase::Idle))];
    let model = Model::scripted(Script::queue(answers));
    let whole = model.stream(&question()).collect::<Vec<_>>().await;
    assert_eq!(whole[..2], [Ok(Chunk::Text("one ".into())), Ok(Chunk::Text("two".into()))]);
    assert!(matches!(&whole[2..], [Ok(Chunk::Done(reply))] if reply.text == "one two"), "{whole:?}");
    let cut = model.stream(&question()).collect::<Vec<_>>().await;
    assert_eq!(cut, [Ok(Chunk::Text("one ".into())), Err(Error::timed_out(TimeoutPhase::Idle))]);
}
