//! Reads what is written one line each: steps, concepts, sources, moments, options and the cells of a table.

use super::ParseError;
use super::part::{Line, Part};
use crate::lessons::document::{Concept, Moment, Source, option_line};
use crate::lessons::request::excerpt;

/// How the items of one kind of list are written.
pub(super) struct Form<T> {
    /// An item as a person is shown it.
    example: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> Form<T> {
    /// Reads every line of a part that is not blank as an item.
    pub fn all(&self, part: &Part<'_>) -> Result<Vec<T>, ParseError> {
        part.filled().map(|line| self.item(line)).collect()
    }

    fn item(&self, line: Line<'_>) -> Result<T, ParseError> {
        (self.read)(line.text.trim_end()).ok_or_else(|| {
            let advice = format!("Write each item as one line such as `{}`.", self.example);
            line.refused(format!("This line does not fit the list. {advice}"))
        })
    }
}

/// `1. step`. The numbers themselves do not count, as in Markdown.
pub(super) const STEP: Form<String> = Form {
    example: "1. Ask for a name.",
    read: |line| {
        let (number, step) = line.split_once(". ")?;
        digits(number)?;
        Some(step.trim().to_owned())
    },
};

/// `- **term**: meaning`.
pub(super) const CONCEPT: Form<Concept> = Form {
    example: "- **variable**: a name for a value",
    read: |line| {
        let (term, meaning) = line.strip_prefix("- **")?.split_once("**: ")?;
        Some(Concept { term: term.trim().to_owned(), meaning: meaning.trim().to_owned() })
    },
};

/// `- title <address>`.
const SOURCE: Form<Source> = Form {
    example: "- The Python Tutorial <https://docs.python.org/3/tutorial/>",
    read: |line| {
        let (title, url) = line.strip_prefix("- ")?.strip_suffix('>')?.rsplit_once('<')?;
        let (title, url) = (title.trim().to_owned(), url.to_owned());
        Some(Source { title, url, site: None, licence: None, read_on: None, page: None })
    },
};

/// Sources, each with what is known about it in indented lines below, such as `  - licence: CC BY-SA 4.0`.
pub(super) fn sources(part: &Part<'_>) -> Result<Vec<Source>, ParseError> {
    let mut sources: Vec<Source> = Vec::new();
    for line in part.filled() {
        match sources.last_mut().filter(|_| line.text.starts_with([' ', '\t'])) {
            Some(source) => source_detail(source, line)?,
            None => sources.push(SOURCE.item(line)?),
        }
    }
    Ok(sources)
}

fn source_detail(source: &mut Source, line: Line<'_>) -> Result<(), ParseError> {
    let detail = line.text.trim().strip_prefix("- ").and_then(|detail| detail.split_once(':'));
    let Some((name, value)) = detail.map(|(name, value)| (name.trim(), value.trim())) else {
        let advice = "Write it like `  - licence: CC BY-SA 4.0`.";
        return Err(line.refused(format!("An indented line says something about the source above it. {advice}")));
    };
    let number = || {
        let refused = || line.refused(format!("`{}` is not a whole number. Write digits only.", excerpt(value)));
        digits(value).ok_or_else(refused)
    };
    let again = match name {
        "site" => source.site.replace(value.to_owned()).is_some(),
        "licence" => source.licence.replace(value.to_owned()).is_some(),
        "read_on" => source.read_on.replace(value.to_owned()).is_some(),
        "page" => source.page.replace(number()?).is_some(),
        _ => {
            let known = "The names are: site, licence, read_on, page.";
            return Err(line.refused(format!("`{}` is nothing that a source has. {known}", excerpt(name))));
        }
    };
    if again {
        return Err(line.refused(format!("`{name}` stands below this source twice. Remove one of the two lines.")));
    }
    Ok(())
}

/// `- m:ss what happens` or `- h:mm:ss what happens`.
pub(super) const MOMENT: Form<Moment> = Form {
    example: "- 1:05 What happens there",
    read: |line| {
        let (time, what) = line.strip_prefix("- ")?.trim_start().split_once(' ')?;
        Some(Moment { at_seconds: at_seconds(time)?, what: what.trim().to_owned() })
    },
};

/// A part that is a time and nothing else.
pub(super) fn moment(part: &Part<'_>) -> Result<u32, ParseError> {
    let time = part.line()?;
    at_seconds(&time).ok_or_else(|| {
        let at = part.filled().next().unwrap_or(part.marker);
        at.refused(format!("`{}` is not a time. Write it like `1:05` or `1:02:30`.", excerpt(&time)))
    })
}

fn at_seconds(time: &str) -> Option<u32> {
    let times: Vec<&str> = time.split(':').collect();
    let (hours, minutes, seconds) = match *times.as_slice() {
        [minutes, seconds] => (0, digits(minutes)?, sixtieth(seconds)?),
        [hours, minutes, seconds] => (digits(hours)?, sixtieth(minutes)?, sixtieth(seconds)?),
        _ => return None,
    };
    hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_add(seconds)
}

/// Digits only: Rust's own parser would take a sign as well.
fn digits(text: &str) -> Option<u32> {
    text.chars().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())?
}

