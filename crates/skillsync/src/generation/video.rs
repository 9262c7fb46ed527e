//! The video of a lesson: searched, chosen by what is said in it, and explained. A lesson without one says why.

use serde::{Deserialize, Serialize};
use skillsync_sources::transcripts::{Transcript, TranscriptSource};
use skillsync_sources::videos::{Found, Ranked, VideoQuery, match_of_transcript};

use crate::lessons::document::{Block, Body, Video};
use crate::models::StepKind;

use super::desk::{Asking, Desk, Part};
use super::draft::plan::Plan;
use super::draft::schema::Count;
use super::draft::topic::Topic;
use super::draft::video::VideoNotes;
use super::error::GenerationError;
use super::prompts::{self, AskVideoNotes};
use super::settle::{Placed, placed_from};

/// Of so many videos a transcript is asked for, at most.
const MOST_TRANSCRIPTS: usize = 3;

/// The share of the topic's words in a transcript from which no further video is looked at.
const GOOD_MATCH: f64 = 0.5;

/// How far a moment may be from the words that it names, in seconds.
pub(super) const TOLERANCE_SECONDS: u64 = 5;

const GUIDE: Count = Count { of: "guide", from: 4, to: 10 };

pub(super) const NOTES: Part =
    Part { name: "video", step: StepKind::Video, words: "the video's guide", counts: &[GUIDE] };

/// A video with what is said in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ChosenVideo {
    pub ranked: Ranked,
    pub transcript: Transcript,
}

/// What came of looking for a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Looked {
    /// One was found.
    Chosen(Box<ChosenVideo>),
    /// None was, for this reason, a sentence for learners.
    Nothing(String),
}

impl Desk<'_> {
    /// Looks for a video that teaches the topic and whose words can be had. Nothing that goes wrong here ends a lesson.
    ///
    /// # Errors
    /// When the database cannot be used, or the run is not worked on here any more.
    pub(super) async fn video_of(&self, topic: &Topic) -> Result<Looked, GenerationError> {
        let looked = self.look_for_video(topic).await?;
        if let Looked::Chosen(chosen) = &looked {
            // Both are set once: a desk writes one lesson.
            let _ = self.rules.transcript.set(chosen.transcript.clone());
            let _ = self.video.set((**chosen).clone());
        }
        Ok(looked)
    }

    async fn look_for_video(&self, topic: &Topic) -> Result<Looked, GenerationError> {
        let Some(videos) = &self.tools.sources.videos else {
            return Ok(Looked::Nothing("this server does not look for videos".to_owned()));
        };
        let request = &self.job.request;
        let query = VideoQuery {
            topic: request.step_title.given().to_owned(),
            language: request.language.as_str().to_owned(),
            programming_language: (!topic.programming_language.is_empty()).then(|| topic.programming_language.clone()),
        };
        let today = self.tools.clock.now().date_naive();
        let search = async { Ok::<_, GenerationError>(videos.search(&query, today).await) };
        let found: Found = self.steps.step("video/search", search).await?;
        let chosen = async { Ok::<_, GenerationError>(self.choose(&found, &query).await) };
        self.steps.step("video/transcript", chosen).await
    }

    /// The first of the best videos whose words are about the topic, or else the one whose words are most.
    async fn choose(&self, found: &Found, query: &VideoQuery) -> Looked {
        let mut best: Option<(f64, ChosenVideo)> = None;
        let mut failures = Vec::new();
        // A page over TLS embeds no player without it.
        let secure = found.ranked.iter().filter(|ranked| {
            let candidate = &ranked.candidate;
            candidate.url.starts_with("https://") && candidate.embed_url.starts_with("https://")
        });
        for ranked in secure.take(MOST_TRANSCRIPTS) {
            let chain = &self.tools.sources.transcripts;
            let obtained = chain.transcript_of(&ranked.candidate, &query.language, None).await;
            let Some(transcript) = obtained.transcript else {
                failures.extend(obtained.tried.into_iter().map(|tried| tried.why));
                continue;
            };
            let about = match_of_transcript(&transcript, &query.topic);
            if best.as_ref().is_none_or(|(so_far, _)| about > *so_far) {
                best = Some((about, ChosenVideo { ranked: ranked.clone(), transcript }));
            }
            if about >= GOOD_MATCH {
                break;
            }
        }
        match best {
            Some((_, chosen)) => Looked::Chosen(Box::new(chosen)),
            None => Looked::Nothing(why_nothing(found, &failures)),
        }
    }

    /// The block of a video, with its summary and study guide, or the notice that there is none.
    ///
    /// # Errors
    /// When the model gives no answer that can be used, or the guide does not pass its checks.
    pub(super) async fn video_part(
        &self,
        plan: &Plan,
        looked: &Looked,
        position: i64,
    ) -> Result<Vec<Placed>, GenerationError> {
        let chosen = match looked {
            Looked::Chosen(chosen) => chosen,
            Looked::Nothing(why) => {
                self.progress.written(NOTES.words).await;
                self.progress.checked(NOTES.words).await;
                return Ok(placed_from(position, [no_video(why)]));
            }
        };
        self.part(&NOTES, plan, &AskVideoNotes { guide: GUIDE }, |notes: VideoNotes| {
            let body = Body::Video(Box::new(notes.about(&chosen.video())));
            placed_from(position, [Block { id: "video".to_owned(), body }])
        })
        .await
    }

    /// The notes on a video again, with what is wrong with them.
    pub(super) async fn notes_again(
        &self,
        name: &str,
        plan: &Plan,
        video: &Video,
        ask: &prompts::AskAgain,
    ) -> Result<Body, GenerationError> {
        let asking = Asking { name, step: StepKind::Video, words: NOTES.words, counts: &[GUIDE] };
        let messages = prompts::part(self.job, Some(plan), &self.materials(&NOTES), ask);
        let notes: VideoNotes = self.ask(&asking, messages).await?;
        Ok(Body::Video(Box::new(notes.about(video))))
    }
}

