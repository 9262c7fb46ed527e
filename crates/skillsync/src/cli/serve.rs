//! `skillsync serve`

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use tokio::net::TcpListener;

use crate::app::App;
use crate::config::{Config, FlagValue};
use crate::server;

use super::running;

/// Start the server
#[derive(Debug, Args)]
pub struct Serve {
    /// Listen on this address and port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

impl Serve {
    /// The settings that this command's flags stand for.
    pub fn flags(&self) -> Vec<FlagValue> {
        self.listen.iter().map(|address| super::flag("--listen", "server.listen", address)).collect()
    }

    /// Serves until Ctrl-C or a termination signal.
    ///
    /// # Errors
    /// When the database or the address cannot be used.
    pub async fn run(self, config: Config) -> Result<ExitCode> {
        running::start_log(&config);
        let address = config.server.listen;
        let hint = "another program listens there, or the address is not this machine's; choose one with --listen 127.0.0.1:8090";
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}\nhint: {hint}"))?;
        let app = App::start(config).await?;
        app.tasks.spawn(running::stop_on_signal(app.clone()));
        announce(&app, &listener).await?;
        let served = server::serve(&app, listener).await;
        app.stop().await;
        served.context("the server stopped")?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn announce(app: &App, listener: &TcpListener) -> Result<()> {
    let (address, version, parts) = (listener.local_addr()?, env!("CARGO_PKG_VERSION"), running::parts(app).await);
    super::print(&format!(
        "SkillSync {version} is ready.\n\n  Learn     http://{address}/\n  API       http://{address}/graphiql\n\
         {parts}\nPress Ctrl-C to stop.\n"
    ))
}
