//! Whether something of the prompts stands in a text that learners would read.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::generation::prompts;

/// So many words in a row that also stand in a prompt are no coincidence.
const SHINGLE: usize = 9;

/// Names that occur only in prompts and schemas.
const NAMES: [&str; 9] = [
    "lesson_request",
    "lesson_plan",
    "right_option",
    "wrong_options",
    "expected_output",
    "first_hint",
    "program_output",
    "reason_for_new_version",
    "programming_language",
];

/// What a model says about itself.
const SELF: [&str; 6] = [
    "as an ai language model",
    "as a language model",
    "as an ai assistant",
    "i am an ai",
    "my system prompt",
    "my instructions say",
];

/// Rows of words of all prompt files.
static PROMPTS: LazyLock<HashSet<Vec<String>>> = LazyLock::new(|| {
    let mut rows = HashSet::new();
    for (_, text) in prompts::FILES {
        rows.extend(shingles(&words(text)));
    }
    rows
});

/// What of the prompts stands in a plain text, one sentence each.
pub fn find(plain: &str) -> Vec<String> {
    let lower = plain.to_lowercase();
    let mut problems = Vec::new();
    if let Some(name) = NAMES.iter().find(|name| lower.contains(**name)) {
        problems.push(format!("`{name}` is a name from the instructions; it must not stand in a text for learners"));
    }
    problems.extend(find_in_head(&lower));
    problems
}

/// The same for a title or a description. A name may stand there: it may be what the learner has asked about.
pub fn find_in_head(plain: &str) -> Vec<String> {
    let lower = plain.to_lowercase();
    let mut problems = Vec::new();
    if let Some(words) = SELF.iter().find(|words| lower.contains(**words)) {
        problems.push(format!("\"{words}\": a lesson never speaks of its author"));
    }
    if shingles(&words(&lower)).any(|row| PROMPTS.contains(&row)) {
        problems.push("the text repeats the instructions it was written by".to_owned());
    }
    problems
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn shingles(words: &[String]) -> impl Iterator<Item = Vec<String>> {
    words.windows(SHINGLE).map(<[String]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_recognised_and_lessons_are_not() {
        assert_eq!(find("A **variable** is a name for a value. The name on the left stands for it."), [""; 0]);
        let leaks = [
            "Answer with exactly one JSON object that follows the given schema, says the text.",
            "The lesson_plan has three concepts.",
            "As an AI language model I cannot run programs.",
        ];
        for leak in leaks {
            assert_eq!(find(leak).len(), 1, "{leak}");
        }
    }

    #[test]
    fn the_starter_library_repeats_no_prompt() {
        for lesson in crate::generation::library::Library::embedded().lessons() {
            for block in &lesson.document.blocks {
                let plain = super::super::text::plain_text(&block.body);
                assert_eq!(find(&plain), [""; 0], "{}: {}", lesson.document.title, block.id);
            }
        }
    }
}
