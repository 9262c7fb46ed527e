//! One question to whoever answers it: the story of retries and fallback, from top to bottom.
//!
//! The models of the route are asked in order. Each is asked up to [`Patience::attempts`](super::registry::Patience) times,
//! so a question costs at most providers times attempts, whatever happens. An answer comes whole from one attempt: what
//! arrived of a broken one is thrown away, and nothing of it reaches the next model.
//!
//! Three kinds of failure end differently. One that may pass is waited for and tried again. One that will not (a wrong key,
//! a model that does not exist, a question that is too long) leads to the next provider at once. A refusal ends the
//! question: we do not look for a model that is willing. So do failures that are not the models': the database, a claim that was lost. A budget
//! that is used up leads to the next provider, which may cost nothing.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use skillsync_llm::{Error, Model, Reply, Request};

use crate::money::ledger::{AskError, Ledger};
use crate::work::Claim;

use super::minutes::{Answer, Taken, Wanted, most_tokens, used_tokens};
use super::provider::Provider;
use super::registry::Models;
use super::route::StepKind;

/// How long to wait for a provider's next minute while there is another provider to ask.
const SHORT_WAIT: Duration = Duration::from_secs(5);

/// How long when there is none: long enough for one new minute to begin, and some of the crowd that waited for it.
const LAST_WAIT: Duration = Duration::from_secs(125);

/// A question on behalf of a run.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The claim on the run that pays.
    pub claim: Claim,
    /// The step's name in the ledger.
    pub step: &'a str,
    /// Which route to take.
    pub kind: StepKind,
    /// What is asked.
    pub request: &'a Request,
}

/// Asks a model once and writes it down. An argument, so that tests see the attempts alone.
type Attempt<'a> = &'a (dyn Fn(Model) -> BoxFuture<'a, Result<Reply, AskError>> + Send + Sync);

/// Why a provider gave no answer, and what follows from it.
enum NoAnswer {
    /// The next provider is asked.
    AskNext(AskError),
    /// Nobody else is asked.
    End(AskError),
}

impl Models {
    /// Asks until somebody has answered. Every attempt is a row in the ledger.
    ///
    /// # Errors
    /// A refusal; a failure that is not the models'; and else, of the failures of all providers, the one that says most to
    /// whoever asked, see [`most_useful`].
    pub async fn ask(&self, ledger: &Ledger, question: &Question<'_>) -> Result<Reply, AskError> {
        let Question { claim, step, kind, request } = *question;
        let attempt = move |model: Model| async move { ledger.ask(claim, step, &model, request).await }.boxed();
        self.ask_in_order(kind, request, &attempt).await
    }

    pub(super) async fn ask_in_order(
        &self,
        kind: StepKind,
        request: &Request,
        attempt: Attempt<'_>,
    ) -> Result<Reply, AskError> {
        let route = self.routes.for_step(kind);
        let mut failures = Vec::new();
        for (position, choice) in route.iter().enumerate() {
            let Some(provider) = self.provider(choice) else { continue };
            let asked = Asked { models: self, provider, request, is_last: position + 1 == route.len() };
            let answer = match provider.model(choice.model.as_deref()).await {
                Ok(model) => asked.up_to_all_attempts(&model, attempt).await,
                Err(error) => Err(NoAnswer::AskNext(error.into())),
            };
            match answer {
                Ok(reply) => return Ok(reply),
                Err(NoAnswer::End(error)) => return Err(error),
                Err(NoAnswer::AskNext(error)) => {
                    tracing::info!(provider = provider.name(), %error, step = kind.as_str(), "no answer here");
                    failures.push(error);
                }
            }
        }
        let nobody = || Error::Misconfigured { reason: "no model is connected".to_owned() };
        Err(most_useful(failures).unwrap_or_else(|| nobody().into()))
    }
}

/// One provider while it is asked one question.
struct Asked<'a> {
    models: &'a Models,
    provider: &'a Provider,
    request: &'a Request,
    /// Whether nobody is left to ask after this provider.
    is_last: bool,
}

