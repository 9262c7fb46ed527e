//! The failures of the contract.

use std::time::Duration;

use skillsync_llm::{Error, TimeoutPhase, Timeouts};

use super::wire::Recording;
use crate::server::{Answer, KEY, Then};

/// A failure that every provider can show: what the server does, how long it is waited for, and what that is called.
pub struct Case {
    pub name: &'static str,
    pub answer: fn(&Recording) -> Answer,
    pub timeouts: fn(Timeouts) -> Timeouts,
    pub expected: fn(&Recording, &Error) -> bool,
}

/// Too little time for what never comes.
pub const LITTLE: Duration = Duration::from_millis(20);

fn patient(timeouts: Timeouts) -> Timeouts {
    timeouts
}

fn failing(recording: &Recording, status: u16) -> Answer {
    Answer::Whole(status, &[("retry-after", "7")], (recording.failure)(&format!("{KEY} made it fail")).to_string())
}

pub fn is_limited(error: &Error) -> bool {
    *error == Error::RateLimited { retry_after: Some(Duration::from_secs(7)) }
}

fn is_failed(error: &Error, expected: u16) -> bool {
    // Nothing was generated, so nothing was used.
    matches!(error, Error::ServerError { status, usage: None, .. } if *status == expected)
        && error.retry_after() == Some(Duration::from_secs(7))
}

/// Time was up in this phase, after the question had arrived.
fn is_late(error: &Error, expected: TimeoutPhase) -> bool {
    let Error::Timeout { phase, usage: Some(usage) } = error else { return false };
    *phase == expected && usage.input_tokens > 0 && !usage.exact
}

/// All of them. Each provider shows each, whichever way it is asked.
pub const CASES: &[Case] = &[
    Case {
        name: "a limit, in the provider's own words",
        answer: |recording| (recording.limited)(),
        timeouts: patient,
        expected: |_, error| is_limited(error) && error.is_retryable(),
    },
    Case {
        name: "a limit with seconds to wait",
        answer: |recording| failing(recording, 429),
        timeouts: patient,
        expected: |_, error| is_limited(error),
    },
    Case {
        name: "a failure",
        answer: |recording| failing(recording, 500),
        timeouts: patient,
        expected: |_, error| is_failed(error, 500) && error.is_retryable(),
    },
    Case {
        name: "a server that is not available",
        answer: |recording| failing(recording, 503),
        timeouts: patient,
        expected: |_, error| is_failed(error, 503),
    },
    Case {
        name: "a server that is overloaded",
        answer: |recording| failing(recording, 529),
        timeouts: patient,
        expected: |_, error| is_failed(error, 529),
    },
    Case {
        name: "a wrong key",
        answer: |recording| (recording.unauthorized)(),
        timeouts: patient,
        expected: |_, error| *error == Error::Unauthorized && !error.is_retryable(),
    },
    Case {
        name: "silence",
        answer: |_| Answer::Silence,
        timeouts: |timeouts| Timeouts { first_byte: LITTLE, ..timeouts },
        expected: |_, error| is_late(error, TimeoutPhase::FirstByte),
    },
    Case {
        name: "silence after the headers",
        answer: |_| Answer::Stream(Vec::new(), Then::Hang),
        timeouts: |timeouts| Timeouts { first_byte: LITTLE, ..timeouts },
        expected: |_, error| is_late(error, TimeoutPhase::FirstByte),
    },
    Case {
        name: "silence after the first byte",
        answer: |recording| Answer::Stream(recording.good.pieces[..2].to_vec(), Then::Hang),
        timeouts: |timeouts| Timeouts { idle: LITTLE, ..timeouts },
        expected: |_, error| is_late(error, TimeoutPhase::Idle),
    },
    Case {
        name: "an answer that takes too long as a whole",
        answer: |recording| Answer::Stream(recording.good.pieces[..2].to_vec(), Then::Hang),
        timeouts: |timeouts| Timeouts { total: LITTLE, ..timeouts },
        expected: |_, error| is_late(error, TimeoutPhase::Total),
    },
    Case {
        name: "a page of a web server",
        answer: |_| Answer::Whole(200, &[("content-type", "text/html")], format!("<html>Welcome, {KEY}</html>")),
        timeouts: patient,
        expected: |_, error| matches!(error, Error::BadReply { usage: Some(_), .. }),
    },
    Case {
        name: "half a reply",
        answer: |recording| {
            let whole = recording.good.whole.to_string();
            Answer::Whole(200, &[("content-type", "application/json")], whole[..whole.len() / 2].to_owned())
        },
        timeouts: patient,
        expected: |_, error| matches!(error, Error::BadReply { usage: Some(_), .. }),
    },
    Case {
        name: "a huge body",
        answer: |_| Answer::Whole(200, &[("content-type", "application/json")], " ".repeat(5 * 1024 * 1024)),
        timeouts: patient,
        expected: |_, error| matches!(error, Error::TooLarge { limit_bytes: 4_194_304, usage: Some(_) }),
    },
    Case {
        name: "a refusal",
        answer: |recording| recording.refused.whole(),
        timeouts: patient,
        expected: |recording, error| {
            matches!(error, Error::Refused { .. }) && error.usage() == Some(recording.refused.usage)
        },
    },
    Case {
        name: "an answer that is cut off at its limit",
        answer: |recording| recording.truncated.whole(),
        timeouts: patient,
        expected: |recording, error| *error == Error::Truncated { usage: recording.truncated.usage },
    },
];
