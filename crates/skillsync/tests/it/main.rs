//! Black-box tests: a real server on a real port, asked over HTTP, and the program itself as a child process.
//!
//! Each test runs on SQLite, and on PostgreSQL where `SKILLSYNC_TEST_POSTGRES_URL` names a server
//! (`cargo xtask test` starts one). No test sleeps or leaves the machine.

mod accounts;
mod analytics;
mod authorization;
mod browser;
mod cli;
mod concurrency;
mod config;
mod documents;
mod durable;
mod fallback;
mod generation;
mod graphql;
mod injection;
mod killed;
mod library;
mod malformed;
mod pages;
mod planted_faults;
mod profiles;
mod program;
mod reports;
mod rewriting;
mod seed_documents;
mod streaming;
mod votes;
mod workshop;
mod world;
