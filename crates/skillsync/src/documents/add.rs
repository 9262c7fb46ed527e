//! Adds a file as a document, or puts it in the place of the one that had its name.

use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::ids::DocumentId;
use crate::storage::{Db, StorageError};

use super::document::{Details, Document};
use super::extract::{self, ExtractError, Extracted, Limits};
use super::store::{self, NewDocument, NewPage};
use super::words::words;

/// A file that was read, and what the operator says about it.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is called. Other content under the same name replaces it later.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What is said about it.
    pub details: Details,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is a new document.
    Added,
    /// It took the place of an older one, and its id.
    Replaced,
    /// It was there already, under this name or another.
    Unchanged,
}

/// Why a file was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// It cannot be read.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// The database could not be used.
    #[error("the documents could not be stored")]
    Storage(#[from] StorageError),
}

/// Adds a file.
///
/// Its content tells whether it is there already. Details that are not given stay as they were; those that are given and
/// differ are taken over.
///
/// # Errors
/// When the file cannot be read or the database cannot be used; nothing is changed then.
pub async fn add(db: &Db, clock: &Clock, limits: Limits, file: NewFile) -> Result<(Document, Outcome), AddError> {
    let NewFile { name, bytes, details } = file;
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
    let same_content = store::by_content(db, &sha256).await?;
    if let Some(document) = same_content.as_ref().filter(|document| agrees(document, &details)) {
        return Ok((document.clone(), Outcome::Unchanged));
    }
    let is_same_content = same_content.is_some();
    let older = if is_same_content { same_content } else { store::by_name(db, &name).await? };
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let extracted = extract::extract(name.clone(), bytes, limits).await?;
    let kept = Kept { name, size, sha256, is_same_content };
    let new = new_document(kept, extracted, details, older.as_ref(), clock);
    let replaced = older.map(|older| older.id);
    Ok(match put(db, &new, replaced).await? {
        (document, true) => (document, Outcome::Replaced),
        (document, false) => (document, Outcome::Added),
    })
}

/// Stores it, and says whether in the place of an older one. That one may have been removed meanwhile.
async fn put(db: &Db, new: &NewDocument, replaced: Option<DocumentId>) -> Result<(Document, bool), StorageError> {
    if let Some(replaced) = replaced
        && let Some(document) = store::put(db, new, Some(replaced)).await?
    {
        return Ok((document, true));
    }
    let document = store::put(db, new, None).await?.ok_or_else(StorageError::busy)?;
    Ok((document, false))
}

/// Whether nothing is said about a document that it does not say already.
fn agrees(document: &Document, details: &Details) -> bool {
    let says = |said: &Option<String>, stored: Option<&str>| said.is_none() || said.as_deref() == stored;
    says(&details.title, Some(&document.title))
        && says(&details.licence, document.licence.as_deref())
        && says(&details.address, document.address.as_deref())
}

/// What is known of a file before it is read.
struct Kept {
    name: String,
    size: i64,
    sha256: [u8; 32],
    is_same_content: bool,
}

/// The document as it is going to be: what is said comes first, then what an older one says, then what the file says.
fn new_document(
    kept: Kept,
    extracted: Extracted,
    details: Details,
    older: Option<&Document>,
    clock: &Clock,
) -> NewDocument {
    let same = older.filter(|_| kept.is_same_content);
    // The title of other content is not kept: it may well have been that content's own.
    let title = details.title.or_else(|| same.map(|same| same.title.clone())).unwrap_or(extracted.title);
    let pages = extracted.pages.into_iter().map(|page| NewPage {
        number: i64::try_from(page.number).unwrap_or(i64::MAX),
        words: words_of_page(&title, page.heading.as_deref(), &page.text),
        heading: page.heading,
        text: page.text,
    });
    NewDocument {
        pages: pages.collect(),
        name: same.map_or(kept.name, |same| same.name.clone()),
        format: extracted.format,
        bytes: kept.size,
        sha256: kept.sha256,
        licence: details.licence.or_else(|| older?.licence.clone()),
        address: details.address.or_else(|| older?.address.clone()),
        added_at: clock.now(),
        title,
    }
}

/// What a page is found by: its title and heading too.
fn words_of_page(title: &str, heading: Option<&str>, text: &str) -> String {
    let parts = [title, heading.unwrap_or_default(), text];
    parts.into_iter().flat_map(words).collect::<Vec<_>>().join(" ")
}
