//! Many learners at once, each with a connection that stays open.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Resource, getrlimit, setrlimit};
use skillsync_bench::client::Connection;
use tokio::task::JoinSet;

use crate::asking::{self, Answer};
use crate::patience::within;

/// How long a crowd waits for all of its answers.
const PATIENCE: Duration = Duration::from_secs(180);

/// Learners, numbered from 0.
pub struct Crowd {
    places: Vec<Place>,
}

struct Place {
    address: SocketAddr,
    connection: Option<Connection>,
}

/// What became of a question.
pub type Told = Result<Answer>;

impl Crowd {
    /// Connects so many learners, spread evenly over the servers.
    ///
    /// # Errors
    /// When they cannot all be connected.
    pub async fn connect(servers: &[SocketAddr], size: usize) -> Result<Self> {
        let mut crowd = Self { places: Vec::new() };
        for address in servers.iter().copied().cycle().take(size) {
            crowd.places.push(Place { address, connection: None });
        }
        crowd.complete().await?;
        Ok(crowd)
    }

    /// Connects those again who hung up.
    async fn complete(&mut self) -> Result<()> {
        for place in self.places.iter_mut().filter(|place| place.connection.is_none()) {
            let connection = within("a learner is connected", PATIENCE, Connection::open(place.address)).await?;
            place.connection =
                Some(connection.context("a learner cannot connect\nhint: raise the limit of open files")?);
        }
        Ok(())
    }

    /// Lets all of them ask, and returns when all questions are on their way.
    ///
    /// # Errors
    /// When a connection is gone.
    pub async fn ask(&mut self, question: impl Fn(usize) -> Vec<u8>) -> Result<()> {
        self.complete().await?;
        for (number, place) in self.places.iter_mut().enumerate() {
            let connection = place.connection.as_mut().context("all are connected")?;
            connection.send(&question(number)).await?;
        }
        Ok(())
    }

    /// Lets one of them hang up.
    pub fn hang_up(&mut self, number: usize) {
        self.places[number].connection = None;
    }

    /// Lets all of them hang up.
    pub fn hang_up_all(&mut self) {
        self.places.iter_mut().for_each(|place| place.connection = None);
    }

    /// What each of them is told, but for those who hung up.
    ///
    /// # Errors
    /// When not all are told something in time.
    pub async fn told(&mut self) -> Result<Vec<Told>> {
        let mut listening = JoinSet::new();
        for (number, place) in self.places.iter_mut().enumerate() {
            let Some(mut connection) = place.connection.take() else { continue };
            listening.spawn(async move {
                let told = match connection.receive().await {
                    Ok(answer) => asking::read(answer),
                    Err(error) => Err(error),
                };
                (number, told, connection)
            });
        }
        let all = within("all learners are answered", PATIENCE, listening.join_all()).await?;
        let mut answers = Vec::new();
        for (number, told, connection) in all {
            // A connection on which something went wrong is not used again.
            self.places[number].connection = told.is_ok().then_some(connection);
            answers.push(told);
        }
        Ok(answers)
    }
}

/// Counts what was told, by what a learner sees of it.
pub fn tally(told: &[Told]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for one in told {
        let seen = match one {
            Ok(Answer { lesson: Some((id, version)), .. }) => format!("lesson {id}, version {version}"),
            Ok(Answer { code: Some(code), .. }) => code.clone(),
            Ok(answer) => format!("{answer:?}"),
            Err(error) => format!("an error: {error:#}"),
        };
        *tally.entry(seen).or_default() += 1;
    }
    tally
}

/// Lets this process, and those that it starts, open as many connections as the system allows.
pub fn raise_limit_of_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is refused, connecting says so.
    let _ = setrlimit(Resource::Nofile, limit);
}
