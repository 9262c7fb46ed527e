//! Documents that hold every kind of block, for tests and for looking at.

use crate::lessons::document::{
    Block, Body, Concept, Document, Exercise, FORMAT, Level, Moment, Program, Project, Question, Source, Video,
};

fn block(id: &str, body: Body) -> Block {
    Block { id: id.into(), body }
}

fn program(code: &str) -> Program {
    Program { language: "python".into(), code: code.into() }
}

/// A lesson as it could be.
pub(crate) fn document() -> Document {
    let blocks = vec![
        block("intro", Body::Prose { markdown: include_str!("sample/intro.md").trim().into() }),
        block("no-video", Body::Notice { markdown: "This lesson has **no video** yet. You miss nothing that you need.".into() }),
        block(
            "tags",
            Body::Diagram {
                mermaid: "flowchart LR\n    subgraph morning[\"In the morning\"]\n        a[\"steps\"] --> b[\"4200\"]\n    end\n    subgraph evening[\"After a walk\"]\n        c[\"steps\"] --> d[\"5000\"]\n    end\n    morning -->|\"the tag moves\"| evening".into(),
                caption: "In the morning the name `steps` is tied to 4200, after a walk to 5000.".into(),
            },
        ),
        block(
            "call",
            Body::Diagram {
                mermaid: "sequenceDiagram\n    participant M as Main program\n    participant F as rental_price\n    M->>F: call with hours = 2\n    F->>F: work out 3 + 2 * 4\n    F-->>M: return 11\n    Note over F: forgets its names".into(),
                caption: "The main program calls rental_price with 2 and gets 11 back.".into(),
            },
        ),
        block(
            "report",
            Body::Code {
                program: program("walker = \"Lea\"\nsteps = 4200\ndaily_goal = 10_000  # a good habit\n\n\ndef to_go(steps: int, goal: int = daily_goal) -> int:\n    \"\"\"How many are missing.\"\"\"\n    return max(goal - steps, 0)\n\n\nprint(f\"{walker} has {to_go(steps)} to go\\n\", None)"),
                output: Some("Lea has 5800 to go\n None".into()),
                caption: Some("Three names, and a function that works with two of them.".into()),
            },
        ),
        block("exercise-1", Body::Exercise(Box::new(exercise()))),
        block("kinds", table()),
        block("stall", Body::Project(Box::new(project()))),
        block("film", Body::Video(Box::new(video()))),
        block("check", Body::Quiz { questions: questions() }),
        block("terms", Body::KeyConcepts { concepts: concepts() }),
        block(
            "sources",
            Body::Sources {
                sources: vec![
                    Source {
                        site: Some("docs.python.org".into()),
                        licence: Some("PSF-2.0".into()),
                        read_on: Some("2026-03-31".into()),
                        ..source("The Python tutorial: an informal introduction", "https://docs.python.org/3/tutorial/introduction.html")
                    },
                    source("PEP 8, naming conventions", "https://peps.python.org/pep-0008/"),
                    Source { page: Some(12), ..source("Our `style` guide", "document:style-guide") },
                ],
            },
        ),
    ];
    Document {
        format: FORMAT,
        title: "Python variables: how a step counter remembers".into(),
        description: "See how a program remembers things under names, keep those values up to date, and build readable sentences from them.".into(),
        minutes: 50,
        blocks,
    }
}

fn source(title: &str, url: &str) -> Source {
    Source { title: title.into(), url: url.into(), site: None, licence: None, read_on: None, page: None }
}

fn exercise() -> Exercise {
    Exercise {
        title: "Greet by `name`".into(),
        task: "Store your name in `name` and print a greeting. **Do not** write the name twice:\n\n- once where it is stored,\n- never again.".into(),
        level: Level::Medium,
        language: "python".into(),
        starter: "name = \"\"\n# print the greeting here".into(),
        output: "Hello, Ada!".into(),
        hints: [
            "A string is written between quotes.".into(),
            "Put `Ada` into `name`, then print three things.".into(),
            "An f-string puts a value into a text:\n\n```python\nf\"Hello, {name}!\"\n```".into(),
        ],
        solution: "name = \"Ada\"\nprint(f\"Hello, {name}!\")".into(),
    }
}

fn table() -> Body {
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    Body::Table {
        caption: "Four kinds of values".into(),
        head: row(["Kind", "Written as", "Good for", "Watch out"]),
        rows: vec![
            row(["`int`", "`42`", "counting", "no decimal part"]),
            row(["`float`", "`4.2`", "measuring", "not exact: `0.1 + 0.2` is `0.30000000000000004`"]),
            row(["`str`", "`\"42\"`", "text", "`\"4\" + \"2\"` is `\"42\"`"]),
            row(["`bool`", "`True`", "yes or no", ""]),
        ],
    }
}

fn project() -> Project {
    Project {
        title: "A price board for your own stall".into(),
        brief: "Build a board that shows three goods with their prices and what a basket costs.".into(),
        steps: vec![
            "Name the goods and their prices.".into(),
            "Work out the basket.".into(),
            "Print a line for each with `f\"…\"`.".into(),
        ],
        starter: Some(program("honey = 6.5\n# your goods here")),
        solution: Some(program("honey = 6.5\njam = 4\nprint(\"Basket:\", honey + 2 * jam)")),
    }
}