impl ChosenVideo {
    /// The video, still without what is written about it.
    fn video(&self) -> Video {
        let candidate = &self.ranked.candidate;
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Video {
            url: candidate.url.clone(),
            title: line(&candidate.title),
            channel: line(&candidate.channel),
            seconds: candidate.seconds,
            summary: String::new(),
            guide: Vec::new(),
            embed: Some(candidate.embed_url.clone()),
            why: Some(line(&self.ranked.why)),
            language: candidate.language.clone().or_else(|| self.transcript.language.clone()),
            transcript: Some(origin(self.transcript.source).to_owned()),
        }
    }
}

fn origin(source: TranscriptSource) -> &'static str {
    match source {
        TranscriptSource::Uploaded => "handed in by a person",
        TranscriptSource::Captions => "the platform's own captions",
        TranscriptSource::YtDlpCaptions => "the platform's captions, fetched by yt-dlp",
        TranscriptSource::SpeechToText => "heard by a speech-to-text model",
    }
}

fn why_nothing(found: &Found, failures: &[String]) -> String {
    let mut why = match (found.ranked.len(), found.missing.is_empty()) {
        (0, true) => "no video was found that fits the topic, its language and a lesson's length".to_owned(),
        (0, false) => "the search for videos gave nothing".to_owned(),
        _ => "of the videos that were found, none could be read along".to_owned(),
    };
    let missing = found.missing.iter().map(|missing| format!("{}: {}", missing.platform.name(), missing.why));
    let reasons: Vec<_> = missing.chain(failures.iter().cloned()).take(3).collect();
    if !reasons.is_empty() {
        why.push_str(&format!(" ({})", reasons.join("; ")));
    }
    why
}

/// Stands where the video would stand. It speaks of the lesson, not of its topic, hence in the platform's language.
fn no_video(why: &str) -> Block {
    let markdown = format!("This lesson has no video: {why}. Everything it teaches is in its text.");
    Block { id: "no-video".to_owned(), body: Body::Notice { markdown } }
}
