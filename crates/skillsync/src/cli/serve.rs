//! `skillsync serve`

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::config::settings::LogFormat;
use crate::config::{Config, DatabaseUrl, FlagValue};
use crate::generation::authors::HOW_TO_CONNECT;
use crate::server;

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
        start_log(&config);
        let address = config.server.listen;
        let hint = "another program listens there, or the address is not this machine's; choose one with --listen 127.0.0.1:8090";
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}\nhint: {hint}"))?;
        let app = App::start(config).await?;
        app.tasks.spawn(stop_on_signal(app.clone()));
        announce(&app, &listener).await?;
        let served = server::serve(&app, listener).await;
        app.stop().await;
        served.context("the server stopped")?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn announce(app: &App, listener: &TcpListener) -> Result<()> {
    let database = match app.config.database_url() {
        DatabaseUrl::SqliteFile(file) => file.display().to_string(),
        DatabaseUrl::Sqlite(url) => url,
        DatabaseUrl::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let model = match app.authors.model().await {
        Some(model) => format!("{} ({})", model.name(), model.provider()),
        None => format!("none; the starter library answers. To connect one, {HOW_TO_CONNECT}"),
    };
    let (address, version) = (listener.local_addr()?, env!("CARGO_PKG_VERSION"));
    super::print(&format!(
        "SkillSync {version} is ready.\n\n  Learn     http://{address}/\n  API       http://{address}/graphiql\n  \
         Database  {database}\n  Model     {model}\n\nPress Ctrl-C to stop.\n"
    ))
}

/// Logs go to standard error, so that what the command prints can be piped.
fn start_log(config: &Config) {
    // The level was checked when the settings were read.
    let filter = EnvFilter::try_new(&config.log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().init(),
    }
}

async fn stop_on_signal(app: App) {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<Option<()>>();
    tokio::select! {
        _ = interrupt => {}
        _ = terminate => {}
        () = app.stopping.cancelled() => {}
    }
    tracing::info!("stopping");
    app.stopping.cancel();
}
