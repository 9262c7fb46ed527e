//! The pipeline from outside: a scripted model, a real database, whole lessons.

mod faults;
mod generic;
mod prompts;
mod rewriting;
mod writing;

use std::sync::atomic::{AtomicU8, Ordering};

use chrono::DateTime;
use serde_json::Value;
use skillsync_llm::{Model, Script};
use tempfile::TempDir;

use super::error::GenerationError;
use super::pipeline::{Job, Tools, WritingLimits, Written, write_lesson};
use super::sample;
use super::sources::Sources;
use crate::clock::Clock;
use crate::lessons::request::{LearningStyle, LessonRequest, StepTitle};
use crate::lessons::shown::Shown;
use crate::models::Models;
use crate::money::ledger::{Ledger, Spent};
use crate::money::prices::{Price, PriceTable};
use crate::storage::Db;
use crate::testing;
use crate::work::Claim;
use crate::work::events::EventKind;
use crate::work::store::{self, events_after};

/// All styles.
const STYLES: [LearningStyle; 4] =
    [LearningStyle::HandsOn, LearningStyle::Reading, LearningStyle::Mixed, LearningStyle::Video];

/// A price for the model named `priced`.
const PRICE: Price = Price { input: 150, cached_input: 75, output: 600 };

/// A database with a ledger, in which lessons are written.
struct World {
    db: Db,
    clock: Clock,
    ledger: Ledger,
    subjects: AtomicU8,
    _folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open_file(&folder.path().join("lessons.db"), 4).await.expect("a database");
        db.migrate().await.expect("tables");
        let clock = Clock::fixed(DateTime::from_timestamp_micros(1_750_000_000_000_000).expect("a time"));
        let prices: PriceTable = [("priced", PRICE)].into_iter().collect();
        let ledger = Ledger::new(db.clone(), clock.clone(), prices);
        Self { db, clock, ledger, subjects: AtomicU8::new(0), _folder: folder }
    }

    /// A run for a subject of its own.
    async fn run(&self) -> Claim {
        testing::claimed_run(&self.db, &[self.subjects.fetch_add(1, Ordering::SeqCst)], &self.clock).await
    }

    /// Writes a lesson in a run of its own.
    async fn write(&self, job: &Job, script: &Script) -> Result<Written, GenerationError> {
        self.write_in(self.run().await, job, script).await
    }

    async fn write_in(&self, run: Claim, job: &Job, script: &Script) -> Result<Written, GenerationError> {
        let steps = testing::steps(&self.db, &self.clock, run).await;
        let models = Models::only(Model::scripted(script.clone()));
        let (ledger, limits) = (self.ledger.clone(), WritingLimits::default());
        let tools = Tools {
            ledger,
            limits,
            sandbox: sample::scripted_sandbox(),
            sources: self.sources(),
            clock: self.clock.clone(),
        };
        write_lesson(job, &models, &tools, &steps).await
    }

    /// No other site is asked.
    fn sources(&self) -> Sources {
        Sources::none(self.db.clone())
    }

    async fn spent(&self, run: Claim) -> Spent {
        self.ledger.spent(run.run).await.expect("sums")
    }

    /// What was told of a run.
    async fn told(&self, run: Claim) -> Vec<(i64, String)> {
        let events = events_after(&self.db, &[(run.run, 0)]).await.expect("the database answers");
        let told = events.into_iter().filter(|event| event.kind == EventKind::Progress);
        told.map(|event| (event.percent, event.message)).collect()
    }

    /// What was shown of a run's lesson.
    async fn shown(&self, run: Claim) -> Vec<Shown> {
        let payloads = store::shown(&self.db, run.run).await.expect("the database answers");
        payloads.iter().map(|payload| serde_json::from_str(payload).expect("blocks")).collect()
    }
}

fn job(style: LearningStyle) -> Job {
    let title = StepTitle::parse("Python Variables").expect("a title");
    Job { request: LessonRequest::new(title, style), rewrite: None }
}

/// The schema names of the requests, in the order in which they were asked.
fn asked(script: &Script) -> Vec<String> {
    script.requests().into_iter().filter_map(|request| request.schema).map(|schema| schema.name).collect()
}

/// Visits every schema within a schema, itself included.
fn each_schema(schema: &Value, visit: &mut impl FnMut(&Value)) {
    visit(schema);
    let properties = schema["properties"].as_object().into_iter().flat_map(|all| all.values());
    for inner in properties.chain(schema.get("items")) {
        each_schema(inner, visit);
    }
}
