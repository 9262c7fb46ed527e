//! The order of videos: a weighted sum of five parts, each from 0 to 1, of which every one can be told to a learner.
//!
//! | part | what it is |
//! |---|---|
//! | topic | the share of the topic's words in the title; a word that only the description has counts a third |
//! | views | on a logarithmic scale, up to what is a lot on the platform |
//! | likes | the lower end of what the share of viewers who like it may be (Wilson 1927), up to one in twenty |
//! | age | best from 6 to 36 months: younger ones are not yet proven, older ones show old versions |
//! | channel | whether its name is about the topic, else whether it has several of the videos found |
//!
//! It follows that more views at the same share of likes, more likes, and more matching words never harm a video.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::words::{match_of_transcript, matched, words_of_query};
use super::{Candidate, Platform, Ranked, VideoQuery, reason};
use crate::transcripts::Transcript;

/// How much each part counts. The weights add up to 1.
#[derive(Debug, Clone, Copy)]
pub struct Weights {
    /// That it is about the topic.
    pub topic: f64,
    /// How many people watched it.
    pub views: f64,
    /// How many of those like it.
    pub likes: f64,
    /// How old it is.
    pub age: f64,
    /// Who published it.
    pub channel: f64,
}

/// The weights in use: a popular video about something else teaches nothing, so the topic comes first.
const WEIGHTS: Weights = Weights { topic: 0.40, views: 0.20, likes: 0.15, age: 0.15, channel: 0.10 };

/// What the match of the transcript counts once there is one; the rest keeps its proportions.
pub const TRANSCRIPT_WEIGHT: f64 = 0.35;

/// What a word counts that only the description has: descriptions mention much.
const ONLY_DESCRIBED: f64 = 1.0 / 3.0;

/// The share of viewers who press the button under a very good video.
const FULL_LIKE_SHARE: f64 = 0.05;

/// Where likes are hidden, they speak neither for nor against a video.
const UNKNOWN_LIKES: f64 = 0.5;

/// Days of an average month.
const MONTH_DAYS: f64 = 30.44;

/// The best age, in months.
const BEST_MONTHS: (f64, f64) = (6.0, 36.0);

/// What a video of today gets for its age; the rest grows until the best age begins.
const NEW: f64 = 0.6;

/// After so many months beyond the best age its worth is halved.
const HALVED_AFTER_MONTHS: f64 = 36.0;

/// What is a lot of views: a judgement, not a measurement. PeerTube's audience is much smaller, and its videos are not worse for
/// it.
fn full_views(platform: Platform) -> f64 {
    match platform {
        Platform::YouTube => 1_000_000.0,
        Platform::PeerTube => 50_000.0,
    }
}

/// Puts videos in order, best first. Each video is kept once, and equal scores are ordered by platform and id, so that the order
/// does not depend on who answered first.
pub fn rank(candidates: Vec<Candidate>, query: &VideoQuery, today: NaiveDate) -> Vec<Ranked> {
    let words = words_of_query(query);
    let mut seen = BTreeSet::new();
    let mut candidates = candidates;
    candidates.retain(|video| seen.insert((video.platform, video.id.clone())));
    let mut of_channel = BTreeMap::<(Platform, &str), usize>::new();
    for video in &candidates {
        *of_channel.entry((video.platform, &video.channel)).or_default() += 1;
    }
    let scores = candidates.iter().map(|video| {
        let is_frequent = of_channel.get(&(video.platform, video.channel.as_str())).is_some_and(|count| *count > 1);
        score(video, &words, today, is_frequent)
    });
    let scores = scores.collect::<Vec<_>>();
    let total = candidates.len();
    let ranked = candidates.into_iter().zip(scores).map(|(candidate, score)| {
        let why = reason::why(&candidate, &words, total, today);
        Ranked { candidate, score, why }
    });
    in_order(ranked.collect())
}

/// Orders the videos anew by what is said in them. Those without a transcript are taken for half a match.
pub fn rank_by_transcripts<'a>(
    ranked: Vec<Ranked>,
    query: &VideoQuery,
    transcript_of: impl Fn(&Candidate) -> Option<&'a Transcript>,
) -> Vec<Ranked> {
    let topic = words_of_query(query).join(" ");
    let again = ranked.into_iter().map(|video| {
        let found = transcript_of(&video.candidate).map(|transcript| match_of_transcript(transcript, &topic));
        let score = (1.0 - TRANSCRIPT_WEIGHT) * video.score + TRANSCRIPT_WEIGHT * found.unwrap_or(0.5);
        let why = reason::with_transcript(&video.why, found);
        Ranked { score, why, ..video }
    });
    in_order(again.collect())
}

