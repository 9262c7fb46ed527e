//! Operators' documents, as the command line adds, lists, finds and removes them.

use serde_json::Value;
use skillsync::testing::TestDatabase;
use skillsync::testing::pdf::{Shown, pdf};

use crate::program::{Program, finish};
use crate::world::rows;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A file in the program's directory.
fn file(program: &Program, name: &str, bytes: &[u8]) -> String {
    let path = program.home().join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, bytes).expect("a file");
    path.display().to_string()
}

const NOTES: &str = "# House rules\n\n## Naming\n\nVariables are named in full words.\n";

#[tokio::test]
async fn documents_are_added_listed_found_and_removed() {
    let program = Program::new();
    let notes = program.write("notes.md", NOTES);
    let book = pdf(Some("The book"), &[Shown::Text("First page"), Shown::Text("Loops repeat what is in them")], false);
    let book = file(&program, "book.pdf", &book);
    assert!(program.printed(&["documents", "list"]).await.starts_with("There are no documents yet."));

    let add_notes = ["documents", "add", &notes, "--licence", "CC BY 4.0", "--address", "https://a.example/n"];
    let said = program.printed(&add_notes).await;
    assert_eq!(said, "Added \"House rules\" as document 1, 1 page.\n");
    let said = program.printed(&["documents", "add", &book, "--title", "On loops"]).await;
    assert_eq!(said, "Added \"On loops\" as document 2, 2 pages.\n");
    let said = program.printed(&["documents", "add", &notes, &book]).await;
    assert_eq!(
        said,
        "Document 1 is this already: \"House rules\", 1 page.\nDocument 2 is this already: \"On loops\", 2 pages.\n"
    );

    let table = program.printed(&["documents", "list"]).await;
    let lines: Vec<_> = table.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("ID  PAGES  FORMAT"), "{table}");
    assert!(
        lines[1].contains("CC BY 4.0") && lines[2].contains("not stated") && lines[2].ends_with("On loops"),
        "{table}"
    );
    let list = json(&program.printed(&["documents", "list", "--json"]).await);
    assert_eq!((&list[0]["licence"], &list[0]["address"]), (&"CC BY 4.0".into(), &"https://a.example/n".into()));
    assert_eq!(
        (&list[1]["name"], &list[1]["format"], &list[1]["pages"]),
        (&"book.pdf".into(), &"pdf".into(), &2.into())
    );

    let found = json(&program.printed(&["documents", "search", "Loops", "--json"]).await);
    // The first page is about loops only by the title of its document, so it comes after.
    assert_eq!((found.as_array().map(Vec::len), &found[1]["page"]), (Some(2), &1.into()));
    assert_eq!((&found[0]["title"], &found[0]["page"]), (&"On loops".into(), &2.into()));
    assert_eq!(found[0]["text"], "Loops repeat what is in them");
    let text = program.printed(&["documents", "search", "naming", "variables"]).await;
    let expected =
        "House rules, page 1: Naming\n  CC BY 4.0, https://a.example/n\n  Variables are named in full words.\n";
    assert_eq!(text, expected);
    assert_eq!(program.printed(&["documents", "search", "--", "\"*) OR NOT"]).await, "Nothing was found on this.\n");

    program.write("notes.md", "# House rules\n\nThere are none any more.\n");
    let said = program.printed(&["documents", "add", &notes]).await;
    assert_eq!(said, "Replaced document 1: \"House rules\", 1 page.\n");
    assert_eq!(program.printed(&["documents", "search", "variables"]).await, "Nothing was found on this.\n");
    assert_eq!(program.printed(&["documents", "remove", "2"]).await, "Removed \"On loops\".\n");
    let gone = program.run(&["documents", "remove", "2"]).await;
    assert_eq!(gone.code, Some(1));
    assert!(gone.err.starts_with("error: there is no document 2\nhint: "), "{}", gone.err);
    assert_eq!(program.printed(&["documents", "search", "loops"]).await, "Nothing was found on this.\n");
}

