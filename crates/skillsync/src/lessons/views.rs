//! Counts views in memory and writes them in batches.
//!
//! **At most one flush interval of views is lost** when the process is killed, and none on a clean stop.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{RwLock, RwLockReadGuard};

use crate::ids::LessonId;
use crate::storage::{Db, Result};

use super::store;

/// The views that this process has served.
#[derive(Debug, Default)]
pub struct Views {
    counts: Mutex<HashMap<LessonId, Count>>,
    flushing: RwLock<()>,
}

/// Both grow only, so that a number read from the database can be completed at any later time.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    counted: i64,
    flushed: i64,
}

/// Holds off flushes while a view count is read from the database, so that no view is missed or counted twice.
#[derive(Debug)]
pub struct Settled<'a> {
    views: &'a Views,
    _no_flush: RwLockReadGuard<'a, ()>,
}

impl Settled<'_> {
    /// Turns a count read from the database into one to which [`Views::total`] adds what this process counts.
    pub fn base(&self, lesson: LessonId, stored: i64) -> i64 {
        stored - self.views.with(|counts| counts.get(&lesson).map_or(0, |count| count.flushed))
    }
}

impl Views {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<LessonId, Count>) -> T) -> T {
        act(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts one view.
    pub fn count(&self, lesson: LessonId) {
        self.with(|counts| counts.entry(lesson).or_default().counted += 1);
    }

    /// To be held while a view count is read.
    pub async fn settled(&self) -> Settled<'_> {
        Settled { views: self, _no_flush: self.flushing.read().await }
    }

    /// The views of a lesson at this moment, from a [`Settled::base`].
    pub fn total(&self, lesson: LessonId, base: i64) -> i64 {
        base + self.with(|counts| counts.get(&lesson).map_or(0, |count| count.counted))
    }

    /// Writes what was counted since the last flush. On an error all of it stays for the next one.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn flush(&self, db: &Db) -> Result<()> {
        let _alone = self.flushing.write().await;
        let mut fresh: Vec<_> = self.with(|counts| {
            let pending = counts.iter().map(|(lesson, count)| (*lesson, count.counted - count.flushed));
            pending.filter(|(_, views)| *views > 0).collect()
        });
        if fresh.is_empty() {
            return Ok(());
        }
        // The same order in every process keeps two flushes from waiting for each other for ever.
        fresh.sort_unstable();
        store::add_views(db, &fresh).await?;
        self.with(|counts| {
            for (lesson, views) in fresh {
                counts.entry(lesson).or_default().flushed += views;
            }
        });
        Ok(())
    }
}
