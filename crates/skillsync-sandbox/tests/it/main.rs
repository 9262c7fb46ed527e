//! The sandbox from the outside: real programs in the real jail.

mod bounds;
mod console_javascript;
mod escapes;
mod life;
mod ordinary_javascript;
mod ordinary_python;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use skillsync_sandbox::{Jailer, Language, Limits, Program, Ran, Sandbox};

/// The child that this package brings for its tests. What it is called with, it ignores.
fn jailer(arguments: &[&str]) -> Jailer {
    Jailer {
        program: PathBuf::from(env!("CARGO_BIN_EXE_skillsync-jail")),
        arguments: arguments.iter().map(OsString::from).collect(),
    }
}

/// Little processor time, so that what never ends is soon over, and much time on the clock, so that a busy machine
/// changes nothing.
fn limits() -> Limits {
    Limits { cpu: Duration::from_secs(1), wall: Duration::from_secs(60), ..Limits::default() }
}

fn sandbox() -> Sandbox {
    Sandbox::new(jailer(&[]), limits(), 2)
}

async fn run(sandbox: &Sandbox, language: Language, source: &str) -> Ran {
    let ran = sandbox.run(&Program { language, source, input: "" }).await;
    ran.unwrap_or_else(|error| panic!("{error}: {source}"))
}

/// The machine is as it was before: an ordinary program still runs.
async fn expect_unharmed(sandbox: &Sandbox) {
    let python = run(sandbox, Language::Python, "print(sum(range(5)))").await;
    assert_eq!((python.output.as_str(), python.ended.is_good()), ("10\n", true), "{python:?}");
    let javascript = run(sandbox, Language::JavaScript, "console.log([1, 2].length)").await;
    assert_eq!((javascript.output.as_str(), javascript.ended.is_good()), ("2\n", true), "{javascript:?}");
}

/// An ordinary program, what it reads, and what it prints.
struct Example {
    source: &'static str,
    input: &'static str,
    output: &'static str,
}

/// Each program ends well and prints exactly this.
async fn expect(language: Language, examples: &[Example]) {
    let sandbox = sandbox();
    let mut wrong = Vec::new();
    for example in examples {
        let program = Program { language, source: example.source, input: example.input };
        let ran = sandbox.run(&program).await.expect("the sandbox runs programs");
        if ran.output != example.output || !ran.ended.is_good() || !ran.errors.is_empty() {
            wrong.push(format!("{}\n--- printed ---\n{}\n--- and ---\n{}", example.source, ran.output, ran.errors));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), examples.len(), wrong.join("\n=====\n"));
}
