//! The words of a line of captions without what is meant for players: tags, entities, invisible characters.

/// The tags of WebVTT and SubRip. Anything else between `<` and `>` is something that somebody says or writes.
const TAGS: [&str; 10] = ["b", "c", "font", "i", "lang", "rt", "ruby", "s", "u", "v"];

/// The entities that WebVTT knows, and the two that HTML editors add.
const ENTITIES: [(&str, &str); 8] = [
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&lrm;", ""),
    ("&rlm;", ""),
];

/// The words of a line, with single blanks between them.
pub(super) fn clean(line: &str) -> String {
    visible(&without_entities(&without_tags(line)))
}

/// A text without control and invisible characters, with single blanks between its words. What nobody sees must not reach a
/// model either.
pub(crate) fn visible(text: &str) -> String {
    let shown = text.chars().filter(|symbol| !is_invisible(*symbol));
    let shown = shown.map(|symbol| if symbol.is_control() { ' ' } else { symbol }).collect::<String>();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_tags(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(['<', '{']) {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let close = if rest.starts_with('<') { '>' } else { '}' };
        match rest.find(close) {
            Some(end) if is_tag(&rest[..end]) => rest = &rest[end + 1..],
            _ => {
                text.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    text + rest
}

/// Whether this is a tag, its closing bracket left out: `<c.yellow`, `</b`, `<00:00:01.500` or SubRip's `{\an8`.
fn is_tag(opened: &str) -> bool {
    if let Some(inner) = opened.strip_prefix('<') {
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        let name = inner.split([' ', '.', '\t']).next().unwrap_or_default();
        let is_time =
            inner.contains(':') && inner.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
        is_time || TAGS.contains(&name.to_ascii_lowercase().as_str())
    } else {
        opened.starts_with("{\\")
    }
}

/// Replaces each entity once: `&amp;lt;` means `&lt;`.
fn without_entities(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find('&') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let (name, meant) = ENTITIES.into_iter().find(|(name, _)| rest.starts_with(name)).unwrap_or(("&", "&"));
        text.push_str(meant);
        rest = &rest[name.len()..];
    }
    text + rest
}

/// Marks of direction, joiners that join nothing, and the tag characters. The two joiners of Persian and Indian scripts stay.
fn is_invisible(symbol: char) -> bool {
    matches!(symbol,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_stays() {
        for (line, expected) in [
            ("we<00:00:01.500><c> write</c><00:00:02.000><c> code</c>", "we write code"),
            ("  two   blanks\tand a tab ", "two blanks and a tab"),
            ("a < b and c > d", "a < b and c > d"),
            ("Vec<String> and <T>", "Vec<String> and <T>"),
            ("{\"key\": 1} {\\an8}", "{\"key\": 1}"),
            ("&amp;lt; &unknown; &", "&lt; &unknown; &"),
            ("in\u{202e}vis\u{200b}ible\u{e0041}", "invisible"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("<c>", ""),
        ] {
            assert_eq!(clean(line), expected, "{line}");
        }
    }
}
