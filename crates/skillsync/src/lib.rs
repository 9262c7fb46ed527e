//! SkillSync: a lesson is written once, checked, and served for ever.
//!
//! The modules in reading order.

pub mod lessons;
pub mod web;
