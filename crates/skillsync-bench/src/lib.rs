//! What measuring and torturing the real program have in common: the least client, the machine that it was done on, and the
//! words of a provider of models.

pub mod client;
pub mod completions;
pub mod machine;
