//! SkillSync: a self-hosted learning platform where a lesson is written once, checked, and served for ever.
//!
//! The modules in reading order.

pub mod accounts;
pub mod analytics;
pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod documents;
pub mod generation;
pub mod ids;
pub mod lessons;
pub mod models;
pub mod money;
pub mod outside;
pub mod reports;
pub mod server;
pub mod storage;
#[doc(hidden)]
pub mod testing;
pub mod voting;
pub mod web;
pub mod work;
