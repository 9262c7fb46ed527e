//! `skillsync lesson …`

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::app::App;
use crate::config::Config;
use crate::generation::pipeline::{Job, Written};
use crate::lessons::checks::Checks;
use crate::lessons::get_or_generate::{Answer, Ask, get_or_generate};
use crate::lessons::key::{LookupKey, cache_key};
use crate::lessons::lesson::Served;
use crate::lessons::markdown::{self, LessonFile};
use crate::lessons::profile::{CareerStage, Goal, Industry, Profile, WeeklyHours};
use crate::lessons::request::{Difficulty, Language, LearningStyle, LessonNumber, LessonRequest, StepTitle};
use crate::lessons::{progress, versions, write};

use super::{print, reading};

/// Read, export and import lessons
#[derive(Debug, Subcommand)]
pub enum Lesson {
    /// Show a lesson, having it written where nobody has asked for it yet
    Get {
        #[command(flatten)]
        request: RequestArgs,
        /// Print JSON instead of a page to read
        #[arg(long)]
        json: bool,
    },
    /// Print the keys of a lesson
    Key {
        #[command(flatten)]
        request: RequestArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the served version of a lesson as Markdown, see docs/lesson-format.md
    Export {
        #[command(flatten)]
        request: RequestArgs,
        /// Write to this file [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Add lessons from Markdown files, each as a new version
    Import {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// What is asked for.
#[derive(Debug, Args)]
pub struct RequestArgs {
    /// The topic
    title: String,
    /// How you like to learn: hands_on, video, reading or mixed
    #[arg(long, default_value = "mixed", value_parser = |name: &str| name.parse::<LearningStyle>())]
    style: LearningStyle,
    /// Which lesson on the topic, from 1
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    number: i64,
    /// What you know already: beginner, intermediate or advanced
    #[arg(long, default_value = "beginner", value_parser = |name: &str| name.parse::<Difficulty>())]
    difficulty: Difficulty,
    /// The language of the lesson, as a BCP 47 tag
    #[arg(long, default_value = "en", value_parser = |tag: &str| tag.parse::<Language>())]
    language: Language,
    /// Write it for somebody in this industry, such as healthcare or non_profit
    #[arg(long, value_parser = |name: &str| name.parse::<Industry>())]
    industry: Option<Industry>,
    /// Write it for somebody at this stage of their career, such as student or mid_level
    #[arg(long, value_name = "STAGE", value_parser = |name: &str| name.parse::<CareerStage>())]
    career_stage: Option<CareerStage>,
    /// Write it for somebody with so much time a week: one_to_three, three_to_five, five_to_ten or ten_or_more
    #[arg(long, value_name = "HOURS", value_parser = |name: &str| name.parse::<WeeklyHours>())]
    weekly_hours: Option<WeeklyHours>,
    /// Write it for somebody with this goal, in one line
    #[arg(long, value_parser = |goal: &str| goal.parse::<Goal>())]
    goal: Option<Goal>,
}

impl RequestArgs {
    fn parse(self) -> Result<LessonRequest> {
        let mut request = LessonRequest::new(StepTitle::parse(self.title)?, self.style);
        request.lesson_number = LessonNumber::try_from(self.number)?;
        request.difficulty = self.difficulty;
        request.language = self.language;
        let Self { industry, career_stage, weekly_hours, goal, .. } = self;
        request.profile = Profile { industry, career_stage, weekly_hours, goal };
        Ok(request)
    }
}

impl Lesson {
    /// Runs the command.
    ///
    /// # Errors
    /// When the request is not valid, or there is no lesson and none can be written.
    pub async fn run(self, config: impl FnOnce() -> Result<Config>) -> Result<ExitCode> {
        match self {
            Self::Key { request, json } => key(&request.parse()?, json),
            Self::Get { request, json } => {
                with_app(config()?, async |app| get(app, request.parse()?, json).await).await
            }
            Self::Export { request, output } => {
                with_app(config()?, async |app| export(app, &request.parse()?, output.as_deref()).await).await
            }
            Self::Import { files } => {
                // All files are read before the first is stored: a mistake in the last one stores none.
                let files: Vec<_> = files.iter().map(|file| read(file)).collect::<Result<_>>()?;
                with_app(config()?, async |app| import(app, files).await).await
            }
        }
    }
}

async fn with_app(config: Config, act: impl AsyncFnOnce(&App) -> Result<ExitCode>) -> Result<ExitCode> {
    let app = App::start(config).await?;
    let done = act(&app).await;
    app.stop().await;
    done
}

fn key(request: &LessonRequest, as_json: bool) -> Result<ExitCode> {
    let (cache_key, lookup_key) = (cache_key(request), LookupKey::of(request).to_string());
    let canonical_title = request.step_title.canonical();
    if as_json {
        let keys = json!({ "cacheKey": cache_key, "lookupKey": lookup_key, "canonicalTitle": canonical_title });
        print(&format!("{keys}\n"))?;
    } else {
        print(&format!(
            "cache key        {cache_key}\nlookup key       {lookup_key}\ncanonical title  {canonical_title}\n"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn get(app: &App, request: LessonRequest, as_json: bool) -> Result<ExitCode> {
    let (served, was_cached) = served(app, request).await?;
    let document = served.lesson.document().context("the stored lesson cannot be read")?;
    if as_json {
        let lesson = json!({
            "id": served.lesson.id.to_string(),
            "title": served.lesson.title,
            "version": served.lesson.version,
            "wasCached": was_cached,
            "whyChosen": served.reason.to_string(),
            "aiModelVersion": served.lesson.origin.author_model,
            "checked": served.lesson.origin.checks.in_words(),
            "content": document,
        });
        print(&format!("{lesson:#}\n"))?;
    } else {
        print(&reading::page(&document, std::io::stdout().is_terminal()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The lesson, with progress on standard error while it is written.
async fn served(app: &App, request: LessonRequest) -> Result<(Served, bool)> {
    loop {
        let ask = Ask { request: request.clone(), by: None, wait: false, counts: true };
        match get_or_generate(app, ask).await? {
            Answer::Served { served, was_cached } => return Ok((served, was_cached)),
            Answer::Writing(progress) => show_progress(app, progress.run).await?,
        }
        // What was asked for is looked up now, not asked for again.
        if let Some(served) = versions::best(app, &request).await? {
            app.views.count(served.lesson.id);
            return Ok((served, false));
        }
    }
}

async fn show_progress(app: &App, run: crate::ids::RunId) -> Result<()> {
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    let Some(changes) = progress::follow(app, run, 0).await? else { return Ok(()) };
    let mut changes = std::pin::pin!(changes);
    while let Some(progress) = changes.next().await {
        bar.set_position(progress.percent.into());
        bar.set_message(progress.message.clone());
        if let Some(Err(_)) = progress.ended {
            bar.abandon();
            bail!("{}", progress.message);
        }
    }
    bar.finish_and_clear();
    Ok(())
}

async fn export(app: &App, request: &LessonRequest, output: Option<&Path>) -> Result<ExitCode> {
    let Some(served) = versions::best(app, request).await? else {
        bail!("there is no such lesson yet\nhint: `skillsync lesson get` has it written");
    };
    let document = served.lesson.document().context("the stored lesson cannot be read")?;
    let text = markdown::write(&LessonFile { request: served.lesson.request.clone(), document });
    match output {
        Some(file) => std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?,
        None => print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<LessonFile> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    markdown::parse(&text).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))
}

async fn import(app: &App, files: Vec<LessonFile>) -> Result<ExitCode> {
    for LessonFile { request, document } in files {
        let job = Job { request, rewrite: None };
        let (author_model, prompt_version) = ("import".to_owned(), "import/1".to_owned());
        let title = document.title.clone();
        let id = write::publish(
            app,
            &job,
            Written { document, checks: Checks::default(), author_model, prompt_version },
            None,
            None,
        )
        .await?;
        print(&format!("Imported \"{title}\" as lesson {id}.\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
