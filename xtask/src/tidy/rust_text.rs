//! Reads Rust source just closely enough to tell code from comments and strings, and to find names in it.

/// A source file taken apart. Both parts have the lines of the source, with blanks for what is not theirs.
pub struct RustText {
    /// Everything but comments and the insides of strings.
    pub code: String,
    /// The comments alone.
    pub comments: String,
}

impl RustText {
    /// Takes a source file apart. Source that does not compile gives some result, never a panic.
    pub fn new(source: &str) -> Self {
        let characters: Vec<char> = source.chars().collect();
        let (mut code, mut comments) = (String::new(), String::new());
        let mut at = 0;
        while at < characters.len() {
            let (end, kind) = token(&characters, at);
            // A literal that the file's end cuts short must not reach beyond it.
            let end = end.min(characters.len());
            for &character in &characters[at..end] {
                let blank = if character == '\n' { '\n' } else { ' ' };
                code.push(if kind == Kind::Code { character } else { blank });
                comments.push(if kind == Kind::Comment { character } else { blank });
            }
            at = end;
        }
        Self { code, comments }
    }

    /// The code before the file's test module, which by convention comes last.
    pub fn code_without_tests(&self) -> &str {
        let tests = self.code.match_indices("#[cfg(test)]").find(|(at, mark)| {
            let item = self.code[at + mark.len()..].trim_start();
            // `mod tests;` with its own file ends nothing here: code may follow.
            item.starts_with("mod ") && item.find(['{', ';']).is_some_and(|end| item[end..].starts_with('{'))
        });
        &self.code[..tests.map_or(self.code.len(), |(at, _)| at)]
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

/// The end and kind of the token that begins at `at`; code is given one character at a time.
fn token(source: &[char], at: usize) -> (usize, Kind) {
    let rest = &source[at..];
    let starts_word = at == 0 || !is_word(source[at - 1]);
    match rest {
        ['/', '/', ..] => (at + until(rest, |rest| rest[0] == '\n'), Kind::Comment),
        ['/', '*', ..] => (at + block_comment(rest), Kind::Comment),
        ['"', ..] => (at + string(rest), Kind::Literal),
        ['r', '"' | '#', ..] if starts_word => {
            raw_string(rest).map_or((at + 1, Kind::Code), |end| (at + end, Kind::Literal))
        }
        ['b' | 'c', 'r', '"' | '#', ..] if starts_word => {
            raw_string(&rest[1..]).map_or((at + 1, Kind::Code), |end| (at + 1 + end, Kind::Literal))
        }
        ['\'', '\\', _, ..] => (at + 3 + until(&rest[3..], |rest| rest[0] == '\'') + 1, Kind::Literal),
        ['\'', _, '\'', ..] => (at + 3, Kind::Literal),
        _ => (at + 1, Kind::Code),
    }
}

/// How many characters pass before the first place at which `found` holds.
fn until(text: &[char], found: impl Fn(&[char]) -> bool) -> usize {
    (0..text.len()).find(|&at| found(&text[at..])).unwrap_or(text.len())
}

fn block_comment(text: &[char]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        match &text[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] if depth == 1 => return at + 2,
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

fn string(text: &[char]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// The length of a raw string that begins with its `r`; none for a raw name such as `r#type`.
fn raw_string(text: &[char]) -> Option<usize> {
    let hashes = until(&text[1..], |rest| rest[0] != '#');
    let inside = 1 + hashes + 1;
    if text.get(inside - 1) != Some(&'"') {
        return None;
    }
    let closes =
        |rest: &[char]| rest[0] == '"' && rest[1..].iter().take(hashes).filter(|&&next| next == '#').count() == hashes;
    Some(inside + until(&text[inside..], closes) + 1 + hashes)
}

/// The lines, counted from 1, on which a path such as `crate::lessons` is named, also inside `use crate::{…}`.
/// A name that ends with `*` stands for all names that begin so.
pub fn lines_naming(code: &str, name: &str) -> Vec<usize> {
    let mut places: Vec<_> = words(code, name).collect();
    for (at, _) in name.match_indices("::") {
        let (before, after) = (format!("{}::{{", &name[..at]), &name[at + 2..]);
        for group in words(code, &format!("{before}*")) {
            let inside = group + before.len();
            let end = inside + group_end(&code[inside..]);
            let direct = |place: &usize| depth(&code[inside..inside + place]) == 0;
            let members = words(&code[inside..end], after).filter(direct);
            let members = members.filter(|place| !code[..inside + place].ends_with(':'));
            places.extend(members.map(|place| inside + place));
        }
    }
    let mut lines: Vec<_> = places.into_iter().map(|place| line_of(code, place)).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// The line, counted from 1, of a place in a text.
pub fn line_of(text: &str, place: usize) -> usize {
    1 + text[..place].matches('\n').count()
}

/// Where a name stands as a whole word.
pub fn words<'a>(text: &'a str, name: &str) -> impl Iterator<Item = usize> + use<'a> {
    let (name, open) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
    let ends: Vec<_> = text.match_indices(name).map(|(at, found)| (at, at + found.len())).collect();
    ends.into_iter()
        .filter(move |(at, end)| !text[..*at].ends_with(is_word) && (open || !text[*end..].starts_with(is_word)))
        .map(|(at, _)| at)
}

fn group_end(text: &str) -> usize {
    text.char_indices()
        .map(|(at, _)| at)
        .find(|&at| text[at..].starts_with('}') && depth(&text[..at]) == 0)
        .unwrap_or(text.len())
}

fn depth(text: &str) -> usize {
    text.matches('{').count().saturating_sub(text.matches('}').count())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_no_code() {
        let source = "let a = \"sqlx \\\" sqlx\"; // sqlx\n/* /* sqlx */ sqlx */ let b = r#\"sqlx \" sqlx\"#;\nlet c: &'a char = '\"'; sqlx";
        let text = RustText::new(source);
        assert_eq!(lines_naming(&text.code, "sqlx"), [3]);
        assert_eq!(lines_naming(&text.comments, "sqlx"), [1, 2]);
        assert_eq!(text.code.lines().count(), source.lines().count());
    }

    #[test]
    fn unfinished_source_is_read_to_its_end() {
        for source in ["\"a", "'\\", "'\\n", "/* a", "r#\"a", "b'", "br##\"a\"#", "\"a\\"] {
            let text = RustText::new(source);
            assert_eq!(text.code.chars().count(), source.chars().count(), "{source}");
        }
    }

    #[test]
    fn names_are_found_whole_and_in_groups() {
        let code = "use crate::lessons::Lesson;\nuse crate::{\n    ids::Ids,\n    voting::{self, cast},\n};\nlessons_of();\nuse std::{fs, env};";
        assert_eq!(lines_naming(code, "crate::lessons"), [1]);
        assert_eq!(lines_naming(code, "crate::voting"), [4]);
        assert_eq!(lines_naming(code, "crate::cast"), [] as [usize; 0]);
        assert_eq!(lines_naming(code, "std::env"), [7]);
        assert_eq!(lines_naming("sqlx::query_as(x)", "sqlx::query*"), [1]);
    }

    #[test]
    fn the_test_module_is_cut_off() {
        let text = RustText::new("#[cfg(test)]\nuse a;\nfn b() {}\n#[cfg(test)]\nmod tests {\n}\n");
        assert_eq!(text.code_without_tests().lines().count(), 3);
    }
}
