//! `skillsync schema …`: the texts that are generated from the program and committed.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::api::schema::sdl;
use crate::config;
use crate::lessons::document::Document;

/// Print what the program is made to: schemas and reference pages
#[derive(Debug, Subcommand)]
pub enum Schema {
    /// The GraphQL schema, as in schema.graphql
    Graphql,
    /// The JSON Schema of a lesson, as in lesson.schema.json
    Lesson,
    /// The reference of all settings, as in docs/configuration.md
    Configuration,
    /// The reference of all commands, as in docs/command-line.md
    CommandLine,
}

impl Schema {
    /// Prints it.
    ///
    /// # Errors
    /// Never, in practice: the lesson's schema is JSON already.
    pub fn run(self) -> Result<ExitCode> {
        let text = match self {
            Self::Graphql => sdl(),
            Self::Lesson => serde_json::to_string_pretty(&Document::json_schema())?,
            Self::Configuration => config::reference(),
            Self::CommandLine => super::reference::command_line(),
        };
        super::print(&format!("{}\n", text.trim_end()))?;
        Ok(ExitCode::SUCCESS)
    }
}
