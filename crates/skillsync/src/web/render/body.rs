//! The body of a lesson: every block as a section with the block's id.

use askama::Template;

use crate::lessons::document::{Block, Body, Document, Level, Player, Source, Video};

use super::{
    Theme, diagram, highlight,
    html::Html,
    markdown::{is_web_address, markdown, markdown_line, markdown_with_headings, words_of_line},
};

/// Diagrams that are wider, in CSS pixels, scroll on a phone instead of shrinking until nobody can read them.
const WIDE: u32 = 440;

/// Renders each block of a lesson by itself, in their order. What [`lesson_body`] says holds here too.
pub fn lesson_blocks(lesson_id: i64, document: &Document) -> Vec<Html> {
    let film = document.videos().next();
    let rendered = |block| {
        let pictures = format!("/lessons/{lesson_id}/diagrams");
        LessonBody { pictures, early: None, blocks: std::slice::from_ref(block), film }.html()
    };
    document.blocks.iter().map(rendered).collect()
}

/// Renders all blocks of a lesson. The pictures are not part of it: they are files at
/// `/lessons/{id}/diagrams/{block}.svg?theme=light|dark`.
///
/// It costs some milliseconds of the processor's time and depends on nothing else, so its caller keeps the result.
pub fn lesson_body(lesson_id: i64, document: &Document) -> Html {
    let pictures = format!("/lessons/{lesson_id}/diagrams");
    LessonBody { pictures, early: None, blocks: &document.blocks, film: document.videos().next() }.html()
}

/// A block of a lesson that is still being written, and what its page has to know about it.
#[derive(Clone, Copy)]
pub struct EarlyBlock<'a> {
    /// The run that writes the lesson.
    pub run_id: i64,
    /// The block.
    pub block: &'a Block,
    /// Where it stands among the others.
    pub position: i64,
    /// Whether it has passed its checks; else it is marked.
    pub checked: bool,
    /// The name of its content, by which the page tells a new form from a block that was only checked.
    pub form: &'a str,
    /// The lesson's video with the id of its block, as far as it is known.
    pub film: Option<(&'a str, &'a Video)>,
}

/// Renders one block of a lesson that is still being written, as it will look in the lesson. Its pictures are files at
/// `/generations/{run}/diagrams/{block}.svg?theme=light|dark&form={form}`.
pub fn early_block(early: EarlyBlock<'_>) -> Html {
    let pictures = format!("/generations/{}/diagrams", early.run_id);
    LessonBody { pictures, early: Some(early), blocks: std::slice::from_ref(early.block), film: early.film }.html()
}

#[derive(Template)]
#[template(path = "lesson_body.html")]
struct LessonBody<'a> {
    /// The folder of its pictures.
    pictures: String,
    /// Set when the lesson is still being written; then there is one block.
    early: Option<EarlyBlock<'a>>,
    blocks: &'a [Block],
    /// The lesson's first video with the id of its block, which questions point into.
    film: Option<(&'a str, &'a Video)>,
}

/// Where a diagram's file is, and the space to keep free for it.
struct Picture {
    light: String,
    dark: String,
    width: u32,
    height: u32,
    wide: bool,
}

/// A moment of a video, to go to.
struct Place {
    /// The id of the video's block.
    film: String,
    /// `m:ss` or `h:mm:ss`.
    clock: String,
    /// The video's own page at this moment.
    address: Option<String>,
    /// The player at this moment.
    play: Option<String>,
}

