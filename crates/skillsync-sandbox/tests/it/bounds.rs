//! Programs that want too much are ended, with a sentence that says what they wanted.

use std::time::Duration;

use skillsync_sandbox::{Ended, Language, Limits, Ran, Sandbox};

use crate::{expect_unharmed, jailer, limits, run, sandbox};

const BOTH: [Language; 2] = Language::ALL;

/// Runs one program in each language.
async fn each(programs: [&str; 2]) -> [Ran; 2] {
    let sandbox = sandbox();
    let [python, javascript] = programs;
    let ran = [run(&sandbox, BOTH[0], python).await, run(&sandbox, BOTH[1], javascript).await];
    expect_unharmed(&sandbox).await;
    ran
}

fn out_of_time() -> Ended {
    Ended::OutOfTime { after: limits().cpu }
}

#[tokio::test]
async fn a_loop_without_end_is_stopped_and_what_it_printed_is_kept() {
    for ran in each(["print('before')\nwhile True: pass", "console.log('before'); for (;;);"]).await {
        assert_eq!((ran.ended, ran.output.as_str()), (out_of_time(), "before\n"));
        assert!(ran.ended.message().contains("1 second without ending"), "{}", ran.ended.message());
    }
}

#[tokio::test]
async fn a_warning_that_is_ignored_does_not_help() {
    let ran = run(
        &sandbox(),
        Language::Python,
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
    )
    .await;
    assert_eq!(ran.ended, out_of_time());
}

#[tokio::test]
async fn patterns_and_sums_without_end_are_stopped() {
    let pattern = ["import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')", "/^(a+)+$/.test('a'.repeat(64) + 'b')"];
    assert_eq!(each(pattern).await.map(|ran| ran.ended), [out_of_time(); 2]);
    for ran in each(["print(9 ** 9 ** 9 % 10)", "console.log(9n ** (9n ** 9n) % 10n)"]).await {
        assert!(matches!(ran.ended, Ended::OutOfTime { .. } | Ended::OutOfMemory | Ended::Failed), "{ran:?}");
    }
}

#[tokio::test]
async fn memory_has_a_bound() {
    let at_once = ["data = 'x' * 10 ** 10", "new Array(1e9).fill(0)"];
    let by_and_by = [
        "data = []\nwhile True:\n    data.append(bytearray(10 ** 6))",
        "let data = []; for (;;) data.push(new Uint8Array(1e6))",
    ];
    for programs in [at_once, by_and_by] {
        for ran in each(programs).await {
            assert_eq!(ran.ended, Ended::OutOfMemory, "{ran:?}");
            assert!(ran.ended.message().contains("memory"), "{}", ran.ended.message());
        }
    }
}

#[tokio::test]
async fn output_has_a_bound() {
    let lines = ["while True: print('again')", "for (;;) console.log('again')"];
    let errors = ["import sys\nwhile True: sys.stderr.write('again\\n')", "for (;;) console.error('again')"];
    let at_once = ["print('é' * 10 ** 6)", "console.log('é'.repeat(1e6))"];
    for programs in [lines, errors, at_once] {
        for ran in each(programs).await {
            assert_eq!((ran.ended, ran.truncated), (Ended::TooMuchOutput, true));
            let kept = ran.output.len() + ran.errors.len();
            assert!((limits().output_bytes - 1..=limits().output_bytes + 1).contains(&kept), "{kept} bytes");
            assert!(!ran.output.contains('\u{FFFD}'), "a character was cut in half");
        }
    }
}

#[tokio::test]
async fn calls_cannot_nest_for_ever() {
    let programs = ["def f(n):\n    return f(n + 1) + 1\nf(0)", "function f(n) { return f(n + 1) + 1 }\nf(0)"];
    for ran in each(programs).await {
        assert_eq!(ran.ended, Ended::TooDeep, "{ran:?}");
        assert!(ran.errors.len() < 4000, "{} bytes of trace", ran.errors.len());
        assert!(ran.ended.message().contains("called itself"), "{}", ran.ended.message());
    }
}

#[tokio::test]
async fn an_interpreter_that_crashes_takes_nobody_with_it() {
    let source = "import sys\nsys.setrecursionlimit(10 ** 9)\nclass A:\n    def __add__(self, other): return self + other\nA() + A()";
    let ran = &each([source, "let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep]; String(deep)"]).await;
    // How far a stack carries depends on the interpreter's build; that it ends, and how a learner is told, does not.
    assert!(matches!(ran[0].ended, Ended::TooDeep | Ended::OutOfMemory | Ended::OutOfTime { .. }), "{:?}", ran[0]);
    assert_eq!(ran[1].ended, Ended::TooDeep, "{:?}", ran[1]);
}

#[tokio::test]
async fn waiting_is_bounded_by_the_clock() {
    let limits = Limits { wall: Duration::from_secs(4), ..limits() };
    let sandbox = Sandbox::new(jailer(&[]), limits, 1);
    let ran = run(&sandbox, Language::Python, "import time\ntime.sleep(3600)").await;
    assert_eq!(ran.ended, Ended::OutOfTime { after: limits.wall });
}
