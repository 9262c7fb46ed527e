//! How a program ended, in words for whoever wrote it.

use std::time::Duration;

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It came to its end.
    Finished,
    /// It ended with an error: an exception that nothing caught, a mistake in the grammar, an exit code other than 0.
    Failed,
    /// It was stopped because it did not end.
    OutOfTime {
        /// The bound that it reached: of processor time, or of time on the clock.
        after: Duration,
    },
    /// It wanted more memory than it may have.
    OutOfMemory,
    /// It was stopped because it printed more than is kept.
    TooMuchOutput,
    /// Its calls were nested deeper than the interpreter can bear.
    TooDeep,
    /// It was ended by a signal, for a reason that is not known.
    Killed {
        /// The number of the signal.
        signal: i32,
    },
}

impl Ended {
    /// Whether the program came to its end without an error.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Finished)
    }

    /// One or two sentences for the person who wrote the program.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Finished => "The program ran to its end.".to_owned(),
            Self::Failed => "The program ended with an error. Its last lines say where.".to_owned(),
            Self::OutOfTime { after } => {
                let seconds = after.as_secs_f64();
                let unit = if seconds == 1.0 { "second" } else { "seconds" };
                format!("The program ran for {seconds} {unit} without ending. Is there a loop that never stops?")
            }
            Self::OutOfMemory => {
                "The program needed more memory than it may use. Is there a list or a text that never stops growing?"
                    .to_owned()
            }
            Self::TooMuchOutput => {
                "The program printed more than can be shown and was stopped. Is there a loop that never stops?".to_owned()
            }
            Self::TooDeep => {
                "The program called itself too many times. Does the function that calls itself have a case where it stops?"
                    .to_owned()
            }
            Self::Killed { signal } => {
                format!("The program was stopped by the system (signal {signal}). Please try it once more.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_as_people_say_it() {
        let told = |milliseconds| Ended::OutOfTime { after: Duration::from_millis(milliseconds) }.message();
        assert!(told(2000).starts_with("The program ran for 2 seconds without"), "{}", told(2000));
        assert!(told(1000).starts_with("The program ran for 1 second without"), "{}", told(1000));
        assert!(told(1500).starts_with("The program ran for 1.5 seconds without"), "{}", told(1500));
    }
}