fn in_order(mut ranked: Vec<Ranked>) -> Vec<Ranked> {
    ranked.sort_by(|one, other| {
        let name = |video: &Ranked| (video.candidate.platform, video.candidate.id.clone());
        other.score.total_cmp(&one.score).then_with(|| name(one).cmp(&name(other)))
    });
    ranked
}

fn score(video: &Candidate, words: &[String], today: NaiveDate, is_frequent: bool) -> f64 {
    WEIGHTS.topic * topic_part(video, words)
        + WEIGHTS.views * views_part(video)
        + WEIGHTS.likes * likes_part(video)
        + WEIGHTS.age * age_part(months_old(video.published, today))
        + WEIGHTS.channel * channel_part(video, words, is_frequent)
}

fn topic_part(video: &Candidate, words: &[String]) -> f64 {
    if words.is_empty() {
        return 0.0;
    }
    let in_title = matched(words, &video.title);
    let in_either = matched(words, &format!("{} {}", video.title, video.description));
    (in_title as f64 + ONLY_DESCRIBED * in_either.saturating_sub(in_title) as f64) / words.len() as f64
}

fn views_part(video: &Candidate) -> f64 {
    ((1.0 + video.views as f64).ln() / (1.0 + full_views(video.platform)).ln()).min(1.0)
}

fn likes_part(video: &Candidate) -> f64 {
    let Some(likes) = video.likes else { return UNKNOWN_LIKES };
    (wilson_lower_bound(likes, video.views) / FULL_LIKE_SHARE).min(1.0)
}

/// The lower end of the interval in which a share lies with 95 % certainty, given `yes` among `all` (Wilson 1927, z = 1.96).
fn wilson_lower_bound(yes: u64, all: u64) -> f64 {
    let all = all.max(yes) as f64;
    if all == 0.0 {
        return 0.0;
    }
    let (share, z) = (yes as f64 / all, 1.96_f64);
    let spread = z * (share * (1.0 - share) / all + z * z / (4.0 * all * all)).sqrt();
    ((share + z * z / (2.0 * all) - spread) / (1.0 + z * z / all)).max(0.0)
}

/// How many months ago; a day in the future counts as today.
fn months_old(published: NaiveDate, today: NaiveDate) -> f64 {
    (today - published).num_days().max(0) as f64 / MONTH_DAYS
}

fn age_part(months: f64) -> f64 {
    let (from, to) = BEST_MONTHS;
    if months < from {
        NEW + (1.0 - NEW) * months / from
    } else {
        0.5_f64.powf((months - to).max(0.0) / HALVED_AFTER_MONTHS)
    }
}

fn channel_part(video: &Candidate, words: &[String], is_frequent: bool) -> f64 {
    match (matched(words, &video.channel) > 0, is_frequent) {
        (true, _) => 1.0,
        (false, true) => 0.6,
        (false, false) => 0.3,
    }
}

#[cfg(test)]
pub(super) mod samples {
    //! A video and a query that tests change.

    use super::*;

