//! `skillsync documents …`

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::open_database;
use crate::clock::Clock;
use crate::config::Config;
use crate::documents::add::{NewFile, Outcome, add};
use crate::documents::document::{Details, Document, Passage};
use crate::documents::extract::Limits;
use crate::documents::files::{self, FoundFile};
use crate::documents::{excerpt, keep, search};
use crate::ids::DocumentId;
use crate::storage::Db;

use super::print;

/// Add documents of your own as sources for lessons, see docs/documents.md
#[derive(Debug, Subcommand)]
pub enum Documents {
    /// Add Markdown, HTML, PDF and text files; a file of a name that is there already replaces it
    Add(Add),
    /// List what was added
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove a document
    Remove {
        /// Its id, as `documents list` shows it
        id: DocumentId,
    },
    /// Show which passages a lesson on a topic would be given
    Search {
        /// The topic
        #[arg(required = true)]
        words: Vec<String>,
        /// The most passages to show, up to 50
        #[arg(long, default_value_t = 10)]
        limit: usize,
        /// Print JSON, with the whole text of each passage
        #[arg(long)]
        json: bool,
    },
}

/// What is added.
#[derive(Debug, Args)]
pub struct Add {
    /// Files, or folders of which everything is added that can be read
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The title to cite the document by [default: its own, or its file's name]; for one file only
    #[arg(long)]
    title: Option<String>,
    /// Under which terms it may be used, in one line, such as "CC BY 4.0"
    #[arg(long)]
    licence: Option<String>,
    /// Where readers find it on the web; for one file only
    #[arg(long, value_name = "URL")]
    address: Option<String>,
}

impl Documents {
    /// Runs the command.
    ///
    /// # Errors
    /// When what is asked for is not there or not valid, or the database cannot be used.
    pub async fn run(self, config: Config) -> Result<ExitCode> {
        match self {
            Self::Add(wanted) => {
                let (files, details) = wanted.parse()?;
                let documents = &config.documents;
                let limits = Limits { max_file_bytes: documents.max_file_bytes, max_pages: documents.max_pages };
                with_database(&config, async |db| add_all(db, limits, &files, &details).await).await
            }
            Self::List { json } => {
                let documents = with_database(&config, async |db| Ok(keep::list(db).await?)).await?;
                print(&if json { serde_json::to_string_pretty(&documents)? + "\n" } else { table(&documents) })?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Remove { id } => {
                let Some(removed) = with_database(&config, async |db| Ok(keep::remove(db, id).await?)).await? else {
                    bail!("there is no document {id}\nhint: `skillsync documents list` shows those there are");
                };
                print(&format!("Removed \"{}\".\n", removed.title))?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Search { words, limit, json } => {
                let question = words.join(" ");
                let found = async |db: &Db| Ok(search(db, &question, limit).await?);
                let passages = with_database(&config, found).await?;
                print(&if json {
                    serde_json::to_string_pretty(&passages)? + "\n"
                } else {
                    results(&passages, &question)
                })?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

async fn with_database<T>(config: &Config, act: impl AsyncFnOnce(&Db) -> Result<T>) -> Result<T> {
    let db = open_database(config).await?;
    db.migrate().await?;
    let done = act(&db).await;
    db.close().await;
    done
}

impl Add {
    /// What is wrong with the paths or the details is told before the database is opened.
    fn parse(self) -> Result<(Vec<FoundFile>, Details)> {
        let details = Details::parse(self.title.as_deref(), self.licence.as_deref(), self.address.as_deref())?;
        let files = files::find(&self.paths)?;
        for (flag, given) in [("--title", &self.title), ("--address", &self.address)] {
            if given.is_some() && files.len() > 1 {
                bail!("{flag} belongs to one document, and these are {}\nhint: add that file by itself", files.len());
            }
        }
        Ok((files, details))
    }
}

/// Adds one file after the other. A file that cannot be read keeps no other from being added.
async fn add_all(db: &Db, limits: Limits, files: &[FoundFile], details: &Details) -> Result<ExitCode> {
    let bar = if files.len() > 1 { ProgressBar::new(files.len() as u64) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {wide_msg}") {
        bar.set_style(style);
    }
    let mut failed = 0;
    for file in files {
        bar.set_message(file.name.clone());
        match add_one(db, limits, file, details).await {
            Ok(said) => bar.suspend(|| print(&said))?,
            Err(error) => {
                failed += 1;
                bar.suspend(|| eprintln!("error: {}: {error:#}", file.path.display()));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if failed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    if files.len() > 1 {
        eprintln!("{failed} of {} files were not added.", files.len());
    }
    Ok(ExitCode::FAILURE)
}

async fn add_one(db: &Db, limits: Limits, file: &FoundFile, details: &Details) -> Result<String> {
    let bytes = files::read(&file.path, limits.max_file_bytes)?;
    let new = NewFile { name: file.name.clone(), bytes, details: details.clone() };
    let (document, outcome) = add(db, &Clock::System, limits, new).await?;
    let Document { id, title, pages, .. } = document;
    let pages = if pages == 1 { "1 page".to_owned() } else { format!("{pages} pages") };
    Ok(match outcome {
        Outcome::Added => format!("Added \"{title}\" as document {id}, {pages}.\n"),
        Outcome::Replaced => format!("Replaced document {id}: \"{title}\", {pages}.\n"),
        Outcome::Unchanged => format!("Document {id} is this already: \"{title}\", {pages}.\n"),
    })
}

/// The documents in columns, the widest last.
fn table(documents: &[Document]) -> String {
    if documents.is_empty() {
        return "There are no documents yet. `skillsync documents add PATH` adds some.\n".to_owned();
    }
    let mut rows = vec![["ID", "PAGES", "FORMAT", "ADDED", "LICENCE", "TITLE"].map(str::to_owned)];
    rows.extend(documents.iter().map(|document| {
        let licence = document.licence.clone().unwrap_or_else(|| "not stated".to_owned());
        let added = document.added_at.format("%Y-%m-%d").to_string();
        let (id, pages) = (document.id.to_string(), document.pages.to_string());
        [id, pages, document.format.name().to_owned(), added, licence, document.title.clone()]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [id, pages, format, added, licence, _] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let _ = writeln!(
            text,
            "{:>id$}  {:>pages$}  {:<format$}  {:<added$}  {:<licence$}  {}",
            row[0], row[1], row[2], row[3], row[4], row[5]
        );
    }
    text
}

/// The passages, each with where it stands and a part of its text.
fn results(passages: &[Passage], question: &str) -> String {
    if passages.is_empty() {
        return "Nothing was found on this.\n".to_owned();
    }
    let mut text = String::new();
    for passage in passages {
        let heading = passage.heading.as_ref().map_or_else(String::new, |heading| format!(": {heading}"));
        let _ = writeln!(text, "{}, page {}{heading}", passage.title, passage.page);
        let source = [passage.licence.as_deref(), passage.address.as_deref()];
        let source: Vec<_> = source.into_iter().flatten().collect();
        if !source.is_empty() {
            let _ = writeln!(text, "  {}", source.join(", "));
        }
        let _ = writeln!(text, "  {}\n", excerpt::around(&passage.text, question));
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}
