//! Everything outside that lessons rest on: pages, links, videos, transcripts, and the operator's own documents. Each may be
//! missing.

use std::sync::Arc;

use skillsync_sources::transcripts::TranscriptChain;
use skillsync_sources::videos::Videos;
use skillsync_sources::{LinkChecker, Researcher};

use crate::documents::{Passage, search};
use crate::storage::{Db, StorageError};

/// What can be asked from here.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Public sites.
    pub researcher: Option<Arc<Researcher>>,
    /// Whether addresses still lead somewhere.
    pub links: Option<Arc<LinkChecker>>,
    /// Videos.
    pub videos: Option<Videos>,
    /// What is said in them.
    pub transcripts: TranscriptChain,
    /// Where the operator's own documents are.
    pub documents: Db,
}

impl Sources {
    /// The operator's own documents alone.
    pub fn none(documents: Db) -> Self {
        Self { researcher: None, links: None, videos: None, transcripts: TranscriptChain::default(), documents }
    }

    /// Passages of the operator's own documents.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn own_passages(&self, question: &str, most: usize) -> Result<Vec<Passage>, StorageError> {
        search::search(&self.documents, question, most).await
    }
}
