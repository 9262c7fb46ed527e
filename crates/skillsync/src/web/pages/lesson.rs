//! A lesson, its votes, its other versions, and what is known about it.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{Frame, LessonBlock, words};
use crate::{
    lessons::profile::Profile,
    lessons::request::{Difficulty, LearningStyle},
    reports::report::ReportKind,
    web::render::Anchor,
};

/// The page at `/lessons/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "lesson.html")]
pub struct LessonPage {
    /// What is around the page.
    pub frame: Frame,
    /// What stands above the lesson.
    pub lesson: LessonHead,
    /// Why this version is shown, such as "Best rated of 3".
    pub why: String,
    /// What votes and mentors made of it.
    pub standing: Standing,
    /// What was checked before it was published, where that is known.
    pub checked: Option<Checked>,
    /// The places in the lesson, from [`outline`](crate::web::render::outline).
    pub outline: Vec<Anchor>,
    /// The lesson itself: its blocks, from [`lesson_blocks`](crate::web::render::lesson_blocks).
    pub blocks: Vec<LessonBlock>,
    /// Whether a mentor looks at the page.
    pub is_mentor: bool,
    /// Whether a video of it can be played in the page.
    pub has_player: bool,
    /// Its votes.
    pub votes: Votes,
    /// How often it was opened.
    pub views: i64,
    /// All versions of the lesson, this one among them, in the order to be shown.
    pub versions: Vec<Version>,
    /// What is known about how it was written.
    pub facts: Facts,
    /// What went wrong with a vote or a wish for a new version, to be said above the forms.
    pub problem: Option<String>,
}

/// What stands above the lesson.
#[derive(Clone, Debug)]
pub struct LessonHead {
    /// The version's id.
    pub id: i64,
    /// The step title that was asked for.
    pub topic: String,
    /// The lesson number on that topic.
    pub number: i64,
    /// The document's title.
    pub title: String,
    /// The document's description.
    pub description: String,
    /// The style asked for.
    pub style: LearningStyle,
    /// The level asked for.
    pub difficulty: Difficulty,
    /// The BCP 47 tag of the language that the lesson is written in.
    pub language: String,
    /// How long it takes.
    pub minutes: u32,
    /// Whom it was written for.
    pub profile: Profile,
}

/// What votes and mentors made of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is decided yet.
    New,
    /// Approved by votes.
    Approved,
    /// Verified by a mentor.
    Verified,
    /// A mentor asks for improvement.
    NeedsImprovement,
    /// Rejected by a mentor.
    Rejected,
}

/// What was checked about a version.
#[derive(Clone, Debug)]
pub struct Checked {
    /// In one line, such as "Checked: 4 of 4 exercises run, links alive".
    pub words: String,
    /// Why something could not be checked, or is less than it should be; sentences.
    pub notes: Vec<String>,
}

/// A learner's own vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnVote {
    /// For the version.
    Up,
    /// Against it.
    Down,
}

/// The votes on the version shown.
#[derive(Clone, Debug, Default)]
pub struct Votes {
    /// How many are for it.
    pub up: i64,
    /// How many are against it.
    pub down: i64,
    /// The learner's own, when signed in and voted.
    pub own: Option<OwnVote>,
    /// The learner's own comment.
    pub comment: String,
}

/// A version in the list.
#[derive(Clone, Debug)]
pub struct Version {
    /// The id that its page has.
    pub id: i64,
    /// Its number among the versions, from 1.
    pub number: i64,
    /// The number of the version before it, to compare it with.
    pub since: Option<i64>,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// Votes for it.
    pub up: i64,
    /// Votes against it.
    pub down: i64,
    /// What votes and mentors made of it.
    pub standing: Standing,
    /// Whether it is the one on this page.
    pub shown: bool,
    /// Whether it is the one that learners get who ask for the lesson.
    pub served: bool,
}

/// What is known about how a version was written.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The model, or "SkillSync's starter library".
    pub written_by: String,
    /// When.
    pub written_at: DateTime<Utc>,
    /// The version of the prompts, when a model wrote it.
    pub prompt_version: Option<String>,
    /// What it cost, ready to be shown, such as "$0.0012" or "nothing".
    pub cost: String,
    /// What serving it instead of writing it anew has saved so far, likewise; none when that is nothing or not known.
    pub saved: Option<String>,
    /// The 256-bit lookup key in hexadecimal.
    pub lookup_key: String,
    /// The public cache key.
    pub cache_key: String,
}

impl LessonPage {
    fn style(&self) -> &'static str {
        words::style(self.lesson.style)
    }

    fn difficulty(&self) -> &'static str {
        words::difficulty(self.lesson.difficulty)
    }

    /// Nothing when it is for everybody.
    fn written_for(&self) -> Option<String> {
        words::profile(&self.lesson.profile)
    }

    /// The kinds of reports, as buttons offer them.
    fn report_kinds(&self) -> [(ReportKind, &'static str); 4] {
        ReportKind::ALL.map(|kind| (kind, words::report_kind(kind)))
    }

    fn voted(&self, vote: &str) -> bool {
        matches!((self.votes.own, vote), (Some(OwnVote::Up), "upvote") | (Some(OwnVote::Down), "downvote"))
    }
}

