//! Why a program was not run.

use std::io;

use crate::Language;

/// Why a program was not run. It says nothing about the program.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// This machine cannot run programs in this language, today or ever.
    #[error("{language} cannot be run here: {why}")]
    Unavailable {
        /// The language.
        language: Language,
        /// What is missing, for the operator.
        why: String,
    },
    /// The machine could, but this time something went wrong, such as too many processes.
    #[error("the program could not be started")]
    Broken(#[from] io::Error),
}
