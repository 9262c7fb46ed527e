//! Finds the JSON object in a model's answer, which may stand in a code fence or between polite sentences.

use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Value};

/// Reads the outermost JSON object of a text.
pub(super) fn object<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let object = outermost(text)?;
    serde_path_to_error::deserialize(object).map_err(|error| match error.path().to_string().as_str() {
        "." => error.inner().to_string(),
        path => format!("{path}: {}", error.inner()),
    })
}

/// The object that begins with the first brace, or else the first that begins a line. An inner object of a broken one is
/// indented or follows other text, so it is not mistaken for the whole.
fn outermost(text: &str) -> Result<Value, String> {
    let first = text.find('{').ok_or("there is no JSON object in the answer")?;
    let line_starts = text.match_indices("\n{").map(|(at, _)| at + 1).filter(|at| *at != first);
    let mut why = None;
    for start in std::iter::once(first).chain(line_starts).take(8) {
        match Deserializer::from_str(&text[start..]).into_iter::<Value>().next() {
            Some(Ok(object)) => return Ok(object),
            Some(Err(error)) => why = why.or(Some(error)),
            None => {}
        }
    }
    Err(why.map_or_else(String::new, |error| format!("the JSON object cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        a: i32,
        b: Vec<i32>,
    }

    #[test]
    fn an_object_is_found_in_what_stands_around_it() {
        let answers = [
            r#"{"a": 1, "b": [2]}"#,
            "```json\n{\"a\": 1, \"b\": [2]}\n```",
            "Sure! Here it is, as {a, b}:\n\n{\"a\": 1, \"b\": [2]}\n\nI hope {this} helps.",
            "<think>{hm}</think>\n{\n  \"a\": 1,\n  \"b\": [2]\n}",
        ];
        for answer in answers {
            assert_eq!(object(answer), Ok(Pair { a: 1, b: vec![2] }), "{answer}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let problem = |answer| object::<Pair>(answer).expect_err("refused");
        assert_eq!(problem("no"), "there is no JSON object in the answer");
        assert_eq!(problem(r#"{"a": 1, "b": [2, "x"]}"#), "b[1]: invalid type: string \"x\", expected i32");
        assert_eq!(problem(r#"{"a": 1}"#), "missing field `b`");
        assert!(problem("{\"a\": 1, \"b\": [{\n{").starts_with("the JSON object cannot be read: "));
    }
}