impl Asked<'_> {
    async fn up_to_all_attempts(&self, model: &Model, attempt: Attempt<'_>) -> Result<Reply, NoAnswer> {
        let mut failures = 0;
        loop {
            self.provider.may_be_asked().map_err(|error| NoAnswer::AskNext(error.into()))?;
            let taken = self.take_room().await.inspect_err(|_| self.provider.give_up_place())?;
            let error = match attempt(model.clone()).await {
                Ok(reply) => {
                    self.provider.record(None);
                    self.correct(taken, Ok(&reply)).await;
                    return Ok(reply);
                }
                Err(AskError::Model(error)) => error,
                Err(other) => {
                    self.provider.give_up_place();
                    // Another provider's price may be known, and it may cost nothing.
                    let ask_next = matches!(other, AskError::Unpriced { .. } | AskError::Budget(_));
                    return Err(if ask_next { NoAnswer::AskNext(other) } else { NoAnswer::End(other) });
                }
            };
            self.provider.record(Some(&error));
            self.correct(taken, Err(&error)).await;
            failures += 1;
            tracing::info!(provider = self.provider.name(), model = model.name(), failures, %error, "an attempt failed");
            if matches!(error, Error::Refused { .. }) {
                return Err(NoAnswer::End(error.into()));
            }
            match self.wait_after(failures, &error) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(NoAnswer::AskNext(error.into())),
            }
        }
    }

    /// How long to wait for the next attempt; none when there is to be none.
    fn wait_after(&self, failures: u32, error: &Error) -> Option<Duration> {
        let patience = self.models.patience;
        if failures >= patience.attempts || !error.is_retryable() {
            return None;
        }
        patience.backoff.wait(failures, error.retry_after(), self.models.randomness.fraction())
    }

    /// Takes room in the provider's minute, and waits for one that has some if that is soon enough.
    async fn take_room(&self) -> Result<Option<Taken>, NoAnswer> {
        let limits = self.provider.limits();
        let Some(minutes) = self.models.minutes.as_ref().filter(|_| limits.requests.or(limits.tokens).is_some()) else {
            return Ok(None);
        };
        let wanted = Wanted { provider: self.provider.name(), limits, tokens: most_tokens(self.request) };
        let mut left = if self.is_last { LAST_WAIT } else { SHORT_WAIT };
        loop {
            match minutes.take(&wanted).await.map_err(|error| NoAnswer::End(error.into()))? {
                Answer::Room(taken) => return Ok(Some(taken)),
                Answer::Full(wait) if wait > left => {
                    let busy = Error::RateLimited { retry_after: Some(wait) };
                    return Err(NoAnswer::AskNext(busy.into()));
                }
                Answer::Full(wait) => {
                    tokio::time::sleep(wait).await;
                    left -= wait;
                }
            }
        }
    }

    /// Gives back what was taken and not used. Where that fails the limits are only stricter for the rest of the minute.
    async fn correct(&self, taken: Option<Taken>, outcome: Result<&Reply, &Error>) {
        if let (Some(minutes), Some(taken)) = (&self.models.minutes, taken)
            && let Err(error) = minutes.correct(self.provider.name(), taken, used_tokens(outcome)).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "a provider's minute could not be corrected");
        }
    }
}

/// Of the failures of all providers, the one to tell: one that may pass, for then it helps to ask again later, whatever is
/// wrong with the other providers; else one that is about the question, for then other words help; else one that only the
/// operator can mend. Among equals the first, which is that of the preferred provider.
fn most_useful(failures: Vec<AskError>) -> Option<AskError> {
    let rank = |error: &AskError| match error {
        AskError::Model(Error::PromptTooLong | Error::Truncated { .. } | Error::TooLarge { .. }) => 1,
        AskError::Model(error) if error.is_retryable() => 0,
        AskError::Budget(_) => 0,
        _ => 2,
    };
    failures.into_iter().min_by_key(rank)
}
