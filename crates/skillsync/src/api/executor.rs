//! The schema as it is asked over HTTP and WebSockets alike: older documents are understood, and every error has a code.

use std::sync::Arc;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::{Data, Executor, Request, Response};
use futures::StreamExt;

use super::compatibility::retype_variables;
use super::errors::add_missing_codes;
use super::schema::ApiSchema;

/// The schema with what surrounds every request to it.
#[derive(Clone)]
pub struct Api(ApiSchema);

impl Api {
    /// Surrounds a schema.
    pub fn new(schema: ApiSchema) -> Self {
        Self(schema)
    }
}

impl Executor for Api {
    async fn execute(&self, request: Request) -> Response {
        add_missing_codes(self.0.execute(compatible(request)).await)
    }

    fn execute_stream(&self, request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        Executor::execute_stream(&self.0, compatible(request), session_data).map(add_missing_codes).boxed()
    }
}

/// A document that does not parse is left as it is: executing it says why.
fn compatible(mut request: Request) -> Request {
    if let Ok(document) = request.parsed_query() {
        let mut document = document.clone();
        retype_variables(&mut document);
        request.set_parsed_query(document);
    }
    request
}
