//! A lesson as it lies in the database, and its key with all versions.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::ids::{KeyId, LessonId, PersonId, RunId};
use crate::voting::ballot::{Review, Tally};
use crate::voting::ranking::{Candidate, Reason};

use super::checks::Checks;
use super::document::Document;
use super::key::LookupKey;
use super::request::LessonRequest;

/// One version of what a key asks for. All but its tally and review stays as it was published.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its id.
    pub id: LessonId,
    /// The key it belongs to.
    pub key_id: KeyId,
    /// What was asked for when the key was first made.
    pub request: LessonRequest,
    /// The public key of the first API.
    pub cache_key: String,
    /// Its number among the versions of its key, from 1.
    pub version: i64,
    /// The heading.
    pub title: String,
    /// What the learner will be able to do.
    pub description: String,
    /// How long it takes.
    pub minutes: i64,
    /// The document as JSON text, exactly as it was published.
    pub content: Arc<str>,
    /// Where it comes from.
    pub origin: Origin,
    /// What learners did with it.
    pub tally: Tally,
    /// What a mentor said of it.
    pub review: Review,
}

/// Where a version comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The model that wrote it, or `starter-library`, or `import`.
    pub author_model: String,
    /// The version of the prompts it was written with.
    pub prompt_version: String,
    /// Why it was written again, in the words of who asked.
    pub reason: Option<String>,
    /// Who asked for it, when they were signed in.
    pub created_by: Option<PersonId>,
    /// The run that wrote it.
    pub run_id: Option<RunId>,
    /// When it was published.
    pub generated_at: DateTime<Utc>,
    /// What was checked about it before.
    pub checks: Checks,
}

impl Lesson {
    /// The key the lesson is found by.
    pub fn lookup_key(&self) -> LookupKey {
        LookupKey::of(&self.request)
    }

    /// The lesson's document.
    ///
    /// # Errors
    /// When the text in the database is not a document of this format.
    pub fn document(&self) -> serde_json::Result<Document> {
        serde_json::from_str(&self.content)
    }
}

/// A version in a list: all but its text.
#[derive(Clone, Debug)]
pub struct VersionSummary {
    /// The version's id.
    pub id: LessonId,
    /// Its number, from 1.
    pub version: i64,
    /// The model that wrote it.
    pub author_model: String,
    /// When it was published.
    pub generated_at: DateTime<Utc>,
    /// What learners did with it.
    pub tally: Tally,
    /// What a mentor said of it.
    pub review: Review,
}

impl VersionSummary {
    /// The version as the ranking sees it.
    pub fn candidate(&self) -> Candidate {
        Candidate { version: self.version, tally: self.tally, review: self.review }
    }
}

/// A lesson with the reason why it is the one that is served.
#[derive(Clone, Debug)]
pub struct Served {
    /// The lesson.
    pub lesson: Arc<Lesson>,
    /// Why this version.
    pub reason: Reason,
}
