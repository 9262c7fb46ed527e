//! A block in a few words, for lists that name it.

use crate::lessons::document::{Block, Body};

use super::markdown::{markdown_with_headings, words_of_line};

/// Most characters of a name.
const LONGEST: usize = 72;

/// What a block is and what it is about, plain text of one line, such as "Exercise: A price sign".
pub fn block_name(block: &Block) -> String {
    let (kind, about) = match &block.body {
        Body::Prose { markdown } => ("Text", about(markdown, &block.id)),
        Body::Notice { markdown } => ("Notice", about(markdown, &block.id)),
        Body::Code { caption, .. } => ("Program", caption.as_deref().map(words_of_line).unwrap_or_default()),
        Body::Diagram { caption, .. } => ("Diagram", words_of_line(caption)),
        Body::Exercise(exercise) => ("Exercise", words_of_line(&exercise.title)),
        Body::Project(project) => ("Project", words_of_line(&project.title)),
        Body::Quiz { questions } if questions.len() == 1 => ("Quiz", "1 question".to_owned()),
        Body::Quiz { questions } => ("Quiz", format!("{} questions", questions.len())),
        Body::Table { caption, .. } => ("Table", words_of_line(caption)),
        Body::KeyConcepts { .. } => ("Key concepts", String::new()),
        Body::Video(video) => ("Video", words_of_line(&video.title)),
        Body::Sources { .. } => ("Sources", String::new()),
    };
    if about.is_empty() { kind.to_owned() } else { shortened(&format!("{kind}: {about}")) }
}

/// The first heading of a text, or else how it begins.
fn about(markdown: &str, id: &str) -> String {
    let (_, headings) = markdown_with_headings(markdown, id);
    let heading = headings.into_iter().next().map(|heading| heading.text);
    heading.unwrap_or_else(|| words_of_line(markdown.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()))
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::render::sample;

    #[test]
    fn every_block_has_a_name_of_one_line() {
        for document in [sample::document(), sample::hostile()] {
            for block in &document.blocks {
                let name = block_name(block);
                assert!(!name.is_empty() && !name.contains('\n') && name.chars().count() <= LONGEST + 1, "{name:?}");
            }
        }
        let prose = |text: &str| block_name(&Block { id: "a".into(), body: Body::Prose { markdown: text.into() } });
        assert_eq!(prose("\nFirst `x`.\n\n## A heading\n\nMore."), "Text: A heading");
        assert_eq!(prose("Only **this**.\n\nMore."), "Text: Only this.");
        assert_eq!(prose(&"é".repeat(100)), format!("Text: {}…", "é".repeat(LONGEST - 6)));
    }
}
