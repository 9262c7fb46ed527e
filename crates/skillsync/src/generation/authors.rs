//! Who writes a lesson: the connected models, or else the starter library.

use std::sync::Arc;

use skillsync_llm::Model;

use crate::lessons::checks::Checks;
use crate::lessons::markdown::LessonFile;
use crate::lessons::request::LessonRequest;
use crate::models::Models;
use crate::money::ledger::Ledger;
use crate::work::steps::Steps;

use super::error::GenerationError;
use super::library::Library;
use super::pipeline::{self, Job, Tools, Written};

/// The author's name on lessons that were taken from the starter library.
pub const STARTER_LIBRARY: &str = "starter-library";

/// Who can write lessons here.
pub struct Authors {
    models: Arc<Models>,
    library: &'static Library,
    /// Whether sources are looked for here.
    researches: bool,
}

/// The author of one lesson.
pub enum Author {
    /// Language models write it.
    Models(Arc<Models>),
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
    /// Sources cannot be researched here.
    #[error(
        "This server does not look for sources: its operator has switched that off. Ask for the lesson without research."
    )]
    NoResearch,
}

/// How to connect a model, in one line.
pub const HOW_TO_CONNECT: &str = "restart with a provider's key set, such as GEMINI_API_KEY, GROQ_API_KEY, OPENROUTER_API_KEY, OPENAI_API_KEY or ANTHROPIC_API_KEY, or with OPENAI_BASE_URL for a server of your own; or start Ollama on this machine.";

impl NoAuthor {
    /// The code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoModel { .. } => "NO_MODEL",
            Self::NoResearch => "RESEARCH_OFF",
        }
    }
}

impl Authors {
    /// These models and the library.
    pub fn new(models: Models) -> Self {
        Self { models: Arc::new(models), library: Library::embedded(), researches: true }
    }

    /// The same, but sources are not looked for.
    #[must_use]
    pub fn without_research(self) -> Self {
        Self { researches: false, ..self }
    }

    /// One model and the library, for tests.
    pub fn only(model: Model) -> Self {
        Self::new(Models::only(model))
    }

    /// The library alone.
    pub fn none() -> Self {
        Self::new(Models::none())
    }

    /// The models.
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// What the starter library has.
    pub fn library(&self) -> &'static Library {
        self.library
    }

    /// The first model that would be asked, if there is one.
    pub async fn model(&self) -> Option<Model> {
        self.models.first().await
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
    /// A request with a profile finds nothing here; that it is then answered as one without is `get_or_generate`'s to say.
    async fn in_library(&self, request: &LessonRequest) -> Option<Author> {
        if self.model().await.is_some() { None } else { self.library.find(request).map(Author::Library) }
    }

    /// The connected models as the author for a request.
    ///
    /// # Errors
    /// When such lessons cannot be written yet, or no model is connected.
    pub async fn model_for(&self, request: &LessonRequest) -> Result<Author, NoAuthor> {
        if request.research && !self.researches {
            return Err(NoAuthor::NoResearch);
        }
        match self.model().await {
            Some(_) => Ok(Author::Models(Arc::clone(&self.models))),
            None => Err(self.no_model()),
        }
    }

    /// Whether a request can be answered for nothing: from the starter library, or by a model that is known to be free.
    pub async fn can_answer_for_nothing(&self, request: &LessonRequest, ledger: &Ledger) -> bool {
        if matches!(self.find(request).await, Ok(Author::Library(_))) {
            return true;
        }
        for provider in self.models.providers() {
            if provider.model(None).await.is_ok_and(|model| ledger.costs_nothing(&model)) {
                return true;
            }
        }
        false
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
    /// When no model answers, or the answers cannot be used.
    pub async fn write(&self, job: &Job, tools: &Tools, steps: &Steps) -> Result<Written, GenerationError> {
        match self {
            Self::Models(models) => pipeline::write_lesson(job, models, tools, steps).await,
            Self::Library(file) => {
                steps.tell(50, "Taking the lesson from the starter library").await;
                let document = steps.step("library", async { Ok::<_, GenerationError>(file.document.clone()) }).await?;
                let (author_model, prompt_version) = (STARTER_LIBRARY.to_owned(), "library/1".to_owned());
                // The project's own tests hold the library to every check.
                Ok(Written { document, checks: Checks::default(), author_model, prompt_version })
            }
        }
    }
}
