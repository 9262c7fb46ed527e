//! The place of a setting: its table names and its own name, as in `voting.approve_net_votes`.

use std::fmt;

/// A path into the configuration. Kept as parts because a model's name in `[prices]` may hold dots itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyPath(Vec<String>);

impl KeyPath {
    /// Reads a path whose names hold no dots, which is true of every setting outside `[prices]`.
    pub(super) fn from_dotted(dotted: &str) -> Self {
        Self(dotted.split('.').map(str::to_owned).collect())
    }

    /// The path of an entry in the table at this path.
    pub(super) fn child(&self, name: &str) -> Self {
        let mut parts = self.0.clone();
        parts.push(name.to_owned());
        Self(parts)
    }

    /// The table that holds this entry; none for the root itself.
    pub(super) fn parent(&self) -> Option<Self> {
        let (_, parents) = self.0.split_last()?;
        Some(Self(parents.to_vec()))
    }

    /// The last part; empty for the root.
    pub(super) fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// All parts, outermost first.
    pub(super) fn parts(&self) -> &[String] {
        &self.0
    }

    /// The environment variable of a setting: `server.listen` becomes `SKILLSYNC_SERVER_LISTEN`.
    pub(super) fn environment_name(&self) -> String {
        format!("{}{}", super::environment::PREFIX, self.0.join("_").to_ascii_uppercase())
    }
}

impl From<&serde_path_to_error::Path> for KeyPath {
    fn from(path: &serde_path_to_error::Path) -> Self {
        Self(path.iter().map(ToString::to_string).collect())
    }
}

/// Writes the path as TOML does, quoting a name where TOML would need it.
impl fmt::Display for KeyPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, part) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str(".")?;
            }
            let is_bare = !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            if is_bare { formatter.write_str(part)? } else { write!(formatter, "{part:?}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::KeyPath;

    #[test]
    fn a_name_with_dots_is_quoted_as_in_toml() {
        let path = KeyPath::from_dotted("prices").child("vendor/model-1.5").child("input_dollars_per_million");
        assert_eq!(path.to_string(), r#"prices."vendor/model-1.5".input_dollars_per_million"#);
    }

    #[test]
    fn a_variable_is_named_after_the_whole_path() {
        assert_eq!(KeyPath::from_dotted("models.openai.api_key").environment_name(), "SKILLSYNC_MODELS_OPENAI_API_KEY");
    }
}
