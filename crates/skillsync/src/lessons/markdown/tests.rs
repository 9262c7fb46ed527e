//! The laws of the Markdown form, the examples of its page, and what people read when a file is refused.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::fence::Fence;
use super::strategies::{document, lesson_file};
use super::*;
use crate::lessons::document::Body;
use crate::lessons::request::{LearningStyle, StepTitle};

const PAGE: &str = include_str!("../../../../../docs/lesson-format.md");

/// Everything on the page that is fenced as `markdown`, in order: together it is one lesson.
fn lesson_of_the_page() -> String {
    let (mut lesson, mut lines) = (String::new(), PAGE.lines());
    while let Some(line) = lines.next() {
        let Some(fence) = Fence::opening(line) else { continue };
        let inside: Vec<&str> = lines.by_ref().take_while(|line| !fence.closed_by(line)).collect();
        if fence.info == "markdown" && inside.len() > 1 {
            lesson.push_str(&inside.join("\n"));
            lesson.push_str("\n\n");
        }
    }
    lesson
}

#[test]
fn the_page_has_an_example_of_every_kind_of_block() {
    let file = parse(&lesson_of_the_page()).expect("the page's examples are a lesson");
    let kinds: Vec<&str> = file.document.blocks.iter().map(|block| block.body.kind()).collect();
    let all = [
        "prose",
        "code",
        "diagram",
        "exercise",
        "project",
        "quiz",
        "table",
        "key_concepts",
        "video",
        "sources",
        "notice",
    ];
    assert_eq!(kinds, all);
    assert_eq!(parse(&write(&file)), Ok(file));
}

#[test]
fn the_examples_of_the_page_are_written_as_they_stand_there() {
    let page = lesson_of_the_page();
    let written = write(&parse(&page).expect("a lesson"));
    // Only the empty cell of the table differs: it is padded like the others.
    assert_eq!(written.trim_end(), page.trim_end().replace("| |\n", "|  |\n"));
}

#[test]
fn the_page_says_what_it_means() {
    let file = parse(&lesson_of_the_page()).expect("a lesson");
    insta::assert_json_snapshot!(file.document);
    let title = StepTitle::parse("Python Variables").expect("a good title");
    assert_eq!(file.request, LessonRequest::new(title, LearningStyle::HandsOn));
}

#[test]
fn line_breaks_of_any_system_and_a_byte_order_mark_are_accepted() {
    let unix = lesson_of_the_page();
    let file = parse(&unix).expect("a lesson");
    assert_eq!(parse(&format!("\u{feff}{}", unix.replace('\n', "\r\n"))), Ok(file.clone()));
    assert_eq!(parse(unix.trim_end()), Ok(file));
}

#[test]
fn hand_written_looseness_is_accepted() {
    let loose = "<!-- @block  project  p-->\n### T\nBrief.\n<!-- @steps-->\n1. One.\n\n1. Two.\n\
                 <!-- @block quiz q -->\n<!-- @question  a -->\nWhich?\n- [ ] one\n\n- [X] two\n<!-- @why -->\nBecause.\n\
                 <!-- @block table t -->\n|A|B|\n|:-:|--:|\n||b|\n<!-- @caption -->\n  C  \n\
                 <!-- @block code c -->\n~~~python\nprint(1)\n```\n   ~~~~\n\n\n";
    let tidy = "<!-- @block project p -->\n\n### T\n\nBrief.\n\n<!-- @steps -->\n\n1. One.\n2. Two.\n\n\
                <!-- @block quiz q -->\n\n<!-- @question a -->\n\nWhich?\n\n- [ ] one\n- [x] two\n\n<!-- @why -->\n\nBecause.\n\n\
                <!-- @block table t -->\n\n| A | B |\n|---|---|\n|  | b |\n\n<!-- @caption -->\n\nC\n\n\
                <!-- @block code c -->\n\n````python\nprint(1)\n```\n````\n";
    let file = parse(&lesson(loose)).expect("a lesson");
    assert!(write(&file).ends_with(tidy), "{}", write(&file));
}

/// A lesson after a head of seven lines and a blank one: its blocks begin in line 9.
fn lesson(blocks: &str) -> String {
    format!("---\ntopic: T\nstyle: mixed\ntitle: T\ndescription: D.\nminutes: 5\n---\n\n{blocks}")
}

/// What is told about a file, as a person reads it.
fn told(file: &str) -> String {
    parse(file).map_or_else(|error| error.to_string(), |file| format!("accepted as {:?}", file.document.blocks))
}

