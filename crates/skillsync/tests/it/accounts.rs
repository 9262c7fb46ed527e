//! Signing up, in and out; what a token opens; what nobody learns about anybody else.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use skillsync::testing::TestDatabase;

use crate::world::{Reply, Setup, TestServer, rows};

const SIGN_UP: &str =
    "mutation($email: String!, $password: String!) { auth { signUp(input: { email: $email, password: $password }) {
    success message token expiresAt user { id email role createdAt } } } }";
const SIGN_IN: &str =
    "mutation($email: String!, $password: String!) { auth { signIn(input: { email: $email, password: $password }) {
    success message token expiresAt user { id email role } } } }";
const SIGN_OUT: &str = "mutation { auth { signOut { success message } } }";
const ME: &str = "{ users { me { id email role } } }";

fn credentials(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

async fn sign_in(server: &TestServer, email: &str, password: &str, token: Option<&str>) -> Value {
    server.graphql(SIGN_IN, credentials(email, password), token).await.good("/data/auth/signIn").clone()
}

async fn me(server: &TestServer, token: Option<&str>) -> Reply {
    server.graphql(ME, json!({}), token).await
}

skillsync::both_engines! {
    async fn a_learner_signs_up_in_and_out(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        assert_eq!(me(&server, None).await.good("/data/users/me"), &Value::Null);
        let reply = server.graphql(SIGN_UP, credentials(" Ada@Example.com ", "correct horse"), None).await;
        let up = reply.good("/data/auth/signUp");
        assert_eq!(up["success"], true);
        let user = json!({ "id": "1", "email": "ada@example.com", "role": "learner", "createdAt": up["user"]["createdAt"] });
        assert_eq!(up["user"], user);
        assert!(up["expiresAt"].as_str().is_some_and(|at| at.starts_with("2026-01-31")), "30 days: {up}");
        let first = up["token"].as_str().expect("a token");
        let again = sign_in(&server, "ADA@example.com", "correct horse", None).await;
        let second = again["token"].as_str().expect("a token");
        assert_ne!(first, second);
        for token in [first, second] {
            let expected = json!({ "id": "1", "email": "ada@example.com", "role": "learner" });
            assert_eq!(me(&server, Some(token)).await.good("/data/users/me"), &expected);
        }
        let out = server.graphql(SIGN_OUT, json!({}), Some(first)).await;
        assert_eq!(out.good("/data/auth/signOut/success"), true);
        assert_eq!(me(&server, Some(first)).await.codes(), ["UNAUTHENTICATED"]);
        assert_eq!(me(&server, Some(second)).await.good("/data/users/me/id"), "1", "other sessions go on");
        for token in [None, Some(first)] {
            let out = server.graphql(SIGN_OUT, json!({}), token).await;
            assert_eq!(out.good("/data/auth/signOut/success"), false);
        }
        server.stop().await;
    }

    async fn a_token_ends_with_its_time_and_signing_in_still_works(database: &TestDatabase) {
        let setup = Setup::default();
        let clock = setup.clock.clone();
        let server = TestServer::with(database, setup).await;
        let token = server.sign_up("ada@example.com").await;
        clock.advance(TimeDelta::days(30) - TimeDelta::seconds(1));
        assert_eq!(me(&server, Some(&token)).await.good("/data/users/me/id"), "1");
        clock.advance(TimeDelta::seconds(1));
        for token in [token.as_str(), "sks_banana", "banana", "sks_' OR 1=1 --"] {
            let reply = me(&server, Some(token)).await;
            assert_eq!((reply.status.as_u16(), &reply.codes()[..]), (200, &["UNAUTHENTICATED"][..]), "{token}");
            let vote = "mutation { lessons { voteLesson(input: { lessonId: 1, voteType: upvote }) { success } } }";
            assert_eq!(server.graphql(vote, json!({}), Some(token)).await.codes(), ["UNAUTHENTICATED"]);
            assert_eq!(sign_in(&server, "ada@example.com", "correct horse", Some(token)).await["success"], true);
        }
        let up = server.graphql(SIGN_UP, credentials("bob@example.com", "correct horse"), Some(&token)).await;
        assert_eq!(up.good("/data/auth/signUp/success"), true);
        server.stop().await;
    }

    async fn nobody_learns_who_has_an_account_by_signing_in(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        server.sign_up("ada@example.com").await;
        let wrong = sign_in(&server, "ada@example.com", "wrong horse", None).await;
        assert_eq!((&wrong["success"], &wrong["token"], &wrong["user"]), (&json!(false), &Value::Null, &Value::Null));
        for (email, password) in [("bob@example.com", "correct horse"), ("", ""), ("banana", "x"), ("ada@example.com\0", "correct horse")] {
            assert_eq!(sign_in(&server, email, password, None).await, wrong, "{email:?}");
        }
        let pages = [("ada@example.com", "wrong horse"), ("bob@example.com", "correct horse")];
        let mut texts = Vec::new();
        for (email, password) in pages {
            let reply = server.submit("/sign-in", &[("email", email), ("password", password)], None).await;
            assert_eq!((reply.status.as_u16(), reply.cookie()), (422, String::new()));
            texts.push(reply.text.replace(email, "…"));
        }
        assert_eq!(texts[0], texts[1]);
        server.stop().await;
    }

    async fn what_is_no_account_is_refused_before_it_is_stored(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        server.sign_up("ada@example.com").await;
        let long = "x".repeat(5_000);
        for (email, password) in [
            ("ada@example.com", "correct horse"),
            ("ADA@EXAMPLE.COM", "correct horse"),
            ("bob@example.com", "1234567"),
            ("bob@example.com", &long),
            ("bob", "correct horse"),
            ("", "correct horse"),
            ("bob@exam\0ple.com", "correct horse"),
            (&format!("{long}@example.com"), "correct horse"),
        ] {
            let reply = server.graphql(SIGN_UP, credentials(email, password), None).await;
            let payload = reply.good("/data/auth/signUp");
            assert_eq!((&payload["success"], &payload["token"], &payload["user"]), (&json!(false), &Value::Null, &Value::Null));
            assert!(payload["message"].as_str().is_some_and(|message| message.ends_with('.') && message.len() < 300), "{payload}");
        }
        assert_eq!((rows(&database.db, "people").await, rows(&database.db, "sessions").await), (1, 1));
        server.stop().await;
    }

    async fn nobody_sees_anothers_e_mail_address(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let (ada, bob) = (server.sign_up("ada@example.com").await, server.sign_up("bob@example.org").await);
        let document = "{ lessons { getOrGenerateLesson(stepTitle: \"Git Basics\", learningStyle: reading) { lesson { id createdBy } } } }";
        let reply = server.graphql(document, json!({}), Some(&ada)).await;
        assert_eq!(reply.good("/data/lessons/getOrGenerateLesson/lesson"), &json!({ "id": "1", "createdBy": "1" }));
        let vote = "mutation { lessons { voteLesson(input: { lessonId: 1, voteType: upvote, comment: \"by Ada\" }) { message lesson {
            id title createdBy whyChosen } } } }";
        let everything = "{ lessons { getLessonById(lessonId: 1) { id title description content stepTitle createdBy whyChosen
            sources { title url } regenerationReason } getLessonVersions(stepTitle: \"Git Basics\", learningStyle: reading) { id createdBy } }
            users { me { email } } }";
        let mut replies = vec![server.graphql(vote, json!({}), Some(&ada)).await];
        for token in [None, Some(bob.as_str())] {
            replies.push(server.graphql(everything, json!({}), token).await);
        }
        for path in ["/", "/lessons/1", "/lessons/2", "/sign-in", "/sign-up", "/generations/1", "/healthz"] {
            replies.push(server.get(path).await);
            let cookie = format!("skillsync_session={bob}");
            replies.push(Reply::to(server.request(Method::GET, path).header("cookie", cookie)).await);
        }
        for reply in &replies {
            assert!(!reply.text.contains("ada@"), "{reply:?}");
        }
        assert!(replies.iter().any(|reply| reply.text.contains("bob@example.org")), "one's own is shown");
        server.stop().await;
    }

    async fn secrets_are_stored_as_hashes_only(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let token = server.sign_up("ada@example.com").await;
        let sql = "SELECT COUNT(*) FROM people WHERE password_hash LIKE '$argon2id$%' AND password_hash NOT LIKE '%correct horse%'";
        assert_eq!(crate::world::number(&database.db, sql).await, 1);
        let hash = "SELECT COUNT(*) FROM sessions WHERE length(token_hash) = 32";
        assert_eq!(crate::world::number(&database.db, hash).await, 1);
        assert!(token.starts_with("sks_"));
        server.stop().await;
    }

    async fn a_browser_signs_in_with_a_cookie_that_scripts_cannot_read(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let fields = [("email", "ada@example.com"), ("password", "correct horse"), ("next", "/lessons/7?a=b")];
        let up = server.submit("/sign-up", &fields, None).await;
        assert_eq!((up.status.as_u16(), up.header("location")), (303, "/lessons/7?a=b"));
        let attributes = up.header("set-cookie").split_once(';').expect("attributes").1.trim();
        assert_eq!(attributes, "Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax");
        let cookie = up.cookie();
        let home = Reply::to(server.request(Method::GET, "/").header("cookie", &cookie)).await;
        assert!(home.text.contains("ada@example.com") && home.text.contains("Sign out"));
        assert_eq!(home.header("cache-control"), "no-store");
        let out = server.submit("/sign-out", &[], Some(&cookie)).await;
        assert_eq!((out.status.as_u16(), out.header("location")), (303, "/"));
        assert!(out.header("set-cookie").starts_with("skillsync_session=; Path=/; Max-Age=0"));
        let home = Reply::to(server.request(Method::GET, "/").header("cookie", &cookie)).await;
        assert!(!home.text.contains("ada@example.com") && home.text.contains("Sign in"), "the session is over, not only forgotten");
        let again = server.submit("/sign-in", &fields, None).await;
        assert_eq!((again.status.as_u16(), again.header("location")), (303, "/lessons/7?a=b"));
        assert_ne!(again.cookie(), cookie);
        server.stop().await;
    }

    async fn behind_tls_the_cookie_belongs_to_this_host_alone(database: &TestDatabase) {
        let setup = Setup::default().configured(|config| config.server.secure_cookies = true);
        let server = TestServer::with(database, setup).await;
        let up = server.submit("/sign-up", &[("email", "ada@example.com"), ("password", "correct horse")], None).await;
        let cookie = up.header("set-cookie");
        assert!(cookie.starts_with("__Host-skillsync_session=sks_") && cookie.ends_with("; Secure"), "{cookie}");
        server.stop().await;
    }

    async fn nobody_is_sent_to_another_site(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        server.sign_up("ada@example.com").await;
        for next in [
            "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil.example",
            "/\t/evil.example", "/\r/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/\0", "/\u{7f}",
        ] {
            let fields = [("email", "ada@example.com"), ("password", "correct horse"), ("next", next)];
            let reply = server.submit("/sign-in", &fields, None).await;
            assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/"), "{next:?}");
            let form = server.get(&format!("/sign-in?next={}", crate::world::encoded(next))).await;
            assert!(form.status.is_success() && form.text.contains("name=\"next\" value=\"/\""), "{next:?}: {}", form.text);
        }
        server.stop().await;
    }

    async fn another_sites_page_cannot_act_for_a_visitor(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let token = server.sign_up("ada@example.com").await;
        let host = server.address.to_string();
        let (own, foreign) = (format!("http://{host}"), "http://evil.example");
        let cookie = format!("skillsync_session={token}");
        let vote = format!("/lessons/{id}/vote");
        let document = json!({ "query": format!("mutation {{ lessons {{ voteLesson(input: {{ lessonId: {id}, voteType: upvote }}) {{ success }} }} }}") });
        let refused = [
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site"), ("origin", &own)],
            vec![("origin", foreign)],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site"), ("origin", &own)],
        ];
        for headers in refused {
            for path in [&vote, "/lessons", "/sign-in", "/sign-up", "/sign-out", "/graphql"] {
                let mut request = server.request(Method::POST, path).header("cookie", &cookie);
                request = if path == "/graphql" { request.json(&document) } else { request.header("content-type", "application/x-www-form-urlencoded").body("vote=upvote") };
                for (name, value) in &headers {
                    request = request.header(*name, *value);
                }
                let reply = Reply::to(request).await;
                assert_eq!(reply.status, 403, "{path} {headers:?}");
                let codes: &[&str] = if path == "/graphql" { &["FORBIDDEN"] } else { &[] };
                assert_eq!(reply.codes(), codes, "{path} {headers:?}");
                assert_eq!(reply.cookie(), "", "{path} {headers:?}");
            }
        }
        assert_eq!((rows(&database.db, "votes").await, rows(&database.db, "sessions").await), (0, 1));
        for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", own.as_str()), ("sec-fetch-site", "none")] {
            let request = server.request(Method::POST, "/graphql").header("cookie", &cookie).header(name, value);
            let reply = Reply::to(request.json(&document)).await;
            assert_eq!(reply.good("/data/lessons/voteLesson/success"), true, "{name}: {value}");
        }
        assert_eq!(rows(&database.db, "votes").await, 1);
        server.stop().await;
    }
}
