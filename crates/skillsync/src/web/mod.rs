//! What a browser gets: pages, the look they share, and lessons as HTML.

pub mod assets;
#[cfg(test)]
mod contrast;
#[cfg(test)]
mod markup;
pub mod pages;
pub mod render;
pub mod responses;

/// The policy that every page is served under: nothing from elsewhere, nothing inline.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy for a diagram's file, which carries its own style sheet. It matters when the file is opened by itself.
pub const DIAGRAM_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
