//! `skillsync stats`: what the server did and what it cost.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::analytics::percentiles::Times;
use crate::analytics::report::{Report, Requests, report};
use crate::analytics::span::{Length, Moment, Span};
use crate::app::open_database;
use crate::clock::Clock;
use crate::config::Config;

use super::print;

/// Show requests, spending, savings, times and failures
#[derive(Debug, Args)]
pub struct Stats {
    /// From when on, such as 2026-11-01 or 2026-11-01T08:00:00Z [default: seven days before the end]
    #[arg(long, value_name = "MOMENT", conflicts_with = "since")]
    from: Option<Moment>,
    /// Until when [default: now]
    #[arg(long, value_name = "MOMENT")]
    to: Option<Moment>,
    /// How long before the end to begin, such as 12h, 7d or 4w
    #[arg(long, value_name = "LENGTH")]
    since: Option<Length>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Stats {
    /// Runs the command. A server at work on the same database may know of a second more than this.
    ///
    /// # Errors
    /// When the span is not one, or the database cannot be used.
    pub async fn run(self, config: Config) -> Result<ExitCode> {
        let now = Clock::System.now();
        let to = self.to.map(|Moment(to)| to);
        let since = self.since.and_then(|Length(length)| to.unwrap_or(now).checked_sub_signed(length));
        let span = Span::new(self.from.map(|Moment(from)| from).or(since), to, now)?;
        let db = open_database(&config).await?;
        db.migrate().await?;
        let report = report(&db, span).await;
        db.close().await;
        let report = report?;
        let text = if self.json { serde_json::to_string_pretty(&report)? + "\n" } else { table(&report) };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The report for people: a paragraph for each subject, figures in columns.
fn table(report: &Report) -> String {
    let mut text = format!("{} to {} UTC\n", report.from.format("%Y-%m-%d %H:%M"), report.to.format("%Y-%m-%d %H:%M"));
    let Requests { hits, misses, coalesced, unique_keys, duplicates, .. } = report.requests;
    facts(
        &mut text,
        "Requests",
        &[
            ("hits", format!("{hits}{}", rate(&report.requests))),
            ("misses", misses.to_string()),
            ("joined a miss", coalesced.to_string()),
            ("different lessons", format!("{unique_keys}, {duplicates} requests repeated one")),
            ("lessons published", report.lessons.to_string()),
        ],
    );
    let money = &report.money;
    let left_out =
        |count: i64, of: &str| if count > 0 { format!(" ({count} {of} at an unknown price)") } else { String::new() };
    let estimated = match money.estimated_calls {
        0 => String::new(),
        calls => format!(", {calls} of them estimated in part"),
    };
    facts(
        &mut text,
        "Money",
        &[
            ("spent", format!("${}{}", money.spent.dollars, left_out(money.unpriced_calls, "calls"))),
            ("model calls", format!("{}{estimated}", money.calls)),
            ("saved", format!("${}{}", money.saved.dollars, left_out(money.saved_unknown, "lessons served"))),
            ("without the cache", format!("${}", money.without_cache.dollars)),
        ],
    );
    let mut times = vec![row("", None)];
    times.extend(report.runs.map(|runs| row("whole lessons", Some(runs))));
    times.extend(report.styles.iter().filter_map(|style| Some(row(&format!("  {}", style.style), Some(style.runs?)))));
    times.extend(report.waiting.map(|waiting| row("waiting to begin", Some(waiting))));
    times.extend(report.stages.iter().map(|stage| row(&format!("  {}", stage.name), Some(stage.times))));
    columns(&mut text, "Times", &times);
    let mut styles = vec![["", "hits", "misses", "joined", "different"].map(str::to_owned)];
    styles.extend(report.styles.iter().map(|style| {
        let Requests { hits, misses, coalesced, unique_keys, .. } = style.requests;
        let [hits, misses, coalesced, unique_keys] =
            [hits, misses, coalesced, unique_keys].map(|count| count.to_string());
        [style.style.to_string(), hits, misses, coalesced, unique_keys]
    }));
    columns(&mut text, "Styles", &styles);
    let mut models =
        vec![["", "calls", "failed", "lost", "tokens in", "cached", "tokens out", "cost"].map(str::to_owned)];
    models.extend(report.models.iter().map(|model| {
        let counts =
            [model.calls, model.failed, model.lost, model.input_tokens, model.cached_input_tokens, model.output_tokens];
        let [calls, failed, lost, input, cached, output] = counts.map(|count| count.to_string());
        let cost =
            if model.unpriced == model.calls { "unknown".to_owned() } else { format!("${}", model.cost.dollars) };
        [format!("{}/{}", model.provider, model.model), calls, failed, lost, input, cached, output, cost]
    }));
    columns(&mut text, "Models", &models);
    let failures: Vec<_> =
        report.failures.iter().map(|failure| (failure.code.as_str(), failure.runs.to_string())).collect();
    facts(&mut text, "Failed lessons", &failures);
    let growth = report
        .database
        .growth_bytes_per_day
        .map_or_else(|| "not known yet".to_owned(), |bytes| format!("{} a day", size(bytes)));
    facts(&mut text, "Database", &[("size", size(report.database.bytes)), ("growth", growth)]);
    text
}

fn rate(requests: &Requests) -> String {
    requests.hit_rate.map_or_else(String::new, |rate| format!(" ({rate:.1} % of all)"))
}

/// A heading with names and values; nothing without values.
fn facts(text: &mut String, heading: &str, facts: &[(&str, String)]) {
    if facts.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{heading}");
    let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in facts {
        let _ = writeln!(text, "  {name:<width$}  {value}");
    }
}

/// A heading with a table whose first row has the names of its columns, all but the first aligned to the right; nothing
/// without other rows.
fn columns<const COLUMNS: usize>(text: &mut String, heading: &str, rows: &[[String; COLUMNS]]) {
    if rows.len() < 2 {
        return;
    }
    let _ = writeln!(text, "\n{heading}");
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    for row in rows {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("  {cell:<width$}"),
            _ => format!("  {cell:>width$}"),
        });
        let _ = writeln!(text, "{}", cells.collect::<String>().trim_end());
    }
}

fn row(name: &str, times: Option<Times>) -> [String; 4] {
    let Some(Times { count, p50_ms, p99_ms }) = times else { return ["", "count", "p50", "p99"].map(str::to_owned) };
    [name.to_owned(), count.to_string(), seconds(p50_ms), seconds(p99_ms)]
}

fn seconds(milliseconds: i64) -> String {
    if milliseconds < 1_000 { format!("{milliseconds} ms") } else { format!("{:.1} s", milliseconds as f64 / 1_000.0) }
}

fn size(bytes: i64) -> String {
    format!("{:.1} MiB", bytes as f64 / (1024.0 * 1024.0))
}
