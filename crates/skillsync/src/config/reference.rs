//! The reference page docs/configuration.md, generated from the default file so that the two cannot disagree.

use std::fmt::Write;

use super::catalogue::{Catalogue, Section, Setting};

const INTRODUCTION: &str = "\
<!-- Generated from crates/skillsync/config.default.toml. Change that file, then generate again. -->

# Configuration

SkillSync runs without any configuration. What you set comes from four layers, of which the later wins:

1. the defaults below, which are part of the program;
2. your own file, in TOML: the one that `--config FILE` names, else the one that the variable `SKILLSYNC_CONFIG` names,
   else `config.toml` in the platform's configuration directory if it exists (on Linux
   `~/.config/skillsync/config.toml`, on macOS `~/Library/Application Support/skillsync/config.toml`, on Windows
   `%APPDATA%\\skillsync\\config\\config.toml`);
3. environment variables; of two for the same setting the first named below wins, and an empty one counts as not set;
4. command-line flags.

Your file holds only what you change:

```toml
[server]
listen = \"0.0.0.0:8080\"

[voting]
approve_net_votes = 3
```

A name that does not exist or a value out of range stops the program, which then names the file and line, the variable,
or the flag.
";

/// The reference page in Markdown: each table of the default file with its settings, defaults, variables and comments.
#[must_use]
pub fn reference() -> String {
    let catalogue = Catalogue::embedded();
    let mut page = INTRODUCTION.to_owned();
    for section in &catalogue.sections {
        page.push_str(&section_text(section));
    }
    page
}

fn section_text(section: &Section) -> String {
    let mut text = format!("\n## `[{}]`\n\n{}\n", section.path, section.comment);
    if !section.settings.is_empty() {
        text.push_str("\n| setting | default | environment | what it does |\n|---|---|---|---|\n");
    }
    text.extend(section.settings.iter().map(row));
    if !section.example.is_empty() {
        write!(text, "\n```toml\n{}\n```\n", section.example).expect("a String takes any text");
    }
    text
}

fn row(setting: &Setting) -> String {
    let variables = setting.environment_names().iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let comment = setting.comment.replace('|', "\\|");
    format!("| `{}` | `{}` | {variables} | {comment} |\n", setting.path.name(), setting.default)
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, reference};

    #[test]
    fn every_setting_has_its_row() {
        let page = reference();
        for setting in Catalogue::embedded().settings() {
            let start =
                format!("| `{}` | `{}` | `{}`", setting.path.name(), setting.default, setting.path.environment_name());
            assert!(page.contains(&start), "{start}");
            assert!(page.contains(&setting.comment), "{}", setting.path);
        }
    }

    #[test]
    fn a_row_names_default_variables_and_purpose() {
        let page = reference();
        let row = page.lines().find(|line| line.starts_with("| `model` |")).expect("the row of models.openai.model");
        insta::assert_snapshot!(row, @r#"| `model` | `""` | `SKILLSYNC_MODELS_OPENAI_MODEL`, `OPENAI_MODEL` | Name of the model that writes lessons, as the provider spells it. Empty means gpt-6-luna at OpenAI itself, and elsewhere the first that the server offers. |"#);
    }
}
