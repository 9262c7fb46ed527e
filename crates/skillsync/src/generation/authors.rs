//! Who writes a lesson: the connected model, or else the starter library.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use skillsync_llm::{Model, OpenAiConfig, Secret, Timeouts, list_models};

use crate::config::Config;
use crate::lessons::markdown::LessonFile;
use crate::lessons::request::{LearningStyle, LessonRequest};
use crate::money::ledger::Ledger;
use crate::work::steps::Steps;

use super::error::GenerationError;
use super::library::Library;
use super::pipeline::{self, Job, WritingLimits, Written};
use super::styles;

/// The author's name on lessons that were taken from the starter library.
pub const STARTER_LIBRARY: &str = "starter-library";

/// How long it is remembered that no Ollama answered.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Who can write lessons here.
pub struct Authors {
    source: Source,
    library: &'static Library,
}

enum Source {
    /// A model that is known without asking anyone.
    Fixed(Model),
    /// A server that is to be asked which models it offers.
    Server(Box<Server>),
    /// None.
    Library,
}

/// An OpenAI-compatible server whose model is not named in the settings.
struct Server {
    provider: &'static str,
    base_url: String,
    api_key: Option<Secret>,
    timeouts: Timeouts,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    model: Option<Model>,
    looked_at: Option<Instant>,
}

/// The author of one lesson.
pub enum Author {
    /// A language model writes it.
    Model(Model),
    /// It lies in the starter library.
    Library(&'static LessonFile),
}

/// Why nobody can write a lesson. The text is written for the learner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAuthor {
    /// No model is connected, and the starter library does not have it.
    #[error(
        "No language model is connected, so only the starter library can answer. It has: {library}. To connect one, {how}"
    )]
    NoModel {
        /// What the library has.
        library: String,
        /// How to connect a model, in one line.
        how: &'static str,
    },
    /// The style cannot be written yet.
    #[error("Lessons in the style {style} cannot be written yet. Choose hands_on, reading or mixed.")]
    StyleNotReady {
        /// The style that was asked for.
        style: LearningStyle,
    },
    /// Sources cannot be researched yet.
    #[error("Lessons with researched sources cannot be written yet. Ask for it without research.")]
    ResearchNotReady,
}

/// How to connect a model, in one line.
pub const HOW_TO_CONNECT: &str = "start Ollama on this machine, or restart with OPENAI_BASE_URL, OPENAI_MODEL and, where one is needed, OPENAI_API_KEY set.";

impl NoAuthor {
    /// The code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoModel { .. } => "NO_MODEL",
            Self::StyleNotReady { .. } => "STYLE_NOT_READY",
            Self::ResearchNotReady => "RESEARCH_NOT_READY",
        }
    }
}

impl Authors {
    /// The authors that the settings name: an OpenAI-compatible provider, else an Ollama on its default address, else the
    /// starter library alone.
    pub fn from_config(config: &Config) -> Self {
        let models = &config.models;
        let timeouts = Timeouts { connect: models.connect_timeout, total: models.total_timeout, ..Timeouts::default() };
        let api_key = models.openai.api_key.as_ref().map(|key| Secret::new(key.expose()));
        let source = match (models.openai.endpoint(), &models.openai.model) {
            (Some(base_url), model) => {
                let base_url = base_url.as_str().to_owned();
                source("openai-compatible", base_url, api_key, model.clone(), timeouts)
            }
            (None, _) if models.ollama.detect => {
                // Whether one runs on this machine is answered at once or not at all.
                let timeouts = Timeouts { connect: Duration::from_millis(500), ..timeouts };
                source(
                    "ollama",
                    models.ollama.base_url.as_str().to_owned(),
                    None,
                    models.ollama.model.clone(),
                    timeouts,
                )
            }
            (None, _) => Source::Library,
        };
        Self { source, library: Library::embedded() }
    }

    /// One model and the library, for tests.
    pub fn only(model: Model) -> Self {
        Self { source: Source::Fixed(model), library: Library::embedded() }
    }

    /// The library alone.
    pub fn none() -> Self {
        Self { source: Source::Library, library: Library::embedded() }
    }

