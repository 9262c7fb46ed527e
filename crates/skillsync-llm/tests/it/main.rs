//! The crate from outside: a model is asked, and a server on this machine answers as OpenAI-compatible servers do.

mod asking;
mod contract;
mod failing;
mod formats;
mod learning;
mod scripts;
mod secrecy;
mod server;
mod streaming;