pub(super) fn video() -> Video {
    Video {
        url: "https://www.youtube.com/watch?v=abcdefghijk".into(),
        title: "Variables in twelve minutes".into(),
        channel: "Example Channel".into(),
        seconds: 732,
        summary: "A calm walk through names and values, with a whiteboard.".into(),
        guide: vec![
            Moment { at_seconds: 0, what: "What a name is".into() },
            Moment { at_seconds: 65, what: "Assignment on the whiteboard".into() },
            Moment {
                at_seconds: 431,
                what: "The mistake that everyone makes once, and how to read what Python says about it".into(),
            },
        ],
        embed: Some("https://www.youtube-nocookie.com/embed/abcdefghijk".into()),
        why: Some("The best liked of three that are captioned and *short*.".into()),
        language: Some("en".into()),
        transcript: Some("The video's own captions.".into()),
    }
}

fn questions() -> Vec<Question> {
    let question = |id: &str, question: &str, options: [&str; 3], answer| Question {
        id: id.into(),
        question: question.into(),
        options: options.map(str::to_owned).to_vec(),
        answer,
        why:
            "A name may contain digits but not begin with one, so `2fast` is refused; `fast-2` means \"fast minus 2\"."
                .into(),
        at_seconds: (answer == 1).then_some(65),
    };
    vec![
        question("legal", "Which of these is a legal variable name in Python?", ["`2fast`", "`fast2`", "`fast-2`"], 1),
        question(
            "prints",
            "What does this print?\n\n```python\na = 1\nb = a\na = 2\nprint(b)\n```",
            ["`1`", "`2`", "It prints nothing and ends with an error, because `b` was never given a value of its own"],
            0,
        ),
    ]
}

fn concepts() -> Vec<Concept> {
    let concept = |term: &str, meaning: &str| Concept { term: term.into(), meaning: meaning.into() };
    vec![
        concept("variable", "a name that stands for a value"),
        concept("assignment", "tying a name to a value, `name = value`"),
        concept("f-string", "a text into which values are put, `f\"{name}\"`"),
    ]
}

/// A lesson in which every text tries to get out. It is not fit to be published, and still nothing may happen.
pub(crate) fn hostile() -> Document {
    let evil = "</p></section><script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) \" onclick=\"alert(1)";
    let text = || evil.to_owned();
    let program = || Program { language: "python\"><script>".into(), code: evil.into() };
    let blocks = vec![
        block("main", Body::Prose { markdown: format!("## {evil}\n\n{evil}\n\n```\"><script>\n{evil}\n```") }),
        block("a", Body::Notice { markdown: text() }),
        block(
            "b",
            Body::Diagram { mermaid: format!("flowchart LR\n a[\"{}\"]", evil.replace('"', "'")), caption: text() },
        ),
        block("c", Body::Diagram { mermaid: text(), caption: text() }),
        block("d", Body::Code { program: program(), output: Some(text()), caption: Some(text()) }),
        block(
            "e",
            Body::Exercise(Box::new(Exercise {
                title: text(),
                task: text(),
                level: Level::Hard,
                language: "python\"><script>".into(),
                starter: text(),
                output: text(),
                hints: [text(), text(), text()],
                solution: text(),
            })),
        ),
        block(
            "f",
            Body::Project(Box::new(Project {
                title: text(),
                brief: text(),
                steps: vec![text()],
                starter: Some(program()),
                solution: Some(program()),
            })),
        ),
        block(
            "g",
            Body::Quiz {
                questions: vec![Question {
                    id: "q".into(),
                    question: text(),
                    options: vec![text(), text()],
                    answer: 9,
                    why: text(),
                    at_seconds: Some(9),
                }],
            },
        ),
        block("h", Body::Table { caption: text(), head: vec![text(), text()], rows: vec![vec![text(), text()]] }),
        block("i", Body::KeyConcepts { concepts: vec![Concept { term: text(), meaning: text() }] }),
        block(
            "j",
            Body::Video(Box::new(Video {
                url: "javascript:alert(1)".into(),
                title: text(),
                channel: text(),
                seconds: 1,
                summary: text(),
                guide: vec![Moment { at_seconds: 0, what: text() }],
                embed: Some("https://x.example/a\"><script>".into()),
                why: Some(text()),
                language: Some(text()),
                transcript: Some(text()),
            })),
        ),
        block(
            "k",
            Body::Sources {
                sources: vec![
                    source(evil, "javascript:alert(1)"),
                    source(evil, "document:\"><script>"),
                    Source {
                        site: Some(text()),
                        licence: Some(text()),
                        read_on: Some(text()),
                        ..source(evil, "https://example.org/\" onclick=\"alert(1)")
                    },
                ],
            },
        ),
    ];
    Document { format: FORMAT, title: text(), description: text(), minutes: 1, blocks }
}