#[tokio::test]
async fn a_folder_is_added_whole_and_a_bad_file_keeps_no_other_out() {
    let program = Program::new();
    for (name, text) in [("one.md", "# One"), ("deep/one.md", "two"), (".hidden.md", "no"), ("picture.png", "no")] {
        file(&program, &format!("handbook/{name}"), format!("{text}\n\nWords of {name}.").as_bytes());
    }
    file(&program, "handbook/scan.pdf", &pdf(None, &[Shown::Picture], false));
    let finished = program.run(&["documents", "add", "handbook"]).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_eq!(finished.out, "Added \"one\" as document 1, 1 page.\nAdded \"One\" as document 2, 1 page.\n");
    let said = "error: handbook/scan.pdf: this PDF holds pictures of pages, no text\nhint: run OCR on it first";
    assert!(finished.err.contains(said) && finished.err.contains("1 of 3 files were not added."), "{}", finished.err);
    let list = json(&program.printed(&["documents", "list", "--json"]).await);
    assert_eq!((&list[0]["name"], &list[1]["name"]), (&"handbook/deep/one.md".into(), &"handbook/one.md".into()));
}

#[tokio::test]
async fn what_cannot_be_added_is_refused_with_a_reason() {
    let program = Program::new();
    let notes = program.write("notes.md", NOTES);
    let other = file(&program, "other/notes.md", b"# Other");
    let secret = file(&program, "secret.pdf", &pdf(None, &[Shown::Text("text")], true));
    let broken = file(&program, "broken.pdf", b"%PDF-1.7\n\xff\xfe\x00");
    std::fs::create_dir(program.home().join("empty")).expect("a folder");
    for (arguments, code, said) in [
        (&["add", "absent.md"][..], 1, "cannot read absent.md"),
        (&["add", "empty"], 1, "there are no documents in empty\nhint: Markdown"),
        (&["add", &notes, &other], 1, "have the same name"),
        (&["add", &notes, &secret, "--title", "T"], 1, "--title belongs to one document, and these are 2\nhint:"),
        (&["add", &notes, "--address", "ftp://example.org"], 1, "must begin with https://"),
        (&["add", &notes, "--licence", " "], 1, "The licence is empty"),
        (&["add", &secret], 1, "this PDF is encrypted\nhint:"),
        (&["add", &broken], 1, "the file is damaged"),
        (&["add"], 2, "required"),
        (&["search"], 2, "required"),
        (&["remove", "x"], 2, "invalid value 'x'"),
    ] {
        let finished = program.run(&[&["documents"], arguments].concat()).await;
        assert_eq!((finished.code, finished.out.as_str()), (Some(code), ""), "{arguments:?}: {finished:?}");
        assert!(finished.err.contains(said), "{arguments:?}: {}", finished.err);
        assert!(!finished.err.contains("panicked") && !finished.err.contains(".rs:"), "{}", finished.err);
    }
    let mut small = program.command(&["documents", "add", &notes]);
    small.env("SKILLSYNC_DOCUMENTS_MAX_FILE_BYTES", "1024");
    program.write("notes.md", &"word ".repeat(1_000));
    let finished = finish(small).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.err.contains("raise documents.max_file_bytes"), "{}", finished.err);
}

#[tokio::test]
async fn documents_lie_in_postgres_too() {
    let Some(database) = TestDatabase::postgres().await else { return };
    let program = Program::new();
    let notes = program.write("notes.md", NOTES);
    for (arguments, said) in [
        (&["add", &notes][..], "Added \"House rules\" as document 1, 1 page.\n"),
        (&["add", &notes], "Document 1 is this already: \"House rules\", 1 page.\n"),
        (&["search", "Variable", "naming"], "House rules, page 1: Naming\n  Variables are named in full words.\n"),
        (&["remove", "1"], "Removed \"House rules\".\n"),
        (&["search", "variable"], "Nothing was found on this.\n"),
    ] {
        let mut command = program.command(&[&["documents"], arguments].concat());
        command.env("DATABASE_URL", &database.url);
        let finished = finish(command).await;
        assert_eq!((finished.code, finished.out.as_str()), (Some(0), said), "{finished:?}");
    }
    assert_eq!(rows(&database.db, "document_pages").await, 0);
    database.close().await;
}
