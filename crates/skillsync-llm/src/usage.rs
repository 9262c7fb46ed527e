//! Token counts, made comparable between providers.

use crate::Request;

/// Bytes of text that are taken for one token where the provider did not count. Four is the usual rule for English; other
/// scripts use more bytes and more tokens a word, so it holds well enough there too.
const BYTES_PER_TOKEN: usize = 4;

/// What one answer used. Providers differ in what their totals include; here `input_tokens` always includes the cached ones
/// and `output_tokens` always includes hidden reasoning, so a price is input minus cached, cached, and output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// All input tokens, cached ones included.
    pub input_tokens: u64,
    /// Input tokens that the provider had cached, most often at a lower price.
    pub cached_input_tokens: u64,
    /// All output tokens, hidden reasoning included.
    pub output_tokens: u64,
    /// Output tokens spent on hidden reasoning.
    pub reasoning_tokens: u64,
    /// Whether the provider counted. If not, this is an estimate from the length of the text.
    pub exact: bool,
}

impl Usage {
    /// An estimate for a request and the text that was received for it, whole or in part.
    pub fn estimate(request: &Request, text: &str) -> Self {
        Self {
            input_tokens: request.estimated_input_tokens(),
            output_tokens: estimate_tokens(text.len()),
            exact: false,
            ..Self::default()
        }
    }
}

/// About how many tokens this many bytes of text are, rounded up.
pub fn estimate_tokens(bytes: usize) -> u64 {
    bytes.div_ceil(BYTES_PER_TOKEN) as u64
}
