//! The crate from outside: sites on this machine answer in the form in which the real ones do, or fail as those do.

mod addresses;
mod chain;
mod failing;
mod links;
mod media;
mod peertube;
mod research;
mod searching;
mod server;
mod sites;
mod whisper;
mod youtube;
mod yt_dlp;
