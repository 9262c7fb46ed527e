//! SkillSync: a lesson is written once, checked, and served for ever.
//!
//! The modules in reading order.

pub mod accounts;
pub mod clock;
pub mod ids;
pub mod lessons;
pub mod storage;
#[doc(hidden)]
pub mod testing;
pub mod voting;
