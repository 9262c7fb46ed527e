//! One question in this process, asked by any number of callers and answered once.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::ids::RunId;

/// What followers of a flight see.
#[derive(Debug)]
pub struct Status<T, E> {
    /// The run to follow, once it is known.
    pub run: Option<RunId>,
    /// How it ended.
    pub outcome: Option<Result<T, Arc<E>>>,
}

impl<T: Clone, E> Clone for Status<T, E> {
    fn clone(&self) -> Self {
        Self { run: self.run, outcome: self.outcome.clone() }
    }
}

/// The work ended without a result: it panicked, or the process is stopping.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted;

/// More is under way than may be at once; nothing was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Too many lessons are being written at this moment. Try again in a few minutes.")]
pub struct Full;

/// A place from which to follow a piece of work. Dropping it does not stop the work.
#[derive(Debug)]
pub struct Flight<T, E> {
    status: watch::Receiver<Status<T, E>>,
}

impl<T, E> Clone for Flight<T, E> {
    fn clone(&self) -> Self {
        Self { status: self.status.clone() }
    }
}

impl<T: Clone, E: From<Interrupted>> Flight<T, E> {
    /// Waits until `ready` sees what it wants.
    async fn wait<U>(mut self, ready: impl Fn(&Status<T, E>) -> Option<U>) -> Result<U, Arc<E>> {
        let interrupted = || Arc::new(E::from(Interrupted));
        let status = self.status.wait_for(|status| ready(status).is_some()).await.map_err(|_| interrupted())?;
        ready(&status).ok_or_else(interrupted)
    }

    /// The outcome, which all followers get.
    ///
    /// # Errors
    /// With the error that ended the work.
    pub async fn outcome(self) -> Result<T, Arc<E>> {
        self.wait(|status| status.outcome.clone()).await?
    }

    /// Waits until the run is known, or it has ended without one, and gives the status then.
    ///
    /// # Errors
    /// When the work was interrupted.
    pub async fn registered(self) -> Result<Status<T, E>, Arc<E>> {
        self.wait(|status| (status.run.is_some() || status.outcome.is_some()).then(|| status.clone())).await
    }
}

/// Tells the followers of a flight what happens.
#[derive(Debug)]
pub struct Reporter<T, E> {
    status: watch::Sender<Status<T, E>>,
}

impl<T, E> Clone for Reporter<T, E> {
    fn clone(&self) -> Self {
        Self { status: self.status.clone() }
    }
}

impl<T, E> Reporter<T, E> {
    /// This is the run.
    pub fn registered(&self, run: RunId) {
        self.status.send_modify(|status| status.run = Some(run));
    }
}

type Active<K, T, E> = Arc<Mutex<HashMap<K, Flight<T, E>>>>;

/// The flights of this process, at most one for a key, and at most so many at once.
#[derive(Debug)]
pub struct Flights<K, T, E> {
    active: Active<K, T, E>,
    most: usize,
}

fn lock<K, T, E>(active: &Active<K, T, E>) -> MutexGuard<'_, HashMap<K, Flight<T, E>>> {
    active.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K, T, E> Flights<K, T, E>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Clone + Send + Sync + 'static,
    E: From<Interrupted> + Send + Sync + 'static,
{
    /// None under way, and room for `most` at once.
    pub fn new(most: usize) -> Self {
        Self { active: Active::default(), most }
    }

    /// The flight for a key, if one is under way.
    pub fn find(&self, key: &K) -> Option<Flight<T, E>> {
        lock(&self.active).get(key).cloned()
    }

    /// Joins the flight for a key, or starts it: finding out and registering are one step, so that there is never a second.
    ///
    /// The work runs in a task of its own that `tasks` owns. Whoever asked may go away; the work goes on.
    ///
    /// # Errors
    /// When there is no such flight and no room for another.
    pub fn join_or_start<F>(
        &self,
        key: K,
        tasks: &TaskTracker,
        work: impl FnOnce(Reporter<T, E>) -> F,
    ) -> Result<Flight<T, E>, Full>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let mut active = lock(&self.active);
        if let Some(flight) = active.get(&key) {
            return Ok(flight.clone());
        }
        if active.len() >= self.most {
            return Err(Full);
        }
        let (sender, status) = watch::channel(Status { run: None, outcome: None });
        let flight = Flight { status };
        active.insert(key.clone(), flight.clone());
        drop(active);
        let reporter = Reporter { status: sender.clone() };
        let landing = Landing { active: self.active.clone(), key, status: sender };
        let work = work(reporter);
        tasks.spawn(async move {
            let outcome = work.await;
            landing.land(outcome);
        });
        Ok(flight)
    }
}

/// Ends a flight however its work ends: with an outcome, by a panic, or by being dropped with the runtime.
struct Landing<K: Eq + Hash, T, E: From<Interrupted>> {
    active: Active<K, T, E>,
    key: K,
    status: watch::Sender<Status<T, E>>,
}

impl<K: Eq + Hash, T, E: From<Interrupted>> Landing<K, T, E> {
    fn land(&self, outcome: Result<T, E>) {
        self.status.send_modify(|status| status.outcome = Some(outcome.map_err(Arc::new)));
    }
}

impl<K: Eq + Hash, T, E: From<Interrupted>> Drop for Landing<K, T, E> {
    fn drop(&mut self) {
        if self.status.borrow().outcome.is_none() {
            self.land(Err(Interrupted.into()));
        }
        lock(&self.active).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[derive(Debug, PartialEq)]
    enum Failure {
        Broken,
        Interrupted,
    }

    impl From<Interrupted> for Failure {
        fn from(_: Interrupted) -> Self {
            Self::Interrupted
        }
    }

    #[tokio::test]
    async fn followers_share_one_flight_and_its_outcome() {
        let (flights, tasks) = (Flights::<u8, u32, Failure>::new(1), TaskTracker::new());
        let (go, gate) = oneshot::channel();
        let first =
            flights.join_or_start(1, &tasks, |_| async { gate.await.map_err(|_| Failure::Broken) }).expect("room");
        let second =
            flights.join_or_start(1, &tasks, |_| async { unreachable!("joined, not started") }).expect("joined");
        assert_eq!(flights.join_or_start(2, &tasks, |_| async { Ok(1) }).err(), Some(Full));
        drop(first);
        go.send(7).expect("the work listens");
        assert_eq!(second.outcome().await.expect("it worked"), 7);
        tasks.close();
        tasks.wait().await;
        assert!(flights.find(&1).is_none());
    }

    #[tokio::test]
    async fn a_panic_reaches_all_followers_and_frees_the_key() {
        let (flights, tasks) = (Flights::<u8, u32, Failure>::new(1), TaskTracker::new());
        let flight = flights.join_or_start(1, &tasks, |_| async { panic!("on purpose") }).expect("room");
        assert_eq!(*flight.clone().outcome().await.expect_err("it failed"), Failure::Interrupted);
        tasks.close();
        tasks.wait().await;
        assert!(flights.find(&1).is_none());
    }
}
