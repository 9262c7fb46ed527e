//! The four layers laid over one another: defaults, user file, environment, flags. Later wins, and each value
//! remembers who set it.

use std::collections::BTreeMap;

use super::{
    Config, DEFAULT_TOML, FlagValue,
    catalogue::Catalogue,
    environment::Environment,
    error::{ConfigError, Origin},
    key_path::KeyPath,
    user_file::UserFile,
};

/// Values merged so far, and where those that are not defaults came from.
#[derive(Debug)]
pub(super) struct Layers {
    values: toml::Table,
    origins: BTreeMap<KeyPath, Origin>,
}

impl Layers {
    /// The defaults alone.
    pub(super) fn defaults() -> Self {
        let values = toml::from_str(DEFAULT_TOML).expect("config.default.toml is valid TOML");
        Self { values, origins: BTreeMap::new() }
    }

    /// Lays the user file over what is there.
    pub(super) fn add_file(&mut self, file: &UserFile) {
        self.merge(&file.values, &KeyPath::default(), file);
    }

    fn merge(&mut self, table: &toml::Table, path: &KeyPath, file: &UserFile) {
        for (name, value) in table {
            let path = path.child(name);
            self.origins.insert(path.clone(), file.origin(&path));
            match value {
                toml::Value::Table(inner) if Catalogue::embedded().setting(&path).is_none() => {
                    // Kept even when it is empty: `[prices."model"]` alone must be refused, not forgotten.
                    self.table_at(&path);
                    self.merge(inner, &path, file);
                }
                _ => self.put(&path, value.clone()),
            }
        }
    }

    /// Lays the environment over what is there, and refuses variables with our prefix that nothing reads.
    pub(super) fn add_environment(&mut self, environment: &Environment) -> Result<(), ConfigError> {
        let catalogue = Catalogue::embedded();
        for name in environment.setting_variables() {
            if catalogue.settings().all(|setting| setting.path.environment_name() != name) {
                let hint = catalogue.nearest_variable(name);
                return Err(ConfigError::UnknownVariable { name: name.to_owned(), hint });
            }
        }
        for setting in catalogue.settings() {
            for name in setting.environment_names() {
                if let Some(text) = environment.get(&name)? {
                    self.set_text(&setting.path, &setting.default, text, Origin::Environment(name));
                    break;
                }
            }
        }
        Ok(())
    }

    /// Lays command-line flags over what is there; of two that set the same, the later wins.
    pub(super) fn add_flags(&mut self, flags: &[FlagValue]) -> Result<(), ConfigError> {
        for flag in flags {
            let path = KeyPath::from_dotted(&flag.path);
            let origin = Origin::Flag(flag.flag.clone());
            match Catalogue::embedded().setting(&path) {
                Some(setting) => self.set_text(&path, &setting.default, &flag.value, origin),
                None => return Err(ConfigError::unknown_setting(origin, &path)),
            }
        }
        Ok(())
    }

    /// Gives each subsystem its typed settings, or says which value is wrong and who set it.
    pub(super) fn into_config(self) -> Result<Config, ConfigError> {
        let Self { values, origins } = self;
        let refused =
            |path: &KeyPath, problem| ConfigError::invalid_value(nearest_origin(&origins, path), path, problem);
        let config: Config = serde_path_to_error::deserialize(toml::Value::Table(values))
            .map_err(|error| refused(&KeyPath::from(error.path()), error.inner().message().to_owned()))?;
        match config.models.misnamed_provider() {
            Some((path, problem)) => Err(refused(&KeyPath::from_dotted(path), problem)),
            None => Ok(config),
        }
    }

    fn set_text(&mut self, path: &KeyPath, default: &toml::Value, text: &str, origin: Origin) {
        self.put(path, value_of_kind(default, text));
        self.origins.insert(path.clone(), origin);
    }

    fn put(&mut self, path: &KeyPath, value: toml::Value) {
        let parent = path.parent().unwrap_or_default();
        self.table_at(&parent).insert(path.name().to_owned(), value);
    }

    /// The table at `path`, made if it is not there. The user file was checked: no value stands in the way.
    fn table_at(&mut self, path: &KeyPath) -> &mut toml::Table {
        path.parts().iter().fold(&mut self.values, |table, part| {
            let entry = table.entry(part.clone()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            entry.as_table_mut().expect("only tables stand above a setting")
        })
    }
}

/// Reads a text as the default's kind of value. One that does not fit stays text: the setting's own type then refuses
/// it with the same words as it would in a file.
fn value_of_kind(default: &toml::Value, text: &str) -> toml::Value {
    let value = match default {
        toml::Value::Integer(_) => text.parse().map(toml::Value::Integer).ok(),
        toml::Value::Float(_) => text.parse().map(toml::Value::Float).ok(),
        toml::Value::Boolean(_) => text.parse().map(toml::Value::Boolean).ok(),
        _ => None,
    };
    value.unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

/// Who set `path`, or, where a part is missing, the table around it.
fn nearest_origin(origins: &BTreeMap<KeyPath, Origin>, path: &KeyPath) -> Origin {
    let mut place = Some(path.clone());
    while let Some(current) = place {
        if let Some(origin) = origins.get(&current) {
            return origin.clone();
        }
        place = current.parent();
    }
    Origin::Defaults
}
