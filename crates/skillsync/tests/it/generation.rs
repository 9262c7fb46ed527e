//! Following a lesson while it is written: by asking, and over a WebSocket.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use skillsync::testing::TestDatabase;
use skillsync_llm::{Error, Gate, Script, ScriptedAnswer};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use crate::world::{Reply, Setup, TestServer, rows, until, within, writer_behind};

const ASK: &str =
    "{ lessons { getOrGenerateLesson(stepTitle: \"Rust Lifetimes\", learningStyle: reading, wait: false) {
    success message code wasCached lesson { id } generation { id state progress message lessonId } } } }";

fn generation(reply: &Reply) -> Value {
    reply.good("/data/lessons/getOrGenerateLesson/generation").clone()
}

/// Asks the API how a run stands.
async fn standing(server: &TestServer, run: &str) -> Value {
    let document = "query($id: ID!) { lessons { generation(id: $id) { id state progress message lessonId } } }";
    server.graphql(document, json!({ "id": run }), None).await.good("/data/lessons/generation").clone()
}

type Socket = tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>;

/// Asks for a run's progress over a WebSocket.
async fn follow(server: &TestServer, run: &str) -> Socket {
    let query = format!("subscription {{ lessons {{ generationProgress(id: {run}) {{ state progress lessonId }} }} }}");
    subscribe(server, &query).await
}

/// Opens a WebSocket as the protocol graphql-transport-ws says, and subscribes.
pub async fn subscribe(server: &TestServer, query: &str) -> Socket {
    let mut socket = connect(server, None).await.expect("a socket");
    let say = |value: Value| Message::text(value.to_string());
    socket.send(say(json!({ "type": "connection_init" }))).await.expect("sent");
    assert_eq!(heard(&mut socket).await["type"], "connection_ack");
    socket.send(say(json!({ "id": "1", "type": "subscribe", "payload": { "query": query } }))).await.expect("sent");
    socket
}

async fn connect(server: &TestServer, origin: Option<&str>) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
    let mut request = format!("ws://{}/graphql", server.address).into_client_request().expect("a request");
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a value"));
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().expect("a value"));
    }
    let stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
    let (socket, response) = within(tokio_tungstenite::client_async(request, stream)).await?;
    assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
    Ok(socket)
}

/// The next message that is no ping.
async fn heard(socket: &mut Socket) -> Value {
    loop {
        match within(socket.next()).await.expect("the socket is open").expect("a message") {
            Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("not a message of the protocol: {other:?}"),
        }
    }
}

/// All states up to the end of the subscription.
pub async fn states(socket: &mut Socket) -> Vec<Value> {
    let mut states = Vec::new();
    loop {
        let message = heard(socket).await;
        match message["type"].as_str() {
            Some("next") => states.push(message["payload"]["data"]["lessons"]["generationProgress"].clone()),
            Some("complete") => return states,
            other => panic!("{other:?} was not expected: {message}"),
        }
    }
}

