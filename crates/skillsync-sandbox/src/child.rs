//! The child's whole life: reads the order, closes the jail around itself, and becomes the interpreter.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::process::ExitCode;

use crate::jail::{self, Sealed};
use crate::order::{Order, Task};
use crate::{Language, javascript, python};

/// What goes wrong before the jail is closed has this exit code; the parent looks at the missing mark, not at it.
const NO_JAIL: u8 = 119;

/// Does what the order on standard input says. It must be called before any thread exists, and only in a process that
/// was started for it: what it takes from the process never comes back.
#[must_use]
pub fn jailed_main() -> ExitCode {
    match obey() {
        Ok(never) => match never {},
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(NO_JAIL)
        }
    }
}

/// Comes back only with the reason why nothing was run.
fn obey() -> io::Result<Infallible> {
    // The standard library's own input reads ahead, and what comes after the order belongs to the interpreter.
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let order = Order::read(&mut input)?;
    match order.language {
        Language::Python => {
            drop(input);
            let start = python::Start::new(&order)?;
            let Sealed = jail::close(&order, Some(start.executable()))?;
            Err(start.exec())
        }
        Language::JavaScript => {
            let mut source = vec![0; order.source_bytes];
            input.read_exact(&mut source)?;
            drop(input);
            let Sealed = jail::close(&order, None)?;
            let engine = javascript::Engine::new(order.memory_bytes).map_err(io::Error::other)?;
            match order.task {
                Task::Run => engine.run(source),
                Task::Parse => engine.parse(&source),
            }
        }
    }
}
