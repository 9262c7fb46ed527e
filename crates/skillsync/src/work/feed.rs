//! How any number of listeners hear what happens in runs, whichever process works on them.
//!
//! All listeners of a run in this process share one log of its events, read from the database: there is one truth, and what a
//! listener has heard is stored. Each reads the log at their own pace, so one that stalls harms nobody and misses nothing.
//! One task reads for all runs that are followed here. It looks when work in this process says that there is news, and
//! else a few times a second for news from other processes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::ids::RunId;
use crate::storage::Db;

use super::events::Event;
use super::store;

/// The runs that are followed in this process.
#[derive(Debug, Default)]
pub struct Feeds {
    open: Mutex<HashMap<RunId, Weak<Feed>>>,
    news: Notify,
    closed: CancellationToken,
}

/// What has happened in one run so far. The log only grows; how long it is, is what listeners wait for.
#[derive(Debug)]
struct Feed {
    log: Mutex<Vec<Arc<Event>>>,
    length: watch::Sender<usize>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Feed {
    fn get(&self, index: usize) -> Option<Arc<Event>> {
        lock(&self.log).get(index).cloned()
    }

    /// The number of the last event in the log; none when nothing follows it.
    fn heard(&self) -> Option<i64> {
        match lock(&self.log).last() {
            Some(last) if last.is_last() => None,
            last => Some(last.map_or(0, |event| event.sequence)),
        }
    }

    fn add(&self, event: Event) {
        let mut log = lock(&self.log);
        // Two looks at the database may find the same event.
        if log.last().is_none_or(|last| last.sequence < event.sequence) {
            log.push(Arc::new(event));
            self.length.send_replace(log.len());
        }
    }
}

impl Feeds {
    /// Follows a run from its first event. The run must exist.
    pub fn follow(&self, run: RunId) -> Follower {
        let mut open = lock(&self.open);
        let feed = open.get(&run).and_then(Weak::upgrade).unwrap_or_else(|| {
            let feed = Arc::new(Feed { log: Mutex::default(), length: watch::Sender::new(0) });
            open.insert(run, Arc::downgrade(&feed));
            feed
        });
        drop(open);
        self.news();
        Follower { length: feed.length.subscribe(), feed, next: 0, closed: self.closed.clone() }
    }

    /// Something has happened in a run of this process.
    pub fn news(&self) {
        self.news.notify_one();
    }

    /// Reads what happens in all runs that are followed, until the feeds are closed. Looks at least this often.
    pub async fn read(&self, db: &Db, interval: Duration) {
        while !self.closed.is_cancelled() {
            let heard = self.heard();
            if heard.is_empty() {
                self.closed.run_until_cancelled(self.news.notified()).await;
                continue;
            }
            match store::events_after(db, &heard).await {
                Ok(events) => self.deliver(events),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "no news of runs; looking again");
                }
            }
            let news = tokio::time::timeout(interval, self.news.notified());
            self.closed.run_until_cancelled(news).await;
        }
    }

    /// Ends all following: this process is stopping.
    pub fn close(&self) {
        self.closed.cancel();
    }

    /// The runs that somebody follows and that are not known to have ended, each with the last event that was heard of it.
    fn heard(&self) -> Vec<(RunId, i64)> {
        let mut open = lock(&self.open);
        open.retain(|_, feed| feed.strong_count() > 0);
        open.iter().filter_map(|(run, feed)| Some((*run, feed.upgrade()?.heard()?))).collect()
    }

    fn deliver(&self, events: Vec<Event>) {
        let open = lock(&self.open);
        for event in events {
            if let Some(feed) = open.get(&event.run_id).and_then(Weak::upgrade) {
                feed.add(event);
            }
        }
    }
}

/// One listener of a run.
#[derive(Debug)]
pub struct Follower {
    feed: Arc<Feed>,
    length: watch::Receiver<usize>,
    next: usize,
    closed: CancellationToken,
}

impl Follower {
    /// The next event; none when the last one was given, or when this process is stopping.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        loop {
            if let Some(event) = self.feed.get(self.next) {
                self.next += 1;
                return Some(event);
            }
            self.feed.heard()?;
            let (next, length) = (self.next, &mut self.length);
            self.closed.run_until_cancelled(length.wait_for(|length| *length > next)).await?.ok()?;
        }
    }

    /// The last event, once it has happened; none when this process is stopping.
    pub async fn last(mut self) -> Option<Arc<Event>> {
        let mut last = None;
        while let Some(event) = self.next().await {
            last = Some(event);
        }
        last.filter(|event| event.is_last())
    }
}