skillsync::both_engines! {
    async fn who_does_not_wait_gets_a_run_to_follow(database: &TestDatabase) {
        let gate = Gate::closed();
        let script = writer_behind(&gate);
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let first = server.ask(ASK).await;
        let run = generation(&first);
        assert_eq!((&run["state"], &run["lessonId"]), (&json!("RUNNING"), &Value::Null));
        assert!(run["progress"].as_u64().is_some_and(|percent| percent < 100), "{run}");
        let payload = first.at("/data/lessons/getOrGenerateLesson");
        assert_eq!((&payload["success"], &payload["lesson"], &payload["wasCached"]), (&json!(true), &Value::Null, &json!(false)));
        let id = run["id"].as_str().expect("an id");
        assert_eq!(generation(&server.ask(ASK).await)["id"], run["id"], "asking again joins the same run");
        assert_eq!(standing(&server, id).await["state"], "RUNNING");

        let mut socket = follow(&server, id).await;
        let now = heard(&mut socket).await;
        assert_eq!(now["payload"]["data"]["lessons"]["generationProgress"]["state"], "RUNNING", "{now}");
        gate.open();
        let states = states(&mut socket).await;
        let last = states.last().expect("a last state");
        assert_eq!((&last["state"], &last["progress"]), (&json!("PUBLISHED"), &json!(100)));
        let progress: Vec<_> = states.iter().map(|state| state["progress"].as_u64()).collect();
        assert!(progress.is_sorted(), "{progress:?}");

        let ended = standing(&server, id).await;
        assert_eq!((&ended["state"], &ended["lessonId"]), (&json!("PUBLISHED"), &last["lessonId"]));
        let served = server.ask(ASK).await;
        let payload = served.good("/data/lessons/getOrGenerateLesson");
        assert_eq!((&payload["lesson"]["id"], &payload["wasCached"], &payload["generation"]), (&last["lessonId"], &json!(true), &Value::Null));
        assert_eq!((rows(&database.db, "runs").await, rows(&database.db, "lessons").await), (1, 1));
        server.stop().await;
    }

    async fn who_comes_late_hears_the_end_at_once(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let ask = ASK.replace("Rust Lifetimes", "Git Basics");
        let answer = server.ask(&ask).await;
        let id = match generation(&answer)["id"].as_str() {
            Some(id) => id.to_owned(),
            // The library is quick: the lesson may be there before the answer.
            None => "1".to_owned(),
        };
        until(async || (standing(&server, &id).await["state"] == "PUBLISHED").then_some(())).await;
        let states = states(&mut follow(&server, &id).await).await;
        assert_eq!(states.last(), Some(&json!({ "state": "PUBLISHED", "progress": 100, "lessonId": "1" })));
        assert_eq!(states[0], json!({ "state": "RUNNING", "progress": 0, "lessonId": null }), "from the first event");
        server.stop().await;
    }

    async fn a_run_that_is_not_there_cannot_be_followed(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let mut socket = follow(&server, "99").await;
        let message = heard(&mut socket).await.to_string();
        assert!(message.contains("NOT_FOUND"), "{message}");
        server.stop().await;
    }

    async fn all_who_follow_hear_of_a_failure_once(database: &TestDatabase) {
        let gate = Gate::closed();
        let door = gate.clone();
        let script = Script::new(move |_| ScriptedAnswer::from(Error::OutOfCredit).behind(&door));
        let server = TestServer::with(database, Setup::written_by(&script)).await;
        let run = generation(&server.ask(ASK).await);
        let mut sockets = Vec::new();
        for _ in 0..10 {
            let mut socket = follow(&server, run["id"].as_str().expect("an id")).await;
            assert_eq!(heard(&mut socket).await["payload"]["data"]["lessons"]["generationProgress"]["state"], "RUNNING");
            sockets.push(socket);
        }
        gate.open();
        for socket in &mut sockets {
            let ended: Vec<_> = states(socket).await.into_iter().filter(|state| state["state"] != "RUNNING").collect();
            assert_eq!(ended, [json!({ "state": "FAILED", "progress": 0, "lessonId": null })]);
        }
        assert_eq!((rows(&database.db, "runs").await, rows(&database.db, "lessons").await), (1, 0));
        server.stop().await;
    }

    async fn over_a_socket_everything_is_as_over_post(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let token = server.sign_up("ada@example.com").await;
        let mut socket = connect(&server, None).await.expect("a socket");
        let say = |value: Value| Message::text(value.to_string());
        let init = json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } });
        socket.send(say(init)).await.expect("sent");
        assert_eq!(heard(&mut socket).await["type"], "connection_ack");
        let style = "query($style: String!) { lessons { lessonKey(stepTitle: \"Python Variables\", learningStyle: $style) { cacheKey } } }";
        let deep = format!("{{ __schema {{ types {{ {} name {} }} }} }}", "fields { type { ".repeat(100), "} }".repeat(100));
        for (query, expected) in [
            ("{ users { me { email } } }", "ada@example.com"),
            (style, "d798dad978f7c705247b465ee7c912d3"),
            ("{ banana }", "\"code\":\"BAD_QUERY\""),
            (&deep, "\"code\":\"TOO_COMPLEX\""),
            ("{ lessons { lessonKey(stepTitle: \"\", learningStyle: \"mixed\") { cacheKey } } }", "\"code\":\"INVALID_INPUT\""),
            ("subscription { banana }", "\"code\":\"BAD_QUERY\""),
        ] {
            let payload = json!({ "query": query, "variables": { "style": "mixed" } });
            socket.send(say(json!({ "id": "1", "type": "subscribe", "payload": payload }))).await.expect("sent");
            let answer = heard(&mut socket).await;
            assert!(answer.to_string().contains(expected), "{query:.60}: {answer}");
            if answer["type"] == "next" {
                assert_eq!(heard(&mut socket).await["type"], "complete");
            }
        }
        socket.send(Message::text("x".repeat(5_000_000))).await.ok();
        let refused = within(socket.next()).await;
        assert!(!matches!(refused, Some(Ok(Message::Text(_)))), "five megabytes end the connection: {refused:?}");
        assert_eq!(server.ask("{ __typename }").await.good("/data/__typename"), "Query");
        server.stop().await;
    }

    async fn another_sites_page_opens_no_socket(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let refused = connect(&server, Some("http://evil.example")).await.expect_err("refused");
        assert!(refused.to_string().contains("403"), "{refused}");
        connect(&server, Some(&format!("http://{}", server.address))).await.expect("our own page may");
        server.stop().await;
    }

    async fn an_open_socket_does_not_keep_the_server_from_stopping(database: &TestDatabase) {
        let gate = Gate::closed();
        let server = TestServer::with(database, Setup::written_by(&writer_behind(&gate))).await;
        let run = generation(&server.ask(ASK).await);
        let mut socket = follow(&server, run["id"].as_str().expect("an id")).await;
        heard(&mut socket).await;
        gate.open();
        server.stop().await;
        assert_eq!(rows(&database.db, "runs").await, 1);
    }
}