    pub fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date")
    }

    pub fn query() -> VideoQuery {
        VideoQuery {
            topic: "List comprehensions".into(),
            language: "en".into(),
            programming_language: Some("Python".into()),
        }
    }

    pub fn candidate(id: &str) -> Candidate {
        Candidate {
            platform: Platform::YouTube,
            id: id.into(),
            title: "List comprehensions in Python".into(),
            channel: "Ada teaches".into(),
            url: format!("https://www.youtube.com/watch?v={id}"),
            embed_url: format!("https://www.youtube-nocookie.com/embed/{id}"),
            seconds: 720,
            published: NaiveDate::from_ymd_opt(2025, 4, 1).expect("a date"),
            views: 85_321,
            likes: Some(3_100),
            language: Some("en".into()),
            hd: true,
            captioned: true,
            embeddable: true,
            description: "What they are and when to use them.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::samples::{candidate, query, today};
    use super::*;
    use crate::transcripts::{Cue, TranscriptSource};

    fn score_of(video: &Candidate) -> f64 {
        score(video, &words_of_query(&query()), today(), false)
    }

    fn order(ranked: &[Ranked]) -> String {
        ranked.iter().map(|video| video.candidate.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_weights_are_shares() {
        let Weights { topic, views, likes, age, channel } = WEIGHTS;
        assert!((topic + views + likes + age + channel - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_topic_outweighs_fame() {
        let famous = Candidate {
            title: "My keyboard".into(),
            description: String::new(),
            views: 50_000_000,
            likes: Some(4_000_000),
            ..candidate("famous")
        };
        let ranked = rank(vec![famous, candidate("fitting")], &query(), today());
        assert_eq!(order(&ranked), "fitting famous");
    }

    #[test]
    fn the_best_age_is_half_a_year_to_three_years() {
        let at = |months| age_part(months);
        assert_eq!((at(6.0), at(20.0), at(36.0)), (1.0, 1.0, 1.0));
        assert!(at(0.0) < at(3.0) && at(3.0) < at(6.0) && at(36.0) > at(37.0) && (at(72.0) - 0.5).abs() < 1e-9);
        let unborn = Candidate { published: today() + Days::new(90), ..candidate("a") };
        assert_eq!(months_old(unborn.published, today()), 0.0);
    }

    #[test]
    fn what_is_said_changes_the_order() {
        let ranked = rank(vec![candidate("b"), candidate("a")], &query(), today());
        assert_eq!(order(&ranked), "a b");
        let cue = Cue { start_ms: 0, end_ms: 9, text: "python lists and comprehensions ".repeat(3) };
        let source = TranscriptSource::Captions;
        let speaks = Transcript { language: None, source, has_times: true, cues: vec![cue] };
        let mut silent = speaks.clone();
        silent.cues[0].text = "music".into();
        let pick = |video: &Candidate| Some(if video.id == "b" { &speaks } else { &silent });
        let again = rank_by_transcripts(ranked, &query(), pick);
        assert_eq!(order(&again), "b a");
        assert!(again[0].why.ends_with(", and it speaks of the topic throughout"), "{}", again[0].why);
    }

    proptest! {
        #[test]
        fn more_never_harms(views in 0u64..2_000_000, share in 0u64..200, times in 1u64..50, more in 0u64..100_000) {
            let likes = views * share / 1_000;
            let base = Candidate { views, likes: Some(likes), ..candidate("a") };
            let watched = Candidate { views: views * times, likes: Some(likes * times), ..base.clone() };
            let liked = Candidate { likes: Some(likes + more), ..base.clone() };
            let unknown = Candidate { likes: None, ..base.clone() };
            let unknown_watched = Candidate { views: views + more, ..unknown.clone() };
            let named = Candidate { title: format!("{} Python list", base.title), ..base.clone() };
            prop_assert!(score_of(&watched) >= score_of(&base) - 1e-12);
            prop_assert!(score_of(&liked) >= score_of(&base) - 1e-12);
            prop_assert!(score_of(&unknown_watched) >= score_of(&unknown));
            prop_assert!(score_of(&named) >= score_of(&base));
            prop_assert!((0.0..=1.0).contains(&score_of(&base)));
        }

        #[test]
        fn the_order_depends_on_the_videos_alone(
            videos in prop::collection::vec((0usize..12, prop::sample::select(vec![10u64, 5_000]), 0u64..900), 0..12),
            turn in 0usize..12,
        ) {
            let ids = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
            let mut seen = BTreeSet::new();
            let videos = videos.into_iter().filter(|(id, ..)| seen.insert(*id)).map(|(id, views, age)| {
                Candidate { views, likes: None, published: today() - Days::new(age), ..candidate(ids[id]) }
            });
            let videos = videos.collect::<Vec<_>>();
            let mut turned = videos.clone();
            turned.rotate_left(turn % videos.len().max(1));
            turned.extend(videos.first().cloned());
            let ranked = rank(videos, &query(), today());
            prop_assert!(ranked.is_sorted_by(|one, other| one.score >= other.score));
            prop_assert_eq!(rank(turned, &query(), today()), ranked);
        }
    }
}
