//! Runs a small program that nobody has read in a jailed child process with bounds on all it may use.
//!
//! Python runs in the CPython that the operator installed, JavaScript in a QuickJS that is part of this program. Both run
//! in a child that is this very program started again with a hidden word on its command line: a server has many threads,
//! and nothing safe can be done between a `fork` and an `exec` there. The child has one thread, reads what to do from its
//! standard input, takes everything from itself that a program of an exercise does not need, and then becomes the
//! interpreter. Where one layer cannot be set up nothing is run; a program never runs with half a jail.
//!
//! The layers, from the outside:
//!
//! - the parent's clock and ears: the child is killed when it takes too long or says too much, and when nobody waits any
//!   longer. It dies with the server as well;
//! - no rights: a user other than root, no groups, no capabilities, no way to gain them again;
//! - resource limits of the kernel: processor time, memory, stack, files, processes, core dumps;
//! - Landlock: Python may read its own library; JavaScript may open nothing at all. No writing, no `/proc`, no home;
//! - seccomp: a list of the system calls that an interpreter needs. All others fail: no network, no process, no thread,
//!   no signal to others;
//! - an empty environment, and no open descriptor but the three standard ones.
//!
//! In reading order:
//!
//! - [`Sandbox`]: what callers hold; [`Program`], [`Limits`], [`Ran`], [`Ended`], [`Parsed`], [`SandboxError`]: what goes
//!   in and what comes out.
//! - `order`: what the parent says to the child.
//! - `running`, `verdict`: the parent's side of one child.
//! - `child`, `jail`: the child's side: [`jailed_main`] and the layers.
//! - `python`, `javascript`: what is special to one language.
//!
//! **Invariants.** No thread exists in the child before the jail is closed. The parent never trusts what a child prints.
//! A program that started has run in the whole jail.

mod child;
mod ended;
mod error;
mod jail;
mod javascript;
mod language;
mod order;
mod program;
mod python;
mod running;
mod sandbox;
mod verdict;

pub use child::jailed_main;
pub use ended::Ended;
pub use error::SandboxError;
pub use language::Language;
pub use program::{Limits, Parsed, Program, Ran};
pub use running::Jailer;
pub use sandbox::Sandbox;
