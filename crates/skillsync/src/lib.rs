//! SkillSync: a lesson is written once, checked, and served for ever.
//!
//! The modules in reading order.

pub mod generation;
pub mod lessons;
