//! The faults: one row each.

use serde_json::{Value, json};
use skillsync::lessons::checks::Check;

use super::Fault;
use super::Repeated::{LeftOut, NoLesson, Noted};

/// A text in the wrong language.
const SPANISH: &str = "Una variable es un nombre para un valor. Cuando el programa se ejecuta, el nombre representa el último valor \
                       que recibió, y puedes usarlo tantas veces como quieras en las líneas que siguen. La primera línea es una \
                       asignación: Python calcula primero el valor y después deja que el nombre lo represente.";

/// A text that nobody understands.
const HARD: &str = "Notwithstanding considerable organisational heterogeneity, multidimensional considerations regarding \
                    infrastructural interdependencies necessitate comprehensive methodological reconsideration throughout \
                    institutional administrations. ";

fn append(piece: &mut Value, field: &str, words: &str) {
    let before = piece[field].as_str().expect("a text").to_owned();
    piece[field] = json!(before + words);
}

/// A fault in the second section of a text.
const fn in_text(name: &'static str, plant: fn(&mut Value), trace: &'static str, says: &'static str) -> Fault {
    let part = ("text", "/sections/1");
    let (again, piece, check) = ("prose", "text-2", Check::Texts);
    Fault { name, part, again, piece, plant, trace, check, says, repeated: NoLesson("the explanation") }
}

/// A fault in what a whole plan gives: its introduction and its concepts.
const fn in_plan(
    name: &'static str,
    (again, piece): (&'static str, &'static str),
    plant: fn(&mut Value),
    trace: &'static str,
    says: &'static str,
) -> Fault {
    let repeated = NoLesson("the plan");
    Fault { name, part: ("plan", ""), again, piece, plant, trace, check: Check::Texts, says, repeated }
}

/// A fault in the diagram of a mixed lesson.
const fn in_diagram(
    name: &'static str,
    check: Check,
    plant: fn(&mut Value),
    trace: &'static str,
    says: &'static str,
) -> Fault {
    let part = ("diagrams", "/diagrams/0");
    Fault { name, part, again: "diagram", piece: "diagram-1", plant, trace, check, says, repeated: LeftOut }
}

/// A fault in a program to read.
const fn in_program(name: &'static str, plant: fn(&mut Value), trace: &'static str, says: &'static str) -> Fault {
    let part = ("text", "/sections/1");
    let (again, piece, check) = ("code", "text-2-code", Check::Programs);
    Fault { name, part, again, piece, plant, trace, check, says, repeated: LeftOut }
}

/// A fault in the second exercise.
const fn in_exercise(name: &'static str, plant: fn(&mut Value), trace: &'static str, says: &'static str) -> Fault {
    let part = ("practice", "/exercises/1");
    let (again, piece, check) = ("exercise", "exercise-2", Check::Exercises);
    Fault { name, part, again, piece, plant, trace, check, says, repeated: LeftOut }
}

/// A fault in the third question.
const fn in_question(name: &'static str, plant: fn(&mut Value), trace: &'static str, says: &'static str) -> Fault {
    let part = ("quiz", "/questions/2");
    let (again, piece, check) = ("question", "question-3", Check::Answers);
    Fault { name, part, again, piece, plant, trace, check, says, repeated: LeftOut }
}

/// Mixed lessons.
pub const TEXTS: &[Fault] = &[
    in_text("raw HTML", |text| append(text, "markdown", " It is <b>bold</b>."), "<b>bold", "raw HTML such as"),
    in_text(
        "a script",
        |text| append(text, "markdown", "\n\n<script>alert(1)</script>"),
        "alert(1)",
        "raw HTML such as",
    ),
    in_text(
        "a link that the model made up",
        |text| append(text, "markdown", " See [the manual](https://example.com/nowhere)."),
        "example.com",
        "only given sources may be cited",
    ),
    in_text(
        "a picture from elsewhere",
        |text| append(text, "markdown", " ![a](https://example.com/a.png)"),
        "example.com",
        "pictures are not allowed",
    ),
    in_text(
        "a sentence of the prompt",
        |text| append(text, "markdown", " Answer with exactly one JSON object that follows the given schema, it says."),
        "exactly one JSON object",
        "the text repeats the instructions it was written by",
    ),
    in_text(
        "a name of the prompt",
        |text| append(text, "markdown", " As the lesson_request says, it is for beginners."),
        "lesson_request",
        "is a name from the instructions",
    ),
    in_text(
        "the author speaks of itself",
        |text| append(text, "markdown", " As an AI language model I cannot run this."),
        "AI language model",
        "a lesson never speaks of its author",
    ),
    in_text("another language", |text| text["markdown"] = json!(SPANISH), "asignación", "the text is in Spanish"),
    in_text(
        "a fence without its language",
        |text| append(text, "markdown", "\n\n```\nuntagged = 1\n```"),
        "untagged",
        "a code fence is not tagged with its language",
    ),
    in_text(
        "a heading that skips a level",
        |text| append(text, "markdown", "\n\n## One\n\n#### Deeper\n\nWords."),
        "Deeper",
        "a heading skips a level",
    ),
    Fault {
        repeated: Noted(Check::Texts),
        ..in_text(
            "far too short",
            |text| text["markdown"] = json!("A name stands for whatever it was given."),
            "whatever it was given",
            "the text is too short",
        )
    },
    Fault {
        repeated: Noted(Check::Texts),
        ..in_text(
            "far too hard to read",
            |text| text["markdown"] = json!(HARD.repeat(7)),
            "Notwithstanding",
            "the text is too hard to read for the level beginner",
        )
    },
    in_plan(
        "raw HTML in a concept",
        ("key_concepts", "key-concepts"),
        |plan| plan["concepts"][1]["meaning"] = json!("A <i>word</i> that stands for a value."),
        "<i>word",
        "raw HTML such as",
    ),
    in_plan(
        "the author speaks of itself in the introduction",
        ("prose", "intro"),
        |plan| {
            let field = if plan["introduction"].is_string() { "introduction" } else { "markdown" };
            append(plan, field, " As a language model I sell no honey.");
        },
        "sell no honey",
        "a lesson never speaks of its author",
    ),
    in_diagram(
        "a diagram that cannot be drawn",
        Check::Diagrams,
        |diagram| diagram["mermaid"] = json!("flowchart LR\n    broken[\"price\" -->"),
        "broken",
        "the diagram is not understood",
    ),
    in_diagram(
        "raw HTML below a diagram",
        Check::Texts,
        |diagram| diagram["caption"] = json!("<u>The name</u> stands for the value."),
        "<u>",
        "raw HTML such as",
    ),
    in_program(
        "raw HTML below a program",
        |program| program["program_caption"] = json!("<u>Look</u> at the name."),
        "<u>",
        "raw HTML such as",
    )
    .found_by(Check::Texts),
];

