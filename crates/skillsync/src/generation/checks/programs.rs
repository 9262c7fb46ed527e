//! Programs: they are run, and what they print is compared with what the lesson says.

use skillsync_sandbox::{Ended, Language, Parsed, Program, Ran, Sandbox, SandboxError};

use crate::lessons::document::{self, Exercise, Project};

use super::Outcome;

/// Shortest line of a solution, in characters, that a hint may not hold: shorter ones, such as `else:`, give nothing away.
const TELLING_LINE_CHARS: usize = 10;

/// Fewest words and signs of a line that a hint may not hold when it is all that the learner is to write.
const TELLING_WORDS: usize = 3;

/// Longest excerpt of what a program printed, in characters, that enters a problem.
const LONGEST_EXCERPT: usize = 400;

/// Why something could not be run here.
enum NotRun {
    /// It says nothing about the program.
    NotDone(String),
    /// The program is at fault.
    Wrong(String),
}

/// Checks an exercise: its solution prints the stated output; its starter can be read as a program and does not print it
/// already; no hint holds a line of the solution that the learner is to write.
pub async fn exercise(exercise: &Exercise, sandbox: &Sandbox) -> Outcome {
    let mut must = hints_give_away(exercise);
    let Some(language) = Language::from_name(&exercise.language) else {
        return unless_wrong(must, not_executed(&exercise.language));
    };
    match prints(sandbox, language, &exercise.solution, &exercise.output).await {
        Ok(()) => {}
        Err(NotRun::Wrong(problem)) => must.push(format!("the solution {problem}")),
        Err(NotRun::NotDone(why)) => return unless_wrong(must, why),
    }
    match sandbox.parse(language, &exercise.starter).await {
        Ok(Parsed::Good) => match ran(sandbox, language, &exercise.starter).await {
            Ok(ran) if same_output(&ran.output, &exercise.output) => {
                must.push("the starter already prints the expected output, so there is nothing left to do".to_owned());
            }
            Ok(_) | Err(NotRun::Wrong(_)) => {}
            Err(NotRun::NotDone(why)) => return unless_wrong(must, why),
        },
        Ok(Parsed::Bad { message }) => {
            must.push(format!("the starter cannot be read as a program: {}", short(&message)));
        }
        Err(error) => return unless_wrong(must, error.to_string()),
    }
    Outcome::of(must, Vec::new())
}

/// Checks a program to read: it prints what is said below it, or at least can be read as a program.
pub async fn code(program: &document::Program, output: Option<&str>, sandbox: &Sandbox) -> Outcome {
    let Some(language) = Language::from_name(&program.language) else {
        return Outcome::NotDone { why: not_executed(&program.language) };
    };
    let Some(output) = output else {
        return match sandbox.parse(language, &program.code).await {
            Ok(Parsed::Good) => Outcome::Passed,
            Ok(Parsed::Bad { message }) => wrong(format!("the program cannot be read as one: {}", short(&message))),
            Err(error) => Outcome::NotDone { why: error.to_string() },
        };
    };
    match prints(sandbox, language, &program.code, output).await {
        Ok(()) => Outcome::Passed,
        Err(NotRun::Wrong(problem)) => wrong(format!("the program {problem}")),
        Err(NotRun::NotDone(why)) => Outcome::NotDone { why },
    }
}

/// Checks a project: its solution runs to its end and its starter can be read as a program.
pub async fn project(project: &Project, sandbox: &Sandbox) -> Outcome {
    let mut must = Vec::new();
    for (name, program) in [("solution", &project.solution), ("starter", &project.starter)] {
        let Some(program) = program else { continue };
        let Some(language) = Language::from_name(&program.language) else {
            return Outcome::NotDone { why: not_executed(&program.language) };
        };
        match sandbox.parse(language, &program.code).await {
            Ok(Parsed::Good) if name == "solution" => match ran(sandbox, language, &program.code).await {
                Ok(_) => {}
                Err(NotRun::Wrong(problem)) => must.push(format!("the {name} {problem}")),
                Err(NotRun::NotDone(why)) => return unless_wrong(must, why),
            },
            Ok(Parsed::Good) => {}
            Ok(Parsed::Bad { message }) => {
                must.push(format!("the {name} cannot be read as a program: {}", short(&message)));
            }
            Err(error) => return unless_wrong(must, error.to_string()),
        }
    }
    Outcome::of(must, Vec::new())
}

fn wrong(problem: String) -> Outcome {
    Outcome::of(vec![problem], Vec::new())
}

fn unless_wrong(must: Vec<String>, why: String) -> Outcome {
    if must.is_empty() { Outcome::NotDone { why } } else { Outcome::of(must, Vec::new()) }
}

fn not_executed(language: &str) -> String {
    match language {
        "text" => "What is not a program is not executed.".to_owned(),
        language => format!("Programs in {language} are not executed."),
    }
}

/// Runs a program that must end well and print this.
async fn prints(sandbox: &Sandbox, language: Language, source: &str, output: &str) -> Result<(), NotRun> {
    let ran = ran(sandbox, language, source).await?;
    if same_output(&ran.output, output) {
        return Ok(());
    }
    let (printed, stated) = (short(&ran.output), short(output));
    Err(NotRun::Wrong(format!("prints\n{printed}\nbut the stated output is\n{stated}")))
}

