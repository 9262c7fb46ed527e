//! The address of a database: parsed once, so that nothing else looks at its scheme.

use std::{fmt, path::PathBuf};

use serde::Deserializer;

use super::values::parsed_unseen;

/// Which database holds the data, and where it is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file by its path: what is used when nothing is configured. It is no URL because a path may hold
    /// characters that mean something in one.
    SqliteFile(PathBuf),
    /// `sqlite://…` as configured.
    Sqlite(String),
    /// `postgres://…` or `postgresql://…` as configured. It may hold a password.
    Postgres(String),
}

impl DatabaseUrl {
    /// Parses a configured address; none if it is not one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        if rest.is_empty() || text.contains(char::is_control) {
            return None;
        }
        match scheme {
            "sqlite" => Some(Self::Sqlite(text.to_owned())),
            "postgres" | "postgresql" => Some(Self::Postgres(text.to_owned())),
            _ => None,
        }
    }
}

/// Names the engine and, unless it may hold a password, the place.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SqliteFile(path) => write!(formatter, "SqliteFile({path:?})"),
            Self::Sqlite(url) => write!(formatter, "Sqlite({url:?})"),
            Self::Postgres(_) => formatter.write_str("Postgres(hidden)"),
        }
    }
}

/// Reads an address that may be left empty.
pub(super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DatabaseUrl>, D::Error> {
    parsed_unseen(
        deserializer,
        "empty or an address that begins with postgres://, postgresql:// or sqlite://",
        |text| {
            if text.is_empty() { Some(None) } else { DatabaseUrl::parse(text).map(Some) }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::DatabaseUrl;

    #[test]
    fn three_schemes_are_ours_and_no_others() {
        assert!(matches!(DatabaseUrl::parse("postgres://localhost/skillsync"), Some(DatabaseUrl::Postgres(_))));
        assert!(matches!(DatabaseUrl::parse("postgresql://localhost/skillsync"), Some(DatabaseUrl::Postgres(_))));
        assert!(matches!(DatabaseUrl::parse("sqlite:///var/lib/my lessons.sqlite"), Some(DatabaseUrl::Sqlite(_))));
        for refused in ["", "mysql://localhost/x", "sqlite:", "sqlite://", "postgres://", "/var/lib/x.sqlite"] {
            assert_eq!(DatabaseUrl::parse(refused), None, "{refused}");
        }
    }
}