/// Hands-on lessons.
pub const PROGRAMS: &[Fault] = &[
    in_program(
        "a program that prints something else",
        |program| program["program_output"] = json!("77"),
        "77",
        "but the stated output is",
    ),
    in_program(
        "a program that fails",
        |program| program["program"] = json!("price = 4\nprint(prize * 2)"),
        "prize",
        "does not run to its end",
    ),
    in_program(
        "a program that is none",
        |program| program["program"] = json!("price = = 4\nprint(price * 2)"),
        "= = 4",
        "does not run to its end",
    ),
    in_exercise(
        "a solution that prints something else",
        |exercise| exercise["expected_output"] = json!("Price: 99"),
        "Price: 99",
        "but the stated output is",
    ),
    in_exercise(
        "a solution that never ends",
        |exercise| append(exercise, "solution", "\nwhile True:\n    pass"),
        "while True",
        "does not run to its end",
    ),
    in_exercise(
        "a starter that is solved",
        |exercise| {
            exercise["starter"] = exercise["solution"].clone();
            append(exercise, "starter", "  # solved");
        },
        "# solved",
        "the starter already prints the expected output",
    ),
    in_exercise(
        "a starter that is no program",
        |exercise| exercise["starter"] = json!("price = = 0\nprint(\"Price:\", price)"),
        "= = 0",
        "the starter cannot be read as a program",
    ),
    in_exercise(
        "a hint that is the solution",
        |exercise| {
            let solution = exercise["solution"].as_str().expect("a solution").to_owned();
            let line = solution.lines().next().expect("a line");
            exercise["third_hint"] = json!(format!("Just write `{line}`."));
        },
        "Just write",
        "hint 3 holds a line of the solution",
    ),
];

/// Questions of mixed and reading lessons. The first one has a wrong key.
pub const QUESTIONS: &[Fault] = &[
    in_question(
        "a wrong key",
        |question| {
            let right = question["right_option"].take();
            question["right_option"] = question["wrong_options"][0].take();
            question["wrong_options"][0] = right;
        },
        "price = 3",
        "the right option is in doubt",
    ),
    in_question(
        "an option that means all others",
        |question| {
            question["wrong_options"][2] = json!("All of the above");
            append(question, "explanation", " Not all of the above.");
        },
        "All of the above",
        "refers to the others",
    ),
    in_question(
        "a script in an explanation",
        |question| append(question, "explanation", " <script>alert(1)</script>"),
        "alert(1)",
        "raw HTML such as",
    ),
    in_question(
        "a name of the schema in an explanation",
        |question| append(question, "explanation", " The right_option is right."),
        "right_option",
        "is a name from the instructions",
    ),
    Fault {
        repeated: Noted(Check::Texts),
        ..in_question(
            "an explanation that passes over the wrong options",
            |question| question["explanation"] = json!("That is how it is."),
            "That is how it is",
            "the explanation does not say why",
        )
    },
];

/// Video lessons.
pub const VIDEOS: &[Fault] = &[
    Fault {
        name: "a moment past the end of the video",
        part: ("video_notes", ""),
        again: "video_notes",
        piece: "video",
        plant: |notes| notes["guide"][1]["at_seconds"] = json!(9_999),
        trace: "9999",
        check: Check::Moments,
        says: "at 9999 seconds nothing is said in the video",
        repeated: NoLesson("the video's guide"),
    },
    Fault {
        part: ("video_quiz", "/questions/2"),
        again: "video_question",
        ..in_question(
            "a question about a moment past the end of the video",
            |question| question["at_seconds"] = json!(9_999),
            "9999",
            "at 9999 seconds nothing is said in the video",
        )
    },
];

impl Fault {
    /// The same fault, found by another check.
    const fn found_by(self, check: Check) -> Self {
        Self { check, ..self }
    }
}
