//! Lessons and their blocks as JSON values of the GraphQL API.

use std::sync::Arc;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::lessons::document::Block;

/// A lesson's document as JSON. It goes into the reply byte for byte as it was published, and is never parsed on the way.
pub struct Content(Arc<str>);

impl Content {
    /// The document, which must be JSON.
    pub fn new(json: Arc<str>) -> Self {
        Self(json)
    }
}

/// A lesson's document, see /schema/lesson.json.
#[Scalar(name = "LessonContent", specified_by_url = "/schema/lesson.json")]
impl ScalarType for Content {
    fn parse(_: Value) -> InputValueResult<Self> {
        Err(InputValueError::custom("a lesson's content is only given, never taken"))
    }

    fn to_value(&self) -> Value {
        raw(self.0.to_string())
    }
}

/// A block as JSON.
pub struct BlockContent(String);

impl BlockContent {
    /// The block as it would stand in a lesson's document.
    pub fn of(block: &Block) -> serde_json::Result<Self> {
        serde_json::to_string(block).map(Self)
    }
}

/// A block of a lesson, one element of `blocks` in /schema/lesson.json.
#[Scalar(name = "LessonBlock", specified_by_url = "/schema/lesson.json")]
impl ScalarType for BlockContent {
    fn parse(_: Value) -> InputValueResult<Self> {
        Err(InputValueError::custom("a block is only given, never taken"))
    }

    fn to_value(&self) -> Value {
        raw(self.0.clone())
    }
}

/// JSON that is written into the reply as it stands.
fn raw(json: String) -> Value {
    let token = async_graphql_value::Name::new(async_graphql_value::RAW_VALUE_TOKEN);
    Value::Object([(token, Value::String(json))].into_iter().collect())
}
