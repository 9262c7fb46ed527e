//! Turns the blocks of a lesson into HTML: pure functions, texts in, markup out.
//!
//! Everything that comes in may have been written by a model or a stranger. What goes out holds no markup of theirs, no
//! address other than `http` and `https`, and nothing that the page's policy would refuse.

mod body;
mod diagram;
mod highlight;
mod html;
mod markdown;
mod measure;
mod name;
mod outline;
#[cfg(test)]
pub(crate) mod sample;
mod svg;
mod theme;

pub use body::{EarlyBlock, early_block, lesson_blocks, lesson_body};
pub use diagram::{DiagramError, Svg, diagram};
pub use highlight::highlight;
pub use html::Html;
pub use markdown::{markdown, markdown_line};
pub use name::block_name;
pub use outline::{Anchor, outline};
pub use theme::Theme;
