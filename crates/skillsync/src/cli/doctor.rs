//! `skillsync doctor`: what works, what does not, and how to mend it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use skillsync_llm::{Secret, Timeouts, WireFormat, list_models};

use crate::app::open_database;
use crate::config::{Config, DatabaseUrl};
use crate::generation::authors::HOW_TO_CONNECT;

/// Less free space than this is pointed out: 512 MiB.
const LITTLE_SPACE_BYTES: u64 = 512 * 1024 * 1024;

/// Check the database, the model and the disk, and say what to fix
#[derive(Debug, Args)]
pub struct Doctor {}

/// What a check found.
enum Finding {
    Good(String),
    /// It works, but the operator should know.
    Note(String),
    /// It does not work; what to do.
    Bad(String, String),
}

impl Doctor {
    /// Runs all checks; fails when one of them found something that does not work.
    ///
    /// # Errors
    /// Never: what is wrong is printed.
    pub async fn run(self, config: Config) -> Result<ExitCode> {
        let findings = [
            ("Database", database(&config).await),
            ("Model", model(&config).await),
            ("Disk", disk(&config)),
            ("Port", port(&config).await),
        ];
        let mut exit = ExitCode::SUCCESS;
        for (name, finding) in findings {
            match finding {
                Finding::Good(what) => super::print(&format!("ok    {name:<9} {what}\n"))?,
                Finding::Note(what) => super::print(&format!("note  {name:<9} {what}\n"))?,
                Finding::Bad(what, hint) => {
                    super::print(&format!("BAD   {name:<9} {what}\n                hint: {hint}\n"))?;
                    exit = ExitCode::FAILURE;
                }
            }
        }
        Ok(exit)
    }
}

/// Every cause of an error, outermost first.
fn causes(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

async fn database(config: &Config) -> Finding {
    let place = match config.database_url() {
        DatabaseUrl::SqliteFile(file) => file.display().to_string(),
        DatabaseUrl::Sqlite(url) => url,
        DatabaseUrl::Postgres(_) => "PostgreSQL, as DATABASE_URL says".to_owned(),
    };
    let hint = "check DATABASE_URL or --data-dir, that the server runs, and that you may write there".to_owned();
    let db = match open_database(config).await {
        Ok(db) => db,
        Err(error) => return Finding::Bad(format!("{place}: {}", causes(&error)), hint),
    };
    let migrated = db.migrate().await;
    db.close().await;
    match migrated {
        Ok(()) => Finding::Good(format!("{place}, tables up to date")),
        Err(error) => Finding::Bad(format!("{place}: {}", causes(&error)), hint),
    }
}

async fn model(config: &Config) -> Finding {
    let models = &config.models;
    let timeouts = Timeouts { connect: models.connect_timeout, total: models.total_timeout, ..Timeouts::default() };
    if let Some(base_url) = models.openai.endpoint() {
        let key = models.openai.api_key.as_ref().map(|key| Secret::new(key.expose()));
        let wanted = models.openai.model.as_deref();
        return match list_models(WireFormat::OpenAi, base_url.as_str(), key.as_ref(), timeouts).await {
            Ok(offered) => offers(base_url.as_str(), &offered, wanted),
            Err(error) => {
                let hint =
                    "check OPENAI_BASE_URL (it usually ends in /v1) and OPENAI_API_KEY, and that the server runs";
                Finding::Bad(format!("{}: {error}", base_url.as_str()), hint.to_owned())
            }
        };
    }
    if models.ollama.detect {
        let base_url = models.ollama.base_url.as_str().to_owned();
        if let Ok(offered) = list_models(WireFormat::OpenAi, &base_url, None, timeouts).await {
            return offers(&base_url, &offered, models.ollama.model.as_deref());
        }
    }
    Finding::Note(format!("none connected, so the starter library answers; to connect one, {HOW_TO_CONNECT}"))
}

fn offers(server: &str, offered: &[String], wanted: Option<&str>) -> Finding {
    match (wanted, offered.first()) {
        (Some(wanted), _) if offered.iter().any(|name| name == wanted) => {
            Finding::Good(format!("{server} has {wanted}"))
        }
        (Some(wanted), Some(_)) => {
            let some = offered.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
            Finding::Bad(
                format!("{server} does not list {wanted}"),
                format!("set OPENAI_MODEL to one it has, such as {some}"),
            )
        }
        (Some(wanted), None) => Finding::Note(format!("{server} lists no models; {wanted} will be asked for")),
        (None, Some(first)) => Finding::Good(format!("{server} offers {first}")),
        (None, None) => Finding::Bad(
            format!("{server} offers no model"),
            "load one there, such as `ollama pull llama3.2`".to_owned(),
        ),
    }
}

fn disk(config: &Config) -> Finding {
    let folder = config.data_dir();
    let exists = nearest_existing(&folder);
    match rustix::fs::statvfs(&exists) {
        Ok(space) => {
            let free = space.f_bavail.saturating_mul(space.f_frsize);
            let text = format!("{} MiB free at {}", free / (1024 * 1024), folder.display());
            if free < LITTLE_SPACE_BYTES {
                Finding::Bad(text, "make room, or choose another place with --data-dir".to_owned())
            } else {
                Finding::Good(text)
            }
        }
        Err(error) => {
            Finding::Bad(format!("{}: {error}", exists.display()), "choose a readable place with --data-dir".to_owned())
        }
    }
}

/// The directory that is made at the first start is asked about through the one it will be in.
fn nearest_existing(folder: &Path) -> PathBuf {
    let found = folder.ancestors().find(|folder| folder.exists());
    found.filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

async fn port(config: &Config) -> Finding {
    let address = config.server.listen;
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => Finding::Good(format!("{address} is free")),
        Err(error) => Finding::Note(format!("{address}: {error}; that is well when it is SkillSync that runs there")),
    }
}
