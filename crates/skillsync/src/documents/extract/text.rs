//! Plain text, and what Markdown and HTML are before anything else: characters.

use super::pages::Pages;
use super::{Content, ExtractError};

/// Ends a page in plain text, as printers and the RFC series have it.
const FORM_FEED: char = '\u{c}';

/// The characters of a text file: UTF-8, or UTF-16 where a byte-order mark says so.
pub(super) fn decoded(bytes: &[u8]) -> Result<String, ExtractError> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (units, rest) = bytes.as_chunks::<2>();
        let text = char::decode_utf16(units.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>();
        text.ok().filter(|_| rest.is_empty())
    };
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => str::from_utf8(rest).ok().map(str::to_owned),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => str::from_utf8(bytes).ok().map(str::to_owned),
    };
    // A file with zeros in it is no text, though UTF-8 has a place for them.
    text.filter(|text| !text.contains('\0')).ok_or(ExtractError::NotText)
}

/// Pages end at form feeds where there are any, and are cut by length elsewhere.
pub(super) fn read(text: &str) -> Content {
    let mut pages = Pages::default();
    if text.trim_end().contains(FORM_FEED) {
        for (number, page) in (1..).zip(text.split(FORM_FEED)) {
            pages.add_page(number, page);
        }
    } else {
        pages.add_part(None, text);
    }
    Content { title: None, pages: pages.finish() }
}
