//! Asks public sites for pages, videos and transcripts.
//!
//! The crate knows neither what is taught nor where it is kept, and reads no settings: everything it needs is handed to it.
//! It asks once, within a time and a size, and names a site that did not answer; what to do without it is its caller's
//! business.
//!
//! In reading order:
//!
//! - [`http`], [`request`], [`reply`]: the one client that everything here asks through, what goes out and what comes back.
//! - [`addresses`], [`names`]: where that client may go. Links come from models and strangers, and must not lead into the
//!   network that the server stands in.
//! - [`error`]: why a site gave nothing, in words for people.
//! - [`research`]: what public sites say about a topic, one small file a site.
//! - [`links`]: whether addresses still lead somewhere.
//! - `text`: pages as plain text.
//! - [`videos`]: videos to learn from, found, judged and put in order.
//! - [`transcripts`]: what is said in them, by whatever way leads to it.
//! - [`secret`]: keys of sites, which may be used but never shown.

pub mod addresses;
pub mod error;
pub mod http;
pub mod links;
pub mod names;
pub mod reply;
pub mod request;
pub mod research;
pub mod secret;
mod text;
pub mod transcripts;
pub mod videos;

pub use addresses::AddressRule;
pub use error::SourceError;
pub use http::{Http, HttpSettings, SetupError};
pub use links::{Link, LinkChecker, LinkSettings, LinkState};
pub use names::Names;
pub use reply::Reply;
pub use request::Request;
pub use research::{Excerpt, Found, Missing, Question, ResearchSettings, Researcher};
pub use secret::Secret;
