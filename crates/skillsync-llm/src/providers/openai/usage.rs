//! Token counts as OpenAI-compatible servers report them.

use serde::Deserialize;
use serde_json::Value;

use crate::Usage;

#[derive(Deserialize)]
struct WireUsage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    total_tokens: Option<u64>,
    prompt_tokens_details: Option<WireUsageDetails>,
    completion_tokens_details: Option<WireUsageDetails>,
}

#[derive(Deserialize)]
struct WireUsageDetails {
    cached_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

/// Reads a usage object, or `None` if it says nothing: some servers send zeros instead of counting.
pub(super) fn read_usage(usage: &Value) -> Option<Usage> {
    let wire = WireUsage::deserialize(usage).ok()?;
    let (input, output) = (wire.prompt_tokens?, wire.completion_tokens?);
    if input == 0 {
        return None;
    }
    // OpenAI counts reasoning among the completion tokens; xAI and Gemini leave it out there and only add it to the total.
    let output = output.max(wire.total_tokens.unwrap_or(0).saturating_sub(input));
    let cached = wire.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or(0);
    let reasoning = wire.completion_tokens_details.and_then(|details| details.reasoning_tokens).unwrap_or(0);
    Some(Usage {
        input_tokens: input,
        // A part is never more than its whole, whatever the server says; prices rely on it.
        cached_input_tokens: cached.min(input),
        output_tokens: output,
        reasoning_tokens: reasoning.min(output),
        exact: true,
    })
}