    /// What the starter library has.
    pub fn library(&self) -> &'static Library {
        self.library
    }

    /// The connected model, if one answers.
    pub async fn model(&self) -> Option<Model> {
        match &self.source {
            Source::Fixed(model) => Some(model.clone()),
            Source::Server(server) => server.model().await,
            Source::Library => None,
        }
    }

    /// The author for a request.
    ///
    /// # Errors
    /// When nobody can write it.
    pub async fn find(&self, request: &LessonRequest) -> Result<Author, NoAuthor> {
        match self.model_for(request).await {
            Err(refusal) => self.in_library(request).await.ok_or(refusal),
            author => author,
        }
    }

    /// The library answers only where no model could: what it has is written for everybody, a model writes for the learner.
    async fn in_library(&self, request: &LessonRequest) -> Option<Author> {
        if self.model().await.is_some() { None } else { self.library.find(request).map(Author::Library) }
    }

    /// The connected model as the author for a request.
    ///
    /// # Errors
    /// When such lessons cannot be written yet, or no model is connected.
    pub async fn model_for(&self, request: &LessonRequest) -> Result<Author, NoAuthor> {
        if !styles::is_ready(request.learning_style) {
            return Err(NoAuthor::StyleNotReady { style: request.learning_style });
        }
        if request.research {
            return Err(NoAuthor::ResearchNotReady);
        }
        self.model().await.map(Author::Model).ok_or_else(|| self.no_model())
    }

    fn no_model(&self) -> NoAuthor {
        let mut topics: Vec<_> = self.library.lessons().map(|file| file.request.step_title.given()).collect();
        topics.dedup();
        NoAuthor::NoModel { library: topics.join(", "), how: HOW_TO_CONNECT }
    }
}

fn source(
    provider: &'static str,
    base_url: String,
    api_key: Option<Secret>,
    model: Option<String>,
    timeouts: Timeouts,
) -> Source {
    let server = Server { provider, base_url, api_key, timeouts, found: Mutex::default() };
    match model {
        // A named model of a named server is taken at its word; an Ollama that may not be there is asked first.
        Some(model) if provider != "ollama" => Source::Fixed(server.connect(model)),
        model => {
            let mut server = server;
            if let Some(model) = model {
                server.found = Mutex::new(Found { model: Some(server.connect(model)), looked_at: None });
            }
            Source::Server(Box::new(server))
        }
    }
}

impl Server {
    fn connect(&self, model: String) -> Model {
        Model::open_ai_compatible(OpenAiConfig {
            provider: self.provider.to_owned(),
            base_url: self.base_url.clone(),
            api_key: self.api_key.clone(),
            model,
            timeouts: self.timeouts,
        })
    }

    /// The model named in the settings or the first one offered, as long as the server answers. A server that is started
    /// later is found within [`LOOK_AGAIN`].
    async fn model(&self) -> Option<Model> {
        let lock = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let found = lock();
            if found.looked_at.is_some_and(|at| at.elapsed() < LOOK_AGAIN) {
                return found.model.clone();
            }
        }
        let offered = list_models(&self.base_url, self.api_key.as_ref(), self.timeouts).await;
        let mut found = lock();
        found.looked_at = Some(Instant::now());
        match offered {
            Ok(names) => {
                if found.model.is_none() {
                    found.model = names.into_iter().next().map(|name| self.connect(name));
                }
                found.model.clone()
            }
            Err(error) => {
                tracing::debug!(provider = self.provider, error = &error as &dyn std::error::Error, "no model found");
                None
            }
        }
    }
}

impl Author {
    /// Writes the lesson.
    ///
    /// # Errors
    /// When the model's answers cannot be used.
    pub async fn write(
        &self,
        job: &Job,
        steps: &Steps,
        ledger: &Ledger,
        limits: &WritingLimits,
        report: &(dyn Fn(u8, &str) + Send + Sync),
    ) -> Result<Written, GenerationError> {
        match self {
            Self::Model(model) => pipeline::write_lesson(job, model, steps, ledger, limits, report).await,
            Self::Library(file) => {
                report(50, "Taking the lesson from the starter library");
                let document = steps.step("library", async { Ok::<_, GenerationError>(file.document.clone()) }).await?;
                let (author_model, prompt_version) = (STARTER_LIBRARY.to_owned(), "library/1".to_owned());
                Ok(Written { document, author_model, prompt_version })
            }
        }
    }
}
