//! Pages as readers see them: plain text out of HTML and Markdown, and the passage of it that a question is about.

mod html;
mod passage;
mod plain;
mod words;

pub(crate) use html::Page;
pub(crate) use passage::best_passage;
pub(crate) use plain::{cut, line, plain_text};
pub(crate) use words::{fit, topic_words, words_of};

/// Longest Markdown that is parsed. Nobody reads further than the beginning of a README.
const MAX_MARKDOWN_BYTES: usize = 128 * 1024;

/// The text of a Markdown file, raw HTML in it read as HTML.
pub(crate) fn markdown_text(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.render.r#unsafe = true;
    let end = markdown.floor_char_boundary(MAX_MARKDOWN_BYTES);
    html_text(&comrak::markdown_to_html(&markdown[..end], &options))
}

/// The text of a piece of HTML.
pub(crate) fn html_text(html: &str) -> String {
    Page::read(html).text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_loses_its_marks_badges_and_addresses() {
        let readme = "<p align=center><img src=x></p>\n\n# Serde [![Build](b.svg)](ci)\n\nA *framework* for \
                      [data](https://serde.rs).\n\n```rust\nlet x = 1;\n\nlet y = 2;\n```\n\n- one\n- two\n";
        assert_eq!(markdown_text(readme), "Serde\n\nA framework for data.\n\nlet x = 1;\n\nlet y = 2;\n\n- one\n- two");
    }
}
