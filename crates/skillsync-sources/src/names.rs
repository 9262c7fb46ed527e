//! How names become addresses, and that none becomes an address that may not be asked.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{AddressRule, SourceError};

/// Where the addresses of names come from.
#[derive(Debug, Clone, Default)]
pub enum Names {
    /// The operating system is asked.
    #[default]
    System,
    /// Only these names exist; nobody is asked.
    Fixed(BTreeMap<String, Vec<IpAddr>>),
}

/// Looks names up and drops the addresses that the rule forbids. The connection is made to what is left and never looked up
/// again, so that a name cannot show one address to the check and another to the connection.
pub(crate) struct GuardedNames {
    names: Arc<Names>,
    rule: AddressRule,
    /// The operator's own proxy, which usually lies in a private network.
    proxy_host: Option<String>,
}

impl GuardedNames {
    pub(crate) fn new(names: Names, rule: AddressRule, proxy_host: Option<String>) -> Self {
        Self { names: Arc::new(names), rule, proxy_host }
    }
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().trim_end_matches('.').to_lowercase();
        let rule = if self.proxy_host.as_ref() == Some(&host) { AddressRule::Any } else { self.rule };
        let names = Arc::clone(&self.names);
        Box::pin(async move {
            let found = names.look_up(&host).await?;
            let allowed = found.iter().copied().filter(|address| rule.allows(*address)).collect::<Vec<_>>();
            if allowed.is_empty() {
                return Err(SourceError::NotAllowed.into());
            }
            // Port 0 stands for the one in the address that is asked.
            Ok(Box::new(allowed.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

impl Names {
    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, SourceError> {
        let found = match self {
            Self::Fixed(names) => names.get(host).cloned().unwrap_or_default(),
            Self::System => match tokio::net::lookup_host((host, 0)).await {
                Ok(addresses) => addresses.map(|address| address.ip()).collect(),
                Err(error) if may_pass(&error) => return Err(SourceError::Unreachable),
                Err(_) => Vec::new(),
            },
        };
        if found.is_empty() { Err(SourceError::UnknownHost) } else { Ok(found) }
    }
}

/// Whether the names could not be asked at all, as on a machine without a network. The standard library keeps only the words
/// of `gai_strerror` and no code.
fn may_pass(error: &io::Error) -> bool {
    let words = error.to_string().to_lowercase();
    ["temporary", "try again", "system error"].iter().any(|sign| words.contains(sign))
}
