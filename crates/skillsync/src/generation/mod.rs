//! Where lessons come from when nobody has asked for them before.

pub mod library;
