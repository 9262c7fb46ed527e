//! Which sites are asked, where they are, and how much is taken from them.

use std::time::Duration;

use super::Documentation;
use crate::Secret;

/// What is asked, and within which bounds. A site that is `None` is switched off: neither asked nor missing.
#[derive(Debug, Clone)]
pub struct ResearchSettings {
    /// For one site, all of its requests together.
    pub time_limit: Duration,
    /// How much is taken.
    pub bounds: Bounds,
    /// Official documentation.
    pub documentation: Option<Documentation>,
    /// Wikipedia.
    pub wikipedia: Option<Wikipedia>,
    /// Stack Overflow.
    pub stack_overflow: Option<StackOverflow>,
    /// GitHub.
    pub github: Option<GitHub>,
    /// dev.to.
    pub dev_to: Option<DevTo>,
}

impl Default for ResearchSettings {
    /// All sites at their public addresses, without keys.
    fn default() -> Self {
        Self {
            time_limit: Duration::from_secs(12),
            bounds: Bounds::default(),
            documentation: Some(Documentation::curated()),
            wikipedia: Some(Wikipedia::default()),
            stack_overflow: Some(StackOverflow::default()),
            github: Some(GitHub::default()),
            dev_to: Some(DevTo::default()),
        }
    }
}

/// How much is taken from a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Pages of one site.
    pub max_excerpts_per_site: usize,
    /// Characters of a text whose licence allows to quote it.
    pub max_excerpt_chars: usize,
    /// Characters of a text without a licence: what a quotation may be anywhere.
    pub max_unlicensed_chars: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { max_excerpts_per_site: 2, max_excerpt_chars: 2_000, max_unlicensed_chars: 400 }
    }
}

/// Where Wikipedia is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wikipedia {
    /// The address of an edition; `{language}` stands for its code.
    pub base_url: String,
}

impl Default for Wikipedia {
    fn default() -> Self {
        Self { base_url: "https://{language}.wikipedia.org/".into() }
    }
}

/// Where Stack Overflow's interface is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackOverflow {
    /// Without the version.
    pub base_url: String,
    /// Raises the quota from 300 requests a day to 10,000.
    pub key: Option<Secret>,
}

impl Default for StackOverflow {
    fn default() -> Self {
        Self { base_url: "https://api.stackexchange.com/".into(), key: None }
    }
}

/// Where GitHub's interface is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHub {
    /// The REST interface.
    pub base_url: String,
    /// Raises the quota from 10 searches a minute to 30.
    pub token: Option<Secret>,
}

impl Default for GitHub {
    fn default() -> Self {
        Self { base_url: "https://api.github.com/".into(), token: None }
    }
}

/// Where dev.to is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevTo {
    /// The site itself; its interface lies under `api`.
    pub base_url: String,
}

impl Default for DevTo {
    fn default() -> Self {
        Self { base_url: "https://dev.to/".into() }
    }
}
