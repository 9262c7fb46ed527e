//! The addresses of videos: what people paste becomes a platform and an id, and an id becomes the one right address.

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::Platform;

/// Which video, among all. The id is checked by whoever makes one: eleven characters, or `uuid@host`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VideoAddress {
    /// Where it is.
    pub platform: Platform,
    /// Its id there.
    pub id: String,
}

/// Why something is no address of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no web address.
    #[error("this is no web address; copy it from the address bar while the video is open")]
    NoAddress,
    /// It leads somewhere else.
    #[error("this address leads to no video of YouTube or PeerTube; open the video itself and copy its address")]
    NoVideo,
}

/// YouTube's hosts, without `www.`.
const YOUTUBE_HOSTS: [&str; 4] = ["youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"];

impl VideoAddress {
    /// Reads an address in any of the forms that the platforms give out.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&text).map_err(|_| AddressError::NoAddress)?;
        let host = url.host_str().filter(|host| host.contains('.')).ok_or(AddressError::NoAddress)?;
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::NoAddress);
        }
        let host = host.strip_prefix("www.").unwrap_or(host);
        if host == "youtu.be" || YOUTUBE_HOSTS.contains(&host) {
            youtube_id(&url, host).map(|id| Self { platform: Platform::YouTube, id })
        } else {
            peertube_id(&url).map(|id| Self { platform: Platform::PeerTube, id })
        }
        .ok_or(AddressError::NoVideo)
    }

    /// The video's page.
    pub fn watch_url(&self) -> String {
        match self.platform {
            Platform::YouTube => format!("https://www.youtube.com/watch?v={}", self.id),
            Platform::PeerTube => self.at_host("videos/watch"),
        }
    }

    /// The video's player for other pages.
    pub fn embed_url(&self) -> String {
        match self.platform {
            Platform::YouTube => format!("https://www.youtube-nocookie.com/embed/{}", self.id),
            Platform::PeerTube => self.at_host("videos/embed"),
        }
    }

    fn at_host(&self, folder: &str) -> String {
        let (uuid, host) = self.id.split_once('@').unwrap_or((&self.id, "invalid"));
        format!("https://{host}/{folder}/{uuid}")
    }
}

/// Whether this is an id as YouTube gives them.
pub(crate) fn is_youtube_id(id: &str) -> bool {
    id.len() == 11 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether this is a UUID, or one in the shorter writing that PeerTube puts into addresses: 22 letters and digits.
pub(super) fn is_peertube_id(id: &str) -> bool {
    let is_long = || {
        let groups = id.split('-').map(str::len).collect::<Vec<_>>();
        groups == [8, 4, 4, 4, 12] && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    };
    let is_short = || (21..=22).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_long() || is_short()
}

fn youtube_id(url: &Url, host: &str) -> Option<String> {
    let segments = url.path_segments()?.filter(|segment| !segment.is_empty()).collect::<Vec<_>>();
    let id = match segments[..] {
        [id] if host == "youtu.be" => id.to_owned(),
        ["watch"] => url.query_pairs().find(|(name, _)| name == "v")?.1.into_owned(),
        ["embed" | "shorts" | "live" | "v", id] => id.to_owned(),
        _ => return None,
    };
    is_youtube_id(&id).then_some(id)
}

fn peertube_id(url: &Url) -> Option<String> {
    let segments = url.path_segments()?.filter(|segment| !segment.is_empty()).collect::<Vec<_>>();
    let (["w", id] | ["videos", "watch" | "embed", id]) = segments[..] else { return None };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    is_peertube_id(id).then(|| format!("{id}@{}{port}", url.host_str().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_names_the_video() {
        for text in [
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            " youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=42s ",
            "http://m.youtube.com/watch?v=dQw4w9WgXcQ#t=1",
            "https://youtu.be/dQw4w9WgXcQ?si=abc",
            "https://www.youtube.com/shorts/dQw4w9WgXcQ",
            "https://www.youtube.com/live/dQw4w9WgXcQ?feature=share",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0",
        ] {
            let address = VideoAddress::parse(text).expect(text);
            assert_eq!((address.platform, address.id.as_str()), (Platform::YouTube, "dQw4w9WgXcQ"), "{text}");
            assert_eq!(address.embed_url(), "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ");
        }
        let uuid = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
        for text in
            ["https://tube.example.org/w/", "http://tube.example.org/videos/watch/", "tube.example.org/videos/embed/"]
        {
            let address = VideoAddress::parse(&format!("{text}{uuid}?start=5s")).expect(text);
            assert_eq!(
                (address.platform, address.id),
                (Platform::PeerTube, format!("{uuid}@tube.example.org")),
                "{text}"
            );
        }
        let short = VideoAddress::parse("https://tube.example.org:8443/w/kkGMgK9ZtnKfYAgnEtQxbv").expect("a video");
        assert_eq!(short.watch_url(), "https://tube.example.org:8443/videos/watch/kkGMgK9ZtnKfYAgnEtQxbv");
    }

    #[test]
    fn what_names_no_video_is_refused() {
        for (text, expected) in [
            ("", AddressError::NoAddress),
            ("my video", AddressError::NoAddress),
            ("javascript:alert(1)", AddressError::NoAddress),
            ("ftp://youtube.com/watch?v=dQw4w9WgXcQ", AddressError::NoAddress),
            ("https://me:pw@youtube.com/watch?v=dQw4w9WgXcQ", AddressError::NoAddress),
            ("https://localhost/w/kkGMgK9ZtnKfYAgnEtQxbv", AddressError::NoAddress),
            ("https://www.youtube.com/", AddressError::NoVideo),
            ("https://www.youtube.com/@somebody", AddressError::NoVideo),
            ("https://www.youtube.com/playlist?list=PL1", AddressError::NoVideo),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ%26x", AddressError::NoVideo),
            ("https://youtu.be/--exec=rm", AddressError::NoVideo),
            ("https://notyoutube.com/watch?v=dQw4w9WgXcQ", AddressError::NoVideo),
            ("https://tube.example.org/w/p/kkGMgK9ZtnKfYAgnEtQxbv", AddressError::NoVideo),
            ("https://tube.example.org/w/..%2f..%2fadmin", AddressError::NoVideo),
            ("https://vimeo.com/76979871", AddressError::NoVideo),
        ] {
            assert_eq!(VideoAddress::parse(text), Err(expected), "{text}");
        }
    }
}
