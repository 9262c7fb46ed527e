//! A check for tests of whether markup is well formed and keeps to the page's policy.

use std::collections::HashSet;

/// Panics unless the markup is well formed, has each id once, and holds nothing that the page's policy refuses.
pub(crate) fn check_markup(html: &str) {
    const VOID: [&str; 7] = ["input", "meta", "link", "img", "source", "br", "hr"];
    let mut open: Vec<&str> = Vec::new();
    let mut ids = HashSet::new();
    for (at, _) in html.match_indices('<') {
        let tag = &html[at + 1..at + html[at..].find('>').unwrap_or_else(|| panic!("no end: {}", &html[at..]))];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop(),
                Some(name),
                "closed in the wrong order before {}",
                &html[at..(at + 80).min(html.len())]
            );
            continue;
        }
        if tag.starts_with('!') {
            continue;
        }
        let name = tag.split([' ', '/', '\n']).next().unwrap_or_default();
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()) && !name.is_empty(), "an odd tag: <{tag}>");
        assert_eq!(tag.matches('"').count() % 2, 0, "an odd quote: <{tag}>");
        // What stands between quotes is a value, every second piece of the tag.
        let names: String = tag.split('"').step_by(2).collect::<String>().to_ascii_lowercase();
        let values: Vec<_> = tag.split('"').skip(1).step_by(2).map(|value| value.trim().to_ascii_lowercase()).collect();
        assert!(!names.contains(" on") && !names.contains(" style"), "something inline: <{tag}>");
        assert!(!values.iter().any(|value| value.starts_with("javascript:") || value.starts_with("data:")), "<{tag}>");
        assert!(name != "script" || tag.contains(" src=\"/assets/"), "an inline script: <{tag}>");
        if let Some((_, id)) = tag.split_once(" id=\"") {
            let id = id.split('"').next().unwrap_or_default();
            assert!(ids.insert(id), "the id {id} is there twice");
        }
        if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new(), "not closed");
    for attribute in ["for", "aria-labelledby"] {
        for (at, found) in html.match_indices(&format!(" {attribute}=\"")) {
            let target = html[at + found.len()..].split('"').next().unwrap_or_default();
            assert!(ids.contains(target), "{attribute} leads to {target}, which is not there");
        }
    }
    for (at, found) in html.match_indices(" aria-describedby=\"") {
        for target in html[at + found.len()..].split('"').next().unwrap_or_default().split(' ') {
            assert!(ids.contains(target), "a description {target} is not there");
        }
    }
}
