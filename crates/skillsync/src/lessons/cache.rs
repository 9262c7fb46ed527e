//! Lessons in memory: each key with its versions and the text of the one that is served, bounded by bytes.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::key::{Identity, LookupKey};
use super::lesson::{Served, VersionSummary};

/// A key with at least one version.
#[derive(Clone, Debug)]
pub struct KeyEntry {
    /// What was asked for, to be compared with who asks now.
    pub identity: Identity,
    /// All versions, oldest first.
    pub versions: Vec<VersionSummary>,
    /// The one that is served; none when all are rejected.
    pub served: Option<Served>,
    /// When this was read from the database.
    pub read_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
struct ByBytes;

impl Weighter<LookupKey, Arc<KeyEntry>> for ByBytes {
    fn weight(&self, _: &LookupKey, entry: &Arc<KeyEntry>) -> u64 {
        let text = entry.served.as_ref().map_or(0, |served| served.lesson.content.len());
        (text + entry.versions.len() * size_of::<VersionSummary>() + 1024) as u64
    }
}

/// The keys that were asked for lately.
///
/// What this process changes is dropped here at once; what another process changes on the same database is seen after
/// `max_age` at the latest.
pub struct LessonCache {
    entries: Cache<LookupKey, Arc<KeyEntry>, ByBytes>,
    max_age: TimeDelta,
}

impl LessonCache {
    /// An empty cache of at most `max_bytes`.
    pub fn new(max_bytes: u64, max_age: Duration) -> Self {
        // The number of items is only an estimate that the cache sizes its tables by.
        let items = usize::try_from(max_bytes / 8192).unwrap_or(usize::MAX).max(64);
        let max_age = TimeDelta::from_std(max_age).unwrap_or(TimeDelta::MAX);
        Self { entries: Cache::with_weighter(items, max_bytes, ByBytes), max_age }
    }

    /// The entry of a key: from memory when it is fresh, else through `read`, which runs once however many ask.
    ///
    /// An entry that was forgotten while it was read is given to who asked for it but not kept.
    ///
    /// # Errors
    /// With what `read` failed with.
    pub async fn get<E>(
        &self,
        key: &LookupKey,
        now: DateTime<Utc>,
        read: impl Future<Output = Result<Option<KeyEntry>, E>>,
    ) -> Result<Option<Arc<KeyEntry>>, E> {
        let is_stale = |entry: &Arc<KeyEntry>| now - entry.read_at > self.max_age;
        if let Some(entry) = self.entries.get(key) {
            if !is_stale(&entry) {
                return Ok(Some(entry));
            }
            self.entries.remove_if(key, is_stale);
        }
        match self.entries.get_value_or_guard_async(key).await {
            Ok(entry) => Ok(Some(entry)),
            Err(guard) => {
                let entry = read.await?.map(Arc::new);
                if let Some(entry) = &entry {
                    let _forgotten_meanwhile = guard.insert(entry.clone());
                }
                Ok(entry)
            }
        }
    }

    /// Forgets a key, because something about its versions changed.
    pub fn forget(&self, key: &LookupKey) {
        self.entries.remove(key);
    }
}
