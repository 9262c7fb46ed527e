//! Which models are asked for which kind of step, and in which order.

use crate::config::model_list::{ModelChoice, ModelList};
use crate::config::models::ModelSettings;

/// The kinds of steps, for each of which other models may be the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Whether a topic is one, the cheapest step.
    Topic,
    /// The plan, on which all else rests.
    Plan,
    /// Texts.
    Text,
    /// Exercises and their solutions.
    Practice,
    /// Diagrams and comparisons.
    Visuals,
    /// Questions.
    Quiz,
    /// Whether the keys of questions are right.
    Check,
    /// Notes on a video.
    Video,
}

impl StepKind {
    /// The step's name in runs and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Plan => "plan",
            Self::Text => "text",
            Self::Practice => "practice",
            Self::Visuals => "visuals",
            Self::Quiz => "quiz",
            Self::Check => "check",
            Self::Video => "video",
        }
    }
}

/// The order in which models are asked.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// For every kind of step that has no list of its own.
    pub general: ModelList,
    /// For judging topics.
    pub topic: ModelList,
    /// For plans; empty where the general order holds, as for the others.
    pub plan: ModelList,
    /// For texts.
    pub text: ModelList,
    /// For exercises.
    pub practice: ModelList,
    /// For diagrams.
    pub visuals: ModelList,
    /// For questions.
    pub quiz: ModelList,
    /// For answering them without their key.
    pub check: ModelList,
    /// For notes on videos.
    pub video: ModelList,
}

impl Routes {
    /// The routes that the settings name, without those that are not connected.
    pub fn from_settings(settings: &ModelSettings, is_connected: impl Fn(&ModelChoice) -> bool) -> Self {
        let connected =
            |list: &ModelList| ModelList(list.0.iter().filter(|choice| is_connected(choice)).cloned().collect());
        let routes = &settings.routes;
        Self {
            general: connected(&settings.general_order()),
            topic: connected(&routes.topic),
            plan: connected(&routes.plan),
            text: connected(&routes.text),
            practice: connected(&routes.practice),
            visuals: connected(&routes.visuals),
            quiz: connected(&routes.quiz),
            check: connected(&routes.check),
            video: connected(&routes.video),
        }
    }

    /// The models to ask for one kind of step, in order.
    pub fn for_step(&self, kind: StepKind) -> &[ModelChoice] {
        let own = match kind {
            StepKind::Topic => &self.topic,
            StepKind::Plan => &self.plan,
            StepKind::Text => &self.text,
            StepKind::Practice => &self.practice,
            StepKind::Visuals => &self.visuals,
            StepKind::Quiz => &self.quiz,
            StepKind::Check => &self.check,
            StepKind::Video => &self.video,
        };
        if own.0.is_empty() { &self.general.0 } else { &own.0 }
    }
}
