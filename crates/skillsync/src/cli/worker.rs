//! `skillsync worker`

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::app::App;
use crate::config::Config;

use super::running;

/// Write the lessons that other processes on the same database have no place for, or have left unfinished
#[derive(Debug, Args)]
pub struct Worker {}

impl Worker {
    /// Works until Ctrl-C or a termination signal.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn run(self, config: Config) -> Result<ExitCode> {
        running::start_log(&config);
        let app = App::start(config).await?;
        app.tasks.spawn(running::stop_on_signal(app.clone()));
        let (version, parts) = (env!("CARGO_PKG_VERSION"), running::parts(&app).await);
        super::print(&format!("SkillSync {version} writes lessons.\n\n{parts}\nPress Ctrl-C to stop.\n"))?;
        app.stopping.cancelled().await;
        app.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}
