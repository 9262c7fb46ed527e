//! Who writes a lesson: the connected model, or else the starter library.

use skillsync_llm::{Model, Secret, Timeouts};

use crate::config::Config;
use crate::lessons::markdown::LessonFile;
use crate::lessons::request::{LearningStyle, LessonRequest};
use crate::money::ledger::Ledger;
use crate::work::steps::Steps;

use super::error::GenerationError;
use super::library::Library;
use super::model_server::ModelServer;
use super::pipeline::{self, Job, WritingLimits, Written};
use super::styles;

/// The author's name on lessons that were taken from the starter library.
pub const STARTER_LIBRARY: &str = "starter-library";

/// Who can write lessons here.
pub struct Authors {
    source: Source,
    library: &'static Library,
}

enum Source {
    /// A model that is known without asking anyone.
    Fixed(Model),
    /// A server that is to be asked which models it offers.
    Server(Box<ModelServer>),
    /// None.
    Library,
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
        let source = if let Some(base_url) = models.openai.endpoint() {
            let api_key = models.openai.api_key.as_ref().map(|key| Secret::new(key.expose()));
            let server = ModelServer::new("openai-compatible", base_url.as_str(), api_key, timeouts);
            match &models.openai.model {
                Some(model) => Source::Fixed(server.connect(model)),
                None => Source::Server(Box::new(server)),
            }
        } else if models.ollama.detect {
            // Whether one runs on this machine is not known, so it is asked also where the model is named.
            let server = ModelServer::new("ollama", models.ollama.base_url.as_str(), None, timeouts);
            Source::Server(Box::new(server.wanting(models.ollama.model.clone())))
        } else {
            Source::Library
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
    ) -> Result<Written, GenerationError> {
        match self {
            Self::Model(model) => pipeline::write_lesson(job, model, steps, ledger, limits).await,
            Self::Library(file) => {
                steps.tell(50, "Taking the lesson from the starter library").await;
                let document = steps.step("library", async { Ok::<_, GenerationError>(file.document.clone()) }).await?;
                let (author_model, prompt_version) = (STARTER_LIBRARY.to_owned(), "library/1".to_owned());
                Ok(Written { document, author_model, prompt_version })
            }
        }
    }
}
