//! How programs come and go: errors, input, syntax, places, children that nobody waits for, machines that cannot.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use skillsync_sandbox::{Ended, Jailer, Language, Parsed, Program, Ran, Sandbox, SandboxError};

use crate::{expect_unharmed, jailer, limits, run, sandbox};

#[tokio::test]
async fn an_error_names_the_line_and_nothing_of_ours() {
    let sandbox = sandbox();
    let ran = run(&sandbox, Language::Python, "def half(n):\n    return n / 0\n\nprint('start')\nhalf(4)\n").await;
    assert_eq!((ran.ended, ran.output.as_str()), (Ended::Failed, "start\n"));
    assert!(
        ran.errors.starts_with(
            "Traceback (most recent call last):\n  File \"program.py\", line 5, in <module>\n    half(4)\n"
        ),
        "{}",
        ran.errors
    );
    assert!(ran.errors.contains("File \"program.py\", line 2, in half\n    return n / 0\n"), "{}", ran.errors);
    assert!(ran.errors.ends_with("ZeroDivisionError: division by zero\n"), "{}", ran.errors);
    assert!(!ran.errors.contains("<string>"), "{}", ran.errors);

    let source = "function half(n) {\n  throw new RangeError(`not ${n}`);\n}\nconsole.log('start');\nhalf(4);\n";
    let ran = run(&sandbox, Language::JavaScript, source).await;
    assert_eq!((ran.ended, ran.output.as_str()), (Ended::Failed, "start\n"));
    let expected = "RangeError: not 4\n    at half (program.js:2:31)\n    at <eval> (program.js:5:1)\n";
    assert_eq!(ran.errors, expected);
}

#[tokio::test]
async fn every_way_to_fail_is_a_failure() {
    let sandbox = sandbox();
    for (language, source, expected) in [
        (Language::Python, "import sys\nsys.exit(3)", ""),
        (Language::Python, "exit('sorry')", "sorry\n"),
        (Language::Python, "raise SystemExit(1)", ""),
        (Language::Python, "import os\nos._exit(4)", ""),
        (Language::JavaScript, "process.exit(3)", ""),
        (Language::JavaScript, "process.exitCode = 2", ""),
        (Language::JavaScript, "throw 'text'", "Uncaught 'text'\n"),
        (Language::JavaScript, "Promise.reject(5)", "Uncaught 5\n"),
        (Language::JavaScript, "setTimeout(() => { throw { a: 1 } }, 5)", "Uncaught { a: 1 }\n"),
        (
            Language::JavaScript,
            "await new Promise(() => {})",
            "Warning: the program still waits at an `await` for something that never comes.\n",
        ),
    ] {
        let ran = run(&sandbox, language, source).await;
        assert_eq!((ran.ended, ran.errors.as_str()), (Ended::Failed, expected), "{source}");
    }
    for (language, source) in [
        (Language::Python, "exit()"),
        (Language::Python, "import sys\nsys.exit(0)"),
        (Language::JavaScript, "process.exit()"),
    ] {
        assert_eq!(run(&sandbox, language, source).await.ended, Ended::Finished, "{source}");
    }
}

#[tokio::test]
async fn the_order_of_a_set_is_the_same_each_time() {
    let sandbox = sandbox();
    let source = "print({'ada', 'grace', 'alan', 'edsger', 'barbara', 'donald'})";
    let first = run(&sandbox, Language::Python, source).await;
    for _ in 0..3 {
        assert_eq!(run(&sandbox, Language::Python, source).await, first);
    }
}

