//! What is said when a configuration cannot be used: the place, the cause, and what to do about it.

use std::{fmt, path::PathBuf};

use super::key_path::KeyPath;

/// Why the configuration could not be loaded.
///
/// `Display` is the whole message, its `hint:` line included: print it and stop. No message holds a secret's value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The user file cannot be opened, or is not UTF-8.
    #[error("{}: cannot read the configuration file: {cause}\nhint: {hint}", path.display())]
    Unreadable {
        /// The file as it was named.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
        /// What to do about it.
        hint: String,
    },
    /// The user file is not TOML.
    #[error("{place}: not valid TOML: {problem}\nhint: {hint}")]
    Syntax {
        /// File and line.
        place: Origin,
        /// What the parser expected; it quotes nothing from the file.
        problem: String,
        /// What to do about it.
        hint: String,
    },
    /// A file, variable or flag names a setting that does not exist.
    #[error("{place}: there is no setting {name}\nhint: {hint}")]
    UnknownSetting {
        /// Who named it.
        place: Origin,
        /// The name as given.
        name: String,
        /// The nearest name that exists.
        hint: String,
    },
    /// A variable has the program's prefix but belongs to no setting.
    #[error("environment variable {name}: no setting has this variable\nhint: {hint}")]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The nearest variable that exists.
        hint: String,
    },
    /// A variable that is needed holds bytes that are not UTF-8.
    #[error("environment variable {name}: its value is not UTF-8\nhint: {hint}")]
    NotUnicode {
        /// The variable.
        name: String,
        /// What to do about it.
        hint: String,
    },
    /// A setting has a value that it cannot take.
    #[error("{place}: {setting} {problem}\nhint: {hint}")]
    InvalidValue {
        /// Who set it.
        place: Origin,
        /// The setting's dotted path.
        setting: String,
        /// What it must be, and what it is unless that is secret.
        problem: String,
        /// What to do about it.
        hint: String,
    },
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The defaults in the program.
    Defaults,
    /// A line of the user file, counted from 1.
    File {
        /// The file as it was named.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// An environment variable, by name.
    Environment(String),
    /// A command-line flag, by name.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defaults => formatter.write_str("built-in config.default.toml"),
            Self::File { path, line } => write!(formatter, "{}:{line}", path.display()),
            Self::Environment(name) => write!(formatter, "environment variable {name}"),
            Self::Flag(name) => write!(formatter, "flag {name}"),
        }
    }
}

impl ConfigError {
    /// An error about `setting` as it was found at `place`.
    pub(super) fn invalid_value(place: Origin, setting: &KeyPath, problem: String) -> Self {
        let hint = super::catalogue::Catalogue::embedded().advice_for(setting);
        Self::InvalidValue { place, setting: setting.to_string(), problem, hint }
    }

    /// An error about a name that no setting has.
    pub(super) fn unknown_setting(place: Origin, name: &KeyPath) -> Self {
        let hint = super::catalogue::Catalogue::embedded().nearest_setting(name);
        Self::UnknownSetting { place, name: name.to_string(), hint }
    }
}
