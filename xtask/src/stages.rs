//! Stages of a long command: a heading before each, its time after it, and a table of all at the end.

use std::fmt::Display;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// What has been run so far, and for how long.
#[derive(Default)]
pub struct Stages {
    ended: Vec<Ended>,
}

struct Ended {
    name: &'static str,
    took: Duration,
    succeeded: bool,
}

impl Stages {
    /// Runs one stage. Its failure names the stage and carries the hint how to mend it.
    pub fn run<T>(&mut self, name: &'static str, hint: impl Display, stage: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n──── {name} {}", "─".repeat(80_usize.saturating_sub(name.chars().count())));
        let began = Instant::now();
        let outcome = stage();
        let took = began.elapsed();
        let succeeded = outcome.is_ok();
        println!("──── {name}: {} in {}", word(succeeded), seconds(took));
        self.ended.push(Ended { name, took, succeeded });
        outcome.with_context(|| format!("the stage \"{name}\" failed\nhint: {hint}"))
    }

    /// The table of all stages that were run, with the sum of their times.
    pub fn table(&self) -> String {
        let row = |name: &str, took: Duration, outcome: &str| format!("{name:<24} {:>9}  {outcome}\n", seconds(took));
        let total = self.ended.iter().map(|stage| stage.took).sum();
        let rows = self.ended.iter().map(|stage| row(stage.name, stage.took, word(stage.succeeded)));
        rows.chain([row("all together", total, "")]).map(|row| format!("{}\n", row.trim_end())).collect()
    }
}

fn word(succeeded: bool) -> &'static str {
    if succeeded { "ok" } else { "FAILED" }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn a_failure_names_its_stage_and_the_way_out() {
        let mut stages = Stages::default();
        assert_eq!(stages.run("first", "unused", || Ok(5)).unwrap(), 5);
        let error = stages.run("format", "run `cargo fmt`", || -> Result<()> { bail!("two files differ") });
        assert_eq!(
            format!("{:#}", error.unwrap_err()),
            "the stage \"format\" failed\nhint: run `cargo fmt`: two files differ"
        );
        let outcomes: Vec<_> =
            stages.table().lines().map(|line| line.split_whitespace().last().unwrap().to_owned()).collect();
        assert_eq!(outcomes, ["ok", "FAILED", "s"]);
    }
}
