//! The body of a lesson: every block as a section with the block's id.

use askama::Template;

use crate::lessons::document::{Block, Body, Document, Level};

use super::{
    Theme, diagram, highlight,
    html::Html,
    markdown::{is_web_address, markdown, markdown_line, markdown_with_headings, words_of_line},
};

/// Diagrams that are wider, in CSS pixels, scroll on a phone instead of shrinking until nobody can read them.
const WIDE: u32 = 440;

/// Renders all blocks of a lesson. The pictures are not part of it: they are files at
/// `/lessons/{id}/diagrams/{block}.svg?theme=light|dark`.
///
/// It costs some milliseconds of the processor's time and depends on nothing else, so its caller keeps the result.
pub fn lesson_body(lesson_id: i64, document: &Document) -> Html {
    match (LessonBody { lesson_id, blocks: &document.blocks }).render() {
        Ok(html) => Html::trusted(html),
        // Templates only fail when what they write to does, and a string does not.
        Err(error) => Html::text(&error.to_string()),
    }
}

#[derive(Template)]
#[template(path = "lesson_body.html")]
struct LessonBody<'a> {
    lesson_id: i64,
    blocks: &'a [Block],
}

/// Where a diagram's file is, and the space to keep free for it.
struct Picture {
    light: String,
    dark: String,
    width: u32,
    height: u32,
    wide: bool,
}

impl LessonBody<'_> {
    fn text(&self, text: &str) -> Html {
        markdown(text)
    }

    fn line(&self, line: &str) -> Html {
        markdown_line(line)
    }

    fn words(&self, line: &str) -> String {
        words_of_line(line)
    }

    fn coloured(&self, code: &str, language: &str) -> Html {
        highlight(code, language)
    }

    fn prose(&self, text: &str, block: &Block) -> Html {
        markdown_with_headings(text, &block.id).0
    }

    /// Nothing when the diagram cannot be drawn; then its source is all there is to show.
    fn picture(&self, mermaid: &str, block: &Block) -> Option<Picture> {
        let drawn = diagram(mermaid, Theme::Light).ok()?;
        let file = |theme: Theme| format!("/lessons/{}/diagrams/{}.svg?theme={theme}", self.lesson_id, block.id);
        let (width, height) = (drawn.width, drawn.height);
        Some(Picture { light: file(Theme::Light), dark: file(Theme::Dark), width, height, wide: width > WIDE })
    }

    fn levels(&self, level: Level) -> (&'static str, u8) {
        match level {
            Level::Easy => ("Easy", 1),
            Level::Medium => ("Medium", 2),
            Level::Hard => ("Hard", 3),
        }
    }

    fn letter(&self, option: usize) -> char {
        char::from(b'A' + u8::try_from(option % 26).unwrap_or_default())
    }

    /// The address of a video that starts at a moment.
    fn address_at(&self, url: &str, seconds: u32) -> String {
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = after_scheme.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let address = url.split('#').next().unwrap_or(url);
        match host.trim_start_matches("www.").trim_start_matches("m.") {
            "youtube.com" | "youtu.be" | "youtube-nocookie.com" => {
                format!("{address}{}t={seconds}s", if address.contains('?') { '&' } else { '?' })
            }
            "vimeo.com" => format!("{address}#t={seconds}s"),
            // Media fragments, <https://www.w3.org/TR/media-frags/>: a player that does not know them starts at the beginning.
            _ => format!("{address}#t={seconds}"),
        }
    }

    /// A length of time as `m:ss` or `h:mm:ss`.
    fn clock(&self, seconds: u32) -> String {
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
    }

    /// Published documents hold no other addresses; this one may not be published yet.
    fn is_link(&self, url: &str) -> bool {
        is_web_address(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{markup::check_markup, render::sample};

    #[test]
    fn every_kind_of_block_is_shown() {
        let document = sample::document();
        let html = lesson_body(7, &document);
        check_markup(html.as_str());
        for block in &document.blocks {
            assert!(
                html.as_str().contains(&format!("id=\"{}\" class=\"block {}", block.id, block.body.kind())),
                "{}",
                block.id
            );
        }
        insta::assert_snapshot!("lesson_body", html.as_str());
    }

    #[test]
    fn hostile_blocks_leave_nothing_active() {
        let html = lesson_body(7, &sample::hostile());
        check_markup(html.as_str());
        for active in ["<script", "<iframe", "javascript:alert", "<img src=x"] {
            assert!(!html.as_str().contains(&format!("\"{active}")) && !html.as_str().contains("<script"), "{active}");
        }
    }

    #[test]
    fn a_moment_of_a_video_has_an_address() {
        let body = LessonBody { lesson_id: 1, blocks: &[] };
        assert_eq!(
            body.address_at("https://www.youtube.com/watch?v=abc#x", 65),
            "https://www.youtube.com/watch?v=abc&t=65s"
        );
        assert_eq!(body.address_at("https://youtu.be/abc", 65), "https://youtu.be/abc?t=65s");
        assert_eq!(body.address_at("https://vimeo.com/1", 65), "https://vimeo.com/1#t=65s");
        assert_eq!(body.address_at("https://example.org/a.mp4", 65), "https://example.org/a.mp4#t=65");
        assert_eq!((body.clock(65), body.clock(3_725)), ("1:05".to_owned(), "1:02:05".to_owned()));
    }
}
