//! The figures of hits as a table for people and as JSON for programs.

use std::fmt::{self, Write};

use serde::Serialize;

use crate::figures::{Figure, Measures};
use crate::options::Plan;

/// What the prototype took for a cached lesson, in microseconds, as recorded in its own documents. It is not run here.
const PROTOTYPE_US: f64 = 90_000.0;

/// All that a run has found out.
#[derive(Serialize)]
pub struct Report {
    rounds: u32,
    turn_seconds: f64,
    /// How many answers were given and checked, warm-ups included.
    answered: u64,
    /// That the servers have counted exactly these as views; a run in which they have not ends with an error.
    views_are_exact: bool,
    prototype: Vec<Prototype>,
    figures: Vec<Figure>,
}

/// The prototype's cached lesson beside ours.
#[derive(Serialize)]
struct Prototype {
    recorded_us: f64,
    lessons: Option<u32>,
    memory_hit_p50_us: f64,
    times_faster: f64,
}

impl Report {
    /// Puts a report together.
    pub fn new(plan: &Plan, answered: u64, figures: Vec<Figure>) -> Self {
        let memory = figures.iter().filter(|figure| figure.name == "memory" && figure.connections == 1);
        let prototype = memory.map(|figure| Prototype {
            recorded_us: PROTOTYPE_US,
            lessons: figure.lessons,
            memory_hit_p50_us: figure.medians.p50_us,
            times_faster: PROTOTYPE_US / figure.medians.p50_us,
        });
        Self {
            prototype: prototype.collect(),
            rounds: plan.rounds,
            turn_seconds: plan.turn.as_secs_f64(),
            answered,
            views_are_exact: true,
            figures,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "hits: medians of {} rounds of {} s; ×: the ratio to the bare handler",
            self.rounds, self.turn_seconds
        )?;
        let mut connections = None;
        for figure in &self.figures {
            if connections.replace(figure.connections) != Some(figure.connections) {
                let head = ["lessons", "KB", "CPU µs", "×", "p50 µs", "×", "p99 µs", "×", "req/s", "×", "DB CPU µs"];
                writeln!(f, "\n{}", line(&connected(figure.connections), &head.map(str::to_owned)))?;
            }
            writeln!(f, "{}", row(figure))?;
        }
        writeln!(f)?;
        for Prototype { lessons, memory_hit_p50_us, times_faster, .. } in &self.prototype {
            let lessons = lessons.map_or_else(String::new, |lessons| format!(", {lessons} lessons"));
            writeln!(
                f,
                "prototype, cached lesson (recorded, not run here): {PROTOTYPE_US:.0} µs; here, from memory{lessons}, \
                 p50 with 1 connection: {memory_hit_p50_us:.0} µs; {times_faster:.0} times faster",
            )?;
        }
        write!(f, "\n{} answers were checked, and counted as views exactly", self.answered)
    }
}

fn row(figure: &Figure) -> String {
    let Measures { requests_per_second, cpu_us, p50_us, p99_us, database_cpu_us } = figure.medians;
    let ratios = &figure.ratios;
    let number = |value: f64| if value < 99.5 { format!("{value:.1}") } else { format!("{value:.0}") };
    let ratio = |value: f64| format!("{value:.2}");
    line(
        figure.name,
        &[
            figure.lessons.map_or_else(String::new, |lessons| lessons.to_string()),
            number(figure.answer_bytes as f64 / 1000.0),
            number(cpu_us),
            ratio(ratios.cpu_us),
            number(p50_us),
            ratio(ratios.p50_us),
            number(p99_us),
            ratio(ratios.p99_us),
            number(requests_per_second),
            ratio(ratios.requests_per_second),
            database_cpu_us.map_or_else(String::new, number),
        ],
    )
}

/// How many connections asked, in words.
pub fn connected(connections: u32) -> String {
    if connections == 1 { "1 connection".to_owned() } else { format!("{connections} connections") }
}

fn line(name: &str, cells: &[String]) -> String {
    columns(&[8, 6, 8, 7, 9, 7, 9, 7, 9, 6, 10], name, cells)
}

/// The name to the left, the figures to the right of their columns.
pub fn columns(widths: &[usize], name: &str, cells: &[String]) -> String {
    let mut line = format!("{name:<15}");
    for (cell, width) in cells.iter().zip(widths.iter().copied()) {
        // Writing into a text cannot fail.
        let _ = write!(line, "{cell:>width$}");
    }
    line.trim_end().to_owned()
}