#[test]
fn a_broken_head_is_refused_with_cause_and_next_step() {
    let good = lesson("<!-- @block prose a -->\n\nText.\n");
    let mut report = String::new();
    for (from, to) in [
        ("---\ntopic", "topic"),
        ("5\n---\n", "5\n"),
        ("topic: T\n", ""),
        ("minutes: 5\n", ""),
        ("topic: T", "topic:"),
        ("topic: T", "topic: \"a\\u0000b\""),
        ("style: mixed", "style: banana"),
        ("style: mixed", "style mixed"),
        ("title: T", "titel: T"),
        ("title: T", "title: T\ntitle: U"),
        ("title: T", "title:"),
        ("title: T", "number: 0\ntitle: T"),
        ("title: T", "number: +1\ntitle: T"),
        ("title: T", "difficulty: very\ntitle: T"),
        ("title: T", "language: not a tag\ntitle: T"),
        ("title: T", "research: yes\ntitle: T"),
        ("title: T", "industry: space travel\ntitle: T"),
        ("title: T", "career_stage: \ntitle: T"),
        ("title: T", "weekly_hours: 40\ntitle: T"),
        ("title: T", "goal:\ntitle: T"),
        ("title: T", "goal: \"a\\nb\"\ntitle: T"),
        ("minutes: 5", "minutes: an hour"),
        ("minutes: 5", "minutes: 601"),
        ("title: T", "title: <!-- @hint -->"),
    ] {
        assert!(good.contains(from), "{from}");
        report += &format!("{from:?} -> {to:?}\n    {}\n", told(&good.replacen(from, to, 1)));
    }
    report += &format!("an empty file\n    {}\n", told(""));
    insta::assert_snapshot!(report);
}

#[test]
fn broken_blocks_are_refused_with_cause_and_next_step() {
    let mut report = String::new();
    for blocks in [
        "",
        "Text.",
        "<!-- @hint -->\n",
        "<!-- @block prose a\n",
        "<!-- @block prose -->\n",
        "<!-- @block prose a b -->\n",
        "<!-- @block poem a -->\n",
        "<!-- @block prose A -->\n\nText.",
        "<!-- @block prose a -->\n",
        "<!-- @block prose a -->\n\n    indented",
        "<!-- @block prose a -->\n\nText.\n\n<!-- @caption -->\n\nC",
        "<!-- @block prose a -->\n\nOne.\n\n<!-- @block prose a -->\n\nTwo.",
        "<!-- @block prose a -->\n<!-- @block prose b -->\n<!-- @block prose c -->\n<!-- @block prose d -->\n<!-- @block prose e -->",
        "<!-- @block code a -->\n",
        "<!-- @block code a -->\n\nprint(1)",
        "<!-- @block code a -->\n\n```python\nprint(1)",
        "<!-- @block code a -->\n\n```\nprint(1)\n```",
        "<!-- @block code a -->\n\n```python\n```\n1\n```",
        "<!-- @block code a -->\n\n```python\n\n1\n```",
        "<!-- @block code a -->\n\n```python\n1\n```\n<!-- @output -->\n```\n1\n```",
        "<!-- @block code a -->\n\n```python\n1\n```\n<!-- @caption -->\nC\n<!-- @output -->\n```text\n1\n```",
        "<!-- @block code a -->\n\n```python\n1\n```\n<!-- @caption -->",
        "<!-- @block code a -->\n\n```python\n1\n```\n<!-- @caption -->\nC\nD",
        "<!-- @block diagram a -->\n\n```mermaid\na --> b\n```",
        "<!-- @block exercise a -->\n\nTask.",
        "<!-- @block exercise a -->\n\n### T\n\nTask.\n\n<!-- @starter -->\n```python\n1\n```",
        "<!-- @block exercise a -->\n\n### T\n\nTask.\n\n<!-- @level -->\n\ntricky",
        "<!-- @block exercise a -->\n### T\nTask.\n<!-- @level -->\neasy\n<!-- @starter -->\n```python\n1\n```\n<!-- @output -->\n```text\n1\n```\n<!-- @hint -->\nH\n<!-- @hint -->\nH\n<!-- @solution -->\n```python\n1\n```",
        "<!-- @block exercise a -->\n### T\nTask.\n<!-- @level -->\neasy\n<!-- @starter -->\n```python\n1\n```\n<!-- @output -->\n```text\n1\n```\n<!-- @hint -->\nH\n<!-- @hint -->\nH\n<!-- @hint -->\nH\n<!-- @solution -->\n```rust\n1\n```",
        "<!-- @block project a -->\n### T\nBrief.\n<!-- @steps -->\n- One.",
        "<!-- @block quiz a -->\n\nWhich?",
        "<!-- @block quiz a -->\n",
        "<!-- @block quiz a -->\n<!-- @question -->",
        "<!-- @block quiz a -->\n<!-- @question q -->\nWhich?",
        "<!-- @block quiz a -->\n<!-- @question q -->\nWhich?\n- [ ] one\n- [ ] two",
        "<!-- @block quiz a -->\n<!-- @question q -->\nWhich?\n- [x] one\n- [x] two",
        "<!-- @block quiz a -->\n<!-- @question q -->\nWhich?\n- [x] one\n  and more\n- [ ] two",
        "<!-- @block quiz a -->\n<!-- @question q -->\nWhich?\n- [x] one\n- [ ] two",
        "<!-- @block quiz a -->\n<!-- @question q -->\nWhich?\n- [x] one\n<!-- @why -->\nW",
        "<!-- @block table a -->\n",
        "<!-- @block table a -->\n| A | B |\n| 1 | 2 |\n<!-- @caption -->\nC",
        "<!-- @block table a -->\n| A | B |\n|---|---|\n| 1 | 2 \\|\n<!-- @caption -->\nC",
        "<!-- @block table a -->\n| A | B |\n|---|---|\n| 1 |\n<!-- @caption -->\nC",
        "<!-- @block key_concepts a -->\n- **term:** meaning",
        "<!-- @block sources a -->\n- A page https://example.org",
        "<!-- @block sources a -->\n- A page <ftp://example.org>",
        "<!-- @block sources a -->\n  - site: a site",
        "<!-- @block sources a -->\n- A page <https://example.org>\n  a remark",
        "<!-- @block sources a -->\n- A page <https://example.org>\n  - author: Ada",
        "<!-- @block sources a -->\n- A page <https://example.org>\n  - site: a\n  - site: b",
        "<!-- @block sources a -->\n- A page <https://example.org>\n  - page: two",
        "<!-- @block sources a -->\n- A page <https://example.org>\n  - read_on: yesterday",
        "<!-- @block quiz a -->\n<!-- @question q -->\nWhich?\n- [x] one\n- [ ] two\n<!-- @at -->\n65\n<!-- @why -->\nW",
        "<!-- @block quiz a -->\n<!-- @question q -->\nWhich?\n- [x] one\n- [ ] two\n<!-- @at -->\n1:05\n<!-- @why -->\nW",
        "<!-- @block video a -->\n<!-- @url -->\nhttps://example.org\n<!-- @title -->\nT\n<!-- @channel -->\nC\n<!-- @seconds -->\n5:00",
        "<!-- @block video a -->\n<!-- @url -->\nhttps://example.org\n<!-- @title -->\nT\n<!-- @channel -->\nC\n<!-- @seconds -->\n300\n<!-- @summary -->\nS\n<!-- @guide -->\n- 1:60 What",
    ] {
        report +=
            &format!("{}\n    {}\n\n", blocks.escape_debug().to_string().replace("\\n", "⏎"), told(&lesson(blocks)));
    }
    insta::assert_snapshot!(report);
}

