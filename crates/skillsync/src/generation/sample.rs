//! A scripted model that writes whole, well-formed lessons about any topic, for tests and trials by hand. What its programs
//! print was worked out, so the lessons also pass checks that run them.

use serde::Serialize;
use serde_json::Value;
use skillsync_llm::{Error, Request, Role, Script, ScriptedAnswer};
use skillsync_sandbox::{Ended, Ran, Sandbox};

use crate::lessons::document::Level;

use super::draft::Draft;
use super::draft::answers::{Answers, ChosenOption};
use super::draft::article::Article;
use super::draft::piece::{DraftCode, DraftConcepts, DraftProse};
use super::draft::plan::{Plan, PlannedConcept};
use super::draft::practice::{DraftExercise, DraftProject, Exercises, Practice};
use super::draft::quiz::{DraftQuestion, Quiz};
use super::draft::text::{Section, Text};
use super::draft::topic::{self, Category, Topic, TopicVerdict};
use super::draft::video::{DraftMoment, VideoNotes, VideoQuestion, VideoQuiz};
use super::draft::visuals::{Aspect, Comparison, Diagrams, DraftDiagram, Visuals};

/// Answers the request for every part of a lesson, in every style, about any topic. A request that it does not know fails.
pub fn scripted_writer() -> Script {
    Script::new(answer)
}

/// The answer to one request.
pub fn answer(request: &Request) -> ScriptedAnswer {
    let unknown = || Error::BadReply { excerpt: "the scripted writer does not know this request".into(), usage: None };
    written(request).map_or_else(|| unknown().into(), ScriptedAnswer::text)
}

/// The text of the answer to one request, told by its schema's name; none when it is not known. A test can change it before
/// it hands it on.
pub fn written(request: &Request) -> Option<String> {
    let topic = topic(request).unwrap_or_else(|| "the topic".to_owned());
    let wanted = |list: &str| {
        let fewest = request.schema.as_ref().and_then(|s| s.schema.pointer(&format!("/properties/{list}/minItems")));
        fewest.and_then(Value::as_u64).unwrap_or(1) as usize
    };
    let written = match request.schema.as_ref().map(|schema| schema.name.as_str()) {
        Some(Topic::NAME) => json(&judged()),
        Some(Plan::NAME) => json(&plan(&topic)),
        Some(VideoNotes::NAME) => json(&video_notes()),
        Some(VideoQuiz::NAME) => json(&VideoQuiz { questions: video_questions(wanted("questions")) }),
        Some(VideoQuestion::NAME) => json(&video_questions(41)[40]),
        Some(Answers::NAME) => json(&answers(request)),
        Some(DraftProse::NAME) => json(&DraftProse { markdown: format!("## Again\n\n{TEXT}") }),
        Some(DraftCode::NAME) => json(&code(5)),
        Some(DraftConcepts::NAME) => json(&DraftConcepts { concepts: plan(&topic).concepts }),
        Some(DraftExercise::NAME) => json(&exercises(3)[2]),
        Some(DraftProject::NAME) => json(&project()),
        Some(DraftDiagram::NAME) => json(&diagrams(1)[0]),
        Some(DraftQuestion::NAME) => json(&questions(41)[40]),
        Some(Comparison::NAME) => json(&comparison()),
        Some(Text::NAME) => json(&Text { sections: sections("Step", wanted("sections")) }),
        Some(Article::NAME) => json(&article(wanted("explanation"), wanted("case_studies"))),
        Some(Practice::NAME) => json(&Practice { exercises: exercises(wanted("exercises")), project: project() }),
        Some(Exercises::NAME) => json(&Exercises { exercises: exercises(wanted("exercises")) }),
        Some(Visuals::NAME) => json(&Visuals { diagrams: diagrams(wanted("diagrams")), comparison: comparison() }),
        Some(Diagrams::NAME) => json(&Diagrams { diagrams: diagrams(wanted("diagrams")) }),
        Some(Quiz::NAME) => json(&Quiz { questions: questions(wanted("questions")) }),
        _ => return None,
    };
    Some(written)
}

fn json(draft: &impl Serialize) -> String {
    serde_json::to_string_pretty(draft).expect("drafts are JSON")
}

/// The topic, read back from the data in the prompt.
fn topic(request: &Request) -> Option<String> {
    let asked = request.messages.iter().find(|message| message.role == Role::User)?;
    data(&asked.text, "lesson_request")?["topic"].as_str().map(str::to_owned)
}

/// What stands between two tags of a prompt.
fn data(text: &str, tag: &str) -> Option<Value> {
    let (_, after) = text.split_once(&format!("<{tag}>"))?;
    let (data, _) = after.split_once(&format!("</{tag}>"))?;
    serde_json::from_str(data).ok()
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
        introduction: format!(
            "A stall sells honey. With {topic} you can add up its day, and that is what you do here."
        ),
    }
}

