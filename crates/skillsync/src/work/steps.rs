//! The steps of a run, and word of its progress, by whoever holds its lease.
//!
//! Each result is stored before the next step begins. A run that is taken up again finds what was finished and asks only for
//! what is missing.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::ids::RunId;
use crate::storage::{Db, StorageError, patiently};

use super::feed::Feeds;
use super::lease::{Lease, LeaseTerms};
use super::run::Failure;
use super::store::{self, Failing, FinishedStep};
use super::{Claim, Stopped};

/// Where runs are worked on: what all of them share.
#[derive(Clone, Debug)]
pub struct Workplace {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Where news of runs is told.
    pub feeds: Arc<Feeds>,
    /// On which terms leases are held.
    pub terms: LeaseTerms,
    /// Cancelled when no further step may begin here.
    pub stopping: CancellationToken,
}

/// What was told of a run so far.
#[derive(Debug)]
struct Told {
    /// How far it was last said to be; -1 before anything was said.
    percent: i64,
    /// In which words.
    message: String,
    /// What was shown of its result.
    shown: HashSet<String>,
}

/// The work on one run.
#[derive(Debug)]
pub struct Steps {
    place: Workplace,
    lease: Lease,
    /// Results of finished steps by name, as JSON.
    finished: Mutex<HashMap<String, String>>,
    /// What listeners know. Held while it is stored, so that word keeps its order.
    told: tokio::sync::Mutex<Told>,
}

impl Steps {
    /// Takes a claimed run up where it stands.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn take_up(place: Workplace, claim: Claim) -> Result<Self, StorageError> {
        let finished = store::step_outputs(&place.db, claim.run).await?.into_iter().collect();
        let last = store::last_event(&place.db, claim.run).await?;
        let (percent, message) = last.map_or_else(|| (-1, String::new()), |event| (event.percent, event.message));
        let shown = store::shown(&place.db, claim.run).await?.into_iter().collect();
        let told = Told { percent, message, shown };
        let lease = Lease::new(place.db.clone(), claim, place.terms.clone());
        Ok(Self { place, lease, finished: Mutex::new(finished), told: tokio::sync::Mutex::new(told) })
    }

    /// The run.
    pub fn run(&self) -> RunId {
        self.claim().run
    }

    /// What entitles to write for the run.
    pub fn claim(&self) -> Claim {
        self.lease.claim
    }

    /// Does some work on the run and meanwhile keeps its lease. The work is not given up when the lease is lost: what it has
    /// begun is paid for and goes into the books; but it can store nothing any more.
    pub async fn keeping_the_lease<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = self.lease.keep() => {}
        }
        work.await
    }

    /// Does a step and stores its result, or gives the stored result when the step was finished before.
    ///
    /// # Errors
    /// With the step's own error, which is not stored: a failed step may be tried again. With [`Stopped`] when the run is no
    /// longer worked on here.
    pub async fn step<T, E>(&self, name: &str, work: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<StorageError> + From<Stopped>,
    {
        if let Some(output) = self.finished(name) {
            return Ok(output);
        }
        self.may_begin()?;
        let started_at = self.place.clock.now();
        let output = work.await?;
        let text = serde_json::to_string(&output).map_err(StorageError::encode)?;
        self.record::<E>(name, &text, started_at).await?;
        Ok(output)
    }

    fn finished<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        finished.get(name).and_then(|output| serde_json::from_str(output).ok())
    }

    fn may_begin(&self) -> Result<(), Stopped> {
        if self.lease.is_lost() {
            Err(Stopped::Lost)
        } else if self.place.stopping.is_cancelled() {
            Err(Stopped::Stopping)
        } else {
            Ok(())
        }
    }

    async fn record<E>(&self, name: &str, output: &str, started_at: DateTime<Utc>) -> Result<(), E>
    where
        E: From<StorageError> + From<Stopped>,
    {
        let Workplace { db, clock, terms, .. } = &self.place;
        let step = FinishedStep { name, output, started_at, finished_at: clock.now() };
        if patiently(|| store::record_step(db, self.claim(), terms.lasts_ms(), &step)).await? {
            Ok(())
        } else {
            self.lease.lose();
            Err(Stopped::Lost.into())
        }
    }

    /// Tells how far the run is, 0 to 100, and what happens now, in words for people. A run never goes back: what was told
    /// before it was taken up again is not told twice. Word that cannot be stored is lost, the work goes on.
    pub async fn tell(&self, percent: u8, message: &str) {
        let Workplace { db, clock, terms, feeds, .. } = &self.place;
        let percent = i64::from(percent.min(100));
        let mut told = self.told.lock().await;
        if percent < told.percent || (percent == told.percent && message == told.message) {
            return;
        }
        let added = store::add_progress(db, self.claim(), terms.lasts_ms(), (percent, message), clock.now()).await;
        if self.was_told(added) {
            told.percent = percent;
            told.message = message.to_owned();
            feeds.news();
        }
    }

    /// Shows something of the result before the run has ended, as JSON. What was shown before is not shown twice. What
    /// cannot be stored is not seen early, the work goes on.
    pub async fn show(&self, payload: String) {
        let Workplace { db, clock, terms, feeds, .. } = &self.place;
        let mut told = self.told.lock().await;
        if told.shown.contains(&payload) {
            return;
        }
        let word = (told.percent.max(0), told.message.as_str(), payload.as_str());
        let added = store::add_shown(db, self.claim(), terms.lasts_ms(), word, clock.now()).await;
        if self.was_told(added) {
            told.shown.insert(payload);
            feeds.news();
        }
    }

    fn was_told(&self, added: Result<bool, StorageError>) -> bool {
        match added {
            Ok(true) => true,
            Ok(false) => {
                self.lease.lose();
                false
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(run = %self.run(), error, "word of progress could not be stored");
                false
            }
        }
    }

    /// Removes results that no later run must take over.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn forget(&self, names: &[String]) -> Result<(), StorageError> {
        for name in names {
            patiently(|| store::forget_step(&self.place.db, self.claim(), name)).await?;
        }
        Ok(())
    }

    /// Ends the run without a result and tells all who wait for it.
    ///
    /// # Errors
    /// When the database cannot be used: the lease runs out then, and somebody else tries.
    pub async fn fail(
        &self,
        failure: &Failure,
        steps_reusable: bool,
        pause: std::time::Duration,
    ) -> Result<(), StorageError> {
        let Workplace { db, clock, feeds, .. } = &self.place;
        let at = clock.now();
        let percent = self.told.lock().await.percent.max(0);
        let ending = Failing { failure, percent, steps_reusable, retry_at: at + pause, at };
        patiently(|| store::fail(db, self.claim(), &ending)).await?;
        feeds.news();
        Ok(())
    }

    /// Gives the run back, so that another process, or the next start of this one, goes on at once.
    ///
    /// # Errors
    /// When the database cannot be used; the lease runs out by itself then.
    pub async fn give_back(&self) -> Result<(), StorageError> {
        self.lease.give_back().await
    }
}
