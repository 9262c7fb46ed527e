//! How wide a label will be in the viewer's font, which nobody knows when the diagram is drawn.
//!
//! A label that turns out wider than its box is cut; one that turns out narrower has some room around it. So the widths
//! are those of the widest fonts in common use for interfaces, in which an average small letter takes 0.6 of the font
//! size, and not those of the narrow ones, in which it takes 0.5.

use std::sync::LazyLock;

use merman::svg::{
    DeterministicTextMeasurer, MeasurementProfileId, TextMeasurementPolicy, TextMeasurementProfile,
    TextMeasurementProfileIdentity, TextStyle,
};

/// The fonts of the labels, the same as the page's.
pub(super) const FONTS: &str = "system-ui, sans-serif";

static POLICY: LazyLock<TextMeasurementPolicy> = LazyLock::new(|| {
    let identity = MeasurementProfileId::new("skillsync.generous")
        .and_then(|profile| TextMeasurementProfileIdentity::new(profile, env!("CARGO_PKG_VERSION")));
    match identity {
        Ok(identity) => {
            let measurer = DeterministicTextMeasurer::default().with_width_callback(width);
            TextMeasurementPolicy::uniform(TextMeasurementProfile::new(identity, measurer))
        }
        Err(_) => TextMeasurementPolicy::deterministic(),
    }
});

/// The policy that asks [`width`].
pub(super) fn policy() -> TextMeasurementPolicy {
    POLICY.clone()
}

/// The width of a text in CSS pixels, rather too much than too little.
fn width(text: &str, style: &TextStyle) -> f64 {
    let bold = style.font_weight.as_deref().is_some_and(|weight| matches!(weight, "bold" | "bolder" | "600" | "700"));
    let weight = if bold { 1.12 } else { 1.0 };
    text.chars().map(em).sum::<f64>() * style.font_size * weight
}

/// The width of a character as a part of the font size.
fn em(c: char) -> f64 {
    match c {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        'i' | 'j' | 'l' | '\'' | '|' => 0.3,
        ' ' | '.' | ',' | 'I' | '!' | ':' | ';' | '/' | '\\' | '-' => 0.37,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '"' => 0.44,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.0,
        'C' | 'D' | 'G' | 'H' | 'N' | 'O' | 'Q' | 'U' => 0.79,
        '+' | '=' | '<' | '>' | '~' | '#' | '^' => 0.84,
        'A'..='Z' => 0.7,
        '0'..='9' | 'a'..='z' | ' '..='~' => 0.64,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => 1.0,
        '\u{ff00}'..='\u{ff60}' | '\u{1f000}'..='\u{1faff}' => 1.2,
        _ => 0.72,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_text_has_room() {
        let style = TextStyle::default();
        // Measured in DejaVu Sans at 16 px, one of the widest.
        for (text, at_least) in [("Work out 4200 + 800: 5000", 215.0), ("rental_price", 97.0), ("WWW mmm", 98.0)] {
            let width = width(text, &style);
            assert!((at_least..at_least * 1.2).contains(&width), "{text}: {width}");
        }
    }
}
