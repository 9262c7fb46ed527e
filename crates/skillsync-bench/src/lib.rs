//! What measuring and torturing the real program have in common: the least client, and the machine that it was done on.

pub mod client;
pub mod machine;
