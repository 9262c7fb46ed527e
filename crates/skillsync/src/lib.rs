//! SkillSync: a self-hosted learning platform where a lesson is written once, checked, and served for ever.

pub mod config;
