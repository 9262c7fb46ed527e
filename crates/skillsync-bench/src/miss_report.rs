//! The figures of misses as a table for people and as JSON for programs.

use std::fmt;

use serde::Serialize;

use crate::figures::Figure;
use crate::options::Plan;
use crate::report::{columns, connected};
use crate::statements::Statements;

/// What misses are compared with.
pub const BARE_CLIENT: &str = "bare client";

/// What a run has found out about misses.
#[derive(Serialize)]
pub struct Report {
    rounds: u32,
    turn_seconds: f64,
    /// How many lessons were written, warm-ups included, each of them once and with each of its calls paid for once; a run
    /// in which they were not ends with an error.
    lessons: u64,
    statements_of_a_miss: Vec<Statements>,
    /// The bare client's processor time is that of the provider, for the calls of one lesson.
    figures: Vec<Figure>,
}

impl Report {
    /// Puts a report together.
    pub fn new(plan: &Plan, lessons: u64, figures: Vec<Figure>, statements: Vec<Statements>) -> Self {
        Self {
            rounds: plan.rounds,
            turn_seconds: plan.turn.as_secs_f64(),
            lessons,
            statements_of_a_miss: statements,
            figures,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "misses: medians of {} rounds of {} s; bare client: the same four",
            self.rounds, self.turn_seconds
        )?;
        writeln!(f, "calls to the same instant provider; +, ×: more than it, in the same round")?;
        let mut connections = None;
        for figure in &self.figures {
            if connections.replace(figure.connections) != Some(figure.connections) {
                let head = ["p50 ms", "+ ms", "×", "p99 ms", "+ ms", "×", "CPU ms", "DB CPU ms", "lessons/s"];
                writeln!(f, "\n{}", line(&connected(figure.connections), &head.map(str::to_owned)))?;
            }
            writeln!(f, "{}", row(figure))?;
        }
        writeln!(f)?;
        for Statements { engine, statements, transactions } in &self.statements_of_a_miss {
            let transactions = transactions.map_or_else(String::new, |number| format!(" in {number:.1} transactions"));
            writeln!(f, "{engine}: {statements:.1} statements a miss{transactions}")?;
        }
        if let Some(provider) = self.figures.first().map(|figure| figure.medians.cpu_us) {
            writeln!(f, "the provider's own processor time for a lesson's calls: {} ms", milliseconds(provider))?;
        }
        write!(f, "{} lessons were written, each once, and each of their calls was paid for once", self.lessons)
    }
}

fn row(figure: &Figure) -> String {
    let Figure { medians, ratios, differences, .. } = figure;
    // What the bare client uses is not measured, and it is not to be compared with itself.
    let is_program = figure.name != BARE_CLIENT;
    let of_program = |text: String| if is_program { text } else { String::new() };
    line(
        figure.name,
        &[
            milliseconds(medians.p50_us),
            of_program(milliseconds(differences.p50_us)),
            of_program(format!("{:.1}", ratios.p50_us)),
            milliseconds(medians.p99_us),
            of_program(milliseconds(differences.p99_us)),
            of_program(format!("{:.1}", ratios.p99_us)),
            of_program(milliseconds(medians.cpu_us)),
            medians.database_cpu_us.map_or_else(String::new, milliseconds),
            format!("{:.1}", medians.requests_per_second),
        ],
    )
}

fn milliseconds(microseconds: f64) -> String {
    format!("{:.2}", microseconds / 1000.0)
}

fn line(name: &str, cells: &[String]) -> String {
    columns(&[9, 9, 7, 9, 9, 7, 9, 11, 11], name, cells)
}
