//! What goes into the sandbox and what comes out.

use std::time::Duration;

use crate::{Ended, Language};

/// A program to run.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    /// The language that it is written in.
    pub language: Language,
    /// Its text.
    pub source: &'a str,
    /// What it reads from its standard input.
    pub input: &'a str,
}

/// What a program may use before it is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Processor time, in whole seconds: the kernel counts no finer, so a part of a second counts as a whole one.
    pub cpu: Duration,
    /// Time on the clock, from the start of the process.
    pub wall: Duration,
    /// Memory. Python needs about 20 MiB for itself.
    pub memory_bytes: u64,
    /// Standard output and standard error, each.
    pub output_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(2),
            wall: Duration::from_secs(6),
            memory_bytes: 256 * 1024 * 1024,
            output_bytes: 64 * 1024,
        }
    }
}

/// A program that has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// What it printed, as far as it was read: at most [`Limits::output_bytes`]. Bytes that are no UTF-8 are replaced.
    pub output: String,
    /// What it printed to standard error, bounded alike: the trace of an exception, for one.
    pub errors: String,
    /// How it ended.
    pub ended: Ended,
    /// Whether it printed more than was kept.
    pub truncated: bool,
}

/// Whether a program can be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// It can.
    Good,
    /// It cannot.
    Bad {
        /// The interpreter's own message, with the line.
        message: String,
    },
}
