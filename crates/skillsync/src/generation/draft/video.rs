//! What is written about a video: a summary, a study guide whose times are in the transcript, and questions about what is said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lessons::document::{Block, Body, Moment, Question, Video};

use super::quiz::{DraftQuestion, Quiz};
use super::{Draft, block, prose, tidy};

/// A summary and a study guide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VideoNotes {
    /// What the video teaches, in three or four sentences of Markdown.
    pub summary: String,
    /// What happens when, in the order of the video.
    pub guide: Vec<DraftMoment>,
}

/// A moment of a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftMoment {
    /// Whole seconds from the start of the video.
    pub at_seconds: i64,
    /// What is explained there, in one line.
    pub what: String,
}

/// Questions about a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VideoQuiz {
    /// The questions, in the order of the video.
    pub questions: Vec<VideoQuestion>,
}

/// A question about a moment of a video, with one right option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VideoQuestion {
    /// Whole seconds from the start of the video to the moment at which the answer is said.
    pub at_seconds: i64,
    /// The question, in Markdown.
    pub question: String,
    /// The only right option, in one line.
    pub right_option: String,
    /// Three options that are wrong but tempting, one line each, all different.
    pub wrong_options: Vec<String>,
    /// Why the right option is right and each of the others is not.
    pub explanation: String,
}

impl VideoNotes {
    /// The notes put to a video.
    pub fn about(&self, video: &Video) -> Video {
        let moment =
            |draft: &DraftMoment| Moment { at_seconds: seconds(draft.at_seconds), what: tidy::line(&draft.what) };
        Video {
            summary: tidy::markdown(&self.summary),
            guide: self.guide.iter().map(moment).collect(),
            ..video.clone()
        }
    }
}

impl Draft for VideoNotes {
    const NAME: &'static str = "video_notes";

    /// The summary alone: the rest is judged when it stands with its video.
    fn blocks(&self) -> Vec<Block> {
        vec![prose("summary", &self.summary)]
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("guide", self.guide.len())]
    }
}

impl VideoQuiz {
    /// The quiz as a block, each question tied to its moment.
    pub fn block(&self) -> Block {
        let mut quiz = self.untied();
        if let Body::Quiz { questions } = &mut quiz.body {
            for (question, draft) in questions.iter_mut().zip(&self.questions) {
                question.at_seconds = Some(seconds(draft.at_seconds));
            }
        }
        quiz
    }

    fn untied(&self) -> Block {
        let questions = self.questions.iter().map(VideoQuestion::without_moment).collect();
        Quiz { questions }.blocks().remove(0)
    }
}

impl VideoQuestion {
    fn without_moment(&self) -> DraftQuestion {
        let Self { question, right_option, wrong_options, explanation, .. } = self.clone();
        DraftQuestion { question, right_option, wrong_options, explanation }
    }

    /// The question in the place of another, with its own moment.
    pub fn in_place_of(&self, other: &Question) -> Question {
        let question = self.without_moment().in_place_of(other);
        Question { at_seconds: Some(seconds(self.at_seconds)), ..question }
    }
}

impl Draft for VideoQuiz {
    const NAME: &'static str = "video_quiz";

    fn blocks(&self) -> Vec<Block> {
        vec![self.untied()]
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        vec![("questions", self.questions.len())]
    }
}

impl Draft for VideoQuestion {
    const NAME: &'static str = "video_question";

    fn blocks(&self) -> Vec<Block> {
        let quiz = Quiz { questions: vec![self.without_moment()] };
        quiz.blocks().into_iter().map(|quiz| block("piece", quiz.body)).collect()
    }

    fn lists(&self) -> Vec<(&'static str, usize)> {
        Vec::new()
    }
}

fn seconds(seconds: i64) -> u32 {
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
}
