//! GraphQL over HTTP and WebSockets.

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response, Variables};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response as HttpResponse};
use serde::Deserialize;

use crate::accounts::asker::asker;
use crate::app::App;

use super::errors::{Code, internal};
use super::executor::Api;

/// `POST /graphql`: a document as JSON, `{"query": …, "variables": …, "operationName": …}`.
pub async fn post(
    State(app): State<App>,
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> HttpResponse {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            return unreadable(rejection.status(), app.config.server.max_body_bytes);
        }
    };
    if !is_json(&headers) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send the request as JSON, with the header content-type: application/json.",
        );
    }
    // A list would be taken too, as the fields in order.
    if !body.trim_ascii_start().starts_with(b"{") {
        return refuse(StatusCode::BAD_REQUEST, "The body is not a GraphQL request as JSON; batches are not answered.");
    }
    match serde_json::from_slice::<Request>(&body) {
        Ok(request) => execute(&app, &api, &headers, request).await,
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            refuse(StatusCode::BAD_REQUEST, format!("The body is not a GraphQL request as JSON, see {place}."))
        }
    }
}

/// A request as an address says it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    query: String,
    operation_name: Option<String>,
    variables: Option<String>,
}

impl Address {
    fn request(self) -> Option<Request> {
        let variables = match self.variables.as_deref() {
            None | Some("") => Variables::default(),
            Some(text) => serde_json::from_str(text).ok()?,
        };
        let request = Request::new(self.query).variables(variables);
        Some(match self.operation_name {
            Some(name) if !name.is_empty() => request.operation_name(name),
            _ => request,
        })
    }
}

/// `GET /graphql?query=…`: queries only, since a link must not change anything; and the door for WebSockets.
pub async fn get(
    State(app): State<App>,
    State(api): State<Api>,
    headers: HeaderMap,
    address: Result<Query<Address>, QueryRejection>,
    protocol: Result<GraphQLProtocol, StatusCode>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> HttpResponse {
    if let (Ok(protocol), Ok(upgrade)) = (protocol, upgrade) {
        return subscribe(app, api, headers, protocol, upgrade);
    }
    let Some(mut request) = address.ok().and_then(|Query(address)| address.request()) else {
        let needed = "The address needs ?query= with a GraphQL document, and variables, where there are any, as JSON.";
        return refuse(StatusCode::BAD_REQUEST, needed);
    };
    let operation_name = request.operation_name.clone();
    let changes = request.parsed_query().is_ok_and(|document| {
        let mut chosen = document.operations.iter().filter(|(name, _)| {
            operation_name.is_none() || name.map(|name| name.as_str()) == operation_name.as_deref()
        });
        chosen.any(|(_, operation)| operation.node.ty != OperationType::Query)
    });
    if changes {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "Only queries are answered over GET. Send this with POST.");
    }
    execute(&app, &api, &headers, request).await
}

async fn execute(app: &App, api: &Api, headers: &HeaderMap, request: Request) -> HttpResponse {
    let asker = match asker(&app.accounts, headers).await {
        Ok(asker) => asker,
        Err(error) => return server_failed(&error),
    };
    reply(&api.execute(request.data(asker)).await)
}

/// The token of a WebSocket comes with `connection_init`, since a browser cannot set headers on it.
fn subscribe(
    app: App,
    api: Api,
    headers: HeaderMap,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> HttpResponse {
    let upgrade = upgrade.max_message_size(app.config.server.max_body_bytes).protocols(ALL_WEBSOCKET_PROTOCOLS);
    upgrade.on_upgrade(move |socket| async move {
        let stopping = app.stopping.clone();
        let greet = async move |payload: serde_json::Value| connected(&app, headers, &payload).await;
        let served = GraphQLWebSocket::new(socket, api, protocol).on_connection_init(greet).serve();
        stopping.run_until_cancelled(served).await;
    })
}

async fn connected(app: &App, mut headers: HeaderMap, payload: &serde_json::Value) -> async_graphql::Result<Data> {
    let token = ["Authorization", "authorization"].iter().find_map(|name| payload.get(name)?.as_str()?.parse().ok());
    if let Some(token) = token {
        headers.insert(header::AUTHORIZATION, token);
    }
    let asker = asker(&app.accounts, &headers).await.map_err(|error| internal(&error))?;
    let mut data = Data::default();
    data.insert(asker);
    Ok(data)
}

/// A body that was cut short or is larger than the limit, in bytes.
pub fn unreadable(status: StatusCode, limit: usize) -> HttpResponse {
    refuse(status, format!("The body could not be read; it may have {limit} bytes at most."))
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json" || media_type == "application/graphql-response+json"
}

fn reply(response: &Response) -> HttpResponse {
    match serde_json::to_vec(response) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => server_failed(&error),
    }
}

fn server_failed(error: &(dyn std::error::Error + 'static)) -> HttpResponse {
    refuse_with(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, internal(error).message)
}

fn refuse(status: StatusCode, message: impl Into<String>) -> HttpResponse {
    refuse_with(status, Code::BadRequest, message)
}

/// An answer in GraphQL's form to something that never reached the schema.
pub fn refuse_with(status: StatusCode, code: Code, message: impl Into<String>) -> HttpResponse {
    let error = serde_json::json!({ "message": message.into(), "extensions": { "code": code.as_str() } });
    (status, Json(serde_json::json!({ "data": null, "errors": [error] }))).into_response()
}
