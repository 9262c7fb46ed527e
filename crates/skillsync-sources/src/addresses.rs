//! Which addresses may be asked: public web servers on their usual ports, and nothing in the network around this server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use crate::SourceError;

/// The longest address that is asked. Browsers and servers agree on about as much.
const MAX_URL_BYTES: usize = 2_048;

/// Which addresses may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRule {
    /// Public addresses and the ports 80 and 443: the rule for whatever a model or a stranger wrote.
    PublicOnly,
    /// Any address and port, for an operator whose sources lie in the own network, and for tests.
    Any,
}

impl AddressRule {
    /// Judges what can be judged without looking a name up: the scheme, the port, a password, an address in digits.
    pub fn check(self, url: &Url) -> Result<(), SourceError> {
        if url.as_str().len() > MAX_URL_BYTES {
            return Err(SourceError::NotAllowed);
        }
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_allowed = match self {
            Self::Any => true,
            Self::PublicOnly => {
                let is_anonymous = url.username().is_empty() && url.password().is_none();
                let has_usual_port = matches!(url.port_or_known_default(), Some(80 | 443));
                is_anonymous && has_usual_port && address_in(url).is_none_or(|address| self.allows(address))
            }
        };
        if is_web && url.has_host() && is_allowed { Ok(()) } else { Err(SourceError::NotAllowed) }
    }

    /// Judges the address that a name leads to, or that stands in a link itself.
    pub fn allows(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::Any, _) => true,
            (Self::PublicOnly, IpAddr::V4(address)) => is_public_v4(address),
            (Self::PublicOnly, IpAddr::V6(address)) => is_public_v6(address),
        }
    }
}

/// The address that stands in a link instead of a name. The parser has read odd spellings (`0x7f.1`, `2130706433`) by now.
fn address_in(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

/// Leaves out every block that the registry of special-purpose addresses (RFC 6890 and its updates) keeps from the public.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = match first {
        // "This network", private, loopback; from 224 on multicast, reserved and broadcast.
        0 | 10 | 127 | 224..=255 => true,
        // Shared by a provider's customers (carrier-grade NAT).
        100 => (64..=127).contains(&second),
        // Link-local, where clouds keep their machines' credentials.
        169 => second == 254,
        172 => (16..=31).contains(&second),
        // Private; protocol assignments; documentation; the relays of 6to4.
        192 => second == 168 || (second == 0 && matches!(third, 0 | 2)) || (second, third) == (88, 99),
        // Measurements between networks; documentation.
        198 => matches!(second, 18 | 19) || (second, third) == (51, 100),
        203 => (second, third) == (0, 113),
        _ => false,
    };
    !is_special
}

/// Allows global unicast only, and judges an IPv4 address inside an IPv6 one as what it is.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let v4_of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        // NAT64 (RFC 6052): all that a server in a network without IPv4 ever sees of the older half of the web.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(v4_of(high, low)),
        // 6to4: the IPv4 address stands behind the prefix.
        [0x2002, high, low, ..] => is_public_v4(v4_of(high, low)),
        // Protocol assignments, Teredo among them, and the two blocks for documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Everything outside 2000::/3: unspecified, loopback, IPv4-mapped, unique-local, link-local, multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(url: &str) -> Result<(), SourceError> {
        AddressRule::PublicOnly.check(&Url::parse(url).expect("a URL"))
    }

    #[test]
    fn addresses_around_this_server_are_refused() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.254",
            "127.0.0.1",
            "127.8.9.10",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::1",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!AddressRule::PublicOnly.allows(address.parse().expect("an address")), "{address}");
            assert!(AddressRule::Any.allows(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_allowed() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "126.0.0.1",
            "128.0.0.1",
            "169.253.1.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.1.1",
            "198.17.1.1",
            "198.20.0.1",
            "203.0.112.1",
            "223.255.255.255",
            "64:ff9b::8.8.8.8",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2002:808:808::1",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
        ] {
            assert!(AddressRule::PublicOnly.allows(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn links_are_judged_by_scheme_port_password_and_digits() {
        for url in [
            "http://docs.python.org/3/",
            "https://example.org:443/a?b=c#d",
            "http://example.org:80",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "http://localhost./",
        ] {
            assert_eq!(judged(url), Ok(()), "{url}");
        }
        for url in [
            "ftp://example.org/",
            "file:///etc/passwd",
            "data:text/plain,a",
            "javascript:alert(1)",
            "gopher://example.org",
            "http://example.org:8080/",
            "http://example.org:22/",
            "https://example.org:6379/",
            "http://me:pw@example.org/",
            "http://me@example.org/",
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://%31%32%37.0.0.1/",
            "http://0/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:a00:1]/",
            "http://[fe80::1]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://①②⑦.0.0.1/",
        ] {
            assert_eq!(judged(url), Err(SourceError::NotAllowed), "{url}");
        }
        let endless = format!("https://example.org/{}", "a".repeat(MAX_URL_BYTES));
        assert_eq!(judged(&endless), Err(SourceError::NotAllowed));
    }

    #[test]
    fn an_operators_own_network_is_still_the_web() {
        let judged = |url: &str| AddressRule::Any.check(&Url::parse(url).expect("a URL"));
        assert_eq!(judged("http://wiki.local:8080/"), Ok(()));
        assert_eq!(judged("file:///etc/passwd"), Err(SourceError::NotAllowed));
    }
}
