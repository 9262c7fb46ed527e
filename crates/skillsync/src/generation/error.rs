//! Why a lesson could not be written: a sentence for the learner, a code for programs, details for the operator.

use std::error::Error as _;

use skillsync_llm::Error as ModelError;

use crate::money::budget::BudgetUsedUp;
use crate::money::ledger::AskError;
use crate::storage::StorageError;
use crate::work::Stopped;

/// Why a lesson could not be written. Its text is for the learner: the cause and the next step, nothing internal.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// The model gave no answer.
    #[error("{}", words_for(.0))]
    Model(#[source] ModelError),
    /// What the model answered could not be used, not even the second time.
    #[error(
        "The language model's answer for {part} could not be used, so this lesson was not kept. Ask for it again, or choose another style."
    )]
    Unusable {
        /// The part, in words for the learner.
        part: &'static str,
        /// What was wrong, for the operator.
        problems: Vec<String>,
    },
    /// What the model wrote did not pass its checks, not even when parts of it were written again.
    #[error(
        "What the language model wrote for {part} did not pass its checks, so this lesson was not kept. Ask for it again, or choose another style."
    )]
    Unfit {
        /// The part, in words for the learner.
        part: &'static str,
        /// What was wrong, for the operator.
        problems: Vec<String>,
        /// The steps that the next attempt must not begin with.
        steps: Vec<String>,
    },
    /// The topic is none that a lesson is written about.
    #[error(transparent)]
    Topic(TopicRefused),
    /// There is no room in the budget.
    #[error(transparent)]
    Budget(BudgetUsedUp),
    /// There is a budget, but the model's price is not known.
    #[error(
        "This server keeps to a budget, and does not know the price of the language model that would write this lesson. Its operator can state it in the settings."
    )]
    Unpriced {
        /// The provider's name in the settings.
        provider: String,
        /// The model's name.
        model: String,
    },
    /// No model is connected.
    #[error(
        "No language model is connected to this server, so it cannot write new lessons. Its operator can connect one."
    )]
    NoModel,
    /// The database could not be used.
    #[error("The server could not reach its database, so the lesson was not kept. Try again in a moment.")]
    Storage(#[from] StorageError),
    /// The work ended without a result, by a fault of the program.
    #[error("The server stopped while the lesson was being written. Ask for it again.")]
    Interrupted,
    /// The work was laid down here, and goes on elsewhere or later. No learner hears of it.
    #[error("The lesson is being written by another process.")]
    Stopped(#[from] Stopped),
}

/// Why no lesson is written about a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicRefused {
    /// To teach it would help somebody to harm people.
    #[error(
        "A lesson about this could help somebody to harm people, so this server does not write it. Choose another topic."
    )]
    Harmful,
    /// It names nothing that can be learned.
    #[error(
        "This does not read like something to learn. Say in a few words what you want to learn, such as Python Variables."
    )]
    NotATopic,
}

/// The part of a lesson that is not one: what is wrong came out when all parts were put together.
pub const WHOLE_LESSON: &str = "the whole lesson";

/// The code of what there is no money left for.
pub const BUDGET_USED_UP: &str = "BUDGET_USED_UP";

/// Every code that [`GenerationError::code`] gives.
pub const CODES: [&str; 8] = [
    "GENERATION_FAILED",
    "MODEL_UNAVAILABLE",
    "MODEL_REFUSED",
    "TOPIC_REFUSED",
    BUDGET_USED_UP,
    "NO_MODEL",
    "STORAGE_UNAVAILABLE",
    "INTERRUPTED",
];

/// What kind of failure a model's error is for a learner.
enum Kind {
    /// Nobody answers now; later may be better.
    Away,
    /// The operator has to set something right.
    NotSetUp,
    /// The model will not write about this.
    Refused,
    /// This lesson does not fit into an answer or a question.
    TooMuch,
}

fn kind(error: &ModelError) -> Kind {
    match error {
        ModelError::Refused { .. } => Kind::Refused,
        ModelError::PromptTooLong | ModelError::Truncated { .. } | ModelError::TooLarge { .. } => Kind::TooMuch,
        error if error.is_retryable() => Kind::Away,
        _ => Kind::NotSetUp,
    }
}

fn words_for(error: &ModelError) -> &'static str {
    match kind(error) {
        Kind::Away => "The language model does not answer at the moment. Try again in a few minutes.",
        Kind::NotSetUp => {
            "The language model is not set up properly on this server. Its operator can find out why with `skillsync doctor`."
        }
        Kind::Refused => "The language model declined to write about this. Choose other words or another topic.",
        Kind::TooMuch => {
            "The language model could not finish a lesson of this length. Ask again, or choose a narrower topic."
        }
    }
}

