//! Where one lesson is written: asks the models for a part as a durable step, and asks once more when the answer cannot be used.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use askama::Template;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use skillsync_llm::{JsonSchema, Message, Reply, Request};

use crate::lessons::checks::{Check, Checks, Thing};
use crate::lessons::request::LearningStyle;
use crate::models::{Models, Question, StepKind};
use crate::money::ledger::AskError;
use crate::work::steps::Steps;

use super::checks::Rules;
use super::draft::plan::Plan;
use super::draft::schema::{Count, json_schema};
use super::draft::{Draft, read};
use super::error::GenerationError;
use super::pipeline::{Job, Tools};
use super::progress::Progress;
use super::prompts::{self, Materials};
use super::research::Research;
use super::video::ChosenVideo;

/// A part of a lesson that is written in one go.
pub(super) struct Part {
    /// The step's name in the run and in the ledger.
    pub name: &'static str,
    /// The kind of step, by which models are chosen.
    pub step: StepKind,
    /// The part in words for the learner, such as "the exercises".
    pub words: &'static str,
    /// How many of what is asked for.
    pub counts: &'static [Count],
}

impl Part {
    /// Whether it is written about what is said in the video.
    fn is_about_the_video(&self, learning_style: LearningStyle) -> bool {
        self.step == StepKind::Video || learning_style == LearningStyle::Video
    }
}

/// Something that is asked of a model.
pub(super) struct Asking<'a> {
    /// The step's name in the run and in the ledger.
    pub name: &'a str,
    /// The kind of step, by which models are chosen.
    pub step: StepKind,
    /// What is asked for, in words for the learner, should there be no usable answer.
    pub words: &'static str,
    /// How many of what is asked for.
    pub counts: &'a [Count],
}

/// Everything that is needed to write one lesson.
pub(super) struct Desk<'a> {
    pub job: &'a Job,
    pub models: &'a Models,
    pub steps: &'a Steps,
    pub tools: &'a Tools,
    pub rules: Rules,
    /// What the lesson rests on, once it was looked for.
    pub research: OnceLock<Research>,
    /// The lesson's video, once one was found.
    pub video: OnceLock<ChosenVideo>,
    pub progress: Progress<'a>,
    /// The models that answered, in the providers' words.
    pub authors: Mutex<BTreeSet<String>>,
    /// What was checked so far.
    pub checks: Mutex<Checks>,
}

/// What a step keeps: the draft as the model wrote it, and which model that was.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "D: DeserializeOwned"))]
struct Answer<D> {
    draft: D,
    model: String,
}

impl<'a> Desk<'a> {
    pub(super) fn new(job: &'a Job, models: &'a Models, tools: &'a Tools, steps: &'a Steps, rules: Rules) -> Self {
        let progress = Progress::new(steps);
        let (research, video) = (OnceLock::new(), OnceLock::new());
        let (authors, checks) = (Mutex::default(), Mutex::default());
        Self { job, models, steps, tools, rules, research, video, progress, authors, checks }
    }

    /// What a single block is written from besides the plan.
    pub(super) fn sources_alone(&self) -> Materials<'_> {
        Materials { sources: self.research.get().map_or(&[][..], |research| &research.sources), transcript: None }
    }

    /// What a part is written from besides the plan.
    pub(super) fn materials(&self, part: &Part) -> Materials<'_> {
        let video = self.video.get().filter(|_| part.is_about_the_video(self.job.request.learning_style));
        let sources = self.research.get().map_or(&[][..], |research| &research.sources);
        Materials { sources, transcript: video.map(|video| &video.transcript) }
    }

    /// Has one part written, unless this run has it already.
    ///
    /// # Errors
    /// When the model gives no answer, or none that can be used.
    pub(super) async fn write<D: Draft>(
        &self,
        part: &Part,
        plan: Option<&Plan>,
        ask: &(impl Template + Sync),
    ) -> Result<D, GenerationError> {
        let asking = Asking { name: part.name, step: part.step, words: part.words, counts: part.counts };
        let draft = self.ask(&asking, prompts::part(self.job, plan, &self.materials(part), ask)).await?;
        Ok(draft)
    }

    /// Asks a model for something as a step of the run.
    ///
    /// Questions lie on the heap: a lesson asks dozens side by side, and together they would not fit on a thread's stack.
    ///
    /// # Errors
    /// When the model gives no answer, or none that can be used.
    pub(super) async fn ask<D: Draft>(
        &self,
        asking: &Asking<'_>,
        messages: Vec<Message>,
    ) -> Result<D, GenerationError> {
        let answer: Answer<D> = self.steps.step(asking.name, Box::pin(self.ask_twice(asking, messages))).await?;
        if asking.step != StepKind::Check {
            self.authors.lock().unwrap_or_else(PoisonError::into_inner).insert(answer.model);
        }
        Ok(answer.draft)
    }

    /// Asks; and, when the answer cannot be used, shows it to the model with what is wrong with it, once.
    async fn ask_twice<D: Draft>(
        &self,
        asking: &Asking<'_>,
        messages: Vec<Message>,
    ) -> Result<Answer<D>, GenerationError> {
        let schema = JsonSchema { name: D::NAME.to_owned(), schema: json_schema::<D>(asking.counts) };
        let limits = &self.tools.limits;
        let mut request = Request {
            messages,
            schema: Some(schema),
            max_output_tokens: limits.max_output_tokens,
            temperature: limits.temperature,
            id: None,
        };
        let reply = self.ask_once(asking, asking.name, &request).await?;
        let problems = match read(&reply.text, asking.counts) {
            Ok(draft) => return Ok(Answer { draft, model: reply.model }),
            Err(problems) => problems,
        };
        tracing::info!(run = %self.steps.run(), step = asking.name, ?problems, "an answer is repaired");
        request.messages.extend([Message::assistant(reply.text), prompts::repair(&problems)]);
        let reply = self.ask_once(asking, &format!("{}/repair", asking.name), &request).await?;
        match read(&reply.text, asking.counts) {
            Ok(draft) => Ok(Answer { draft, model: reply.model }),
            Err(problems) => Err(GenerationError::Unusable { part: asking.words, problems }),
        }
    }

    async fn ask_once(&self, asking: &Asking<'_>, step: &str, request: &Request) -> Result<Reply, AskError> {
        let question = Question { claim: self.steps.claim(), step, kind: asking.step, request };
        self.models.ask(&self.tools.ledger, &question).await
    }

    /// Keeps what came of checking one thing.
    pub(super) fn checked(&self, check: Check, thing: Thing) {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).add(check, thing);
    }

    /// What was checked so far.
    pub(super) fn checks(&self) -> Checks {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The models that wrote this lesson, by their providers' names for them.
    pub(super) fn authors(&self) -> String {
        let authors = self.authors.lock().unwrap_or_else(PoisonError::into_inner);
        authors.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}
