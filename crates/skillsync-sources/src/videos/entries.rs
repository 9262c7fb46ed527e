//! Lists of which single entries may be odd: thousands of servers write them, and one must not spoil the others.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::SourceError;

/// The entries that have the form. Where there are some and none has it, the answer is not what was asked for.
pub(super) fn readable<T: DeserializeOwned>(list: Vec<Value>) -> Result<Vec<T>, SourceError> {
    let is_empty = list.is_empty();
    let entries = list.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect::<Vec<_>>();
    if entries.is_empty() && !is_empty { Err(SourceError::Garbage) } else { Ok(entries) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn odd_entries_are_left_out_unless_all_are() {
        assert_eq!(readable::<u32>(vec![json!(1), json!("two"), json!(3)]), Ok(vec![1, 3]));
        assert_eq!(readable::<u32>(vec![json!("two")]), Err(SourceError::Garbage));
        assert_eq!(readable::<u32>(Vec::new()), Ok(Vec::new()));
    }
}
