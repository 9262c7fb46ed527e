//! Stack Overflow: questions with an accepted answer, then those answers, through version 2.3 of its interface.

use std::time::Duration;

use serde::Deserialize;

use super::Excerpt;
use super::answered::{Answered, Asking, author, title};
use super::settings::StackOverflow;
use crate::text::html_text;
use crate::{Reply, Request, SourceError};

pub(super) const NAME: &str = "Stack Overflow";

/// The day's quota is empty, and nobody says when the day ends there.
const NEXT_DAY: Duration = Duration::from_secs(3600);

/// What surrounds every answer of the interface, good or bad.
#[derive(Deserialize)]
struct Wrapper<T> {
    #[serde(default = "Vec::new")]
    items: Vec<T>,
    backoff: Option<u64>,
    quota_remaining: Option<i64>,
    error_id: Option<u32>,
    error_message: Option<String>,
}

#[derive(Deserialize)]
struct FoundQuestion {
    title: String,
    accepted_answer_id: Option<u64>,
}

#[derive(Deserialize)]
struct Answer {
    answer_id: u64,
    body: String,
    #[serde(default)]
    score: i64,
    content_license: Option<String>,
    owner: Option<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    display_name: Option<String>,
}

impl StackOverflow {
    /// The accepted answers to the questions that fit best.
    pub(super) async fn ask(&self, asking: &Asking<'_>) -> Result<Answered, SourceError> {
        let site = Site::for_language(asking.question.language);
        let count = asking.bounds.max_excerpts_per_site.max(1);
        let mut search = self
            .request(&["2.3", "search", "advanced"], site)?
            .query("q", &asking.topic)
            .query("accepted", "True")
            .query("sort", "relevance")
            .query("order", "desc")
            .query("pagesize", &(count * 2).to_string());
        if let Some(language) = asking.question.programming_language {
            search = search.query("tagged", &tag(language));
        }
        let questions = read::<FoundQuestion>(&asking.send(search).await?)?;
        let accepted = questions
            .items
            .iter()
            .filter_map(|question| Some((question.accepted_answer_id?, question.title.as_str())))
            .collect::<Vec<_>>();
        // A site that asks to be left alone means each of its methods by itself: the answers may still be asked for.
        let pause = pause(&questions);
        if accepted.is_empty() {
            return Ok(Answered { excerpts: Vec::new(), pause });
        }
        let ids = accepted.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(";");
        let fetch = self.request(&["2.3", "answers", &ids], site)?.query("filter", "withbody");
        let mut answers = read::<Answer>(&asking.send(fetch).await?)?;
        let pause = pause.max(self::pause(&answers));
        // In the order of relevance, except that what readers voted down is nothing to learn from.
        answers.items.retain(|answer| answer.score >= 0);
        let place = |answer: &Answer| accepted.iter().position(|(id, _)| *id == answer.answer_id);
        answers.items.sort_by_key(|answer| place(answer).unwrap_or(usize::MAX));
        let excerpts = answers.items.iter().filter_map(|answer| {
            let (_, question) = accepted.get(place(answer)?)?;
            Some(Excerpt {
                site: NAME.into(),
                title: title(&html_text(question), NAME),
                url: format!("https://{}/a/{}", site.host, answer.answer_id),
                licence: answer.content_license.clone(),
                author: author(
                    answer.owner.as_ref().and_then(|owner| owner.display_name.as_deref()).map(html_text).as_deref(),
                ),
                text: asking.quote(&html_text(&answer.body), answer.content_license.as_deref()),
            })
        });
        Ok(Answered { excerpts: excerpts.take(count).collect(), pause })
    }

    fn request(&self, path: &[&str], site: Site) -> Result<Request, SourceError> {
        let request = Request::get(&self.base_url)?.path(path.iter().copied()).query("site", site.parameter);
        Ok(match &self.key {
            Some(key) => request.query("key", key.expose()),
            None => request,
        })
    }
}

/// One of the sites under this roof.
#[derive(Clone, Copy)]
struct Site {
    parameter: &'static str,
    host: &'static str,
}

impl Site {
    fn for_language(language: &str) -> Self {
        let (parameter, host) = match language.split(['-', '_']).next().unwrap_or_default() {
            "es" => ("es.stackoverflow", "es.stackoverflow.com"),
            "ja" => ("ja.stackoverflow", "ja.stackoverflow.com"),
            "pt" => ("pt.stackoverflow", "pt.stackoverflow.com"),
            "ru" => ("ru.stackoverflow", "ru.stackoverflow.com"),
            _ => ("stackoverflow", "stackoverflow.com"),
        };
        Self { parameter, host }
    }
}

/// The tag of a programming language: `Visual Basic` is tagged `visual-basic`.
fn tag(language: &str) -> String {
    language.split_whitespace().collect::<Vec<_>>().join("-").replace(';', "").to_lowercase()
}

fn read<T: for<'de> Deserialize<'de>>(reply: &Reply) -> Result<Wrapper<T>, SourceError> {
    let Ok(wrapper) = reply.json::<Wrapper<T>>() else {
        // Pages that stand before the interface, such as one that asks for patience, are HTML with a telling status.
        return Err(reply.failure().unwrap_or(SourceError::Garbage));
    };
    match wrapper.error_id {
        // Throttle violation: sent with status 400, the wait only in words.
        Some(502) => Err(SourceError::QuotaExceeded { retry_after: seconds_in(wrapper.error_message.as_deref()) }),
        Some(401..=403 | 405 | 406) => Err(SourceError::Refused),
        Some(503) => Err(SourceError::ServerError { status: 503 }),
        Some(_) => Err(reply.failure().unwrap_or(SourceError::Failed)),
        None => match reply.failure() {
            Some(error) => Err(error),
            None if wrapper.quota_remaining.is_none() && wrapper.items.is_empty() => Err(SourceError::Garbage),
            None => Ok(wrapper),
        },
    }
}

fn pause<T>(wrapper: &Wrapper<T>) -> Option<Duration> {
    let backoff = wrapper.backoff.map(Duration::from_secs);
    let is_empty = wrapper.quota_remaining.is_some_and(|left| left <= 0);
    backoff.max(is_empty.then_some(NEXT_DAY))
}

/// "too many requests from this IP, more requests available in 78903 seconds"
fn seconds_in(message: Option<&str>) -> Option<Duration> {
    let words = message?.split_whitespace().collect::<Vec<_>>();
    let place = words.iter().position(|word| word.starts_with("second"))?;
    words.get(place.checked_sub(1)?)?.parse().ok().map(Duration::from_secs)
}
