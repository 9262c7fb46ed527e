//! What a model is asked: messages, the shape wanted for the answer, and how long it may be.

use serde_json::Value;

use crate::usage::estimate_tokens;

/// Tokens that a chat format spends on each message beside its text (role and separators), for estimates only.
const TOKENS_AROUND_A_MESSAGE: u64 = 4;

/// One question to a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// The shape that the answer must have. Servers that cannot enforce it are told it in words, so the caller still
    /// validates what comes back.
    pub schema: Option<JsonSchema>,
    /// Most tokens that the answer may take, hidden reasoning included where the provider counts it.
    pub max_output_tokens: u32,
    /// Sampling temperature; `None` leaves the provider's own default, which some models insist on.
    pub temperature: Option<f64>,
    /// The caller's own name for this question, of visible ASCII characters. It is sent as the header `x-client-request-id`,
    /// so that the provider's records can be matched with the caller's.
    pub id: Option<String>,
}

impl Request {
    /// A request for plain text with the provider's default temperature.
    pub fn new(messages: Vec<Message>, max_output_tokens: u32) -> Self {
        Self { messages, schema: None, max_output_tokens, temperature: None, id: None }
    }

    /// About how many tokens the provider will count for the input, known before it is asked. Good enough to reserve money,
    /// not to settle it.
    pub fn estimated_input_tokens(&self) -> u64 {
        let messages: u64 =
            self.messages.iter().map(|message| estimate_tokens(message.text.len()) + TOKENS_AROUND_A_MESSAGE).sum();
        let schema = self.schema.as_ref().map_or(0, |schema| estimate_tokens(schema.schema.to_string().len()));
        messages + schema
    }
}

/// One turn of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: String,
}

impl Message {
    /// Standing instructions for the model.
    pub fn system(text: impl Into<String>) -> Self {
        Self { role: Role::System, text: text.into() }
    }

    /// What the person, or the program on their behalf, asks.
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, text: text.into() }
    }

    /// What the model said before.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self { role: Role::Assistant, text: text.into() }
    }
}

/// Who speaks a [`Message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Standing instructions.
    System,
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

/// A JSON Schema that the answer must follow, sent in strict mode where the provider has one. Strict mode wants every
/// property listed in `required` and `additionalProperties: false`; keeping to that is up to the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonSchema {
    /// A short name of letters, digits, `_` and `-`.
    pub name: String,
    /// The schema itself.
    pub schema: Value,
}
