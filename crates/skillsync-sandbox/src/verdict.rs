//! From what was heard of a child to how its program ended.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::sys::signal::Signal;

use crate::order::{OUT_OF_MEMORY, TOO_DEEP};
use crate::running::{Heard, Stopped};
use crate::{Ended, Limits, Ran};

/// What a caller gets of what was heard.
pub(crate) fn ran(heard: &Heard, limits: &Limits) -> Ran {
    let truncated = matches!(heard.stopped, Stopped::TooMuchOutput);
    Ran {
        output: text(&heard.output, truncated),
        errors: text(&heard.errors, truncated),
        ended: ended(heard, limits),
        truncated,
    }
}

fn ended(heard: &Heard, limits: &Limits) -> Ended {
    match heard.stopped {
        Stopped::TooMuchOutput => Ended::TooMuchOutput,
        Stopped::OutOfTime => Ended::OutOfTime { after: limits.wall },
        Stopped::Exited(status) => exited(status, heard, limits),
    }
}

fn exited(status: ExitStatus, heard: &Heard, limits: &Limits) -> Ended {
    if let Some(signal) = status.signal() {
        return match Signal::try_from(signal) {
            Ok(Signal::SIGXCPU) => Ended::OutOfTime { after: limits.cpu },
            // A program that ignores the first warning is killed at the next second.
            Ok(Signal::SIGKILL) if heard.took >= limits.cpu => Ended::OutOfTime { after: limits.cpu },
            // Nobody else kills a jailed child but the kernel when the whole machine has no memory left.
            Ok(Signal::SIGKILL) => Ended::OutOfMemory,
            // The stack has an end, and an interpreter that does not notice runs against it.
            Ok(Signal::SIGSEGV | Signal::SIGBUS) => Ended::TooDeep,
            _ => Ended::Killed { signal },
        };
    }
    match status.code() {
        Some(0) => Ended::Finished,
        Some(code) if code == i32::from(OUT_OF_MEMORY) => Ended::OutOfMemory,
        Some(code) if code == i32::from(TOO_DEEP) => Ended::TooDeep,
        _ => Ended::Failed,
    }
}

/// The bytes as text. A cut may have gone through a character: what is left of it is dropped.
fn text(bytes: &[u8], cut: bool) -> String {
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if cut && error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    };
    String::from_utf8_lossy(whole).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_not_cut_in_half() {
        assert_eq!(text("aä".as_bytes(), true), "aä");
        assert_eq!(text(&"aä".as_bytes()[..2], true), "a");
        assert_eq!(text(&"aä".as_bytes()[..2], false), "a\u{FFFD}");
        assert_eq!(text(b"a\xFFb", true), "a\u{FFFD}b");
    }
}
