//! Documents on both databases: added, replaced, found, removed.

use std::collections::HashSet;

use super::add::{AddError, NewFile, Outcome, add};
use super::document::{Details, Document};
use super::extract::{ExtractError, Limits};
use super::{keep, search, store};
use crate::both_engines;
use crate::clock::Clock;
use crate::storage::Db;
use crate::testing::pdf::{Shown, pdf};
use crate::testing::{self, TestDatabase};

const LIMITS: Limits = Limits { max_file_bytes: 1024 * 1024, max_pages: 100 };

async fn put(db: &Db, name: &str, bytes: impl Into<Vec<u8>>, details: Details) -> (Document, Outcome) {
    let file = NewFile { name: name.to_owned(), bytes: bytes.into(), details };
    add(db, &Clock::fixed(testing::start()), LIMITS, file).await.expect("the file is sound")
}

async fn put_text(db: &Db, name: &str, text: &str) -> Document {
    put(db, name, text, Details::default()).await.0
}

/// Title and page of what is found.
async fn found(db: &Db, question: &str) -> Vec<(String, i64)> {
    let passages = search(db, question, 10).await.expect("the database answers");
    passages.into_iter().map(|passage| (passage.title, passage.page)).collect()
}

fn hit(title: &str, page: i64) -> (String, i64) {
    (title.to_owned(), page)
}

const RUST: &str = "# Rust\n\nA language.\n\n## Ownership\n\nEach value has an owner. Moving a value ends its old name.
\n## Lifetimes\n\nA borrowed value must outlive its borrowers.\n";
const COOKING: &str =
    "# Cooking\n\n## Rice\n\nRinse the rice. Cook it in water.\n\n## Crème brûlée\n\nThe value of sugar.\n";