impl LessonBody<'_> {
    fn html(&self) -> Html {
        match self.render() {
            Ok(html) => Html::trusted(html),
            // Templates only fail when what they write to does, and a string does not.
            Err(error) => Html::text(&error.to_string()),
        }
    }

    fn is_unchecked(&self) -> bool {
        self.early.is_some_and(|early| !early.checked)
    }

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
        // A block that is written again keeps its id, but its picture is another one.
        let form = self.early.map(|early| format!("&form={}", early.form)).unwrap_or_default();
        let file = |theme: Theme| format!("{}/{}.svg?theme={theme}{form}", self.pictures, block.id);
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

    /// The player of a video, when it has one that may be put into a page.
    fn player<'v>(&self, video: &'v Video) -> Option<Player<'v>> {
        Player::parse(video.embed.as_deref()?)
    }

    /// Templates hold the number by reference.
    fn place_in(&self, video: &Video, film: &str, seconds: &u32) -> Place {
        let seconds = *seconds;
        Place {
            film: film.to_owned(),
            clock: self.clock(seconds),
            address: self.is_link(&video.url).then(|| self.address_at(video, seconds)),
            play: self.player(video).map(|player| player.address_at(seconds)),
        }
    }

    /// The address of a video's own page that starts at a moment.
    fn address_at(&self, video: &Video, seconds: u32) -> String {
        let address = video.url.split('#').next().unwrap_or(&video.url);
        let joined = |start: String| format!("{address}{}{start}", if address.contains('?') { '&' } else { '?' });
        if self.player(video).is_some_and(Player::is_peertube) {
            return joined(format!("start={seconds}s"));
        }
        let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
        let host = after_scheme.split(['/', '?']).next().unwrap_or_default().to_ascii_lowercase();
        match host.trim_start_matches("www.").trim_start_matches("m.") {
            "youtube.com" | "youtu.be" | "youtube-nocookie.com" => joined(format!("t={seconds}s")),
            "vimeo.com" => format!("{address}#t={seconds}s"),
            // Media fragments, <https://www.w3.org/TR/media-frags/>: a player that does not know them starts at the beginning.
            _ => format!("{address}#t={seconds}"),
        }
    }

    /// What is known about a source beside its title and address, in one line.
    fn known_of(&self, source: &Source) -> String {
        let known = [
            source.site.clone(),
            source.own_document().map(|_| "in this server's documents".to_owned()),
            source.page.map(|page| format!("page {page}")),
            source.licence.as_ref().map(|licence| format!("licence {licence}")),
            source.read_on.as_ref().map(|day| format!("read on {day}")),
        ];
        known.into_iter().flatten().collect::<Vec<_>>().join(" · ")
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
    fn a_block_that_is_not_checked_yet_says_so() {
        let document = sample::document();
        let html = |checked| {
            let block = |(position, block)| {
                let early =
                    EarlyBlock { run_id: 12, block, position, checked, form: "f0", film: document.videos().next() };
                early_block(early).as_str().to_owned()
            };
            (0..).zip(&document.blocks).map(block).collect::<String>()
        };
        let (unchecked, checked) = (html(false), html(true));
        check_markup(&unchecked);
        check_markup(&checked);
        assert_eq!(unchecked.matches("Being checked").count(), document.blocks.len());
        assert!(!checked.contains("Being checked") && checked.contains("data-position=\"3\" data-form=\"f0\""));
        assert!(checked.contains("/generations/12/diagrams/") && checked.contains("&#38;form=f0"), "{checked}");
    }

    #[test]
    fn a_moment_of_a_video_has_an_address() {
        let body = LessonBody { pictures: String::new(), early: None, blocks: &[], film: None };
        for (url, embed, address) in [
            ("https://www.youtube.com/watch?v=abc#x", None, "https://www.youtube.com/watch?v=abc&t=65s"),
            ("https://youtu.be/abc", None, "https://youtu.be/abc?t=65s"),
            ("https://vimeo.com/1", None, "https://vimeo.com/1#t=65s"),
            ("https://example.org/a.mp4", None, "https://example.org/a.mp4#t=65"),
            ("https://a.example/w/1", Some("https://a.example/videos/embed/1"), "https://a.example/w/1?start=65s"),
        ] {
            let video = Video { url: url.into(), embed: embed.map(str::to_owned), ..sample::video() };
            assert_eq!(body.address_at(&video, 65), address);
        }
        assert_eq!((body.clock(65), body.clock(3_725)), ("1:05".to_owned(), "1:02:05".to_owned()));
    }
}
