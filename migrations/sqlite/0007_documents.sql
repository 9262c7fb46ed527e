-- Documents that operators add as sources for lessons. A name is that of one document: other content under it replaces the
-- old one. The licence and the address are what a lesson cites it with.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('markdown', 'html', 'pdf', 'text')),
    bytes INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    sha256 BLOB NOT NULL UNIQUE,
    licence TEXT,
    address TEXT,
    added_at TEXT NOT NULL
) STRICT;

-- Pieces of documents, none longer than a page to read. Long pages are several pieces with one number. The words are those
-- of the title, the heading and the text as documents/words.rs makes them: the same for both databases.
CREATE TABLE document_pages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    page INTEGER NOT NULL,
    heading TEXT,
    text TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE INDEX document_pages_of_document ON document_pages (document_id);

-- The words are folded and separated by blanks already, so that the tokenizer has nothing to decide: to this one, all that
-- is not ASCII belongs to words.
CREATE VIRTUAL TABLE document_index USING fts5 (
    words, content = 'document_pages', content_rowid = 'id', tokenize = 'ascii'
);
CREATE TRIGGER document_pages_indexed AFTER INSERT ON document_pages BEGIN
    INSERT INTO document_index (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER document_pages_forgotten AFTER DELETE ON document_pages BEGIN
    INSERT INTO document_index (document_index, rowid, words) VALUES ('delete', old.id, old.words);
END;
