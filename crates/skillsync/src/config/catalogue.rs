//! The settings that exist, read from the commented default file: the one list behind environment names, the check for
//! unknown keys, hints and the reference page.

use std::sync::LazyLock;

use super::{DEFAULT_TOML, key_path::KeyPath, models::ModelPrice, providers::OwnServer};

/// Variables that other programs use too, and the settings they stand for.
const WELL_KNOWN: [(&str, &str); 8] = [
    ("DATABASE_URL", "database.url"),
    ("ANTHROPIC_API_KEY", "models.anthropic.api_key"),
    ("GEMINI_API_KEY", "models.gemini.api_key"),
    ("GROQ_API_KEY", "models.groq.api_key"),
    ("OPENROUTER_API_KEY", "models.openrouter.api_key"),
    ("OPENAI_BASE_URL", "models.openai.base_url"),
    ("OPENAI_API_KEY", "models.openai.api_key"),
    ("OPENAI_MODEL", "models.openai.model"),
];

/// The tables whose entries the operator names, what an entry may hold, and what they are called.
const OPEN_TABLES: [OpenTable; 2] = [
    OpenTable { path: "prices", fields: &ModelPrice::FIELDS, entries: "prices" },
    OpenTable { path: "models.servers", fields: &OwnServer::FIELDS, entries: "servers of your own" },
];

/// A table whose entries the operator names: one a model, or one a server.
struct OpenTable {
    path: &'static str,
    fields: &'static [&'static str],
    entries: &'static str,
}

impl OpenTable {
    /// The table in which `path` lies, and what follows the table's own path: the entry's name, then its field.
    fn around(path: &KeyPath) -> Option<(&'static Self, &[String])> {
        OPEN_TABLES.iter().find_map(|table| {
            let parts = KeyPath::from_dotted(table.path);
            let rest = path.parts().strip_prefix(parts.parts())?;
            (!rest.is_empty()).then_some((table, rest))
        })
    }
}

/// How alike two names must be, from 0 to 1, before one is offered for the other.
const ALIKE_ENOUGH: f64 = 0.55;

/// All tables of the default file, in its order.
pub(super) struct Catalogue {
    pub(super) sections: Vec<Section>,
}

/// One table of the default file.
pub(super) struct Section {
    pub(super) path: KeyPath,
    pub(super) comment: String,
    pub(super) settings: Vec<Setting>,
    /// The commented example below an open table, without its comment marks; empty for other tables.
    pub(super) example: String,
}

/// One setting of the default file.
pub(super) struct Setting {
    pub(super) path: KeyPath,
    pub(super) default: toml::Value,
    pub(super) comment: String,
}

/// What a path of the user file leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Table,
    Setting,
    Unknown,
}

impl Catalogue {
    /// The catalogue of the defaults in this program.
    pub(super) fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(DEFAULT_TOML));
        &EMBEDDED
    }

    /// Reads the default file. It is part of the program, so a fault in it is a bug and panics.
    fn read(text: &'static str) -> Self {
        let document: toml_edit::DocumentMut = text.parse().expect("config.default.toml is valid TOML");
        let mut sections = Vec::new();
        collect_sections(document.as_table(), &KeyPath::default(), &mut sections);
        let trailing = document.trailing().as_str().unwrap_or_default();
        add_example(&mut sections, trailing);
        Self { sections }
    }

    /// Every setting, in the file's order.
    pub(super) fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.sections.iter().flat_map(|section| &section.settings)
    }

    /// The setting at `path`.
    pub(super) fn setting(&self, path: &KeyPath) -> Option<&Setting> {
        self.settings().find(|setting| setting.path == *path)
    }

    /// What `path` leads to.
    pub(super) fn entry(&self, path: &KeyPath) -> Entry {
        let is_above = |section: &Section| section.path.parts().starts_with(path.parts());
        match OpenTable::around(path) {
            Some((_, [_])) => Entry::Table,
            Some((table, [_, field])) if table.fields.contains(&field.as_str()) => Entry::Setting,
            _ if self.sections.iter().any(is_above) => Entry::Table,
            _ if self.setting(path).is_some() => Entry::Setting,
            _ => Entry::Unknown,
        }
    }

    /// Advice for somebody who named a setting that does not exist.
    pub(super) fn nearest_setting(&self, name: &KeyPath) -> String {
        if let Some((table, [entry, _])) = OpenTable::around(name) {
            let entry = KeyPath::from_dotted(table.path).child(entry);
            return format!("{entry} takes {}", table.fields.join(", "));
        }
        let settings = self.settings().map(|setting| &setting.path);
        let tables = self.sections.iter().map(|section| &section.path);
        // The setting's own name weighs as much as its whole path: people put a right name under a wrong table.
        let likeness = |candidate: &KeyPath| {
            let whole = strsim::normalized_damerau_levenshtein(&candidate.to_string(), &name.to_string());
            f64::midpoint(whole, strsim::normalized_damerau_levenshtein(candidate.name(), name.name()))
        };
        nearest(settings.chain(tables).map(|path| (likeness(path), path.to_string())))
    }

    /// Advice for somebody who set a variable that belongs to no setting.
    pub(super) fn nearest_variable(&self, name: &str) -> String {
        let is_of = |table: &&OpenTable| name.starts_with(&KeyPath::from_dotted(table.path).environment_name());
        if let Some(table) = OPEN_TABLES.iter().find(is_of) {
            return format!("{} are set in the configuration file only", table.entries);
        }
        let names = self.settings().map(|setting| setting.path.environment_name());
        nearest(names.map(|known| (strsim::normalized_damerau_levenshtein(&known, name), known)))
    }

    /// Advice for somebody who gave a setting a wrong value.
    pub(super) fn advice_for(&self, path: &KeyPath) -> String {
        let Some(setting) = self.setting(path) else {
            return "docs/configuration.md shows how it is written".to_owned();
        };
        format!("the default is {}; docs/configuration.md tells when to change it", setting.default)
    }
}

