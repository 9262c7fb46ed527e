//! Puts the letters of a PDF's page together. A PDF knows no words and no lines, only letters and where they stand; they are
//! taken in the order in which they are drawn, which is the reading order in what word processors and TeX make.

use hayro_interpret::kurbo::{Point, Vec2};
use unicode_normalization::UnicodeNormalization;

use crate::documents::words::is_unspaced;

/// The gap from which two letters belong to two words. This and what follows are in units of the font's size.
const WORD_GAP: f64 = 0.15;

/// The same where a blank is drawn between them. Some programs draw blanks without width where a word might be divided.
const BLANK_GAP: f64 = 0.05;

/// How far beside the line a letter may stand, as exponents do, before it belongs to another.
const LINE_GAP: f64 = 0.5;

/// How far the next line is when a paragraph lies between.
const PARAGRAPH_GAP: f64 = 1.8;

/// How far back on its line the next letter is when it begins another column.
const BACK: f64 = -1.0;

/// What counts as the same place, for what is printed twice to look bold.
const SAME_PLACE: f64 = 0.1;

/// A letter, or several that one sign stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter<'a> {
    /// What it says.
    pub text: &'a str,
    /// Where it begins.
    pub from: Point,
    /// Where the next one would begin.
    pub to: Point,
    /// The font's size, in the same units.
    pub size: f64,
}

/// The text of a page under construction.
#[derive(Default)]
pub(super) struct Layout {
    pub text: String,
    last: Option<Last>,
    /// Whether a blank was drawn after the last letter.
    is_blank: bool,
    run: Option<(Point, String)>,
}

struct Last {
    to: Point,
    direction: Vec2,
    size: f64,
}

impl Layout {
    /// Adds letters that are drawn together, unless they are drawn again where they were.
    pub(super) fn add_run(&mut self, letters: &[Letter<'_>]) {
        let Some(first) = letters.first() else { return };
        let text: String = letters.iter().map(|letter| letter.text).collect();
        let again = self
            .run
            .as_ref()
            .is_some_and(|(from, before)| *before == text && (first.from - *from).hypot() <= SAME_PLACE * first.size);
        self.run = Some((first.from, text));
        if !again {
            letters.iter().for_each(|letter| self.add(*letter));
        }
    }

    fn add(&mut self, letter: Letter<'_>) {
        if letter.text.chars().all(char::is_whitespace) {
            self.is_blank = true;
            return;
        }
        if let Some(last) = &self.last {
            let word_gap = if self.is_blank { BLANK_GAP } else { WORD_GAP };
            match between(last, &letter, word_gap) {
                "\n" if self.joins_hyphenated(letter.text) => {
                    self.text.pop();
                }
                " " if self.ends_unspaced() && letter.text.starts_with(is_unspaced) => {}
                mark => self.text.push_str(mark),
            }
        }
        self.is_blank = false;
        for c in letter.text.chars() {
            match c {
                // Signs for several letters at once, such as ﬁ.
                '\u{fb00}'..='\u{fb06}' => self.text.extend(c.nfkc()),
                c => self.text.push(c),
            }
        }
        let advance = letter.to - letter.from;
        let direction = if advance.hypot() > 0.0 { advance.normalize() } else { Vec2::new(1.0, 0.0) };
        self.last = Some(Last { to: letter.to, direction, size: letter.size });
    }

    /// Whether the last letter is of a script without blanks between words, which is often spread over its line.
    fn ends_unspaced(&self) -> bool {
        self.text.ends_with(is_unspaced)
    }

    /// Whether a word was divided at the end of the line and goes on with this letter.
    fn joins_hyphenated(&self, next: &str) -> bool {
        let before = self.text.strip_suffix(['-', '\u{2010}']).is_some_and(|text| text.ends_with(char::is_alphabetic));
        before && next.starts_with(char::is_lowercase)
    }
}

/// What stands between two letters in a text.
fn between(last: &Last, letter: &Letter<'_>, word_gap: f64) -> &'static str {
    let gap = (letter.from - last.to) / last.size.max(letter.size);
    let (along, across) = (gap.dot(last.direction), gap.cross(last.direction).abs());
    if !along.is_finite() || !across.is_finite() {
        " "
    } else if across > PARAGRAPH_GAP {
        "\n\n"
    } else if across > LINE_GAP || along < BACK {
        "\n"
    } else if along > word_gap {
        " "
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters half as wide as high, at a place, each where the one before ends.
    fn run(layout: &mut Layout, x: f64, y: f64, text: &str) {
        let places = (0..).map(|place| Point::new(x + f64::from(place) * 5.0, y));
        let texts: Vec<_> = text.chars().map(String::from).collect();
        let letters = texts.iter().zip(places);
        let letters: Vec<_> =
            letters.map(|(text, from)| Letter { text, from, to: from + Vec2::new(5.0, 0.0), size: 10.0 }).collect();
        layout.add_run(&letters);
    }

    fn text(runs: &[(f64, f64, &str)]) -> String {
        let mut layout = Layout::default();
        runs.iter().for_each(|(x, y, text)| run(&mut layout, *x, *y, text));
        layout.text
    }

    #[test]
    fn gaps_become_blanks_and_lines() {
        assert_eq!(text(&[(0.0, 100.0, "one"), (20.0, 100.0, "two"), (0.0, 88.0, "three")]), "one two\nthree");
        assert_eq!(text(&[(0.0, 100.0, "be"), (10.5, 100.0, "gin")]), "begin");
        assert_eq!(text(&[(0.0, 100.0, "end"), (0.0, 70.0, "new")]), "end\n\nnew");
        assert_eq!(text(&[(0.0, 100.0, "x"), (5.0, 104.0, "2")]), "x2");
        assert_eq!(text(&[(100.0, 100.0, "right"), (0.0, 100.0, "left")]), "right\nleft");
    }

    #[test]
    fn divided_words_are_joined_and_bold_print_is_read_once() {
        assert_eq!(text(&[(0.0, 100.0, "vari-"), (0.0, 88.0, "able")]), "variable");
        assert_eq!(text(&[(0.0, 100.0, "UTF-"), (0.0, 88.0, "8")]), "UTF-\n8");
        assert_eq!(text(&[(0.0, 100.0, "bold"), (0.3, 100.0, "bold")]), "bold");
        assert_eq!(text(&[(0.0, 100.0, "of\u{fb01}ce")]), "office");
        assert_eq!(text(&[(0.0, 100.0, "hy"), (10.0, 100.0, " "), (10.0, 100.0, "p"), (15.0, 100.0, "hen")]), "hyphen");
        assert_eq!(text(&[(0.0, 100.0, "a b")]), "a b");
        assert_eq!(text(&[(0.0, 100.0, "人"), (9.0, 100.0, "人"), (18.0, 100.0, "a")]), "人人 a");
    }
}
