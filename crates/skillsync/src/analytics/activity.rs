//! Counts requests for lessons in memory and writes them in batches, as views are (docs/decisions/0011).
//!
//! **At most one flush interval of requests is lost** when the process is killed, and none on a clean stop.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::ids::LessonId;
use crate::lessons::key::LookupKey;
use crate::lessons::request::LearningStyle;
use crate::money::prices::MOST_NANO_DOLLARS_A_CALL;
use crate::storage::{Db, Result};

use super::span::hour;
use super::store::{self, HourRow};

/// The requests that this process has answered and not yet written down.
#[derive(Debug, Default)]
pub struct Activity {
    clock: Clock,
    counts: Mutex<Counts>,
    /// What each lesson that was served cost, as far as it is known. A lesson never changes, and so does this.
    costs: Mutex<HashMap<LessonId, Option<i64>>>,
    /// The day on which the size of the database was last written down.
    sized: Mutex<Option<String>>,
    /// Held while a batch is written.
    flushing: tokio::sync::Mutex<()>,
}

/// By hour, key and the lesson that was served.
type Counts = HashMap<(i64, LookupKey, Option<LessonId>), Count>;

#[derive(Clone, Copy, Debug)]
struct Count {
    style: LearningStyle,
    hits: i64,
    misses: i64,
    coalesced: i64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Activity {
    /// Nothing counted yet.
    pub fn new(clock: Clock) -> Self {
        Self { clock, ..Self::default() }
    }

    /// A request was answered with a lesson that was there.
    pub fn hit(&self, key: LookupKey, style: LearningStyle, lesson: LessonId) {
        self.count(key, style, Some(lesson), |count| count.hits += 1);
    }

    /// A request found no lesson and had one written, or would have if it could be.
    pub fn miss(&self, key: LookupKey, style: LearningStyle) {
        self.count(key, style, None, |count| count.misses += 1);
    }

    /// A request joined others that were waiting for a lesson already. To be counted when it ends, with the lesson that it
    /// was answered with; without one when it did not wait or nothing came of it.
    pub fn coalesced(&self, key: LookupKey, style: LearningStyle, lesson: Option<LessonId>) {
        self.count(key, style, lesson, |count| count.coalesced += 1);
    }

    fn count(&self, key: LookupKey, style: LearningStyle, lesson: Option<LessonId>, add: impl FnOnce(&mut Count)) {
        let hour = hour(self.clock.now());
        let none = Count { style, hits: 0, misses: 0, coalesced: 0 };
        add(lock(&self.counts).entry((hour, key, lesson)).or_insert(none));
    }

    /// Writes what was counted since the last flush, and once a day how large the database is. On an error all of it stays
    /// for the next one.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn flush(&self, db: &Db) -> Result<()> {
        let _alone = self.flushing.lock().await;
        self.write_size(db).await?;
        let counts = std::mem::take(&mut *lock(&self.counts));
        if counts.is_empty() {
            return Ok(());
        }
        let written = self.write(db, &counts).await;
        if written.is_err() {
            self.take_back(counts);
        }
        written
    }

    async fn write(&self, db: &Db, counts: &Counts) -> Result<()> {
        self.learn_costs(db, counts).await?;
        // The order is the same in every process, so that two flushes never wait for each other for ever.
        let mut rows = BTreeMap::new();
        {
            let costs = lock(&self.costs);
            for ((hour, key, lesson), count) in counts {
                let row = rows.entry((*hour, *key)).or_insert_with(|| HourRow::new(*hour, *key, count.style));
                row.hits += count.hits;
                row.misses += count.misses;
                row.coalesced += count.coalesced;
                let Some(lesson) = lesson else { continue };
                let served = count.hits + count.coalesced;
                match costs.get(lesson).copied().flatten() {
                    // The bound is one that sums over years of hours do not pass.
                    Some(cost) => {
                        let saved = row.saved.saturating_add(cost.saturating_mul(served));
                        row.saved = saved.min(MOST_NANO_DOLLARS_A_CALL);
                    }
                    None => row.unknown += served,
                }
            }
        }
        let rows: Vec<_> = rows.into_values().collect();
        store::add_requests(db, &rows).await
    }

    /// Finds out what the lessons cost that were not served before.
    async fn learn_costs(&self, db: &Db, counts: &Counts) -> Result<()> {
        let lessons = counts.keys().filter_map(|(_, _, lesson)| *lesson);
        let mut new: Vec<_> = {
            let costs = lock(&self.costs);
            lessons.filter(|lesson| !costs.contains_key(lesson)).collect()
        };
        if new.is_empty() {
            return Ok(());
        }
        new.sort_unstable();
        new.dedup();
        let found: HashMap<_, _> = store::costs(db, &new).await?.into_iter().collect();
        // What no model was asked for cost nothing.
        lock(&self.costs)
            .extend(new.into_iter().map(|lesson| (lesson, found.get(&lesson).copied().unwrap_or(Some(0)))));
        Ok(())
    }

    fn take_back(&self, counts: Counts) {
        let mut current = lock(&self.counts);
        for (of, count) in counts {
            let entry = current.entry(of).or_insert(Count { hits: 0, misses: 0, coalesced: 0, ..count });
            entry.hits += count.hits;
            entry.misses += count.misses;
            entry.coalesced += count.coalesced;
        }
    }

    async fn write_size(&self, db: &Db) -> Result<()> {
        let today = self.clock.now().date_naive().to_string();
        if lock(&self.sized).as_deref() == Some(today.as_str()) {
            return Ok(());
        }
        store::record_size(db, &today, store::size(db).await?).await?;
        *lock(&self.sized) = Some(today);
        Ok(())
    }
}
