//! What a browser makes of a page, and what a model is told, as far as a title could change it.

use skillsync_llm::{Request, Role};

/// The tags between which prompts hold data.
const DATA: [&str; 7] = ["lesson_request", "lesson_plan", "block", "problems", "questions", "sources", "transcript"];

/// A tag of a page, with its attributes.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

/// All tags that a browser would see.
pub fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        let end = if is_tag { end_of_tag(after) } else { 0 };
        if is_tag {
            tags.push(tag(&after[..end]));
        }
        rest = &after[end..];
    }
    tags
}

/// Where a tag ends: at the first `>` outside quotes.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn tag(text: &str) -> Tag {
    let end = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        let (attribute, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix('=') {
            None => ("", after),
            Some(value) => match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            },
        };
        attributes.push((attribute.to_ascii_lowercase(), value.to_owned()));
        rest = after;
    }
    Tag { name: name.to_ascii_lowercase(), attributes }
}

impl Tag {
    /// The tag without what may differ between two lessons: only the names of its attributes stay, and where it leads,
    /// without numbers.
    pub fn form(&self) -> String {
        let attributes = self.attributes.iter().map(|(name, value)| {
            let leads = matches!(name.as_str(), "href" | "src" | "action" | "type" | "rel");
            let value: String = value.chars().filter(|c| leads && !c.is_ascii_digit()).collect();
            format!(" {name}={value}")
        });
        format!("{}{}", self.name, attributes.collect::<String>())
    }
}

/// The form of a whole page.
pub fn form(page: &str) -> Vec<String> {
    tags(page).iter().map(Tag::form).collect()
}

/// Nothing in a page runs, loads or leads anywhere that this server did not mean.
pub fn assert_harmless(page: &str, what: &str) {
    for tag in tags(page) {
        let value =
            |name: &str| tag.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let is_ours =
            |address: &str| address.starts_with('/') && !address.starts_with("//") || address.starts_with('#');
        let refused = ["iframe", "object", "embed", "style", "base", "marquee"];
        assert!(!refused.contains(&tag.name.as_str()), "{what}: {tag:?}");
        assert!(tag.name != "script" || value("src").is_some_and(|src| src.starts_with("/assets/")), "{what}: {tag:?}");
        let runs = |(name, _): &(String, String)| name.starts_with("on") || name == "style" || name == "srcdoc";
        assert!(!tag.attributes.iter().any(runs), "{what}: {tag:?}");
        for name in ["src", "href", "action", "formaction", "data"] {
            assert!(value(name).is_none_or(is_ours), "{what}: {tag:?}");
        }
    }
}

/// The title stands in a request as data alone: as JSON between its tags, with nothing in it that could end them or that
/// nobody sees.
pub fn assert_is_data(title: &str, request: &Request) {
    let name = request.schema.as_ref().map_or("", |schema| schema.name.as_str());
    for message in &request.messages {
        match message.role {
            // What the model has said itself is shown to it as it was.
            Role::Assistant => {}
            Role::User => {
                let (outside, data) = split(&message.text);
                assert!(!outside.contains(title.trim()), "{name}, {title:?}: it stands outside the data: {outside}");
                let is_closed = |tag: &str| outside.contains(&format!("</{tag}>"));
                assert!(!DATA.iter().any(|tag| is_closed(tag)), "{name}, {title:?}: {outside}");
                for data in data {
                    let json = serde_json::from_str::<serde_json::Value>(&data);
                    assert!(json.is_ok(), "{name}, {title:?}: this is no JSON: {data}");
                    let hidden = |c: char| matches!(c, '<' | '>' | '&' | '\u{200b}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e0fff}');
                    assert!(!data.contains(hidden), "{name}, {title:?}: {data}");
                }
            }
            _ => assert!(!message.text.contains(title.trim()), "{name}, {title:?}: the instructions hold it"),
        }
    }
}

/// A prompt without its data, and its data.
fn split(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut data) = (text.to_owned(), Vec::new());
    for tag in DATA {
        let (open, close) = (format!("<{tag}>\n"), format!("\n</{tag}>"));
        while let Some(begin) = outside.find(&open) {
            let Some(length) = outside[begin..].find(&close) else { break };
            data.push(outside[begin + open.len()..begin + length].to_owned());
            outside.replace_range(begin..begin + length + close.len(), "");
        }
    }
    (outside, data)
}
