//! The languages that can be run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language whose programs can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// CPython, as it is installed on the machine.
    Python,
    /// JavaScript in QuickJS, with what of Node.js a beginner meets: `console`, timers, `process.stdout`.
    JavaScript,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Python, Self::JavaScript];

    /// The language with this name, which is the name of [`Language::name`]; none where it cannot be run.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }

    /// The name in lower case, as code blocks are marked with it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "javascript",
        }
    }

    /// The file that errors of a program name, although there is none.
    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Self::Python => "program.py",
            Self::JavaScript => "program.js",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
        })
    }
}
