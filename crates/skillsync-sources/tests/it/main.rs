//! The crate from outside: servers on this machine answer as the sites do.

mod chain;
mod media;
mod peertube;
mod searching;
mod whisper;
mod youtube;
mod yt_dlp;
