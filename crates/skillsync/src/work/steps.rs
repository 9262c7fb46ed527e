//! The steps of a run: each result is stored before the next step begins.

use serde::{Serialize, de::DeserializeOwned};

use crate::clock::Clock;
use crate::ids::RunId;
use crate::storage::{Db, StorageError};

use super::store;

/// Runs the steps of one run and keeps their results.
#[derive(Clone, Debug)]
pub struct Steps {
    db: Db,
    clock: Clock,
    run: RunId,
}

impl Steps {
    /// The steps of `run`.
    pub fn of(db: Db, clock: Clock, run: RunId) -> Self {
        Self { db, clock, run }
    }

    /// The run.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// Does a step and stores its result, or gives the stored result when the step was done before.
    ///
    /// # Errors
    /// With the step's own error, which is not stored: a failed step may be tried again.
    pub async fn step<T, E>(&self, name: &str, work: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<StorageError>,
    {
        let stored = store::step_output(&self.db, self.run, name).await?;
        if let Some(output) = stored.and_then(|output| serde_json::from_str(&output).ok()) {
            return Ok(output);
        }
        let started_at = self.clock.now();
        let output = work.await?;
        let text = serde_json::to_string(&output).map_err(StorageError::encode)?;
        let done =
            store::FinishedStep { run: self.run, name, output: &text, started_at, finished_at: self.clock.now() };
        store::record_step(&self.db, &done).await?;
        Ok(output)
    }
}
