//! Links: the addresses that a lesson leads to.

use crate::lessons::document::{Body, Document};

use super::text::linked;

/// Every web address of a lesson, each once, in reading order.
pub fn addresses(document: &Document) -> Vec<String> {
    let mut addresses = Vec::new();
    for block in &document.blocks {
        addresses.extend(linked(&block.body));
        match &block.body {
            Body::Sources { sources } => addresses.extend(sources.iter().map(|source| source.url.clone())),
            Body::Video(video) => addresses.push(video.url.clone()),
            _ => {}
        }
    }
    let mut seen = std::collections::HashSet::new();
    addresses.retain(|address| {
        (address.starts_with("https://") || address.starts_with("http://")) && seen.insert(address.clone())
    });
    addresses
}
