//! The table of all trials.

use std::fmt::Write;

use crate::database::Engine;
use crate::kind::Kind;
use crate::verdict::{ALLOWANCE, Verdict};

/// One kind of trial on one database.
#[derive(Debug)]
pub struct Row {
    kind: Kind,
    engine: Engine,
    trials: usize,
    passed: usize,
    /// The longest time from the blow until the run was resumed, in milliseconds.
    longest_ms: Option<i64>,
    /// The worst of the times after, or before, the promised moment.
    latest_ms: Option<i64>,
    used_the_allowance: usize,
    paid_twice: usize,
    extra_versions: usize,
    stuck: usize,
    ledger_differences: usize,
}

/// An empty row for each kind and database, in the order of their first trials.
pub fn rows(plans: impl Iterator<Item = (Kind, Engine)>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (kind, engine) in plans {
        if !rows.iter().any(|row| (row.kind, row.engine) == (kind, engine)) {
            rows.push(Row {
                kind,
                engine,
                trials: 0,
                passed: 0,
                longest_ms: None,
                latest_ms: None,
                used_the_allowance: 0,
                paid_twice: 0,
                extra_versions: 0,
                stuck: 0,
                ledger_differences: 0,
            });
        }
    }
    rows
}

impl Row {
    /// Adds the outcomes of trials to their row.
    pub fn add(rows: &mut [Self], kind: Kind, engine: Engine, verdicts: &[Verdict]) {
        let Some(row) = rows.iter_mut().find(|row| (row.kind, row.engine) == (kind, engine)) else { return };
        for verdict in verdicts {
            row.trials += 1;
            row.passed += usize::from(verdict.is_good());
            row.longest_ms = row.longest_ms.max(verdict.resumed_after_ms);
            row.latest_ms = row.latest_ms.max(verdict.resumed_late_ms);
            row.used_the_allowance += usize::from(verdict.used_the_allowance() && verdict.is_good());
            row.paid_twice += verdict.paid_twice;
            row.extra_versions += verdict.extra_versions;
            row.stuck += verdict.stuck;
            row.ledger_differences += verdict.ledger_differences;
        }
    }
}

/// The table as Markdown, with what its columns mean.
pub fn table(seed: u64, rows: &[Row]) -> String {
    let mut text = format!(
        "\nseed {seed}\n\n| trials | database | held | passed | longest until resumed | latest against the promise | late but \
         allowed | steps paid twice | extra versions | stuck | ledger differences |\n|---|---|{}\n",
        "--:|".repeat(9)
    );
    for row in rows {
        let milliseconds = |time: Option<i64>| time.map_or_else(String::new, |time| format!("{time} ms"));
        // Writing into a text cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row.kind.name(),
            row.engine.as_str(),
            row.trials,
            row.passed,
            milliseconds(row.longest_ms),
            milliseconds(row.latest_ms),
            row.used_the_allowance,
            row.paid_twice,
            row.extra_versions,
            row.stuck,
            row.ledger_differences,
        );
    }
    let _ = write!(
        text,
        "\nResumed: from the blow until the run is claimed anew, seen every 10 ms; for restarts, from when PostgreSQL is back \
         until the run has ended.\nThe promise: one second after the lease, or after the resuming process is ready where that \
         is later; for SIGTERM, one second after the time for a clean stop. Up to {} ms more are allowed and counted.",
        ALLOWANCE.as_millis()
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_added_up_by_kind_and_database() {
        let mut table_rows = rows([(Kind::Step, Engine::Sqlite), (Kind::Step, Engine::Sqlite)].into_iter());
        let late = Verdict { resumed_late_ms: Some(30), resumed_after_ms: Some(2_030), ..Verdict::default() };
        let mut bad = Verdict { resumed_late_ms: Some(-900), paid_twice: 2, ..Verdict::default() };
        bad.fault("something");
        Row::add(&mut table_rows, Kind::Step, Engine::Sqlite, &[late, bad]);
        let text = table(5, &table_rows);
        assert!(text.contains("| step | sqlite | 2 | 1 | 2030 ms | 30 ms | 1 | 2 | 0 | 0 | 0 |"), "{text}");
    }
}
