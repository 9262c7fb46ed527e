//! Lets documents for the first API run unchanged.
//!
//! There the learning style, the difficulty and the kind of vote were plain strings, so clients declare variables such as
//! `$style: String!`. Here they are scalars of their own. A variable declared as `String` and used in such a place is
//! taken as declared with that scalar.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::Positioned;
use async_graphql::parser::types::{BaseType, ExecutableDocument, Selection, SelectionSet};

/// The names of arguments and input fields that have a scalar of their own, with that scalar.
const SCALARS: &[(&str, &str)] = &[
    ("learningStyle", "LearningStyle"),
    ("difficulty", "Difficulty"),
    ("voteType", "VoteType"),
    ("kind", "ReportKind"),
    ("industry", "Industry"),
    ("careerStage", "CareerStage"),
    ("weeklyHours", "WeeklyHours"),
];

/// Declares `String` variables in the places above with the scalar that belongs there.
pub fn retype_variables(document: &mut ExecutableDocument) {
    let mut uses = HashMap::new();
    for (_, operation) in document.operations.iter() {
        collect_from_selections(&operation.node.selection_set.node, &mut uses);
    }
    for fragment in document.fragments.values() {
        collect_from_selections(&fragment.node.selection_set.node, &mut uses);
    }
    if uses.is_empty() {
        return;
    }
    let operations = match &mut document.operations {
        async_graphql::parser::types::DocumentOperations::Single(operation) => vec![operation],
        async_graphql::parser::types::DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    for operation in operations {
        for definition in &mut operation.node.variable_definitions {
            let declared = &mut definition.node.var_type.node.base;
            if let (BaseType::Named(name), Some(scalar)) = (declared, uses.get(&definition.node.name.node))
                && name.as_str() == "String"
            {
                *name = Name::new(scalar);
            }
        }
    }
}

type Uses = HashMap<Name, &'static str>;

fn collect_from_selections(selections: &SelectionSet, uses: &mut Uses) {
    for Positioned { node, .. } in &selections.items {
        match node {
            Selection::Field(field) => {
                for (name, value) in &field.node.arguments {
                    collect_from_value(&name.node, &value.node, uses);
                }
                collect_from_selections(&field.node.selection_set.node, uses);
            }
            Selection::InlineFragment(fragment) => collect_from_selections(&fragment.node.selection_set.node, uses),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn collect_from_value(name: &Name, value: &async_graphql_value::Value, uses: &mut Uses) {
    use async_graphql_value::Value as Written;
    match value {
        Written::Variable(variable) => {
            if let Some((_, scalar)) = SCALARS.iter().find(|(place, _)| *place == name.as_str()) {
                uses.insert(variable.clone(), scalar);
            }
        }
        Written::Object(fields) => fields.iter().for_each(|(name, value)| collect_from_value(name, value, uses)),
        Written::List(values) => values.iter().for_each(|value| collect_from_value(name, value, uses)),
        _ => {}
    }
}
