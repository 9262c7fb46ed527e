//! SkillSync: a lesson is written once, checked, and served for ever.
//!
//! The modules in reading order.

pub mod clock;
pub mod generation;
pub mod ids;
pub mod lessons;
pub mod money;
pub mod storage;
pub mod voting;
pub mod work;
