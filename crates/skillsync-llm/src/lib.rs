//! Messages in, text and token usage out: one narrow interface to several language model providers.
//!
//! The crate knows no lessons, stores nothing and reads no settings: everything it needs is handed to it. It asks once and
//! says plainly what came back; how often to ask, whom to ask next and what it may cost is its caller's business.
//!
//! In reading order:
//!
//! - [`model`]: [`Model`], the one thing that callers hold. [`Model::answer`] is the normal way to ask.
//! - [`endpoint`], [`timeouts`]: where a model is and how long to wait for it.
//! - [`request`], [`reply`], [`usage`], [`error`]: what goes in and what comes out, the same for every provider.
//! - [`providers`]: the wire formats, one a file, and what they share: asking, learning how a server wants to be asked,
//!   reading its answer.
//! - [`scripted`]: a provider without a model, for tests and trials by hand.
//! - [`backoff`], [`breaker`]: when to ask once more, and when to leave a provider alone; rules for callers, who bring
//!   the time and do the waiting.
//! - [`secret`], [`excerpt`]: what may never be shown, and how much of a stranger's text may.
//! - `http`, `rejection`, `retry_after`, `sse`: what every server that is reached over HTTP needs, all of it bounded.

pub mod backoff;
pub mod breaker;
pub mod endpoint;
pub mod error;
pub mod excerpt;
mod http;
pub mod model;
pub mod providers;
mod rejection;
pub mod reply;
pub mod request;
mod retry_after;
pub mod scripted;
pub mod secret;
mod sse;
pub mod timeouts;
pub mod usage;

pub use backoff::Backoff;
pub use breaker::{Breaker, BreakerState, Verdict};
pub use endpoint::Endpoint;
pub use error::Error;
pub use excerpt::Excerpt;
pub use model::Model;
pub use providers::{WireFormat, list_models};
pub use reply::{Chunk, Reply};
pub use request::{JsonSchema, Message, Request, Role};
pub use scripted::{Gate, Script, ScriptedAnswer};
pub use secret::Secret;
pub use timeouts::{TimeoutPhase, Timeouts};
pub use usage::Usage;
