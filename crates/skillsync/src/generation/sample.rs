//! A scripted model that writes whole, well-formed lessons about any topic, for tests and trials by hand. What its programs
//! print was worked out, so the lessons also pass checks that run them.

use serde::Serialize;
use serde_json::Value;
use skillsync_llm::{Error, Request, Role, Script, ScriptedAnswer};

use crate::lessons::document::Level;

use super::draft::Draft;
use super::draft::article::Article;
use super::draft::plan::{Plan, PlannedConcept};
use super::draft::practice::{DraftExercise, DraftProject, Exercises, Practice};
use super::draft::quiz::{DraftQuestion, Quiz};
use super::draft::text::{Section, Text};
use super::draft::visuals::{Aspect, Comparison, Diagrams, DraftDiagram, Visuals};

/// Answers the request for every part of a lesson, in every style, about any topic. A request that it does not know fails.
pub fn scripted_writer() -> Script {
    Script::new(answer)
}

/// The answer to one request, told by its schema's name. A test can change it before it hands it on.
pub fn answer(request: &Request) -> ScriptedAnswer {
    let topic = topic(request).unwrap_or_else(|| "the topic".to_owned());
    let wanted = |list: &str| {
        let fewest = request.schema.as_ref().and_then(|s| s.schema.pointer(&format!("/properties/{list}/minItems")));
        fewest.and_then(Value::as_u64).unwrap_or(1) as usize
    };
    match request.schema.as_ref().map(|schema| schema.name.as_str()) {
        Some(Plan::NAME) => json(&plan(&topic)),
        Some(Text::NAME) => json(&text(&topic, wanted("sections"))),
        Some(Article::NAME) => json(&article(&topic, wanted("explanation"), wanted("case_studies"))),
        Some(Practice::NAME) => json(&Practice { exercises: exercises(wanted("exercises")), project: project() }),
        Some(Exercises::NAME) => json(&Exercises { exercises: exercises(wanted("exercises")) }),
        Some(Visuals::NAME) => json(&Visuals { diagrams: diagrams(wanted("diagrams")), comparison: comparison() }),
        Some(Diagrams::NAME) => json(&Diagrams { diagrams: diagrams(wanted("diagrams")) }),
        Some(Quiz::NAME) => json(&Quiz { questions: questions(wanted("questions")) }),
        _ => Error::BadReply { excerpt: "the scripted writer does not know this request".into(), usage: None }.into(),
    }
}

fn json(draft: &impl Serialize) -> ScriptedAnswer {
    ScriptedAnswer::text(serde_json::to_string_pretty(draft).expect("drafts are JSON"))
}

/// The topic, read back from the data in the prompt.
fn topic(request: &Request) -> Option<String> {
    let asked = request.messages.iter().find(|message| message.role == Role::User)?;
    let (_, after) = asked.text.split_once("<lesson_request>")?;
    let (data, _) = after.split_once("</lesson_request>")?;
    let data: Value = serde_json::from_str(data).ok()?;
    data["topic"].as_str().map(str::to_owned)
}

fn plan(topic: &str) -> Plan {
    let concept = |term: &str, meaning: &str| PlannedConcept { term: term.into(), meaning: meaning.into() };
    Plan {
        title: format!("{topic}: first steps"),
        description: format!("Understand {topic} with small programs that you can run yourself."),
        programming_language: "python".into(),
        concepts: vec![
            concept("value", "A piece of data that a program works with."),
            concept("name", "A word that stands for a value."),
            concept("change", "Making a name stand for another value."),
        ],
        minutes: 45,
    }
}

fn section(heading: String, price: usize) -> Section {
    Section {
        heading,
        markdown: "A price stands on a sign. The program below keeps it under a name and shows twice as much.\n\n\
                   The name on the left stands for the value on the right, so `price * 2` works with that value."
            .into(),
        program: format!("price = {price}\nprint(price * 2)"),
        program_language: "python".into(),
        program_output: (price * 2).to_string(),
        program_caption: "The name stands for the number.".into(),
    }
}

fn sections(what: &str, count: usize) -> Vec<Section> {
    (1..=count).map(|number| section(format!("{what} {number}"), number + 2)).collect()
}

fn text(topic: &str, count: usize) -> Text {
    Text {
        introduction: format!("A stall sells honey. With {topic} you can add up its day."),
        sections: sections("Step", count),
    }
}

fn article(topic: &str, explanation: usize, cases: usize) -> Article {
    let section = |heading: &str, price| section(heading.to_owned(), price);
    Article {
        introduction: format!("A stall sells honey. This article explains {topic} along its day."),
        explanation: sections("Step", explanation),
        case_studies: sections("Case", cases),
        good_practices: section("Good practices", 7),
        anti_patterns: section("Bad habits", 8),
        pitfalls: section("Pitfalls", 9),
        summary: section("Looking back", 10),
    }
}

fn exercises(count: usize) -> Vec<DraftExercise> {
    let levels = [Level::Easy, Level::Medium, Level::Hard];
    let exercise = |number: usize| DraftExercise {
        title: format!("Price sign {number}"),
        task: format!("Let `price` stand for the number {} and print it.", number + 3),
        level: levels[(number - 1).min(2)],
        language: "python".into(),
        starter: "price = 0  # write the right number here\nprint(\"Price:\", price)".into(),
        expected_output: format!("Price: {}", number + 3),
        first_hint: "Only the first line has to change.".into(),
        second_hint: "Look at what stands to the right of the equals sign.".into(),
        third_hint: "For a price of 90 you would write 90 there, without quotes.".into(),
        solution: format!("price = {}\nprint(\"Price:\", price)", number + 3),
    };
    (1..=count).map(exercise).collect()
}

fn project() -> DraftProject {
    DraftProject {
        title: "The stall's day".into(),
        brief: "Write a program that shows what the stall sold and what it earned.".into(),
        steps: vec!["Keep the price and the jars under names.".into(), "Print what they are worth together.".into()],
        language: "python".into(),
        starter: "price = 6\njars = 12".into(),
        solution: "price = 6\njars = 12\nprint(\"Worth:\", price * jars)".into(),
    }
}

fn diagrams(count: usize) -> Vec<DraftDiagram> {
    let diagram = |number: usize| DraftDiagram {
        mermaid: format!("flowchart LR\n    name[\"price\"] -->|\"stands for\"| value[\"{}\"]", number + 2),
        caption: format!("The name price stands for the value {}.", number + 2),
    };
    (1..=count).map(diagram).collect()
}

fn comparison() -> Comparison {
    let aspect =
        |aspect: &str, values: [&str; 2]| Aspect { aspect: aspect.into(), values: values.map(Into::into).into() };
    Comparison {
        caption: "Numbers and texts side by side".into(),
        aspect_heading: "Aspect".into(),
        things: vec!["Number".into(), "Text".into()],
        aspects: vec![aspect("Quotes", ["none", "around it"]), aspect("`+` does", ["addition", "joining"])],
    }
}

fn questions(count: usize) -> Vec<DraftQuestion> {
    let question = |number: usize| DraftQuestion {
        question: format!("What does this program print?\n\n```python\nprice = {number}\nprint(price + 1)\n```"),
        right_option: format!("`{}`", number + 1),
        wrong_options: vec![format!("`{number}`"), format!("`{number}1`"), "`price + 1`".into()],
        explanation: format!(
            "`price` stands for {number}, so 1 more is printed: {}. Not `{number}`, because 1 is added; not `{number}1`, \
             because numbers are added and not joined; not `price + 1`, because there are no quotes.",
            number + 1
        ),
    };
    (1..=count).map(question).collect()
}
