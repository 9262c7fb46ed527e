//! Lists of models in the order in which they are asked, as operators write them: `openai, groq/openai/gpt-oss-120b`.

use serde::{Deserialize, Deserializer};

use super::values::parsed;

/// Which models to ask, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelList(pub Vec<ModelChoice>);

/// One entry: a provider, and which of its models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelChoice {
    /// The provider's name, or that of a server of the operator's own.
    pub provider: String,
    /// The model's name as the provider spells it; none takes the provider's own.
    pub model: Option<String>,
}

const RULE: &str = "empty or a list such as \"openai, groq/openai/gpt-oss-120b\"";

impl ModelList {
    /// Parses entries that are separated by commas; none if one of them has no provider or no model after its slash.
    pub fn parse(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return Some(Self::default());
        }
        text.split(',').map(|entry| ModelChoice::parse(entry.trim())).collect::<Option<_>>().map(Self)
    }
}

impl ModelChoice {
    fn parse(entry: &str) -> Option<Self> {
        // Names of models hold slashes themselves, names of providers do not.
        let (provider, model) = match entry.split_once('/') {
            Some((provider, model)) => (provider.trim(), Some(model.trim())),
            None => (entry, None),
        };
        let is_plain = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        (is_provider_name(provider) && model.is_none_or(is_plain))
            .then(|| Self { provider: provider.to_owned(), model: model.map(str::to_owned) })
    }
}

/// Whether a provider may have this name: lists must be able to hold it.
pub(super) fn is_provider_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

impl<'de> Deserialize<'de> for ModelList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, RULE, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::ModelList;

    fn read(text: &str) -> Option<Vec<(String, Option<String>)>> {
        let list = ModelList::parse(text)?;
        Some(list.0.into_iter().map(|choice| (choice.provider, choice.model)).collect())
    }

    #[test]
    fn entries_are_providers_or_models_of_theirs() {
        assert_eq!(read("  "), Some(vec![]));
        let expected = [("openai", None), ("groq", Some("openai/gpt-oss-120b")), ("my-lab", Some("llama3.2:latest"))];
        let expected = expected.map(|(provider, model)| (provider.to_owned(), model.map(str::to_owned)));
        assert_eq!(read("openai , groq/openai/gpt-oss-120b,my-lab/llama3.2:latest"), Some(expected.to_vec()));
        for wrong in ["openai,", ",", "openai groq", "/model", "openai/", "a:b", "openai/\u{7}"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
