//! What the commands share that run until they are told to stop: the log, the signals, and what they say about themselves.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::config::settings::LogFormat;
use crate::config::{Config, DatabaseUrl};
use crate::generation::authors::HOW_TO_CONNECT;

/// What the program works with, in lines.
pub(super) async fn parts(app: &App) -> String {
    let database = match app.config.database_url() {
        DatabaseUrl::SqliteFile(file) => file.display().to_string(),
        DatabaseUrl::Sqlite(url) => url,
        DatabaseUrl::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let model = match app.authors.model().await {
        Some(model) => format!("{} ({})", model.name(), model.provider()),
        None => format!("none; the starter library answers. To connect one, {HOW_TO_CONNECT}"),
    };
    format!("  Database  {database}\n  Model     {model}\n")
}

/// Logs go to standard error, so that what the command prints can be piped.
pub(super) fn start_log(config: &Config) {
    // The level was checked when the settings were read.
    let filter = EnvFilter::try_new(&config.log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Begins to stop when Ctrl-C or a termination signal comes.
pub(super) async fn stop_on_signal(app: App) {
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
