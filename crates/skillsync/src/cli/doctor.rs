//! `skillsync doctor`: what works, what does not, and how to mend it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::app::open_database;
use crate::config::providers::ConnectedProvider;
use crate::config::{Config, DatabaseUrl};
use crate::generation::authors::HOW_TO_CONNECT;
use crate::models::Models;
use crate::models::model_server::ModelServer;
use crate::models::provider::Provider;

/// Less free space than this is pointed out: 512 MiB.
const LITTLE_SPACE_BYTES: u64 = 512 * 1024 * 1024;

/// Check the database, the models and the disk, and say what to fix
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
        let mut findings = vec![("Database", database(&config).await)];
        findings.extend(models(&config).await.into_iter().map(|finding| ("Model", finding)));
        findings.extend([("Disk", disk(&config)), ("Port", port(&config).await)]);
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

/// One finding for each provider that is connected, or how to connect one.
async fn models(config: &Config) -> Vec<Finding> {
    let models = Models::from_settings(&config.models);
    let mut findings = Vec::new();
    for server in models.providers().iter().filter_map(Provider::server) {
        findings.push(provider(server).await);
    }
    if findings.iter().all(|finding| matches!(finding, Finding::Note(_))) {
        let how = format!("none connected, so the starter library answers; to connect one, {HOW_TO_CONNECT}");
        findings.insert(0, Finding::Note(how));
    }
    findings
}

/// What a provider offers, or what keeps it from that. Errors hold no key.
async fn provider(server: &ModelServer) -> Finding {
    let settings = server.settings();
    let place = format!("{} at {}", settings.name, settings.base_url.as_str());
    match server.offers().await {
        Ok(offered) => offers(settings, &place, &offered),
        Err(_) if settings.is_guess => Finding::Note(format!("{place}: nothing answers there")),
        Err(error) => Finding::Bad(format!("{place}: {error}"), what_to_check(settings)),
    }
}

fn what_to_check(settings: &ConnectedProvider) -> String {
    let key = format!("{}_API_KEY", settings.name.to_ascii_uppercase());
    match settings.name.as_str() {
        "openai" => format!("check OPENAI_BASE_URL (it usually ends in /v1) and {key}, and that the server runs"),
        "gemini" | "groq" | "openrouter" | "anthropic" => {
            format!("check {key}, and that this machine reaches the provider")
        }
        own => format!("check models.servers.{own} in the configuration file, and that the server runs"),
    }
}

fn offers(settings: &ConnectedProvider, place: &str, offered: &[String]) -> Finding {
    match (settings.model.as_deref(), offered.first()) {
        (Some(wanted), _) if offered.iter().any(|name| is_version_of(name, wanted)) => {
            Finding::Good(format!("{place} has {wanted}"))
        }
        (Some(wanted), Some(_)) => {
            let some = offered.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
            let hint = match settings.name.as_str() {
                "openai" => format!("set OPENAI_MODEL to one it has, such as {some}"),
                name => format!("set the model of {name} in the configuration to one it has, such as {some}"),
            };
            Finding::Bad(format!("{place} does not list {wanted}"), hint)
        }
        (Some(wanted), None) => Finding::Note(format!("{place} lists no models; {wanted} will be asked for")),
        (None, Some(first)) => Finding::Good(format!("{place} offers {first}")),
        (None, None) => Finding::Bad(
            format!("{place} offers no model"),
            "load one there, such as `ollama pull llama3.2`".to_owned(),
        ),
    }
}

/// Whether a listed name is the wanted one, or a dated or tagged version of it: lists often hold only those.
fn is_version_of(listed: &str, wanted: &str) -> bool {
    let rest = listed.strip_prefix(wanted);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("-20") || rest == ":latest")
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