/// Runs a program that must end well.
async fn ran(sandbox: &Sandbox, language: Language, source: &str) -> Result<Ran, NotRun> {
    let program = Program { language, source, input: "" };
    let ran = sandbox.run(&program).await.map_err(|error| NotRun::NotDone(unavailable(&error)))?;
    match ran.ended {
        Ended::Finished => Ok(ran),
        ref ended => {
            let errors = short(&ran.errors);
            Err(NotRun::Wrong(format!("does not run to its end. {} {errors}", ended.message())))
        }
    }
}

fn unavailable(error: &SandboxError) -> String {
    error.to_string()
}

/// Output is compared without the white space that nobody sees: at the ends of lines, and empty lines at the end.
pub fn same_output(one: &str, other: &str) -> bool {
    let seen = |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    seen(one) == seen(other)
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST_EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.trim_end().to_owned(),
    }
}

/// The hints that hold a line of the solution which is not in the starter.
fn hints_give_away(exercise: &Exercise) -> Vec<String> {
    let given: Vec<_> = exercise.starter.lines().map(words_and_signs).collect();
    let missing = exercise.solution.lines().map(words_and_signs);
    let missing: Vec<_> = missing.filter(|line| !line.is_empty() && !given.contains(line)).collect();
    let is_telling = |line: &&Vec<&str>| {
        let chars: usize = line.iter().map(|word| word.chars().count()).sum();
        chars >= TELLING_LINE_CHARS || (missing.len() == 1 && line.len() >= TELLING_WORDS)
    };
    let telling: Vec<_> = missing.iter().filter(is_telling).collect();
    let mut problems = Vec::new();
    for (number, hint) in (1..).zip(&exercise.hints) {
        let hint = words_and_signs(hint);
        if telling.iter().any(|line| hint.windows(line.len()).any(|part| part == line.as_slice())) {
            problems.push(format!("hint {number} holds a line of the solution that the learner is to write"));
        }
    }
    problems
}

/// The names, numbers and signs of a text, so that lines can be compared whatever the space in them: `x = 50` holds `x = 5`
/// no more than it reads so.
fn words_and_signs(text: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        found.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::document::Level;

    fn exercise_with(starter: &str, hint: &str, solution: &str) -> Exercise {
        Exercise {
            title: "A price".into(),
            task: "Print it.".into(),
            level: Level::Easy,
            language: "python".into(),
            starter: starter.into(),
            output: "6".into(),
            hints: [hint.into(), "Use a name.".into(), "Compare `x = 2 * 2`.".into()],
            solution: solution.into(),
        }
    }

    /// A sandbox that prints what stands behind `prints:` in the program.
    fn sandbox() -> Sandbox {
        Sandbox::scripted(|program| Ran {
            output: program.source.split_once("prints:").map_or("", |(_, output)| output).to_owned(),
            errors: String::new(),
            ended: Ended::Finished,
            truncated: false,
        })
    }

    async fn problems(exercise: &Exercise) -> Vec<String> {
        match super::exercise(exercise, &sandbox()).await {
            Outcome::Failed { must, .. } => must,
            _ => Vec::new(),
        }
    }

    #[tokio::test]
    async fn what_is_wrong_with_an_exercise_is_named() {
        let good = exercise_with("price = 0", "Look at the number.", "price = 3 * 2  # prints:6\n");
        assert_eq!(super::exercise(&good, &sandbox()).await, Outcome::Passed);
        let wrong = exercise_with("price = 0", "Look.", "price = 3 * 3  # prints:9");
        assert_eq!(problems(&wrong).await, ["the solution prints\n9\nbut the stated output is\n6"]);
        let solved = exercise_with("price = 6  # prints:6", "Look.", "price = 3 * 2  # prints:6");
        assert!(problems(&solved).await[0].starts_with("the starter already prints"));
        let told = exercise_with("price = 0", "Write `price  = 3*2  # prints:6`.", "price = 3 * 2  # prints:6");
        assert!(problems(&told).await[0].starts_with("hint 1 holds a line of the solution"));
        let whole = exercise_with("price = 0", "Write price = 5.", "price = 5");
        assert_eq!(hints_give_away(&whole), ["hint 1 holds a line of the solution that the learner is to write"]);
        let near = exercise_with("price = 0", "For 50 it is `price = 50`.", "price = 5");
        assert_eq!(hints_give_away(&near), [""; 0]);
        let other = Exercise { language: "rust".into(), ..good };
        let Outcome::NotDone { why } = super::exercise(&other, &sandbox()).await else { panic!("it was run") };
        assert_eq!(why, "Programs in rust are not executed.");
    }

    #[test]
    fn output_is_compared_as_it_is_seen() {
        assert!(same_output("a \nb\n\n", "a\nb"));
        assert!(!same_output("a\n\nb", "a\nb"));
        assert!(!same_output(" a", "a"));
    }
}
