//! Which runs this process works on: as many at once as it has places.
//!
//! A run that is opened here begins at once where a place is free. One that found none waits in the database for the first
//! process with a free place. So does one that was given back, or whose holder let its lease run out.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::ids::RunId;
use crate::storage::{Db, Result};

use super::lease::LeaseTerms;
use super::run::Claimed;
use super::store::{self, Opening};

/// The places of this process.
#[derive(Debug)]
pub struct Crew {
    places: Arc<Semaphore>,
    terms: LeaseTerms,
    wake: Arc<Notify>,
    begin: mpsc::UnboundedSender<(Claimed, Place)>,
    /// Bounded by the places: each message holds one.
    begun: Mutex<mpsc::UnboundedReceiver<(Claimed, Place)>>,
}

/// The right to work on one run in this process. It ends when it is dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    wake: Arc<Notify>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.wake.notify_one();
    }
}

impl Crew {
    /// A crew with so many places, which claims runs on these terms.
    pub fn new(places: usize, terms: LeaseTerms) -> Self {
        let (begin, begun) = mpsc::unbounded_channel();
        let (places, wake) = (Arc::new(Semaphore::new(places)), Arc::new(Notify::new()));
        Self { places, terms, wake, begin, begun: Mutex::new(begun) }
    }

    /// On which terms it claims runs.
    pub fn terms(&self) -> &LeaseTerms {
        &self.terms
    }

    /// A place, if one is free.
    pub(super) fn place(&self) -> Option<Place> {
        self.permit().map(|permit| self.place_of(permit))
    }

    fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }

    fn place_of(&self, permit: OwnedSemaphorePermit) -> Place {
        Place { _permit: permit, wake: self.wake.clone() }
    }

    /// Begins a run that was opened here; without a place it is left to whoever has one first.
    pub(super) fn begin(&self, run: RunId, opened: &Opening<'_>, place: Option<Place>) {
        let Some(place) = place else { return self.wake.notify_one() };
        let claimed = Claimed {
            id: run,
            token: 1,
            kind: opened.new.kind.to_owned(),
            input: opened.new.input.to_owned(),
            requested_by: opened.new.requested_by,
            failures: opened.failures,
        };
        // Nobody listens when the process is stopping; the lease runs out then.
        let _ = self.begin.send((claimed, place));
    }

    /// Waits for the next run to work on, looking at least this often for one that others left; none when the process is
    /// stopping. Not to be given up halfway: a run might have been claimed.
    pub async fn next(&self, db: &Db, interval: Duration, stopping: &CancellationToken) -> Option<(Claimed, Place)> {
        let mut begun = self.begun.lock().await;
        let mut was_away = false;
        loop {
            if let Ok(begun) = begun.try_recv() {
                return Some(begun);
            }
            if stopping.is_cancelled() {
                self.places.close();
                return None;
            }
            if let Some(permit) = self.permit() {
                match self.claim(db).await {
                    Ok(Some(claimed)) => return Some((claimed, self.place_of(permit))),
                    Ok(None) => was_away = false,
                    Err(error) if !was_away => {
                        was_away = true;
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(error, "no runs can be claimed; trying again");
                    }
                    Err(_) => {}
                }
            }
            tokio::select! {
                Some(begun) = begun.recv() => return Some(begun),
                () = self.wake.notified() => {}
                () = tokio::time::sleep(interval) => {}
                () = stopping.cancelled() => {}
            }
        }
    }

    /// Claims what waits, if anything does: most looks find nothing, and then nothing is written.
    async fn claim(&self, db: &Db) -> Result<Option<Claimed>> {
        if store::any_free(db, &self.terms).await? { store::claim(db, &self.terms).await } else { Ok(None) }
    }
}