impl Standing {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::New => "Not yet approved",
            Self::Approved => "Approved by learners",
            Self::Verified => "Verified by a mentor",
            Self::NeedsImprovement => "To be improved",
            Self::Rejected => "Rejected",
        }
    }

    pub(super) fn class(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Approved | Self::Verified => "good",
            Self::NeedsImprovement | Self::Rejected => "bad",
        }
    }
}

impl Version {
    pub(super) fn day(&self) -> String {
        self.written_at.format("%Y-%m-%d").to_string()
    }
}

impl Facts {
    pub(super) fn moment(&self) -> String {
        self.written_at.format("%Y-%m-%d %H:%M UTC").to_string()
    }

    pub(super) fn machine_moment(&self) -> String {
        self.written_at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

#[cfg(test)]
use crate::lessons::profile::{CareerStage, Goal, Industry, WeeklyHours};

/// The blocks as a mentor sees them who has reported one of them.
#[cfg(test)]
fn sample_blocks(document: &crate::lessons::document::Document, at: DateTime<Utc>) -> Vec<LessonBlock> {
    use super::{OpenReport, OwnReport};
    let bodies = crate::web::render::lesson_blocks(7, document);
    let block = |(block, body): (&crate::lessons::document::Block, _)| LessonBlock {
        id: block.id.clone(),
        name: crate::web::render::block_name(block),
        body,
        can_be_written_again: crate::generation::rewrite::can_be_written_again(&block.body),
        reported: 0,
        own: None,
        reports: Vec::new(),
    };
    let mut blocks: Vec<_> = document.blocks.iter().zip(bodies).map(block).collect();
    let comment = "The second line prints 7, not 8.\nI tried it. <b>Twice</b>";
    let report =
        |kind, comment: Option<&str>, person| OpenReport { kind, comment: comment.map(str::to_owned), person, at };
    if let Some(block) = blocks.get_mut(1) {
        block.reported = 2;
        block.own = Some(OwnReport { kind: ReportKind::Wrong, comment: comment.into() });
        block.reports = vec![report(ReportKind::Wrong, Some(comment), 12), report(ReportKind::Broken, None, 31)];
    }
    blocks
}

#[cfg(test)]
impl LessonPage {
    pub(crate) fn sample() -> Self {
        Self::sample_of(&crate::web::render::sample::document())
    }

    /// A page around any document, as a signed-in learner sees it who has voted.
    pub(crate) fn sample_of(document: &crate::lessons::document::Document) -> Self {
        let at = DateTime::from_timestamp(1_767_600_000, 0).expect("a moment");
        let version = |id, number, up, down, standing| Version {
            id,
            number,
            since: (number > 1).then_some(number - 1),
            written_at: at,
            up,
            down,
            standing,
            shown: id == 7,
            served: id == 7,
        };
        Self {
            frame: Frame::sample_signed_in(),
            lesson: LessonHead {
                id: 7,
                topic: "Python Variables".into(),
                number: 1,
                title: document.title.clone(),
                description: document.description.clone(),
                style: LearningStyle::Mixed,
                difficulty: Difficulty::Beginner,
                language: "en".into(),
                minutes: document.minutes,
                profile: Profile {
                    industry: Some(Industry::NonProfit),
                    career_stage: Some(CareerStage::MidLevel),
                    weekly_hours: Some(WeeklyHours::ThreeToFive),
                    goal: Some(Goal::parse("Keep the <books> of my club").expect("a goal")),
                },
            },
            checked: Some(Checked {
                words: "Checked: texts as planned, 2 of 2 exercises run, 6 of 6 answers confirmed, 1 of 2 links alive"
                    .into(),
                notes: vec!["https://example.org/gone did not answer.".into()],
            }),
            why: "Best rated of 3".into(),
            standing: Standing::Approved,
            outline: crate::web::render::outline(document),
            blocks: sample_blocks(document, at),
            is_mentor: true,
            has_player: !document.player_hosts().is_empty(),
            votes: Votes {
                up: 14,
                down: 2,
                own: Some(OwnVote::Up),
                comment: "The receipt exercise made it click.".into(),
            },
            views: 1_204,
            versions: vec![
                version(7, 2, 14, 2, Standing::Approved),
                version(9, 3, 1, 0, Standing::New),
                version(3, 1, 2, 6, Standing::NeedsImprovement),
            ],
            facts: Facts {
                written_by: "llama3.1:8b".into(),
                written_at: at,
                prompt_version: Some("mixed-3".into()),
                cost: "$0.0012".into(),
                saved: Some("$1.4436".into()),
                lookup_key: "9f2c6b0e".repeat(8),
                cache_key: "d798dad978f7c705247b465ee7c912d3".into(),
            },
            problem: None,
        }
    }

    pub(crate) fn sample_signed_out() -> Self {
        let mut page = Self::sample();
        page.frame = Frame::sample_signed_out();
        page.is_mentor = false;
        page.votes = Votes::default();
        page.standing = Standing::New;
        page.checked = None;
        page.why = "The only version".into();
        page.versions.truncate(1);
        page.facts.prompt_version = None;
        page.facts.saved = None;
        page.lesson.profile = Profile::default();
        page.problem = Some("Your session has ended. Sign in to vote.".into());
        page
    }
}
