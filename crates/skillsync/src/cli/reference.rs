//! The reference page of all commands, made from what `--help` says.

use std::fmt::Write;

use clap::{Command, CommandFactory};

/// The page docs/command-line.md.
pub fn command_line() -> String {
    let mut page = "# Commands\n\nGenerated from the program by `cargo xtask gen`; do not edit.\n".to_owned();
    let mut command = super::Cli::command().term_width(100);
    command.build();
    describe(&mut page, &command);
    page
}

fn describe(page: &mut String, command: &Command) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.clone().term_width(100).render_long_help().to_string();
    // Lines of the help may end in blanks, which committed files do not.
    let help: Vec<_> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## `{name}`\n\n```text\n{}\n```\n", help.join("\n").trim_end());
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set()) {
        describe(page, inner);
    }
}