#[tokio::test]
async fn parsing_runs_nothing_and_names_the_line() {
    let sandbox = sandbox();
    for (language, source) in [
        (Language::Python, "print('ran')\nimport nothing_like_this\nwhile True: pass"),
        (Language::Python, ""),
        (Language::JavaScript, "console.log('ran'); nothing.like.this(); for (;;);"),
        (Language::JavaScript, "'use strict';\nlet a = 1;"),
        (Language::JavaScript, "import { readFile } from 'fs';\nexport default await readFile('x');"),
        (Language::JavaScript, "const answer = await fetch('x');"),
        (Language::JavaScript, ""),
    ] {
        assert_eq!(sandbox.parse(language, source).await.expect("it is tried"), Parsed::Good, "{source}");
    }
    for (language, source, line, error) in [
        (Language::Python, "x = 1\nprint('a'\n", "line 2", "SyntaxError"),
        (Language::Python, "if True:\nprint(1)\n", "line 2", "IndentationError"),
        (Language::Python, "return 5", "line 1", "SyntaxError"),
        (Language::JavaScript, "let x = 1;\nlet y = ;\n", "program.js:2:", "SyntaxError"),
        (Language::JavaScript, "'use strict';\nwith (a) {}", "program.js:2:", "SyntaxError"),
        (Language::JavaScript, "function f( {", "program.js:1:", "SyntaxError"),
    ] {
        let Parsed::Bad { message } = sandbox.parse(language, source).await.expect("it is tried") else {
            panic!("not bad: {source}");
        };
        assert!(message.contains(line) && message.contains(error), "{message}");
    }
    let deep = "(".repeat(100_000);
    for language in Language::ALL {
        assert!(matches!(sandbox.parse(language, &deep).await, Ok(Parsed::Bad { .. })), "{language}");
    }
    expect_unharmed(&sandbox).await;
}

#[tokio::test]
async fn a_program_may_leave_its_input_alone_or_be_large() {
    let sandbox = sandbox();
    let input = "line\n".repeat(200_000);
    for (language, source) in [(Language::Python, "print('done')"), (Language::JavaScript, "console.log('done')")] {
        let ran = sandbox.run(&Program { language, source, input: &input }).await.expect("it runs");
        assert_eq!(ran.output, "done\n");
    }
    let counts = [
        (Language::Python, "import sys\nprint(len(sys.stdin.readlines()))"),
        (Language::JavaScript, "let count = 0;\nwhile (prompt() !== null) count += 1;\nconsole.log(count);"),
    ];
    for (language, source) in counts {
        let ran = sandbox.run(&Program { language, source, input: &input }).await.expect("it runs");
        assert_eq!(ran.output, "200000\n", "{}", ran.errors);
    }
    for (language, comment, source) in
        [(Language::Python, "#", "print(1)"), (Language::JavaScript, "//", "console.log(1)")]
    {
        let source = format!("{}{source}", format!("{comment} {}\n", "x".repeat(1000)).repeat(300));
        assert_eq!(run(&sandbox, language, &source).await.output, "1\n");
    }
}

/// The processes whose command line holds these words.
fn processes(words: &str) -> Vec<Pid> {
    let entries = fs::read_dir("/proc").expect("processes are listed");
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let has_words = |id: &i32| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(words)
    };
    ids.filter(has_words).filter_map(Pid::from_raw).collect()
}