impl Setting {
    /// The variables that set it, the strongest first.
    pub(super) fn environment_names(&self) -> Vec<String> {
        let path = self.path.to_string();
        let well_known = WELL_KNOWN.iter().filter(|(_, known_path)| *known_path == path);
        let names = well_known.map(|(name, _)| (*name).to_owned());
        std::iter::once(self.path.environment_name()).chain(names).collect()
    }
}

/// Adds the settings of `table`, then those of the tables in it.
fn collect_sections(table: &toml_edit::Table, path: &KeyPath, sections: &mut Vec<Section>) {
    let mut settings = Vec::new();
    for (name, item) in table {
        let Some(value) = item.as_value() else { continue };
        let decor = table.key(name).and_then(|key| key.leaf_decor().prefix()?.as_str());
        let default = value.to_string().trim().parse().expect("a default is a TOML value");
        settings.push(Setting { path: path.child(name), default, comment: last_comment(decor) });
    }
    if path.parent().is_some() {
        let prefix = table.decor().prefix().and_then(|prefix| prefix.as_str());
        if let Some((above, _)) = prefix.and_then(|prefix| prefix.trim_end().rsplit_once("\n\n")) {
            add_example(sections, above);
        }
        sections.push(Section { path: path.clone(), comment: last_comment(prefix), settings, example: String::new() });
    }
    for (name, item) in table {
        if let Some(inner) = item.as_table() {
            collect_sections(inner, &path.child(name), sections);
        }
    }
}

/// Keeps a comment that stands below a table, apart from the next one, as an example of what it may hold.
fn add_example(sections: &mut [Section], text: &str) {
    if let Some(section) = sections.last_mut() {
        section.example = uncommented_lines(text).join("\n");
    }
}

/// The comment directly above an entry as one line: what stands before an empty line belongs to something else.
fn last_comment(decor: Option<&str>) -> String {
    let text = decor.unwrap_or_default().trim_end();
    let paragraph = text.rsplit("\n\n").next().unwrap_or_default();
    uncommented_lines(paragraph).join(" ")
}

fn uncommented_lines(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.trim().strip_prefix('#')).map(str::trim).collect()
}

/// The best of scored names as a question, if any is good enough to ask.
fn nearest(scored: impl Iterator<Item = (f64, String)>) -> String {
    let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other)).filter(|(score, _)| *score >= ALIKE_ENOUGH);
    best.map_or_else(
        || "docs/configuration.md lists every setting".to_owned(),
        |(_, name)| format!("did you mean {name}?"),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Catalogue, Entry, KeyPath};

    #[test]
    fn every_setting_and_table_is_commented() {
        for section in &Catalogue::embedded().sections {
            assert!(section.comment.len() > 20, "[{}] needs a comment", section.path);
            for setting in &section.settings {
                assert!(setting.comment.len() > 20, "{} needs a comment", setting.path);
            }
        }
    }

    #[test]
    fn no_two_settings_share_a_variable() {
        let names: Vec<_> = Catalogue::embedded().settings().flat_map(super::Setting::environment_names).collect();
        assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "{names:?}");
    }

    #[test]
    fn every_well_known_variable_stands_for_a_setting() {
        for (name, path) in super::WELL_KNOWN {
            let setting = Catalogue::embedded().setting(&KeyPath::from_dotted(path)).expect(path);
            assert_eq!(setting.environment_names()[1], name);
        }
    }

    #[test]
    fn two_tables_have_entries_of_free_names() {
        let catalogue = Catalogue::embedded();
        let model = KeyPath::from_dotted("prices").child("gpt-4.1");
        assert_eq!(catalogue.entry(&model), Entry::Table);
        assert_eq!(catalogue.entry(&model.child("input_dollars_per_million")), Entry::Setting);
        assert_eq!(catalogue.entry(&model.child("dollars")), Entry::Unknown);
        assert_eq!(catalogue.entry(&KeyPath::from_dotted("models.servers.lab")), Entry::Table);
        assert_eq!(catalogue.entry(&KeyPath::from_dotted("models.servers.lab.base_url")), Entry::Setting);
        assert_eq!(catalogue.entry(&KeyPath::from_dotted("models.servers.lab.url")), Entry::Unknown);
        assert_eq!(catalogue.entry(&KeyPath::from_dotted("models.lab")), Entry::Unknown);
        assert_eq!(catalogue.entry(&KeyPath::from_dotted("models.openai")), Entry::Table);
    }

    #[test]
    fn a_right_name_under_a_wrong_table_is_recognised() {
        let hint = Catalogue::embedded().nearest_setting(&KeyPath::from_dotted("server.approve_net_votes"));
        assert_eq!(hint, "did you mean voting.approve_net_votes?");
    }
}
