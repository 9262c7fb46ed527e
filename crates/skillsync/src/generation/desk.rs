//! Where one lesson is written: asks the models for a part as a durable step, and asks once more when its answer cannot be used.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use askama::Template;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use skillsync_llm::{JsonSchema, Message, Reply, Request};

use crate::models::{Models, Question, StepKind};
use crate::money::ledger::{AskError, Ledger};
use crate::work::steps::Steps;

use super::draft::plan::Plan;
use super::draft::schema::{Count, json_schema};
use super::draft::{Draft, parse};
use super::error::GenerationError;
use super::pipeline::{Job, WritingLimits};
use super::progress::Progress;
use super::prompts;

/// A part of a lesson that is written in one go.
pub(super) struct Part {
    /// The kind of step, which is also its name in the run and in the ledger.
    pub step: StepKind,
    /// The part in words for the learner, such as "the exercises".
    pub words: &'static str,
    /// How many of what is asked for.
    pub counts: &'static [Count],
}

/// Everything that is needed to write one lesson.
pub(super) struct Desk<'a> {
    pub job: &'a Job,
    pub models: &'a Models,
    pub steps: &'a Steps,
    pub ledger: &'a Ledger,
    pub limits: &'a WritingLimits,
    pub progress: Progress<'a>,
    /// The models that answered, in the providers' words.
    pub authors: Mutex<BTreeSet<String>>,
}

/// What a step keeps: the draft as the model wrote it, and which model that was.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "D: DeserializeOwned"))]
struct Answer<D> {
    draft: D,
    model: String,
}

impl Desk<'_> {
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
        let messages = prompts::part(self.job, plan, ask);
        let answer: Answer<D> = self.steps.step(part.step.as_str(), self.ask_twice(part, messages)).await?;
        self.authors.lock().unwrap_or_else(PoisonError::into_inner).insert(answer.model);
        self.progress.finished(part.words).await;
        Ok(answer.draft)
    }

    /// Asks; and, when the answer cannot be used, shows it to the model with what is wrong with it, once.
    async fn ask_twice<D: Draft>(&self, part: &Part, messages: Vec<Message>) -> Result<Answer<D>, GenerationError> {
        let schema = JsonSchema { name: D::NAME.to_owned(), schema: json_schema::<D>(part.counts) };
        let mut request = Request {
            messages,
            schema: Some(schema),
            max_output_tokens: self.limits.max_output_tokens,
            temperature: self.limits.temperature,
            id: None,
        };
        let reply = self.ask(part, part.step.as_str(), &request).await?;
        let problems = match parse(&reply.text) {
            Ok(draft) => return Ok(Answer { draft, model: reply.model }),
            Err(problems) => problems,
        };
        tracing::info!(run = %self.steps.run(), step = part.step.as_str(), ?problems, "an answer is repaired");
        request.messages.extend([Message::assistant(reply.text), prompts::repair(&problems)]);
        let reply = self.ask(part, &format!("{}/repair", part.step.as_str()), &request).await?;
        match parse(&reply.text) {
            Ok(draft) => Ok(Answer { draft, model: reply.model }),
            Err(problems) => Err(GenerationError::Unusable { part: part.words, problems }),
        }
    }

    async fn ask(&self, part: &Part, step: &str, request: &Request) -> Result<Reply, AskError> {
        let question = Question { claim: self.steps.claim(), step, kind: part.step, request };
        self.models.ask(self.ledger, &question).await
    }

    /// The models that wrote this lesson, by their providers' names for them.
    pub(super) fn authors(&self) -> String {
        let authors = self.authors.lock().unwrap_or_else(PoisonError::into_inner);
        authors.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}
