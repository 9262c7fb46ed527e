//! The files that pages load, built into the program.
//!
//! Pages name a file with its content's hash, so a browser may keep it for ever and still gets a new one when it changed.

use std::borrow::Cow;

use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// A file to be served under `/assets/`.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The content.
    pub bytes: Cow<'static, [u8]>,
    /// The media type, for the `Content-Type` header.
    pub content_type: &'static str,
    /// The quoted entity tag, for the `ETag` header.
    pub etag: String,
}

impl Asset {
    /// The `Cache-Control` header for an answer to an address whose query named this version of the file, or named none.
    ///
    /// Modules that import each other name no version, so they are asked for again and mostly answered "not modified".
    pub fn cache_control(&self, version: Option<&str>) -> &'static str {
        if version.is_some_and(|version| self.etag.trim_matches('"') == version) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }
    }
}

/// A file by its path below `/assets/`.
pub fn asset(path: &str) -> Option<Asset> {
    let file = Files::get(path)?;
    let etag = format!("\"{}\"", version(&file));
    Some(Asset { content_type: content_type(path), etag, bytes: file.data })
}

/// The address of a file with its version, `/assets/style.css?v=…`; without one if there is no such file.
pub fn asset_url(path: &str) -> String {
    match Files::get(path) {
        Some(file) => format!("/assets/{path}?v={}", version(&file)),
        None => format!("/assets/{path}"),
    }
}

fn version(file: &EmbeddedFile) -> String {
    hex::encode(&file.metadata.sha256_hash()[..8])
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_type_and_a_version() {
        for path in Files::iter() {
            let asset = asset(&path).expect("an embedded file");
            assert_ne!(asset.content_type, "application/octet-stream", "{path}");
            let url = asset_url(&path);
            let (_, version) = url.split_once("?v=").expect("a version");
            assert!(asset.cache_control(Some(version)).ends_with("immutable"));
            assert_eq!(asset.cache_control(Some("older")), "no-cache");
            assert_eq!(asset.cache_control(None), "no-cache");
        }
    }

    #[test]
    fn there_is_nothing_outside() {
        assert!(asset("../Cargo.toml").is_none());
        assert_eq!(asset_url("none.css"), "/assets/none.css");
    }

    #[test]
    fn what_pages_load_stays_small() {
        let files = ["style.css", "quiz.js", "video.js", "progress.js", "favicon.svg"];
        let sizes = files.map(|path| asset(path).expect(path).bytes.len());
        assert!(sizes.iter().sum::<usize>() < 40_000, "{sizes:?}");
    }
}
