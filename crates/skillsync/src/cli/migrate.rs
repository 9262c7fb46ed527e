//! `skillsync migrate`

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::app::open_database;
use crate::config::Config;

/// Bring the database's tables up to date; `serve` does the same when it starts
#[derive(Debug, Args)]
pub struct Migrate {}

impl Migrate {
    /// Runs the migrations that the database has not seen.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn run(self, config: Config) -> Result<ExitCode> {
        let db = open_database(&config).await?;
        db.migrate().await?;
        super::print(&format!("The {} database is up to date.\n", db.engine()))?;
        db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
