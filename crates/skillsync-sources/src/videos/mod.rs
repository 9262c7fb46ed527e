//! Videos to learn from: found on YouTube and PeerTube, judged, and put in an order that can be explained.
//!
//! - `candidate`: what is known of a video, what is searched, what comes out.
//! - `address`: what people paste becomes a platform and an id.
//! - `youtube`, `peertube`: the two platforms' interfaces.
//! - `entries`: what of their lists can be read.
//! - `fitness`: which videos may be shown at all.
//! - `words`: whether a text is about a topic.
//! - `ranking`, `reason`: the order of those, and what learners are told about it.
//! - `search`: all of it together.

mod address;
mod candidate;
mod entries;
mod fitness;
mod peertube;
mod peertube_wire;
mod ranking;
mod reason;
mod search;
mod words;
mod youtube;
mod youtube_wire;

pub(crate) use address::is_youtube_id;

pub use address::{AddressError, VideoAddress};
pub use candidate::{Candidate, Found, Missing, Platform, Ranked, VideoQuery};
pub use fitness::{MAX_SECONDS, MIN_SECONDS, Unfit, unfitness};
pub use peertube::{PeerTube, PeerTubeError, SEPIA_SEARCH};
pub use ranking::{TRANSCRIPT_WEIGHT, Weights, rank, rank_by_transcripts};
pub use search::{VideoError, VideoSettings, Videos};
pub use words::match_of_transcript;
pub use youtube::{YOUTUBE_DATA, YouTube, YouTubeError};
