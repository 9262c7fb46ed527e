//! JSON Schemas for drafts, in the form that strict structured output wants: every object closed, every property required,
//! and none of the keywords that providers refuse.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

/// How many items a list of a draft should have. It is asked of the model in its schema and its prompt; what must hold is
/// half to twice of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The list's property.
    pub of: &'static str,
    /// The fewest items wanted.
    pub from: usize,
    /// The most items wanted.
    pub to: usize,
}

/// Keywords that strict structured output does not take, or that say nothing to a model.
const REFUSED: [&str; 6] = ["$schema", "title", "format", "minimum", "maximum", "default"];

/// The schema of a draft.
pub fn json_schema<D: JsonSchema>(counts: &[Count]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<D>();
    strict(&mut schema);
    let mut schema = schema.to_value();
    for count in counts {
        if let Some(list) = schema.pointer_mut(&format!("/properties/{}", count.of)) {
            list["minItems"] = count.from.into();
            list["maxItems"] = count.to.into();
        }
    }
    schema
}

fn strict(schema: &mut Schema) {
    for keyword in REFUSED {
        schema.remove(keyword);
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let names = properties.map(|properties| properties.keys().cloned().collect::<Vec<_>>());
    if let Some(names) = names {
        schema.insert("required".to_owned(), json!(names));
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    choices_as_enum(schema);
    transform_subschemas(&mut strict as &mut dyn Transform, schema);
}

/// A choice of documented constants is plainer, and accepted by more providers, as an `enum`.
fn choices_as_enum(schema: &mut Schema) {
    let choices = schema.get("oneOf").and_then(Value::as_array);
    let constants =
        choices.and_then(|all| all.iter().map(|choice| choice.get("const").cloned()).collect::<Option<Vec<_>>>());
    if let Some(constants) = constants {
        schema.remove("oneOf");
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("enum".to_owned(), constants.into());
    }
}