both_engines! {
    async fn passages_are_found_by_topic_and_cited_by_page(database: &TestDatabase) {
        let db = &database.db;
        let details = Details::parse(None, Some("CC BY 4.0"), Some("https://example.org/rust")).expect("details");
        let rust = put(db, "rust.md", RUST, details).await.0;
        put_text(db, "cooking.md", COOKING).await;
        let book = pdf(Some("A book"), &[Shown::Text("Nothing here"), Shown::Text("Closures keep what they capture")], false);
        put(db, "book.pdf", book, Details::default()).await;

        let passages = search(db, "Ownership of values in Rust", 5).await.expect("an answer");
        let first = &passages[0];
        assert_eq!((first.document_id, first.title.as_str(), first.page), (rust.id, "Rust", 2));
        assert_eq!(first.heading.as_deref(), Some("Ownership"));
        assert!(first.text.starts_with("Each value has an owner.") && first.score > passages[1].score);
        let cited = (first.licence.as_deref(), first.address.as_deref());
        assert_eq!(cited, (Some("CC BY 4.0"), Some("https://example.org/rust")));

        assert_eq!(found(db, "closure").await, [hit("A book", 2)]);
        assert_eq!(found(db, "CREME BRULEE").await, [hit("Cooking", 2)]);
        assert_eq!(found(db, "An introduction to ownership for absolute beginners").await[0], hit("Rust", 2));
        assert_eq!(found(db, "quantum chromodynamics").await, []);
        assert_eq!(search(db, "value", 1).await.expect("an answer").len(), 1);
        assert_eq!(search(db, "value", 0).await.expect("an answer").len(), 0);
    }

    async fn no_question_is_more_than_words(database: &TestDatabase) {
        let db = &database.db;
        put_text(db, "rust.md", RUST).await;
        for hostile in [
            "", " ", "\"", "'", "\" OR 1=1 --", "' | 'x':*", "NEAR(", "*", "AND NOT", "OR", "^words", "words:rust*", "-",
            "(", "a\0b", "\u{202e}\u{200b}", "🙂", "👩‍👩‍👧‍👦", "\\", "!&|<->", "{words}: x", "NEAR(\"a\" \"b\", 2)", "1; DROP TABLE documents",
        ] {
            assert_eq!(found(db, hostile).await, [], "{hostile:?}");
        }
        let long = "zzz ".repeat(100_000);
        assert_eq!(found(db, &long).await, []);
        let many: String = (0..5_000).map(|number| format!("w{number} ")).collect();
        assert_eq!(found(db, &many).await, []);
        // Operators are words like others, and are found where they stand.
        put_text(db, "logic.md", "# Logic\n\nAND, OR, NOT and NEAR are operators. Привет, 世界, 変数!").await;
        for question in ["NOT", "near(", "\"and\" OR not*", "ПРИВЕТ", "変数", "世界"] {
            assert_eq!(found(db, question).await, [hit("Logic", 1)], "{question}");
        }
        assert_eq!(found(db, "ownership'); --").await, [hit("Rust", 2)]);
    }

    async fn the_same_content_is_there_once(database: &TestDatabase) {
        let db = &database.db;
        let (first, outcome) = put(db, "rust.md", RUST, Details::default()).await;
        assert_eq!((outcome, first.pages, first.bytes), (Outcome::Added, 3, i64::try_from(RUST.len()).expect("small")));
        for name in ["rust.md", "copy.md"] {
            let again = put(db, name, RUST, Details::default()).await;
            assert_eq!(again, (first.clone(), Outcome::Unchanged), "{name}");
        }
        assert_eq!(store::count_pages(db).await.expect("an answer"), 3);
        // What is newly said about it is taken over, and what was said before stays.
        let licence = Details::parse(None, Some("MIT"), None).expect("details");
        assert_eq!(put(db, "rust.md", RUST, licence).await.1, Outcome::Replaced);
        let title = Details::parse(Some("Zebra"), None, None).expect("details");
        let (document, outcome) = put(db, "copy.md", RUST, title.clone()).await;
        assert_eq!((document.id, outcome, document.name.as_str()), (first.id, Outcome::Replaced, "rust.md"));
        assert_eq!((document.title.as_str(), document.licence.as_deref()), ("Zebra", Some("MIT")));
        assert_eq!(put(db, "rust.md", RUST, title).await.1, Outcome::Unchanged);
        assert_eq!(found(db, "zebra").await.len(), 3, "the title is in the index");
        assert_eq!(keep::list(db).await.expect("an answer"), [document]);
    }

    async fn other_content_under_the_same_name_replaces_the_old(database: &TestDatabase) {
        let db = &database.db;
        let details = Details::parse(Some("Mine"), Some("MIT"), None).expect("details");
        let (old, _) = put(db, "notes.md", RUST, details).await;
        let (new, outcome) = put(db, "notes.md", COOKING, Details::default()).await;
        assert_eq!((new.id, outcome, new.title.as_str()), (old.id, Outcome::Replaced, "Cooking"));
        assert_eq!(new.licence.as_deref(), Some("MIT"), "what was said about the licence stays");
        assert_eq!(found(db, "ownership").await, []);
        assert_eq!(found(db, "rice").await, [hit("Cooking", 1)]);
        // A file that cannot be read leaves what is there.
        let file = NewFile { name: "notes.md".into(), bytes: vec![0xff], details: Details::default() };
        let refused = add(db, &Clock::fixed(testing::start()), LIMITS, file).await;
        assert!(matches!(refused, Err(AddError::Extract(ExtractError::NotText))), "{refused:?}");
        assert_eq!(keep::list(db).await.expect("an answer"), [new]);
    }

    async fn what_is_removed_is_found_no_more(database: &TestDatabase) {
        let db = &database.db;
        let rust = put_text(db, "rust.md", RUST).await;
        let cooking = put_text(db, "cooking.md", COOKING).await;
        assert_eq!(keep::remove(db, rust.id).await.expect("an answer"), Some(rust.clone()));
        assert_eq!(keep::remove(db, rust.id).await.expect("an answer"), None);
        assert_eq!(found(db, "ownership").await, []);
        assert_eq!(found(db, "value").await, [hit("Cooking", 2)]);
        assert_eq!(keep::list(db).await.expect("an answer"), [cooking]);
        let again = put_text(db, "rust.md", RUST).await;
        assert!(again.id > rust.id, "an id is not given twice");
        assert_eq!(found(db, "ownership").await, [hit("Rust", 2)]);
    }

    async fn many_pages_are_found_within_bounds(database: &TestDatabase) {
        let db = &database.db;
        let text: String = (0..300).map(|number| format!("## Part {number}\n\nCommon words, item{number}.\n\n")).collect();
        let limits = Limits { max_pages: 1_000, ..LIMITS };
        let file = NewFile { name: "long.md".into(), bytes: text.into_bytes(), details: Details::default() };
        add(db, &Clock::fixed(testing::start()), limits, file).await.expect("the file is sound");
        assert_eq!(found(db, "item299").await, [hit("long", 300)]);
        let passages = search(db, "common words", usize::MAX).await.expect("an answer");
        let pages: HashSet<_> = passages.iter().map(|passage| passage.page).collect();
        assert_eq!((passages.len(), pages.len()), (search::MAX_PASSAGES, search::MAX_PASSAGES));
    }
}