/// Without this rule the line below would come back from export and import as a third option.
#[test]
fn a_question_with_a_line_like_an_option_is_a_problem() {
    let mut file = parse(&lesson_of_the_page()).expect("a lesson");
    let question = file.document.blocks.iter_mut().find_map(|block| match &mut block.body {
        Body::Quiz { questions } => questions.first_mut(),
        _ => None,
    });
    question.expect("a quiz").question.push_str("\n- [ ] a box to tick");
    assert_eq!(
        file.document.problems(),
        [
            "block `check`: question `legal-name`: a line of the question must not begin with `- [ ]` or `- [x]`, as its \
          options do"
        ]
    );
}

/// Makes sure that the property below is not empty because of a filter.
#[test]
fn arbitrary_documents_are_nearly_always_fit_to_publish() {
    let mut runner = TestRunner::deterministic();
    let fit =
        (0..500).filter(|_| document().new_tree(&mut runner).expect("a document").current().problems().is_empty());
    let fit = fit.count();
    assert!(fit >= 475, "only {fit} of 500 documents are without problems");
}

proptest! {
    #[test]
    fn a_written_lesson_reads_as_the_same(file in lesson_file()) {
        prop_assume!(file.document.problems().is_empty());
        let written = write(&file);
        prop_assert_eq!(parse(&written), Ok(file), "{}", written);
    }

    #[test]
    fn a_document_survives_json(document in document()) {
        let json = serde_json::to_string(&document).expect("a document is JSON");
        prop_assert_eq!(serde_json::from_str::<Document>(&json).expect("its own JSON"), document);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), lines in "(---\n)?([a-z]{0,3}: ?\\PC{0,5}\n){0,9}(---\n)?\\PC{0,30}") {
        let _ = parse(&text);
        let _ = parse(&lines);
        let _ = parse(&lesson(&text));
    }

    /// Cuts and doubles pieces of valid files anywhere. What is accepted nevertheless obeys the law too.
    #[test]
    fn no_mutation_of_a_lesson_makes_the_parser_panic(
        file in lesson_file(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0..40_usize, "(\\PC|\n|\\||`{3}|<!-- @[a-z]{0,5}( -->)?){0,3}"), 1..4),
    ) {
        let mut chars: Vec<char> = write(&file).chars().collect();
        for (index, length, replacement) in cuts {
            let begin = index.index(chars.len().max(1));
            let end = chars.len().min(begin + length);
            chars.splice(begin..end, replacement.chars());
        }
        if let Ok(accepted) = parse(&chars.into_iter().collect::<String>()) {
            prop_assert_eq!(parse(&write(&accepted)), Ok(accepted));
        }
    }
}
