//! Colours programs by classes that the style sheet gives a colour to.
//!
//! The generator that comes with syntect writes every scope of every token into the page, several times the size of the
//! program. Ten classes are all that the style sheet tells apart, so a token gets one of them or none.

use std::sync::LazyLock;

use syntect::{
    easy::ScopeRegionIterator,
    parsing::{ParseState, Scope, ScopeStack, SyntaxSet},
};

use super::html::{Html, escape_into};

/// Programs that are longer, in bytes, are shown without colours; so are those with a line past [`LONGEST_LINE`].
const LONGEST_PROGRAM: usize = 100_000;
const LONGEST_LINE: usize = 2_000;

/// Which scopes get which class. The first prefix that fits a scope counts, and the innermost scope that fits decides.
/// No class is the answer for a program inside a string, which would otherwise have the string's colour.
const CLASSES: &[(&str, Option<&str>)] = &[
    ("comment", Some("hl-comment")),
    ("constant.character.escape", Some("hl-escape")),
    ("constant.other.placeholder", Some("hl-escape")),
    ("constant", Some("hl-constant")),
    ("variable.language", Some("hl-constant")),
    ("meta.interpolation", None),
    ("source", None),
    ("string", Some("hl-string")),
    ("keyword.operator.logical", Some("hl-keyword")),
    ("keyword.operator.word", Some("hl-keyword")),
    ("keyword.operator", Some("hl-operator")),
    ("keyword", Some("hl-keyword")),
    ("storage", Some("hl-keyword")),
    ("entity.name.function", Some("hl-function")),
    ("variable.function", Some("hl-function")),
    ("support.function", Some("hl-function")),
    ("support.macro", Some("hl-function")),
    ("entity.name.tag", Some("hl-keyword")),
    ("entity.other.attribute-name", Some("hl-type")),
    ("entity.name", Some("hl-type")),
    ("entity.other.inherited-class", Some("hl-type")),
    ("support.type", Some("hl-type")),
    ("support.class", Some("hl-type")),
    ("support.constant", Some("hl-constant")),
    ("variable.parameter", Some("hl-parameter")),
    ("markup.deleted", Some("hl-deleted")),
    ("markup.inserted", Some("hl-string")),
    ("markup.heading", Some("hl-keyword")),
];

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

static SCOPES: LazyLock<Vec<(Scope, Option<&str>)>> =
    LazyLock::new(|| CLASSES.iter().filter_map(|&(prefix, class)| Some((Scope::new(prefix).ok()?, class))).collect());

/// The program with its tokens in `<span class="hl-…">`; as plain text when the language is unknown or the program is
/// too long to be worth the time. It is meant for `<pre><code>`.
pub fn highlight(code: &str, language: &str) -> Html {
    coloured(code, language).unwrap_or_else(|| Html::text(code))
}

fn coloured(code: &str, language: &str) -> Option<Html> {
    if code.len() > LONGEST_PROGRAM || code.lines().any(|line| line.len() > LONGEST_LINE) {
        return None;
    }
    let syntax = SYNTAXES.find_syntax_by_token(language)?;
    if syntax.name == "Plain Text" {
        return None;
    }
    let mut parser = ParseState::new(syntax);
    let mut scopes = ScopeStack::new();
    let mut spans = Spans::default();
    // The grammars expect each line with its end, which the last line of a program does not have.
    let code = format!("{code}\n");
    for line in code.split_inclusive('\n') {
        let changes = parser.parse_line(line, &SYNTAXES).ok()?;
        for (text, change) in ScopeRegionIterator::new(&changes, line) {
            scopes.apply(change).ok()?;
            spans.push(text, class(&scopes));
        }
    }
    Some(spans.finish())
}

fn class(scopes: &ScopeStack) -> Option<&'static str> {
    let of_scope = |scope: &Scope| SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope));
    scopes.as_slice().iter().rev().find_map(of_scope).and_then(|&(_, class)| class)
}

/// Joins neighbours of one class into one span.
#[derive(Default)]
struct Spans {
    html: String,
    open: Option<&'static str>,
}

impl Spans {
    fn push(&mut self, text: &str, class: Option<&'static str>) {
        if text.is_empty() {
            return;
        }
        // White space has no colour, so it need not end a span.
        if class != self.open && !text.trim().is_empty() {
            self.close();
            if let Some(class) = class {
                self.html.push_str(&format!("<span class=\"{class}\">"));
                self.open = Some(class);
            }
        }
        escape_into(&mut self.html, text);
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.html.push_str("</span>");
        }
    }

    /// Drops the line end that the program did not have.
    fn finish(mut self) -> Html {
        self.html.truncate(self.html.trim_end_matches('\n').len());
        self.close();
        Html::trusted(self.html)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_get_their_class() {
        insta::assert_snapshot!(
            highlight("def greet(name: str) -> None:\n    # Say it.\n    print(f\"Hi, {name}!\\n\", 3)", "python").as_str(),
            @r#"
<span class="hl-keyword">def </span><span class="hl-function">greet</span>(<span class="hl-parameter">name</span>: <span class="hl-type">str</span>) -&gt; <span class="hl-constant">None</span>:
    <span class="hl-comment"># Say it.
    </span><span class="hl-function">print</span>(<span class="hl-keyword">f</span><span class="hl-string">&quot;Hi, </span>{name}<span class="hl-string">!</span><span class="hl-escape">\n</span><span class="hl-string">&quot;</span>, <span class="hl-constant">3</span>)
"#
        );
        insta::assert_snapshot!(
            highlight("const x = () => `a ${1 + b}`;", "js").as_str(),
            @r#"<span class="hl-keyword">const </span><span class="hl-function">x </span><span class="hl-operator">= </span>() <span class="hl-keyword">=&gt; </span><span class="hl-string">`a </span>${<span class="hl-constant">1 </span><span class="hl-operator">+ </span>b}<span class="hl-string">`</span>;"#
        );
        insta::assert_snapshot!(
            highlight("git commit -m \"First\"  # done", "bash").as_str(),
            @r#"<span class="hl-function">git</span> commit<span class="hl-parameter"> -m </span><span class="hl-string">&quot;First&quot;  </span><span class="hl-comment"># done</span>"#
        );
    }

    #[test]
    fn every_prefix_is_a_scope() {
        assert_eq!(SCOPES.len(), CLASSES.len());
    }

    #[test]
    fn what_is_unknown_or_too_long_stays_plain() {
        assert_eq!(highlight("<b>\n", "no-such-language").as_str(), "&lt;b&gt;\n");
        assert_eq!(highlight("1 < 2", "text").as_str(), "1 &lt; 2");
        let long = "x".repeat(LONGEST_LINE + 1);
        assert_eq!(highlight(&long, "python").as_str(), long);
    }

    #[test]
    fn markup_in_a_program_is_text() {
        let html = highlight("print(\"<script>alert(1)</script>\") # </code><img src=x onerror=alert(1)>", "python");
        assert!(!html.as_str().contains("<script"), "{html}");
        assert!(!html.as_str().contains("<img"), "{html}");
    }
}
