//! Who may do what: one line for each mutation of the schema, and none may be missing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use skillsync::testing::TestDatabase;

use crate::world::{Reply, TestServer, all_rows};

/// Who may use a field.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// Whoever asks, signed in or not, and also with a token that is no longer valid.
    Everybody,
    /// Signed-in learners and all above them.
    Learners,
}

/// Every mutation with its rule and an example of its use.
const TABLE: [(&str, Rule, &str); 7] = [
    (
        "auth.signUp",
        Rule::Everybody,
        "signUp(input: { email: \"eve@example.com\", password: \"correct horse\" }) { success }",
    ),
    (
        "auth.signIn",
        Rule::Everybody,
        "signIn(input: { email: \"eve@example.com\", password: \"correct horse\" }) { success }",
    ),
    ("auth.signOut", Rule::Everybody, "signOut { success }"),
    ("lessons.voteLesson", Rule::Learners, "voteLesson(input: { lessonId: 1, voteType: upvote }) { success }"),
    (
        "lessons.reportBlock",
        Rule::Learners,
        "reportBlock(input: { lessonId: 1, blockId: \"intro\", kind: wrong }) { success }",
    ),
    (
        "lessons.withdrawReport",
        Rule::Learners,
        "withdrawReport(input: { lessonId: 1, blockId: \"intro\" }) { success }",
    ),
    ("lessons.regenerateLesson", Rule::Learners, "regenerateLesson(input: { lessonId: 1, reason: \"x\" }) { success }"),
];

/// Types of the schema by name, each with its fields and the names of their types.
fn types(reply: &Reply) -> BTreeMap<String, Vec<(String, String)>> {
    let name_of = |kind: &Value| -> String {
        let inner = std::iter::successors(Some(kind), |kind| kind.get("ofType").filter(|inner| !inner.is_null()));
        inner.last().and_then(|kind| kind["name"].as_str()).expect("a type's name").to_owned()
    };
    let field = |field: &Value| (field["name"].as_str().expect("a name").to_owned(), name_of(&field["type"]));
    let types = reply.good("/data/__schema/types").as_array().expect("types");
    let fields = |kind: &Value| kind["fields"].as_array().into_iter().flatten().map(field).collect();
    types.iter().map(|kind| (kind["name"].as_str().expect("a name").to_owned(), fields(kind))).collect()
}

skillsync::both_engines! {
    async fn every_mutation_has_a_rule(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let document = "{ __schema { mutationType { name } types { name fields { name type { name ofType { name ofType { name ofType { name } } } } } } } }";
        let reply = server.ask(document).await;
        let types = types(&reply);
        let root = reply.at("/data/__schema/mutationType/name").as_str().expect("the mutation type");
        let mut found = BTreeSet::new();
        for (namespace, kind) in &types[root] {
            found.extend(types[kind].iter().map(|(field, _)| format!("{namespace}.{field}")));
        }
        let stated: BTreeSet<_> = TABLE.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(found, stated, "state in TABLE who may use a new mutation, and remove those that are gone");
        server.stop().await;
    }

    async fn strangers_may_do_what_the_table_says(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        server.lesson("Git Basics", "reading").await;
        for (name, rule, example) in TABLE {
            let namespace = name.split_once('.').expect("a namespace").0;
            let document = format!("mutation {{ {namespace} {{ {example} }} }}");
            for token in [None, Some("sks_banana")] {
                let before = all_rows(&database.db).await;
                let reply = server.graphql(&document, json!({}), token).await;
                match rule {
                    Rule::Everybody => assert_eq!(reply.codes(), Vec::<&str>::new(), "{name}: {reply:?}"),
                    Rule::Learners => {
                        assert_eq!(reply.codes(), ["UNAUTHENTICATED"], "{name}: {reply:?}");
                        assert_eq!(all_rows(&database.db).await, before, "{name}");
                    }
                }
            }
        }
        let learner = server.sign_up("ada@example.com").await;
        for (name, _, example) in TABLE.iter().filter(|(_, rule, _)| *rule == Rule::Learners) {
            let namespace = name.split_once('.').expect("a namespace").0;
            let reply = server.graphql(&format!("mutation {{ {namespace} {{ {example} }} }}"), json!({}), Some(&learner)).await;
            assert_eq!(reply.codes(), Vec::<&str>::new(), "{name}: {reply:?}");
        }
        server.stop().await;
    }

    async fn pages_that_change_something_send_strangers_to_sign_in(database: &TestDatabase) {
        let server = TestServer::start(database).await;
        let id = server.lesson("Git Basics", "reading").await;
        let before = all_rows(&database.db).await;
        for (path, fields) in [("vote", ("vote", "upvote")), ("regenerate", ("reason", "x")), ("reports", ("kind", "wrong"))] {
            let reply = server.submit(&format!("/lessons/{id}/{path}"), &[fields], None).await;
            assert_eq!((reply.status.as_u16(), reply.header("location")), (303, format!("/sign-in?next=/lessons/{id}").as_str()));
        }
        assert_eq!(all_rows(&database.db).await, before);
        server.stop().await;
    }
}
