//! Renders every page's samples, checks their markup, and leaves them in `target/pages` to be looked at in a browser.

use std::{fs, path::PathBuf};

use askama::Template;

use super::*;
use crate::web::{
    assets::asset,
    markup::check_markup,
    render::{Theme, diagram, sample},
};

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/pages");
    fs::create_dir_all(&folder).expect("a folder for the samples");
    folder
}

fn page(name: &str, page: &impl Template) -> String {
    let html = page.render().expect("the sample renders");
    check_markup(&html);
    assert!(html.starts_with("<!doctype html>"), "{name}");
    fs::write(folder().join(name).with_extension("html"), &html).expect("the sample is written");
    html
}

#[test]
fn every_page_renders_its_samples() {
    page("home", &HomePage::sample());
    let refused = page("home-refused", &HomePage::sample_refused());
    assert!(refused.contains("value=\"Python &#60;Variables&#62; &#38; &#34;quotes&#34;\""), "{refused}");
    page("lesson", &LessonPage::sample());
    let signed_out = page("lesson-signed-out", &LessonPage::sample_signed_out());
    assert!(!signed_out.contains("<form"), "nothing to send when signed out");
    let changes = page("changes", &ChangesPage::sample());
    assert!(changes.contains("&#60;script&#62;") && changes.contains("<ins>") && changes.contains("<del>"));
    page("changes-none", &ChangesPage::sample_same());
    page("progress", &ProgressPage::sample());
    let early = page("progress-early", &ProgressPage::sample_early());
    assert!(early.contains("lang=\"en\"") && early.contains("Being checked"), "{early}");
    page("progress-failed", &ProgressPage::sample_failed());
    page("sign-in", &SignInPage::sample());
    page("sign-up", &SignUpPage::sample());
    page("error", &ErrorPage::sample());
    page("not-found", &NotFoundPage::sample());
    page("no-model", &NoModelPage::sample());
}

#[test]
fn hostile_lessons_render_too() {
    page("lesson-hostile", &LessonPage::sample_of(&sample::hostile()));
}

#[test]
fn the_files_of_the_samples_are_there() {
    let document = sample::document();
    for block in &document.blocks {
        if let crate::lessons::document::Body::Diagram { mermaid, .. } = &block.body {
            for theme in Theme::ALL {
                let svg = diagram(mermaid, theme).expect("the sample's diagrams are right");
                fs::write(folder().join(format!("{}-{theme}.svg", block.id)), svg.text).expect("written");
            }
        }
    }
    for path in ["style.css", "quiz.js", "video.js", "progress.js", "favicon.svg"] {
        fs::write(folder().join(path), asset(path).expect(path).bytes).expect("written");
    }
}
