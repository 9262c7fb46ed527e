//! A short run of the trials, as part of the tests: the real program, killed, frozen, starved and crowded a few times.
//!
//! All but the restarts of PostgreSQL, whose server the other tests use at the same time; `cargo xtask faults` holds those.

use std::process::Command;

/// The kinds of trials that are held.
const KINDS: &str = "calm,boundary,step,freeze,stop,failing,rounds,shared-rounds,budget";

#[test]
fn what_must_hold_holds_in_a_short_run() {
    let mut trials = Command::new(env!("CARGO_BIN_EXE_skillsync-faults"));
    trials.args(["--kind", KINDS, "--seed", "1", "--trials", "1", "--rounds", "2", "--waiters", "100", "--jobs", "4"]);
    // Other tests run at the same time, and no test passes or fails by the time that it takes.
    trials.arg("--untimed");
    let output = trials.output().expect("the trials can be started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}
