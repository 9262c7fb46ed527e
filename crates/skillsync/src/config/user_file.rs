//! The operator's own file: found, read, and every key in it known by its line.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::{
    catalogue::{Catalogue, Entry},
    environment::{Environment, FILE_VARIABLE},
    error::{ConfigError, Origin},
    key_path::KeyPath,
};

/// The file's values, and the line of each key.
#[derive(Debug)]
pub(super) struct UserFile {
    pub(super) values: toml::Table,
    path: PathBuf,
    lines: BTreeMap<KeyPath, usize>,
}

impl UserFile {
    /// Reads the file that the flag names, else the one that the environment names, else the platform's if it exists.
    ///
    /// A named file must exist: somebody expects its settings to hold.
    pub(super) fn find(flag: Option<PathBuf>, environment: &Environment) -> Result<Option<Self>, ConfigError> {
        let named = match flag {
            Some(path) => Some((path, "--config")),
            None => environment.get(FILE_VARIABLE)?.map(|path| (PathBuf::from(path), FILE_VARIABLE)),
        };
        if let Some((path, named_by)) = named {
            let text = read(&path, &format!("it was named by {named_by}"))?;
            return Self::parse(path, &text).map(Some);
        }
        // A file that cannot even be looked for is read all the same, so that the reason is told.
        match environment.usual_config_file().filter(|path| path.try_exists().unwrap_or(true)) {
            Some(path) => {
                let text = read(&path, "remove it, or let this user read it")?;
                Self::parse(path, &text).map(Some)
            }
            None => Ok(None),
        }
    }

    /// Parses the file and refuses keys that no setting has.
    pub(super) fn parse(path: PathBuf, text: &str) -> Result<Self, ConfigError> {
        let syntax_error = |error: toml::de::Error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            // The parser's own rendering would quote the line, which may hold a key.
            let problem = error.message().trim_end().to_owned();
            let hint = "write name = value, each name once, under a [table]; text stands in double quotes".to_owned();
            ConfigError::Syntax { place: Origin::File { path: path.clone(), line }, problem, hint }
        };
        let values = toml::from_str(text).map_err(syntax_error)?;
        let table = DeTable::parse(text).map_err(syntax_error)?;
        let mut lines = BTreeMap::new();
        collect_lines(text, table.get_ref(), &KeyPath::default(), &mut lines);
        let file = Self { values, path, lines };
        file.refuse_misplaced()?;
        Ok(file)
    }

    /// The place of a key in this file.
    pub(super) fn origin(&self, path: &KeyPath) -> Origin {
        Origin::File { path: self.path.clone(), line: self.lines.get(path).copied().unwrap_or(1) }
    }

    /// Refuses the first key, in the file's order, that the catalogue does not have where it stands.
    fn refuse_misplaced(&self) -> Result<(), ConfigError> {
        let catalogue = Catalogue::embedded();
        let mut in_file_order: Vec<_> = self.lines.iter().collect();
        in_file_order.sort_by_key(|(_, line)| **line);
        for (path, _) in in_file_order {
            match catalogue.entry(path) {
                Entry::Unknown if path.parent().is_some_and(|parent| catalogue.entry(&parent) == Entry::Table) => {
                    return Err(ConfigError::unknown_setting(self.origin(path), path));
                }
                Entry::Table if !self.is_table(path) => {
                    let problem = format!("must be a table: write [{path}] on a line of its own");
                    return Err(ConfigError::invalid_value(self.origin(path), path, problem));
                }
                // What stands inside an unknown table, or where a value belongs, is refused with its parent.
                Entry::Unknown | Entry::Table | Entry::Setting => {}
            }
        }
        Ok(())
    }

    fn is_table(&self, path: &KeyPath) -> bool {
        path.parts().iter().try_fold(&self.values, |table, part| table.get(part)?.as_table()).is_some()
    }
}

fn read(path: &Path, hint: &str) -> Result<String, ConfigError> {
    let unreadable = |cause| ConfigError::Unreadable { path: path.to_owned(), cause, hint: hint.to_owned() };
    std::fs::read_to_string(path).map_err(unreadable)
}

fn collect_lines(text: &str, table: &DeTable<'_>, path: &KeyPath, lines: &mut BTreeMap<KeyPath, usize>) {
    for (name, value) in table {
        let path = path.child(name.get_ref());
        if let DeValue::Table(inner) = value.get_ref() {
            collect_lines(text, inner, &path, lines);
        }
        lines.insert(path, line_of(text, name.span().start));
    }
}

fn line_of(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}
