//! Files of each kind, sound and broken.

use super::*;
use crate::testing::pdf::{Shown, pdf};

const LIMITS: Limits = Limits { max_file_bytes: 1024 * 1024, max_pages: 100 };

fn extracted(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Extracted, ExtractError> {
    read(name, bytes.into(), LIMITS, Instant::now() + Duration::from_secs(600))
}

/// The title and, for each page, its number, heading and text.
fn seen(name: &str, bytes: impl Into<Vec<u8>>) -> (String, Vec<(usize, String, String)>) {
    let Extracted { title, pages, .. } = extracted(name, bytes).expect("the file is sound");
    let pages = pages.into_iter().map(|page| (page.number, page.heading.unwrap_or_default(), page.text));
    (title, pages.collect())
}

fn page(number: usize, heading: &str, text: &str) -> (usize, String, String) {
    (number, heading.to_owned(), text.to_owned())
}

#[test]
fn markdown_is_cut_at_headings_and_keeps_its_code() {
    let text = "Before.\n\n# The `let` keyword\n\nText.\n\n```python\n# no heading\nx = 1\n```\n\nSetext\n------\nMore *text*.\n
#### Small\n\nStays.\n\n## Nothing under it\n";
    let (title, pages) = seen("notes.md", text);
    assert_eq!(title, "The let keyword");
    assert_eq!(
        pages,
        [
            page(1, "", "Before."),
            page(2, "The let keyword", "Text.\n\n```python\n# no heading\nx = 1\n```"),
            page(3, "Setext", "More *text*.\n\n#### Small\n\nStays."),
        ]
    );
    let (title, pages) = seen("a.MARKDOWN", "---\nlayout: x\ntitle: \"From the head\"\n---\n# Other\n\nText.");
    assert_eq!((title.as_str(), pages), ("From the head", vec![page(1, "Other", "Text.")]));
    let (title, pages) = seen("folder/my_own-notes.md", format!("## Long\n\n{}", "Some words. ".repeat(600)));
    assert_eq!((title.as_str(), pages.len()), ("my own notes", 3));
    assert!(pages.iter().all(|(_, heading, text)| heading == "Long" && text.len() <= PIECE_CHARS));
}

#[test]
fn web_pages_lose_what_is_not_text() {
    let html = "<!doctype html><html><head><title>A &amp; B</title><style>p { color: red }</style>
<script>var a = '<p>no</p>';</script></head><body><nav><nav>Menu</nav> more</nav><h1>First <em>heading</em></h1>
<p>One\n   two <b>three</b>.</p><ul><li>a</li><li> b</ul><pre>  x = 1\n    y</pre><h2>Second</h2><div>Text<br>next
<svg/><table><tr><td>1<td>2</tr></table></div><!-- no -->&lt;script&gt;";
    let (title, pages) = seen("page.html", html);
    assert_eq!(title, "A & B");
    assert_eq!(
        pages,
        [
            page(1, "First heading", "One two three.\n\n- a\n- b\n\n  x = 1\n    y"),
            page(2, "Second", "Text\nnext\n\n1 2\n\n<script>"),
        ]
    );
    assert_eq!(seen("page.htm", "<h1>Only heading</h1>text").0, "Only heading");
    let deep = "<div>".repeat(100_000) + "deep";
    assert_eq!(seen("page.html", deep).1, [page(1, "", "deep")]);
}

#[test]
fn text_is_cut_by_form_feeds_or_by_length() {
    assert_eq!(seen("a.txt", "one\u{c}\u{c}three\u{c}").1, [page(1, "", "one"), page(3, "", "three")]);
    let long = format!("{}\u{c}end", "word ".repeat(1_000));
    let numbers: Vec<_> = seen("a.txt", long).1.into_iter().map(|(number, ..)| number).collect();
    assert_eq!(numbers, [1, 1, 2]);
    let numbers: Vec<_> = seen("a.txt", "word ".repeat(1_000)).1.into_iter().map(|(number, ..)| number).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(seen("a.text", [&[0xff, 0xfe][..], &[b'h', 0, b'i', 0]].concat()).1, [page(1, "", "hi")]);
    assert_eq!(seen("Über uns.txt", "\u{feff}hi\r\nthere").0, "Über uns");
}

#[test]
fn the_pages_of_a_pdf_are_its_own() {
    let pages =
        [Shown::Text("Variables hold val-\nues (always).\nNext line"), Shown::Picture, Shown::Text("Third page")];
    let (title, seen_pages) = seen("book.pdf", pdf(Some("A small book"), &pages, false));
    assert_eq!(title, "A small book");
    assert_eq!(seen_pages, [page(1, "", "Variables hold values (always).\nNext line"), page(3, "", "Third page")]);
    assert_eq!(seen("book.pdf", pdf(Some("????a???"), &pages, false)).0, "book");
    let (title, _) = seen("no ending", pdf(None, &pages, false));
    assert_eq!(title, "no ending");
    // Where objects begin is found even when the table that says so is gone.
    let whole = pdf(None, &pages, false);
    let cut = whole.windows(5).position(|at| at == b"xref\n").expect("a table");
    assert_eq!(seen("cut.pdf", &whole[..cut]).1.len(), 2);
}

#[test]
fn what_cannot_be_read_is_named_with_the_next_step() {
    let text = [Shown::Text("text")];
    for (name, bytes, error) in [
        ("scan.pdf", pdf(None, &[Shown::Picture, Shown::Picture], false), ExtractError::Pictures),
        ("secret.pdf", pdf(None, &text, true), ExtractError::Encrypted),
        ("blank.pdf", pdf(None, &[Shown::Text("")], false), ExtractError::Empty),
        ("many.pdf", pdf(None, &vec![text[0]; 101], false), ExtractError::TooManyPages { max_pages: 100 }),
        ("broken.pdf", b"%PDF-1.7\nnothing".to_vec(), ExtractError::Broken),
        ("word.pdf", b"PK\x03\x04".to_vec(), ExtractError::Broken),
        ("word.docx", b"PK\x03\x04".to_vec(), ExtractError::UnknownFormat),
        ("none", b"text".to_vec(), ExtractError::UnknownFormat),
        ("latin.txt", b"caf\xe9".to_vec(), ExtractError::NotText),
        ("zeros.md", b"a\0b".to_vec(), ExtractError::NotText),
        ("odd.txt", b"\xff\xfea".to_vec(), ExtractError::NotText),
        ("empty.txt", Vec::new(), ExtractError::Empty),
        ("rule.md", b"---\n\n***\n".to_vec(), ExtractError::Empty),
        ("long.txt", b"a\x0c".repeat(101), ExtractError::TooManyPages { max_pages: 100 }),
    ] {
        let found = extracted(name, bytes);
        assert_eq!(found, Err(error), "{name}");
        let said = found.expect_err("an error").to_string();
        assert!(said.contains("\nhint: "), "{said}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_not_looked_at() {
    let limits = Limits { max_file_bytes: 3, max_pages: 1 };
    let error = ExtractError::TooLarge { max_bytes: 3 };
    assert_eq!(extract("a.txt".to_owned(), b"1234".to_vec(), limits).await, Err(error.clone()));
    assert!(extract("a.txt".to_owned(), b"123".to_vec(), limits).await.is_ok());
    let limits = Limits { max_file_bytes: 1024, max_pages: 100 };
    let line = "x".repeat(600);
    let bytes = pdf(None, &[Shown::Text(&line), Shown::Text(&line)], false);
    let done = read("a.pdf", bytes, limits, Instant::now() + Duration::from_secs(600));
    assert_eq!(done, Err(ExtractError::TooLarge { max_bytes: 1024 }), "more text than allowed");
}

/// Whatever is cut off or changed in a file, reading it ends, in text or in an error.
#[tokio::test]
async fn broken_files_do_no_harm() {
    let whole = pdf(Some("Title"), &[Shown::Text("some text"), Shown::Picture], false);
    for place in (0..whole.len()).step_by(7) {
        let cut = extract("a.pdf".to_owned(), whole[..place].to_vec(), LIMITS).await;
        assert_ne!(cut, Err(ExtractError::TooSlow));
        let mut changed = whole.clone();
        changed[place] ^= 0x15;
        assert_ne!(extract("a.pdf".to_owned(), changed, LIMITS).await, Err(ExtractError::TooSlow));
    }
}
