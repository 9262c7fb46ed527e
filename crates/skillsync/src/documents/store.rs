//! Documents and their pages in the database.

use chrono::{DateTime, Utc};

use crate::ids::DocumentId;
use crate::storage::{BeginWrite, Db, Result, on_engine};

use super::document::{Document, Format};

macro_rules! columns {
    () => {
        "id, name, title, format, bytes, pages, licence, address, added_at"
    };
}

/// A document with its pages, to be stored.
pub(super) struct NewDocument {
    pub name: String,
    pub title: String,
    pub format: Format,
    pub bytes: i64,
    pub sha256: [u8; 32],
    pub licence: Option<String>,
    pub address: Option<String>,
    pub added_at: DateTime<Utc>,
    /// Never empty.
    pub pages: Vec<NewPage>,
}

/// A piece of it, with its words separated by blanks.
pub(super) struct NewPage {
    pub number: i64,
    pub heading: Option<String>,
    pub text: String,
    pub words: String,
}

impl NewDocument {
    fn last_page(&self) -> i64 {
        self.pages.last().map_or(0, |page| page.number)
    }
}

const BY_CONTENT: &str = concat!("SELECT ", columns!(), " FROM documents WHERE sha256 = $1");

/// The document that was made from this content.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn by_content(db: &Db, sha256: &[u8; 32]) -> Result<Option<Document>> {
    Ok(on_engine!(db.write(), |pool| sqlx::query_as(BY_CONTENT).bind(&sha256[..]).fetch_optional(pool).await?))
}

const BY_NAME: &str = concat!("SELECT ", columns!(), " FROM documents WHERE name = $1");

/// The document with this name.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn by_name(db: &Db, name: &str) -> Result<Option<Document>> {
    Ok(on_engine!(db.write(), |pool| sqlx::query_as(BY_NAME).bind(name).fetch_optional(pool).await?))
}

const INSERT: &str = concat!(
    "INSERT INTO documents (name, title, format, bytes, pages, sha256, licence, address, added_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ",
    columns!()
);
const REPLACE: &str = concat!(
    "UPDATE documents SET name = $1, title = $2, format = $3, bytes = $4, pages = $5, sha256 = $6, licence = $7,
    address = $8, added_at = $9 WHERE id = $10 RETURNING ",
    columns!()
);
const DELETE_PAGES: &str = "DELETE FROM document_pages WHERE document_id = $1";
const INSERT_PAGE_SQLITE: &str =
    "INSERT INTO document_pages (document_id, page, heading, text, words) VALUES ($1, $2, $3, $4, $5)";
const INSERT_PAGE_POSTGRES: &str = "INSERT INTO document_pages (document_id, page, heading, text, words)
    VALUES ($1, $2, $3, $4, CAST(CAST($5 AS TEXT) AS TSVECTOR))";

/// Stores a document, in the place of another where one is named. None when that one is not there any more; nothing is
/// stored then.
///
/// # Errors
/// When the database cannot be used, or another document has the name or the content; nothing is stored then.
pub(super) async fn put(db: &Db, new: &NewDocument, replaced: Option<DocumentId>) -> Result<Option<Document>> {
    let insert_page = db.pick(INSERT_PAGE_SQLITE, INSERT_PAGE_POSTGRES);
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let put = sqlx::query_as(if replaced.is_some() { REPLACE } else { INSERT });
        let put = put.bind(&new.name).bind(&new.title).bind(new.format).bind(new.bytes).bind(new.last_page());
        let put = put.bind(&new.sha256[..]).bind(&new.licence).bind(&new.address).bind(new.added_at);
        let put = if let Some(replaced) = replaced { put.bind(replaced) } else { put };
        let Some(document): Option<Document> = put.fetch_optional(&mut *tx).await? else { return Ok(None) };
        sqlx::query(DELETE_PAGES).bind(document.id).execute(&mut *tx).await?;
        for page in &new.pages {
            let insert = sqlx::query(insert_page).bind(document.id).bind(page.number).bind(&page.heading);
            insert.bind(&page.text).bind(&page.words).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(Some(document))
    })
}

const LIST: &str = concat!("SELECT ", columns!(), " FROM documents ORDER BY id LIMIT $1");

/// The documents in the order of their ids.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn list(db: &Db, limit: i64) -> Result<Vec<Document>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(LIST).bind(limit).fetch_all(pool).await?))
}

const DELETE: &str = concat!("DELETE FROM documents WHERE id = $1 RETURNING ", columns!());

/// Deletes a document with its pages, and gives what it was.
///
/// # Errors
/// When the database cannot be used; nothing is deleted then.
pub(super) async fn delete(db: &Db, id: DocumentId) -> Result<Option<Document>> {
    Ok(on_engine!(db.write(), |pool| sqlx::query_as(DELETE).bind(id).fetch_optional(pool).await?))
}

/// A page that holds a word that is asked for.
#[derive(sqlx::FromRow)]
pub(super) struct Candidate {
    pub document_id: DocumentId,
    pub title: String,
    pub page: i64,
    pub heading: Option<String>,
    pub text: String,
    pub licence: Option<String>,
    pub address: Option<String>,
}

/// Those that the database thinks most of, in the order of documents and pages.
const CANDIDATES_SQLITE: &str = "SELECT document_id, title, page, heading, text, licence, address
    FROM (SELECT rowid AS page_id FROM document_index WHERE document_index MATCH $1 ORDER BY rank, rowid LIMIT $2)
    JOIN document_pages ON document_pages.id = page_id
    JOIN documents ON documents.id = document_id
    ORDER BY document_id, document_pages.id";
const CANDIDATES_POSTGRES: &str = "SELECT document_id, title, page, heading, text, licence, address
    FROM (SELECT id AS page_id FROM document_pages, CAST(CAST($1 AS TEXT) AS TSQUERY) AS asked
        WHERE words @@ asked ORDER BY ts_rank(words, asked) DESC, id LIMIT $2) AS found
    JOIN document_pages ON document_pages.id = page_id
    JOIN documents ON documents.id = document_id
    ORDER BY document_id, document_pages.id";

/// The pages that hold at least one of these words, which are as `words` makes them; at least one is needed. Where there
/// are more than `limit`, those that the database ranks highest.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn candidates(db: &Db, words: &[String], limit: i64) -> Result<Vec<Candidate>> {
    // Quoted, a word is never an operator. Words hold letters, digits and marks only, so nothing in them ends the quotes.
    let quote = db.pick("\"", "'");
    let words: Vec<_> = words.iter().map(|word| format!("{quote}{word}{quote}")).collect();
    let asked = words.join(db.pick(" OR ", " | "));
    let candidates = db.pick(CANDIDATES_SQLITE, CANDIDATES_POSTGRES);
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(candidates).bind(asked).bind(limit).fetch_all(pool).await?))
}

const COUNT_PAGES: &str = "SELECT COUNT(*) FROM document_pages";

/// How many pages there are in all documents.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn count_pages(db: &Db) -> Result<i64> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_scalar(COUNT_PAGES).fetch_one(pool).await?))
}