impl GenerationError {
    /// The code for programs, one of [`CODES`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Model(error) => match kind(error) {
                Kind::Refused => "MODEL_REFUSED",
                Kind::TooMuch => "GENERATION_FAILED",
                Kind::Away | Kind::NotSetUp => "MODEL_UNAVAILABLE",
            },
            Self::Unusable { .. } | Self::Unfit { .. } => "GENERATION_FAILED",
            Self::Topic(_) => "TOPIC_REFUSED",
            Self::Budget(_) => BUDGET_USED_UP,
            Self::Unpriced { .. } => "MODEL_UNAVAILABLE",
            Self::NoModel => "NO_MODEL",
            Self::Storage(_) => "STORAGE_UNAVAILABLE",
            Self::Interrupted | Self::Stopped(_) => "INTERRUPTED",
        }
    }

    /// Whether the steps that were finished are as good as any, so that the next attempt may begin with them. Not when they
    /// do not make a lesson together, when the topic was refused and may be judged anew, or when nobody knows what went wrong.
    pub fn spares_finished_steps(&self) -> bool {
        !matches!(self, Self::Unusable { part: WHOLE_LESSON, .. } | Self::Topic(_) | Self::Interrupted)
    }

    /// The finished steps of which the next attempt may not make use, although it may of all others.
    pub fn spoiled_steps(&self) -> &[String] {
        match self {
            Self::Unfit { steps, .. } => steps,
            _ => &[],
        }
    }

    /// What happened, for the operator's log.
    pub fn detail(&self) -> String {
        if let Self::Unusable { part, problems } | Self::Unfit { part, problems, .. } = self {
            return format!("{part}: {}", problems.join("; "));
        }
        if let Self::Unpriced { provider, model } = self {
            return AskError::Unpriced { provider: provider.clone(), model: model.clone() }.to_string();
        }
        let mut causes = Vec::new();
        let mut cause = self.source();
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        if matches!(self, Self::Model(ModelError::Truncated { .. })) {
            causes.push("generation.max_output_tokens may be too low for this model".to_owned());
        }
        if causes.is_empty() { self.to_string() } else { causes.join(": ") }
    }
}

impl From<ModelError> for GenerationError {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

impl From<AskError> for GenerationError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Model(error) => Self::Model(error),
            AskError::Storage(error) => Self::Storage(error),
            AskError::Budget(used_up) => Self::Budget(used_up),
            AskError::Unpriced { provider, model } => Self::Unpriced { provider, model },
            AskError::Lost => Self::Stopped(Stopped::Lost),
        }
    }
}

#[cfg(test)]
mod tests {
    use skillsync_llm::Usage;

    use super::*;
    use crate::money::budget::Period;
    use crate::storage::Db;

    async fn closed_database() -> StorageError {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open_file(&folder.path().join("closed.db"), 1).await.expect("a database");
        db.close().await;
        db.ping().await.expect_err("it is closed")
    }

    #[tokio::test]
    async fn a_learner_reads_no_internal_text_and_an_operator_does() {
        let secret = "tcp connect error 10.0.0.7";
        let until = crate::testing::start();
        let used_up = BudgetUsedUp { period: Period::Day, until, set_aside: true };
        let unreachable = ModelError::Unreachable { server: "http://10.0.0.7".into(), cause: secret.into() };
        let failures = [
            GenerationError::from(unreachable),
            ModelError::Unauthorized.into(),
            ModelError::Refused { reason: secret.into(), usage: Usage::default() }.into(),
            ModelError::Truncated { usage: Usage::default() }.into(),
            GenerationError::Unusable { part: "the quiz", problems: vec![secret.into()] },
            GenerationError::Unfit { part: "the quiz", problems: vec![secret.into()], steps: vec!["quiz".into()] },
            GenerationError::from(AskError::from(used_up)),
            AskError::Unpriced { provider: "http://10.0.0.7".into(), model: secret.into() }.into(),
            GenerationError::Topic(TopicRefused::Harmful),
            GenerationError::Topic(TopicRefused::NotATopic),
            GenerationError::NoModel,
            closed_database().await.into(),
            GenerationError::Interrupted,
            Stopped::Lost.into(),
        ];
        let mut codes = std::collections::BTreeSet::new();
        for failure in &failures {
            let words = failure.to_string();
            assert!(!words.contains("10.0.0.7") && words.ends_with('.') && !words.contains("Error"), "{words}");
            assert!(!failure.detail().is_empty());
            codes.insert(failure.code());
        }
        assert_eq!(codes, CODES.into_iter().collect());
        assert!(failures[0].detail().contains(secret) && failures[4].detail().contains(secret));
    }
}
