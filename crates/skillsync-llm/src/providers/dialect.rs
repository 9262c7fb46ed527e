//! The habits on which servers differ, and how to give one up when it is rejected.

use super::WireFormat;
use crate::Request;
use crate::rejection::Rejection;

/// How one server wants to be asked. It starts with the most that the format offers and only ever asks for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) schema: SchemaForm,
    /// OpenAI's reasoning models know only the new name of the length limit; most other servers know only the old one.
    pub(super) new_name_for_limit: bool,
    /// Whether a temperature may be given. Reasoning models insist on their own.
    pub(super) temperature: bool,
    /// Whether a stream may be asked to report its usage.
    pub(super) usage_in_stream: bool,
    /// Whether streams report their usage; where they do not, whole answers are preferred.
    pub(super) streams_are_counted: bool,
    trust: Trust,
}

/// How the server is told which shape the answer must have, best first; a later one asks for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SchemaForm {
    /// The server lets the model write nothing else: OpenAI's `json_schema` in strict mode, Gemini's `responseJsonSchema`, a
    /// tool that Anthropic's models are made to call.
    Enforced,
    /// The server lets the model write JSON only, and words tell which: OpenAI's `json_object`, Gemini's MIME type.
    JsonMode,
    /// In words only.
    Words,
}

/// What is known about the form of schema in use. Some servers fall over it without a word, so a first unexplained failure
/// may be about it; but most unexplained failures are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    /// Nothing yet.
    Untried,
    /// It failed with a plain 500 and a weaker one was accepted at once. That may have been luck: once more, and it is not.
    Suspected,
    /// Nothing weaker helped, so unexplained failures are not about it.
    Unsuspicious,
    /// It was accepted. What worked is not given up over a complaint about something else.
    Proven,
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
        Self {
            schema: SchemaForm::Enforced,
            new_name_for_limit: false,
            temperature: true,
            usage_in_stream: true,
            streams_are_counted: true,
            trust: Trust::Untried,
        }
    }
}

impl Dialect {
    /// The dialect that gives up what this rejection is about, or `None` if the rejection is about something else.
    pub(super) fn without_what_was_rejected(
        self,
        format: WireFormat,
        request: &Request,
        rejection: &Rejection,
    ) -> Option<Next> {
        if !rejection.may_be_about_the_form() {
            return None;
        }
        let explained = |dialect| Some(Next { dialect, explained: true, lasting: true });
        if format == WireFormat::OpenAi {
            if !self.new_name_for_limit && rejection.mentions("max_completion_tokens") {
                return explained(Self { new_name_for_limit: true, ..self });
            }
            if self.usage_in_stream && rejection.mentions("stream_options") {
                return explained(Self { usage_in_stream: false, ..self });
            }
        }
        if request.temperature.is_some()
            && self.temperature
            && rejection.mentions("temperature")
            && rejection.mentions_one_of(&["not support", "unsupported", "deprecated"])
        {
            return explained(Self { temperature: false, ..self });
        }
        request.schema.as_ref()?;
        let weaker = Self { schema: format.weaker(self.schema)?, ..self };
        if rejection.mentions_one_of(format.words_for_the_schema()) {
            // A schema that breaks the rules of strict mode says nothing about the next one.
            let lasting = !rejection.mentions("invalid schema");
            return Some(Next { dialect: Self { trust: Trust::Untried, ..weaker }, explained: true, lasting });
        }
        // A plain failure (500) may be gone the next time, so what helped against the first one is not remembered.
        let lasting = rejection.status != 500 || self.trust == Trust::Suspected;
        (self.trust <= Trust::Suspected).then_some(Next { dialect: weaker, explained: false, lasting })
    }

    /// What is known after the server accepted a request in a dialect. Several calls learn at the same time, so what
    /// another call has given up meanwhile stays given up.
    pub(super) fn having_accepted(self, accepted: Self, request: &Request) -> Self {
        let schema = self.schema.max(accepted.schema);
        let trust_before = if self.schema == schema { self.trust } else { Trust::Untried };
        let proven_now = request.schema.is_some() && accepted.schema == schema;
        Self {
            schema,
            trust: if proven_now { Trust::Proven } else { trust_before },
            new_name_for_limit: self.new_name_for_limit || accepted.new_name_for_limit,
            temperature: self.temperature && accepted.temperature,
            usage_in_stream: self.usage_in_stream && accepted.usage_in_stream,
            streams_are_counted: self.streams_are_counted && accepted.streams_are_counted,
        }
    }

    /// What is known after a plain failure went away when the schema was told in a weaker form.
    pub(super) fn suspecting_the_schema(self) -> Self {
        Self { trust: self.trust.max(Trust::Suspected), ..self }
    }

    /// What is known after an unexplained failure stayed although the schema was told in every form.
    pub(super) fn not_suspecting_the_schema(self) -> Self {
        Self { trust: self.trust.max(Trust::Unsuspicious), ..self }
    }

    /// What is known after a stream came to its end without a count.
    pub(super) fn not_counting_streams(self) -> Self {
        Self { streams_are_counted: false, ..self }
    }

    /// Whether the server is asked differently than before, leaving aside how sure that is.
    pub(super) fn asks_for_less_than(self, before: Self) -> bool {
        Self { trust: before.trust, ..self } != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_call_does_not_undo_what_another_learned() {
        let plain = Request::new(Vec::new(), 1);
        let learned = Dialect { schema: SchemaForm::JsonMode, trust: Trust::Proven, ..Dialect::default() };
        let other =
            Dialect { new_name_for_limit: true, usage_in_stream: false, temperature: false, ..Dialect::default() };
        assert_eq!(learned.having_accepted(Dialect::default(), &plain), learned);
        assert_eq!(
            learned.having_accepted(other, &plain),
            Dialect { new_name_for_limit: true, usage_in_stream: false, temperature: false, ..learned }
        );
        assert!(!learned.asks_for_less_than(Dialect { trust: Trust::Untried, ..learned }));
    }
}
