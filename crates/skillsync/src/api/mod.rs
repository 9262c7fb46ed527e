//! The GraphQL API: what is around the fields that each feature brings.
//!
//! A request goes `http.rs` (parse, who asks) → `executor.rs` (older documents, see `compatibility.rs`) → the schema with its limits → a
//! feature's `graphql.rs`. What goes wrong leaves through `errors.rs` with a code from a closed list.

pub mod compatibility;
pub mod errors;
pub mod executor;
pub mod http;
pub mod scalars;
pub mod schema;
