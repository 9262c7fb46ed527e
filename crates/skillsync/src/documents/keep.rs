//! What is there, and taking something away.

use crate::ids::DocumentId;
use crate::storage::{Db, Result};

use super::document::Document;
use super::store;

/// The most documents that are listed.
pub const MAX_LISTED: i64 = 10_000;

/// The documents in the order of their ids, at most [`MAX_LISTED`].
///
/// # Errors
/// When the database cannot be used.
pub async fn list(db: &Db) -> Result<Vec<Document>> {
    store::list(db, MAX_LISTED).await
}

/// Takes a document away, and all of it out of the index. Gives what it was; none when there is no such document.
///
/// Lessons that cite it keep what they say.
///
/// # Errors
/// When the database cannot be used; nothing is taken away then.
pub async fn remove(db: &Db, id: DocumentId) -> Result<Option<Document>> {
    store::delete(db, id).await
}
