//! SkillSync: a self-hosted learning platform where a lesson is written once, checked, and served for ever.
//!
//! The modules in reading order.

pub mod app;
pub mod lessons;
pub mod voting;
pub mod generation;
pub mod work;
pub mod money;
pub mod accounts;
pub mod api;
pub mod web;
pub mod server;
pub mod cli;
pub mod config;
pub mod storage;
pub mod clock;
pub mod ids;
#[doc(hidden)]
pub mod testing;
