//! The habits on which OpenAI-compatible servers differ, and how to give one up when it is rejected.

use crate::Request;
use crate::rejection::Rejection;

/// How one server wants to be asked. It starts with the most that OpenAI's format offers and only ever asks for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) schema: SchemaForm,
    /// Whether this form of schema was accepted before. What worked is not given up over a complaint about something else.
    schema_proven: bool,
    /// OpenAI's reasoning models know only the new name of the length limit; most other servers know only the old one.
    pub(super) new_name_for_limit: bool,
    /// Whether a stream may be asked to report its usage.
    pub(super) usage_in_stream: bool,
}

/// How the server is told which shape the answer must have, best first; a later one asks for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SchemaForm {
    /// `json_schema` in strict mode: the server lets the model write nothing else.
    Strict,
    /// `json_object`, with the schema beside it for servers such as llama.cpp's that enforce it from there, and in words.
    JsonObject,
    /// In words only.
    Words,
}

/// What to try after a rejection.
pub(super) struct Next {
    pub(super) dialect: Dialect,
    /// Whether the server itself named what it rejects.
    pub(super) explained: bool,
    /// Whether it would surely say the same the next time.
    pub(super) lasting: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { schema: SchemaForm::Strict, schema_proven: false, new_name_for_limit: false, usage_in_stream: true }
    }
}

impl Dialect {
    /// The dialect that gives up what this rejection is about, or `None` if the rejection is about something else.
    pub(super) fn without_what_was_rejected(self, request: &Request, rejection: &Rejection) -> Option<Next> {
        if !matches!(rejection.status, 400 | 422 | 500 | 501) || rejection.is_prompt_too_long() {
            return None;
        }
        let explained = |dialect| Some(Next { dialect, explained: true, lasting: true });
        if !self.new_name_for_limit && rejection.mentions("max_completion_tokens") {
            return explained(Self { new_name_for_limit: true, ..self });
        }
        if self.usage_in_stream && rejection.mentions("stream_options") {
            return explained(Self { usage_in_stream: false, ..self });
        }
        request.schema.as_ref()?;
        let weaker = Self { schema: self.schema.weaker()?, schema_proven: false, ..self };
        if ["response_format", "schema", "json_object", "grammar"].iter().any(|word| rejection.mentions(word)) {
            // A schema that breaks the rules of strict mode says nothing about the next one.
            let lasting = !rejection.mentions("invalid schema");
            return Some(Next { dialect: weaker, explained: true, lasting });
        }
        // Some servers fall over without a word. Only a first refusal is taken for one of the schema, and a plain failure
        // (500) may be gone the next time, so what helped against it is not remembered.
        (!self.schema_proven).then_some(Next { dialect: weaker, explained: false, lasting: rejection.status != 500 })
    }

    /// What is known after the server accepted a request in a dialect. Several calls learn at the same time, so what
    /// another call has given up meanwhile stays given up.
    pub(super) fn having_accepted(self, accepted: Self, request: &Request) -> Self {
        let schema = self.schema.max(accepted.schema);
        let proven_before = self.schema_proven && self.schema == schema;
        let proven_now = request.schema.is_some() && accepted.schema == schema;
        Self {
            schema,
            schema_proven: proven_before || proven_now,
            new_name_for_limit: self.new_name_for_limit || accepted.new_name_for_limit,
            usage_in_stream: self.usage_in_stream && accepted.usage_in_stream,
        }
    }

    /// Whether the server is asked differently than before, leaving aside how sure that is.
    pub(super) fn asks_for_less_than(self, before: Self) -> bool {
        Self { schema_proven: before.schema_proven, ..self } != before
    }
}

impl SchemaForm {
    fn weaker(self) -> Option<Self> {
        match self {
            Self::Strict => Some(Self::JsonObject),
            Self::JsonObject => Some(Self::Words),
            Self::Words => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_call_does_not_undo_what_another_learned() {
        let plain = Request::new(Vec::new(), 1);
        let learned = Dialect { schema: SchemaForm::JsonObject, schema_proven: true, ..Dialect::default() };
        let other = Dialect { new_name_for_limit: true, usage_in_stream: false, ..Dialect::default() };
        assert_eq!(learned.having_accepted(Dialect::default(), &plain), learned);
        assert_eq!(
            learned.having_accepted(other, &plain),
            Dialect { new_name_for_limit: true, usage_in_stream: false, ..learned }
        );
        assert!(!learned.asks_for_less_than(Dialect { schema_proven: false, ..learned }));
    }
}
