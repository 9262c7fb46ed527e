//! The player that shows a video inside a page: which addresses may be put into a frame, and how a player is told where
//! to begin.

use std::collections::BTreeSet;

use super::Document;

/// The longest address of a player, in bytes.
const MAX_BYTES: usize = 300;

/// Hosts whose players follow their viewers about; each has a sister without cookies.
const TRACKING_HOSTS: [&str; 3] = ["youtube.com", "www.youtube.com", "m.youtube.com"];

/// The address of a player that keeps no track of its viewers: `https://`, a host, and a path of plain words.
///
/// The host goes into the page's policy as it stands and the path into a frame, so nothing is accepted that could mean
/// more than that: no user, port, query, fragment, escape or dot segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Player<'a> {
    address: &'a str,
    host: &'a str,
}

impl<'a> Player<'a> {
    /// Reads an address; none when it is not the plain address of such a player.
    pub fn parse(address: &'a str) -> Option<Self> {
        let (host, path) = address.strip_prefix("https://")?.split_once('/')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let is_path = path.split('/').all(|word| !word.is_empty() && word.chars().all(plain));
        (address.len() <= MAX_BYTES && is_host(host) && is_path && !TRACKING_HOSTS.contains(&host))
            .then_some(Self { address, host })
    }

    /// The host that it is loaded from.
    pub fn host(self) -> &'a str {
        self.host
    }

    /// The address that begins to play at a moment.
    pub fn address_at(self, seconds: u32) -> String {
        let unit = if self.is_peertube() { "s" } else { "" };
        format!("{}?start={seconds}{unit}&autoplay=1", self.address)
    }

    /// PeerTube's players have their path on every instance, <https://docs.joinpeertube.org/api/embed-player>.
    pub fn is_peertube(self) -> bool {
        self.address.contains("/videos/embed/") || self.address.contains("/video-playlists/embed/")
    }
}

impl Document {
    /// The hosts that the players of this lesson are loaded from, each once.
    pub fn player_hosts(&self) -> BTreeSet<&str> {
        let players = self.videos().filter_map(|(_, video)| Player::parse(video.embed.as_deref()?));
        players.map(Player::host).collect()
    }
}

/// A host by its name in lower case, with a dot. Numbers are refused: they would name machines of the reader's own network.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let Some((_, top)) = host.rsplit_once('.') else { return false };
    host.split('.').all(label) && top.starts_with(|first: char| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn players_begin_at_a_moment() {
        let player = Player::parse("https://www.youtube-nocookie.com/embed/aB_c-9").expect("a player");
        assert_eq!(player.host(), "www.youtube-nocookie.com");
        assert_eq!(player.address_at(65), "https://www.youtube-nocookie.com/embed/aB_c-9?start=65&autoplay=1");
        let player = Player::parse("https://video.example.org/videos/embed/9c9de5e8-0a1e").expect("a player");
        assert_eq!(player.host(), "video.example.org");
        assert_eq!(player.address_at(0), "https://video.example.org/videos/embed/9c9de5e8-0a1e?start=0s&autoplay=1");
    }

    #[test]
    fn nothing_else_is_put_into_a_frame() {
        for address in [
            "",
            "http://www.youtube-nocookie.com/embed/a",
            "https://www.youtube.com/embed/a",
            "https://youtube.com/embed/a",
            "https://player.example.org",
            "https://player.example.org/",
            "https://player.example.org/a/",
            "https://player.example.org//a",
            "https://player.example.org/../a",
            "https://player.example.org/a%2e",
            "https://player.example.org/a?autoplay=1",
            "https://player.example.org/a#x",
            "https://player.example.org/a;b",
            "https://player.example.org:8443/a",
            "https://me@player.example.org/a",
            "https://Player.example.org/a",
            "https://localhost/a",
            "https://10.0.0.1/a",
            "https://[::1]/a",
            "https://*.example.org/a",
            "https://a.example.org'; script-src/a",
            "https://-a.example.org/a",
            "https://a..org/a",
            "https://a.example.org /a",
            "https://a.example.org/a b",
            "https://a.example.org/a\"onload=",
        ] {
            assert_eq!(Player::parse(address), None, "{address}");
        }
        assert_eq!(Player::parse(&format!("https://a.example.org/{}", "a".repeat(MAX_BYTES))), None);
    }
}
