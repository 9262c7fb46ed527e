//! Who works on a run, and until when.
//!
//! A lease lasts a short time by the database's own clock, which all processes share, and is renewed three times as often as
//! needed. When it runs out the run is anybody's, so a crash delays a run by one lease.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::storage::{Db, StorageError};

use super::{Claim, store};

/// In whose name a process claims runs, and for how long.
#[derive(Clone, Debug)]
pub struct LeaseTerms {
    /// The process: unlike any other, also after a restart.
    pub owner: Arc<str>,
    /// How long a lease lasts without being renewed.
    pub lasts: Duration,
}

impl LeaseTerms {
    /// The length in milliseconds.
    pub fn lasts_ms(&self) -> i64 {
        i64::try_from(self.lasts.as_millis()).unwrap_or(i64::MAX)
    }
}

/// A lease on one run. It is kept by [`Lease::keep`], and lost when somebody else has claimed the run.
#[derive(Clone, Debug)]
pub struct Lease {
    pub(super) db: Db,
    pub(super) claim: Claim,
    pub(super) terms: LeaseTerms,
    lost: CancellationToken,
}

impl Lease {
    pub(super) fn new(db: Db, claim: Claim, terms: LeaseTerms) -> Self {
        Self { db, claim, terms, lost: CancellationToken::new() }
    }

    /// Whether somebody else has claimed the run.
    pub fn is_lost(&self) -> bool {
        self.lost.is_cancelled()
    }

    /// Somebody else has claimed the run, or it has ended.
    pub(super) fn lose(&self) {
        if !self.is_lost() {
            tracing::warn!(run = %self.claim.run, token = self.claim.token, "another process has taken this run over");
        }
        self.lost.cancel();
    }

    /// Renews the lease until it is lost. While the database is away it is tried again: nobody else can claim the run either.
    pub(super) async fn keep(&self) {
        let mut beats = tokio::time::interval(self.terms.lasts / 3);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        beats.tick().await;
        while self.lost.run_until_cancelled(beats.tick()).await.is_some() {
            match store::renew(&self.db, self.claim, self.terms.lasts_ms()).await {
                Ok(true) => {}
                Ok(false) => return self.lose(),
                Err(error) => tracing::warn!(
                    run = %self.claim.run, error = &error as &dyn std::error::Error, "a lease could not be renewed; trying again"
                ),
            }
        }
    }

    /// Gives the run back, so that anybody may claim it at once.
    ///
    /// # Errors
    /// When the database cannot be used; the lease runs out by itself then.
    pub(super) async fn give_back(&self) -> Result<(), StorageError> {
        store::give_back(&self.db, self.claim).await
    }
}
