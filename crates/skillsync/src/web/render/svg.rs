//! A last look at a drawn diagram: only drawing elements, no handlers, no address but those within the file.
//!
//! The pipeline that draws already leaves such things out. This does not trust it: it knows nothing of Mermaid, and
//! refuses what it does not know.

/// The elements that a diagram may have.
const ELEMENTS: &[&str] = &[
    "a",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feDropShadow",
    "feFlood",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feOffset",
    "feComposite",
    "filter",
    "g",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
];

/// Says what makes a file unfit to be shown.
pub(super) fn check(svg: &str) -> Result<(), String> {
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let end = end_of_tag(tag).ok_or("a tag does not end")?;
        let (inner, after) = (&tag[..end], &tag[end + 1..]);
        rest = after;
        if inner.starts_with('/') {
            continue;
        }
        let (name, attributes) = name_of(inner);
        if !ELEMENTS.contains(&name) {
            return Err(format!("it has an element `{}`", name.chars().take(40).collect::<String>()));
        }
        check_attributes(name, attributes)?;
        if name == "style" && !inner.ends_with('/') {
            let end = rest.find("</style").ok_or("a style sheet does not end")?;
            check_style(&rest[..end])?;
        }
    }
    Ok(())
}

/// The size in CSS pixels, from the outermost `viewBox`.
pub(super) fn size(svg: &str) -> Option<(u32, u32)> {
    let (_, after) = svg.split_once("viewBox=\"")?;
    let (numbers, _) = after.split_once('"')?;
    let numbers: Vec<f64> = numbers.split_ascii_whitespace().map_while(|number| number.parse().ok()).collect();
    match numbers[..] {
        [_, _, width, height] if width >= 1.0 && height >= 1.0 && width < 1e5 && height < 1e5 => {
            Some((width.ceil() as u32, height.ceil() as u32))
        }
        _ => None,
    }
}

/// Where the `>` is that ends a tag; one in a quoted value does not.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn name_of(tag: &str) -> (&str, &str) {
    let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
    tag.split_at(end)
}

fn check_attributes(element: &str, mut rest: &str) -> Result<(), String> {
    while let Some((before, after)) = rest.split_once('=') {
        let name = before.trim();
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or("an attribute is not quoted")?;
        let (value, after) = after[1..].split_once(quote).ok_or("an attribute does not end")?;
        rest = after;
        let bare = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
        let refused = match bare.as_str() {
            "href" => !(value.starts_with('#') || element == "a" && is_web_address(value)),
            "src" | "base" => true,
            "style" => check_style(value).is_err(),
            other => other.starts_with("on") || loads(value),
        };
        if refused {
            return Err(format!("`{name}` of `{element}` is not allowed"));
        }
    }
    Ok(())
}

fn check_style(css: &str) -> Result<(), String> {
    // Escapes could spell what is looked for below.
    let refused =
        ["@import", "expression(", "\\", "javascript:", "</", "<!"].into_iter().find(|sign| css.contains(sign));
    match refused {
        Some(sign) => Err(format!("its style sheet has `{sign}`")),
        None if loads(css) => Err("its style sheet loads something".to_owned()),
        None => Ok(()),
    }
}

/// Whether there is an `url(…)` that leads out of the file.
fn loads(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value.match_indices("url(").any(|(at, _)| !value[at + 4..].trim_start_matches(['"', '\'', ' ']).starts_with('#'))
        || value.contains("image-set(")
}

fn is_web_address(value: &str) -> bool {
    value.starts_with("https://") || value.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_pass_and_everything_else_is_refused() {
        assert_eq!(
            check(
                "<svg viewBox='0 0 1 1'><a xlink:href=\"https://example.org\"><path fill=\"url(#x)\" d=\"M0>1\"/></a></svg>"
            ),
            Ok(())
        );
        for refused in [
            "<svg><script>alert(1)</script></svg>",
            "<svg><foreignObject/></svg>",
            "<svg onload=\"x\"/>",
            "<svg><g ONCLICK='x'/></svg>",
            "<svg><a href=\"javascript:alert(1)\"/></svg>",
            "<svg><a xlink:href=\" javascript:alert(1)\"/></svg>",
            "<svg><image href=\"https://evil.example/x.png\"/></svg>",
            "<svg><use href=\"https://evil.example/x.svg#a\"/></svg>",
            "<svg><rect fill=\"url(//evil.example)\"/></svg>",
            "<svg><rect style=\"background:url(https://evil.example)\"/></svg>",
            "<svg><style>@import 'https://evil.example';</style></svg>",
            "<svg><style>a{background:u\\72l(x)}</style></svg>",
            "<svg><animate attributeName=\"href\" to=\"javascript:alert(1)\"/></svg>",
            "<svg onload=x/>",
            "<!DOCTYPE svg><svg/>",
            "<svg",
        ] {
            assert!(check(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn the_size_is_the_view_box() {
        assert_eq!(size("<svg viewBox=\"0 0 409.24 303\"/>"), Some((410, 303)));
        assert_eq!(size("<svg viewBox=\"0 0 0 NaN\"/>"), None);
        assert_eq!(size("<svg/>"), None);
    }
}
