//! What the process was started with: its environment variables and the platform's directories, as one value.
//!
//! This is the only place in the program that asks the process for them. Everything else takes an [`Environment`], so a
//! test sees the variables that it names and no others.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::error::ConfigError;

/// What the program's own variables begin with.
pub(super) const PREFIX: &str = "SKILLSYNC_";

/// The variable that names the user file.
pub(super) const FILE_VARIABLE: &str = "SKILLSYNC_CONFIG";

/// Variables of the tests themselves, such as the address of a database to test on; they are no settings.
const TEST_PREFIX: &str = "SKILLSYNC_TEST_";

/// Where files go on a machine that names no directory for the user, as in a bare container.
const FALLBACK_DATA_DIR: &str = "skillsync-data";

/// Environment variables and platform directories.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: Variables,
    config_dir: Option<PathBuf>,
    data_dir: Option<PathBuf>,
}

/// A map whose `Debug` shows names only, for any variable may hold a secret.
#[derive(Clone, Default)]
struct Variables(BTreeMap<String, OsString>);

impl std::fmt::Debug for Variables {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the process environment")]
    pub fn from_process() -> Self {
        let variables = std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value)).collect();
        let directories = directories::ProjectDirs::from("", "", "skillsync");
        Self {
            variables: Variables(variables),
            config_dir: directories.as_ref().map(|found| found.config_dir().to_owned()),
            data_dir: directories.as_ref().map(|found| found.data_dir().to_owned()),
        }
    }

    /// An environment of exactly these variables, and no platform directories.
    #[must_use]
    pub fn from_map(variables: BTreeMap<String, String>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name, value.into())).collect();
        Self { variables: Variables(variables), ..Self::default() }
    }

    /// The same environment on a platform whose configuration directory is `directory`.
    #[must_use]
    pub fn with_config_dir(self, directory: PathBuf) -> Self {
        Self { config_dir: Some(directory), ..self }
    }

    /// The same environment on a platform whose data directory is `directory`.
    #[must_use]
    pub fn with_data_dir(self, directory: PathBuf) -> Self {
        Self { data_dir: Some(directory), ..self }
    }

    /// Sets a variable to any bytes, as an operating system can.
    #[cfg(test)]
    pub(super) fn set_raw(&mut self, name: &str, value: OsString) {
        self.variables.0.insert(name.to_owned(), value);
    }

    /// A variable's value; an empty one counts as not set, because that is how a shell or compose file blanks one.
    pub(super) fn get(&self, name: &str) -> Result<Option<&str>, ConfigError> {
        let Some(value) = self.variables.0.get(name).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        value.to_str().map(Some).ok_or_else(|| ConfigError::NotUnicode {
            name: name.to_owned(),
            hint: "set it again, or put the setting into the configuration file".to_owned(),
        })
    }

    /// The program's own variables that ought to be settings.
    pub(super) fn setting_variables(&self) -> impl Iterator<Item = &str> {
        let set = self.variables.0.iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, _)| name.as_str())
            .filter(|name| name.starts_with(PREFIX) && *name != FILE_VARIABLE && !name.starts_with(TEST_PREFIX))
    }

    /// Where the user file is looked for when nobody names one.
    pub(super) fn usual_config_file(&self) -> Option<PathBuf> {
        self.config_dir.as_ref().map(|directory| directory.join("config.toml"))
    }

    /// The data directory when no setting names one.
    pub(super) fn usual_data_dir(&self) -> &Path {
        self.data_dir.as_deref().unwrap_or(Path::new(FALLBACK_DATA_DIR))
    }
}

/// The file that this program was started from; none where the system does not say.
pub fn own_program() -> Option<PathBuf> {
    std::env::current_exe().ok()
}