/// Lets a program run until its process is there, and then no further.
async fn until_started(run: &mut (impl Future<Output = Result<Ran, SandboxError>> + Unpin), words: &str) -> Pid {
    let found = async {
        loop {
            if let [id] = processes(words)[..] {
                return id;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        ended = run => panic!("it ended: {ended:?}"),
        id = found => id,
    }
}

#[tokio::test]
async fn a_program_that_nobody_waits_for_is_killed() {
    // The length of a Python program is on its command line, and a word of the jailer on that of the other.
    let python = format!("while True: pass\n#{}", "x".repeat(54_321));
    let javascript = Jailer { ..jailer(&["dropped-and-killed"]) };
    for (jailer, language, source, words) in [
        (jailer(&[]), Language::Python, python.as_str(), "\0".to_owned() + &python.len().to_string() + "\0run"),
        (javascript, Language::JavaScript, "for (;;);", "dropped-and-killed".to_owned()),
    ] {
        let sandbox = Sandbox::new(jailer, skillsync_sandbox::Limits { cpu: Duration::from_secs(60), ..limits() }, 1);
        sandbox.availability(language).await.expect("it can be run here");
        let program = Program { language, source, input: "" };
        let mut run = Box::pin(sandbox.run(&program));
        let id = until_started(&mut run, &words).await;
        let process = pidfd_open(id, PidfdFlags::empty()).expect("the process is there");
        drop(run);
        let patience = Timespec { tv_sec: 30, tv_nsec: 0 };
        let mut ended = [PollFd::new(&process, PollFlags::IN)];
        assert_eq!(poll(&mut ended, Some(&patience)).expect("it can be watched"), 1, "it still runs");
        expect_unharmed(&sandbox).await;
    }
}

#[tokio::test]
async fn no_more_run_at_once_than_there_are_places() {
    let limits = skillsync_sandbox::Limits { cpu: Duration::from_secs(60), ..limits() };
    let sandbox = Sandbox::new(jailer(&["one-place"]), limits, 1);
    sandbox.availability(Language::JavaScript).await.expect("it can be run here");
    let endless = Program { language: Language::JavaScript, source: "for (;;);", input: "" };
    let short = Program { language: Language::JavaScript, source: "console.log(1)", input: "" };
    let mut first = Box::pin(sandbox.run(&endless));
    let only = until_started(&mut first, "one-place").await;
    let mut second = Box::pin(sandbox.run(&short));
    for _ in 0..50 {
        tokio::select! {
            biased;
            ended = &mut second => panic!("it had no place: {ended:?}"),
            () = tokio::task::yield_now() => assert_eq!(processes("one-place"), [only]),
        }
    }
    drop(first);
    assert_eq!(second.await.expect("it has its place").output, "1\n");
}

#[tokio::test]
async fn what_cannot_be_jailed_is_not_run() {
    let why = async |jailer: Jailer| {
        let sandbox = Sandbox::new(jailer, limits(), 1);
        let reasons = [Language::JavaScript, Language::Python].map(async |language| {
            let told = sandbox.availability(language).await;
            assert!(matches!(told, Err(SandboxError::Unavailable { .. })), "{told:?}");
            let program = Program { language, source: "print(1)", input: "" };
            assert!(matches!(sandbox.run(&program).await, Err(SandboxError::Unavailable { .. })));
            told.expect_err("it cannot").to_string()
        });
        let [javascript, python] = reasons;
        [javascript.await, python.await]
    };
    let absent = Jailer { program: PathBuf::from("/nowhere/skillsync"), arguments: Vec::new() };
    for reason in why(absent).await {
        assert!(reason.contains("/nowhere/skillsync is not there to be started"), "{reason}");
    }
    let silent = Jailer { program: PathBuf::from("/bin/true"), arguments: Vec::new() };
    for reason in why(silent).await {
        assert!(reason.contains("it ended without a word"), "{reason}");
    }
    // A machine on which one layer cannot be set up: the stack may not be as large as it must be.
    let small = ["-c", "ulimit -Ss 1024 && ulimit -Hs 1024 && exec \"$0\"", env!("CARGO_BIN_EXE_skillsync-jail")];
    let small = Jailer { program: PathBuf::from("/bin/sh"), ..jailer(&small) };
    for reason in why(small).await {
        assert!(reason.contains("resource limits could not be set"), "{reason}");
    }
}

#[tokio::test]
async fn callers_are_tested_without_any_process() {
    let scripted = Sandbox::scripted(|program| Ran {
        output: program.input.to_uppercase(),
        errors: String::new(),
        ended: Ended::Finished,
        truncated: false,
    });
    let program = Program { language: Language::Python, source: "", input: "hello" };
    assert_eq!(scripted.clone().run(&program).await.expect("it answers").output, "HELLO");
    assert!(scripted.availability(Language::Python).await.is_ok());
    let off = Sandbox::none().run(&program).await.expect_err("nothing runs");
    assert_eq!(off.to_string(), "Python cannot be run here: running programs is switched off on this server");
}