fn judged() -> Topic {
    Topic {
        verdict: TopicVerdict::Learnable,
        category: Category::Programming,
        programming_language: "python".into(),
        easiest: topic::Level::Beginner,
        hardest: topic::Level::Advanced,
    }
}

fn video_notes() -> VideoNotes {
    let moment = |at_seconds, what: &str| DraftMoment { at_seconds, what: what.into() };
    VideoNotes {
        summary: "A price is kept under a name. Then the name is used in a sum, and given another value.".into(),
        guide: vec![
            moment(0, "What a name stands for"),
            moment(60, "Using a name"),
            moment(120, "Giving it another value"),
        ],
    }
}

fn video_questions(count: usize) -> Vec<VideoQuestion> {
    let tied = |draft: DraftQuestion| {
        let DraftQuestion { question, right_option, wrong_options, explanation } = draft;
        VideoQuestion { at_seconds: 60, question, right_option, wrong_options, explanation }
    };
    questions(count).into_iter().map(tied).collect()
}

/// Answers questions about what a program prints by working them out.
fn answers(request: &Request) -> Answers {
    let questions = request.messages.iter().find_map(|message| data(&message.text, "questions"));
    let questions = questions.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
    let answers = questions.iter().map(|question| {
        let price: i64 = question["question"].as_str().and_then(|text| number_after(text, "price = ")).unwrap_or(0);
        let right = format!("`{}`", price + 1);
        let options = question["options"].as_object().into_iter().flatten();
        let option = options.into_iter().find(|(_, option)| **option == right).map_or("none", |(letter, _)| letter);
        ChosenOption {
            question: question["id"].as_str().unwrap_or_default().to_owned(),
            reasoning: format!("{price} and 1 are {}.", price + 1),
            option: option.to_owned(),
        }
    });
    Answers { answers: answers.collect() }
}

/// The same, but no question but these is answered: a test in which the keys of the others cannot be confirmed.
#[cfg(test)]
pub(super) fn answers_only_to(ids: &[&str], request: &Request) -> ScriptedAnswer {
    let mut given = answers(request);
    for answer in given.answers.iter_mut().filter(|answer| !ids.contains(&answer.question.as_str())) {
        "none".clone_into(&mut answer.option);
    }
    json(&given).into()
}

/// The number that stands behind some words.
fn number_after(text: &str, words: &str) -> Option<i64> {
    let (_, rest) = text.split_once(words)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// What the programs of these lessons print, for tests that start no process.
pub fn scripted_sandbox() -> Sandbox {
    Sandbox::scripted(|program| {
        let source = program.source;
        let (price, jars) = (number_after(source, "price = "), number_after(source, "jars = "));
        let printed = source.lines().filter_map(|line| match (line.trim(), price, jars) {
            ("print(price * 2)", Some(price), _) => Some(format!("{}\n", price * 2)),
            ("print(\"Price:\", price)", Some(price), _) => Some(format!("Price: {price}\n")),
            ("print(\"Worth:\", price * jars)", Some(price), Some(jars)) => Some(format!("Worth: {}\n", price * jars)),
            _ => None,
        });
        Ran { output: printed.collect(), errors: String::new(), ended: Ended::Finished, truncated: false }
    })
}

/// A text of the length that lessons are asked for.
const TEXT: &str = "\
    A price stands on a sign. The program below keeps it under a name and shows twice as much. Read it from the top to the \
    bottom, as Python does, and say to yourself what each line does before you go on to the next one.\n\n\
    The first line is an assignment. Python works out the value on the right of the equals sign first. Then it lets the name on \
    the left stand for that value. From now on you can write the name wherever you would have written the number.\n\n\
    The second line uses the name. Python looks up what the name stands for, so `price * 2` works with that value. It shows the \
    result and forgets it again, since nobody gave the result a name of its own. The name itself still stands for the price.\n\n\
    The rule is short: a name stands for the value that it was given last. If you give it another value, the old one is gone. \
    Most people forget this once. They change a price at the end of the program and wonder why the lines above still show the \
    old one. Those lines ran before the change. A program is read from the top to the bottom, and it never goes back by itself.";

fn code(price: usize) -> DraftCode {
    DraftCode {
        program: format!("price = {price}\nprint(price * 2)"),
        program_language: "python".into(),
        program_output: (price * 2).to_string(),
        program_caption: "The name stands for the number.".into(),
    }
}

fn section(heading: String, price: usize) -> Section {
    let DraftCode { program, program_language, program_output, program_caption } = code(price);
    Section { heading, markdown: TEXT.into(), program, program_language, program_output, program_caption }
}

fn sections(what: &str, count: usize) -> Vec<Section> {
    (1..=count).map(|number| section(format!("{what} {number}"), number + 2)).collect()
}

fn article(explanation: usize, cases: usize) -> Article {
    let section = |heading: &str, price| section(heading.to_owned(), price);
    Article {
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
