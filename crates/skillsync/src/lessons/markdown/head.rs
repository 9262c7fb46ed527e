//! The head of a lesson file: the request that it answers, and the document's own fields.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use super::ParseError;
use super::part::Line;
use crate::lessons::document::Document;
use crate::lessons::profile::{Goal, Profile};
use crate::lessons::request::{Difficulty, Language, LessonNumber, LessonRequest, StepTitle, excerpt};

const NAMES: [&str; 13] = [
    "topic",
    "number",
    "style",
    "difficulty",
    "language",
    "research",
    "industry",
    "career_stage",
    "weekly_hours",
    "goal",
    "title",
    "description",
    "minutes",
];

/// What the head says.
pub(super) struct Head {
    pub request: LessonRequest,
    pub title: String,
    pub description: String,
    pub minutes: u32,
}

/// Reads the head and gives it with the lines after it.
pub(super) fn parse<'l, 'a>(lines: &'l [Line<'a>]) -> Result<(Head, &'l [Line<'a>]), ParseError> {
    let begin = lines.first().copied().unwrap_or(Line { number: 1, text: "" });
    if begin.text.trim_end() != "---" {
        let advice = "Write `---`, then `topic: …` and the other names one a line, then `---` again.";
        return Err(begin.refused(format!("A lesson file begins with its head. {advice}")));
    }
    let inside = lines.get(1..).unwrap_or_default();
    let Some(end) = inside.iter().position(|line| line.text.trim_end() == "---") else {
        return Err(begin.refused("The head that begins here has no end. Put a line `---` below its last name."));
    };
    let (inside, rest) = inside.split_at(end);
    let (closing, rest) = rest.split_first().map_or((begin, rest), |(closing, rest)| (*closing, rest));
    let values = Values { values: values(inside)?, closing };
    Ok((values.head()?, rest))
}

fn values<'a>(lines: &[Line<'a>]) -> Result<BTreeMap<&'static str, Line<'a>>, ParseError> {
    let mut values = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.is_blank()) {
        let Some((name, value)) = line.text.split_once(':') else {
            return Err(line.refused("A line of the head is a name, a colon and a value, such as `minutes: 45`."));
        };
        let Some(known) = NAMES.into_iter().find(|known| *known == name.trim()) else {
            let (name, known) = (excerpt(name.trim()), NAMES.join(", "));
            return Err(line.refused(format!("`{name}` is not a name of the head. The names are: {known}.")));
        };
        if values.insert(known, Line { text: value.trim(), ..*line }).is_some() {
            return Err(line.refused(format!("`{known}` stands in the head twice. Remove one of the two lines.")));
        }
    }
    Ok(values)
}

struct Values<'a> {
    values: BTreeMap<&'static str, Line<'a>>,
    closing: Line<'a>,
}

impl<'a> Values<'a> {
    fn required(&self, name: &str) -> Result<Line<'a>, ParseError> {
        let missing =
            || self.closing.refused(format!("The head has no `{name}`. Add a line `{name}: …` above this one."));
        self.values.get(name).copied().ok_or_else(missing)
    }

    fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, ParseError> {
        let read =
            |value: &Line<'a>| value.text.parse().map_err(|error| value.refused(format!("In `{name}`: {error}")));
        self.values.get(name).map(read).transpose()
    }

    fn or_default<T: FromStr<Err: Display>>(&self, name: &str, default: T) -> Result<T, ParseError> {
        Ok(self.optional(name)?.unwrap_or(default))
    }

    fn head(&self) -> Result<Head, ParseError> {
        let topic = self.required("topic")?;
        let style = self.required("style")?;
        let request = LessonRequest {
            step_title: StepTitle::parse(unquoted(topic.text))
                .map_err(|error| topic.refused(format!("In `topic`: {error}")))?,
            lesson_number: self.number()?,
            learning_style: style.text.parse().map_err(|error| style.refused(format!("In `style`: {error}")))?,
            difficulty: self.or_default("difficulty", Difficulty::Beginner)?,
            language: self.or_default("language", Language::english())?,
            research: match self.values.get("research") {
                None => false,
                Some(Line { text: "true", .. }) => true,
                Some(Line { text: "false", .. }) => false,
                Some(other) => return Err(other.refused("`research` is either `true` or `false`. Choose one.")),
            },
            profile: self.profile()?,
        };
        let minutes = self.required("minutes")?;
        Ok(Head {
            request,
            title: self.required("title")?.text.to_owned(),
            description: self.required("description")?.text.to_owned(),
            minutes: whole(minutes)?,
        })
    }

    fn profile(&self) -> Result<Profile, ParseError> {
        let goal = |goal: &Line<'a>| {
            Goal::parse(unquoted(goal.text)).map_err(|error| goal.refused(format!("In `goal`: {error}")))
        };
        Ok(Profile {
            industry: self.optional("industry")?,
            career_stage: self.optional("career_stage")?,
            weekly_hours: self.optional("weekly_hours")?,
            goal: self.values.get("goal").map(goal).transpose()?,
        })
    }

    fn number(&self) -> Result<LessonNumber, ParseError> {
        let Some(number) = self.values.get("number") else { return Ok(LessonNumber::FIRST) };
        LessonNumber::try_from(i64::from(whole(*number)?))
            .map_err(|error| number.refused(format!("In `number`: {error}")))
    }
}

fn whole(value: Line<'_>) -> Result<u32, ParseError> {
    let digits = value.text.chars().all(|c| c.is_ascii_digit());
    let refused = || value.refused(format!("`{}` is not a whole number. Write digits only.", excerpt(value.text)));
    value.text.parse().ok().filter(|_| digits).ok_or_else(refused)
}

/// A topic and a goal are a learner's own words, and the topic part of the public key, so they are kept to the last blank.
/// What a plain line cannot carry is written as a JSON string.
fn unquoted(topic: &str) -> String {
    serde_json::from_str(topic).unwrap_or_else(|_| topic.to_owned())
}

fn quoted(topic: &str) -> String {
    let plain = topic.trim() == topic && !topic.contains(['\n', '\r']) && unquoted(topic) == topic;
    if plain { topic.to_owned() } else { serde_json::Value::from(topic).to_string() }
}

/// Writes the head. The request is taken apart exhaustively: a new field does not build until it is written.
pub(super) fn write(request: &LessonRequest, document: &Document) -> String {
    let LessonRequest { step_title, lesson_number, learning_style, difficulty, language, research, profile } = request;
    let Document { format: _, title, description, minutes, blocks: _ } = document;
    let topic = quoted(step_title.given());
    let research = if *research { "research: true\n" } else { "" };
    let profile = profile_lines(profile);
    format!(
        "---\ntopic: {topic}\nnumber: {lesson_number}\nstyle: {learning_style}\ndifficulty: {difficulty}\n\
         language: {language}\n{research}{profile}title: {title}\ndescription: {description}\nminutes: {minutes}\n---"
    )
}

fn profile_lines(profile: &Profile) -> String {
    let Profile { industry, career_stage, weekly_hours, goal } = profile;
    let lines = [
        industry.map(|industry| format!("industry: {industry}\n")),
        career_stage.map(|stage| format!("career_stage: {stage}\n")),
        weekly_hours.map(|hours| format!("weekly_hours: {hours}\n")),
        goal.as_ref().map(|goal| format!("goal: {}\n", quoted(goal.given()))),
    ];
    lines.into_iter().flatten().collect()
}
