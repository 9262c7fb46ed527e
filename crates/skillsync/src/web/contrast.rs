//! The style sheet's colours can be read by everyone: WCAG 2.2 AA, checked for each pair that meets on a page.

use std::collections::HashMap;

use super::assets::asset;

/// Texts need 4.5 to 1.
const TEXT: f64 = 4.5;
/// Edges of fields and other signs need 3 to 1.
const SIGN: f64 = 3.0;

/// What is seen on what, both by the token's name.
const PAIRS: &[(&[&str], &[&str], f64)] = &[
    (&["ink", "soft", "accent", "accent-strong"], &["paper", "sheet", "sunk", "wash"], TEXT),
    (&["on-accent"], &["accent", "accent-strong"], TEXT),
    (&["ink"], &["good-wash", "bad-wash", "note-wash"], TEXT),
    (&["good"], &["good-wash", "sheet"], TEXT),
    (&["bad"], &["bad-wash", "sheet", "sunk"], TEXT),
    (&["hl-comment", "hl-keyword", "hl-string", "hl-constant"], &["sunk"], TEXT),
    (&["hl-function", "hl-type", "hl-escape", "hl-operator"], &["sunk"], TEXT),
    (&["edge", "good"], &["paper", "sheet", "sunk"], SIGN),
];

/// Relative luminance of `#rrggbb`, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The colours that a part of the style sheet names, `--name: #rrggbb;`.
fn tokens(css: &str) -> HashMap<&str, &str> {
    let named = css.lines().filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "));
    named.filter(|(_, value)| value.len() == 7 && value.starts_with('#')).collect()
}

#[test]
fn colours_that_meet_can_be_told_apart() {
    let css = asset("style.css").expect("the style sheet").bytes;
    let css = std::str::from_utf8(&css).expect("text");
    let (light, rest) = css.split_once("@media (prefers-color-scheme: dark)").expect("a dark part");
    let (dark, _) = rest.split_once("/* ---- Ground").expect("rules");
    for colours in [tokens(light), tokens(dark)] {
        for (tops, grounds, least) in PAIRS {
            for (top, ground) in tops.iter().flat_map(|top| grounds.iter().map(move |ground| (top, ground))) {
                let found = contrast(colours[top], colours[ground]);
                assert!(found >= *least, "{top} on {ground}: {found:.2}, less than {least}");
            }
        }
    }
}
