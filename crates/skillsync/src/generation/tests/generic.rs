//! Lessons from a server that knows nothing but the JSON Schema it is sent, as a stand-in for a real model would be.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use skillsync_llm::ScriptedAnswer;

use super::*;

/// Any value that a schema allows, with each text different from all others.
fn instance(schema: &Value, texts: &AtomicUsize, respects_counts: bool) -> Value {
    if let Some(choices) = schema["enum"].as_array() {
        return choices[0].clone();
    }
    let inner = |schema: &Value| instance(schema, texts, respects_counts);
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            properties.map(|(name, schema)| (name.clone(), inner(schema))).collect::<serde_json::Map<_, _>>().into()
        }
        Some("array") => {
            let fewest = schema["minItems"].as_u64().filter(|_| respects_counts).unwrap_or(1);
            (0..fewest).map(|_| inner(&schema["items"])).collect()
        }
        Some("string") => format!("string {}", texts.fetch_add(1, Ordering::SeqCst)).into(),
        Some("integer") => json!(0),
        other => panic!("a schema-driven server does not know {other:?}"),
    }
}

#[tokio::test]
async fn what_fits_the_schemas_but_says_nothing_is_not_published() {
    for respects_counts in [true, false] {
        for style in STYLES {
            let world = World::new().await;
            let texts = AtomicUsize::new(0);
            let script = Script::new(move |request| {
                let schema = &request.schema.as_ref().expect("a schema").schema;
                ScriptedAnswer::text(instance(schema, &texts, respects_counts).to_string())
            });
            let failed = world.write(&job(style), &script).await.expect_err("nothing of it can be confirmed");
            assert_eq!(failed.code(), "GENERATION_FAILED");
            let detail = failed.detail();
            let reasons = ["could be confirmed", "passed their checks", "are wanted"];
            assert!(reasons.iter().any(|reason| detail.contains(reason)), "{detail}");
            assert!(script.calls() < 60, "{} calls", script.calls());
        }
    }
}

#[tokio::test]
async fn schemas_are_what_strict_structured_output_takes() {
    let world = World::new().await;
    for style in STYLES {
        let script = super::super::sample::scripted_writer();
        world.write(&job(style), &script).await.expect("a lesson");
        for request in script.requests() {
            let schema = request.schema.expect("a schema").schema;
            each_schema(&schema, &mut |schema| {
                for refused in ["$schema", "$ref", "$defs", "title", "format", "minimum", "maximum", "oneOf", "anyOf"] {
                    assert!(schema.get(refused).is_none(), "{refused} in {schema}");
                }
                if schema["type"] == "object" {
                    assert_eq!(schema["additionalProperties"], false);
                    let names = schema["properties"].as_object().expect("properties").keys();
                    assert_eq!(schema["required"], json!(names.collect::<Vec<_>>()));
                }
            });
        }
    }
}