fn sixtieth(text: &str) -> Option<u32> {
    digits(text).filter(|number| text.len() == 2 && *number < 60)
}

/// A question's text, its options, and the index of the right one.
pub(super) fn question(part: &Part<'_>) -> Result<(String, Vec<String>, usize), ParseError> {
    let lines = part.trimmed();
    let begin = lines.iter().position(|line| option_line(line.text).is_some()).unwrap_or(lines.len());
    let (text, list) = lines.split_at(begin);
    let mut options = Vec::new();
    let mut right = None;
    for line in list.iter().filter(|line| !line.is_blank()) {
        let Some((checked, option)) = option_line(line.text) else {
            let advice = "Write each option as one line `- [ ] …`, and nothing below the last.";
            return Err(line.refused(format!("This line stands among the options but is none. {advice}")));
        };
        if checked && right.replace(options.len()).is_some() {
            return Err(line.refused("A second option is checked. Check only one, `- [x]`; the others have `- [ ]`."));
        }
        options.push(option.to_owned());
    }
    if options.is_empty() {
        return Err(part.marker.refused("This question has no options. Write 2 to 6 lines `- [ ] …` below its text."));
    }
    let unchecked =
        || part.marker.refused("No option of this question is checked. Write `- [x]` before the right one.");
    Ok((super::part::text(text), options, right.ok_or_else(unchecked)?))
}

type Table = (Vec<String>, Vec<Vec<String>>);

/// The head and the rows of a table. How wide rows are is the document's to judge.
pub(super) fn table(part: &Part<'_>) -> Result<Table, ParseError> {
    let advice =
        "Begin and end each line of the table with `|`, leave no line blank, and write a `|` in a cell as `\\|`.";
    let row = |line: &Line<'_>| {
        cells(line.text).ok_or_else(|| line.refused(format!("This line is not a row of a table. {advice}")))
    };
    let lines = part.trimmed();
    let (Some(head), Some(rule), rows) = (lines.first(), lines.get(1), lines.get(2..).unwrap_or_default()) else {
        let form = "`| Name | Value |`, then `|---|---|`, then the rows";
        return Err(part.marker.refused(format!("Here a table is expected: {form}.")));
    };
    let head = row(head)?;
    let dashes = |cell: &String| {
        let inside = cell.strip_prefix(':').unwrap_or(cell);
        let inside = inside.strip_suffix(':').unwrap_or(inside);
        !inside.is_empty() && inside.chars().all(|c| c == '-')
    };
    if !cells(rule.text).is_some_and(|cells| cells.len() == head.len() && cells.iter().all(dashes)) {
        let form = format!("|{}", "---|".repeat(head.len().min(12)));
        return Err(rule.refused(format!("The second line of a table parts the head from the rows. Write `{form}`.")));
    }
    Ok((head, rows.iter().map(row).collect::<Result<_, _>>()?))
}

/// The cells of one row. Only `\|` is special: every other backslash stands for itself, so any cell can be written.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut rest = line.trim().strip_prefix('|')?.chars().peekable();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    while let Some(c) = rest.next() {
        match c {
            '\\' if rest.next_if_eq(&'|').is_some() => cell.push('|'),
            '|' => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            other => cell.push(other),
        }
    }
    (cell.is_empty() && !cells.is_empty()).then_some(cells)
}
