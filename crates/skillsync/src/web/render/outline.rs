//! What a lesson holds, as places to go to.

use crate::lessons::document::{Body, Document};

use super::markdown::{markdown_with_headings, words_of_line};

/// A place in the lesson's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The id to lead to, without `#`.
    pub id: String,
    /// The words of the link, plain text.
    pub label: String,
    /// What the learner will do there, when it is not reading; also the name of a class.
    pub task: Option<&'static str>,
}

/// The places that are worth a link, in reading order: headings of the second level, and everything there is to do.
pub fn outline(document: &Document) -> Vec<Anchor> {
    let mut anchors = Vec::new();
    for block in &document.blocks {
        let place = |label: &str, task| Anchor { id: block.id.clone(), label: words_of_line(label), task };
        match &block.body {
            Body::Prose { markdown } => {
                let (_, headings) = markdown_with_headings(markdown, &block.id);
                let top = headings.into_iter().filter(|heading| heading.level == 2);
                anchors.extend(top.map(|heading| Anchor { id: heading.id, label: heading.text, task: None }));
            }
            Body::Exercise(exercise) => anchors.push(place(&exercise.title, Some("exercise"))),
            Body::Project(project) => anchors.push(place(&project.title, Some("project"))),
            Body::Video(video) => anchors.push(place(&video.title, Some("video"))),
            Body::Quiz { .. } => anchors.push(place("Check yourself", Some("quiz"))),
            Body::KeyConcepts { .. } => anchors.push(place("Key concepts", None)),
            Body::Sources { .. } => anchors.push(place("Sources", None)),
            Body::Code { .. } | Body::Diagram { .. } | Body::Table { .. } | Body::Notice { .. } => {}
        }
    }
    anchors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::render::sample;

    #[test]
    fn an_outline_leads_to_ids_of_the_page() {
        let document = sample::document();
        let body = crate::web::render::lesson_body(1, &document);
        let anchors = outline(&document);
        assert!(anchors.len() > 5, "{anchors:?}");
        for anchor in anchors {
            assert!(body.as_str().contains(&format!("id=\"{}\"", anchor.id)), "{anchor:?}");
        }
    }
}
