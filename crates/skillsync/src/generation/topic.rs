//! The first step, and the cheapest: whether a topic can be learned and should be taught.

use crate::models::StepKind;

use super::desk::{Desk, Part};
use super::draft::topic::{Topic, TopicVerdict};
use super::error::{GenerationError, TopicRefused};
use super::prompts::AskTopic;

const TOPIC: Part = Part { name: "topic", step: StepKind::Topic, words: "the topic", counts: &[] };

impl Desk<'_> {
    /// Has the topic judged before anything else is paid for.
    ///
    /// # Errors
    /// With the refusal, explained in words of our own: what a model says of a stranger's words is not shown.
    pub(super) async fn judge_topic(&self) -> Result<Topic, GenerationError> {
        let topic: Topic = self.write(&TOPIC, None, &AskTopic).await?;
        match topic.verdict {
            TopicVerdict::Learnable => Ok(topic),
            TopicVerdict::Harmful => Err(GenerationError::Topic(TopicRefused::Harmful)),
            TopicVerdict::NotATopic => Err(GenerationError::Topic(TopicRefused::NotATopic)),
        }
    }
}
