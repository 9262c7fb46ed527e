//! The jailed child alone, for the tests of this crate; the platform's own program does the same at its hidden command.

use std::process::ExitCode;

fn main() -> ExitCode {
    skillsync_sandbox::jailed_main()
}
