//! Load: clients that each ask the next question when the last one is answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use skillsync_bench::client::Connection;
use tokio::task::JoinSet;

use crate::calls::Caller;
use crate::questions::{Asking, Expected, Questions};

/// Who asks, and what must come back.
struct Client {
    asker: Asker,
    expected: Expected,
}

enum Asker {
    /// One connection to a server, and what is asked on it.
    Learner { connection: Connection, asking: Asking },
    /// Asks the provider itself.
    Caller(Caller),
}

/// Connected clients.
pub struct Crowd {
    clients: Vec<Client>,
}

/// What a crowd has seen.
pub struct Seen {
    /// How long each answer took, from before the question was sent until the last byte had come; sorted.
    pub latencies: Vec<Duration>,
    /// How long it went on.
    pub elapsed: Duration,
}

impl Crowd {
    /// Connects `size` clients, when `asked` questions were asked before.
    ///
    /// # Errors
    /// When the server does not accept them.
    pub async fn connect(
        address: SocketAddr,
        size: u32,
        questions: &Questions,
        expected: &Expected,
        asked: u64,
    ) -> Result<Self> {
        let mut clients = Vec::new();
        for number in 0..size {
            let asker = match questions {
                Questions::Calls(calls) => Asker::Caller(Caller::connect(address, calls.clone()).await?),
                _ => Asker::Learner {
                    connection: Connection::open(address).await?,
                    asking: questions.of_connection(number, size, asked),
                },
            };
            clients.push(Client { asker, expected: expected.clone() });
        }
        Ok(Self { clients })
    }

    /// Lets all of them ask for a while.
    ///
    /// # Errors
    /// When a single answer is not as expected: figures of a server that fails are worth nothing.
    pub async fn ask_for(&mut self, duration: Duration) -> Result<Seen> {
        let began = Instant::now();
        let mut asking = JoinSet::new();
        for client in self.clients.drain(..) {
            asking.spawn(client.ask_until(began + duration));
        }
        let mut latencies = Vec::new();
        while let Some(ended) = asking.join_next().await {
            let (client, seen) = ended??;
            self.clients.push(client);
            latencies.extend(seen);
        }
        let elapsed = began.elapsed();
        latencies.sort_unstable();
        Ok(Seen { latencies, elapsed })
    }
}

impl Client {
    async fn ask_until(mut self, end: Instant) -> Result<(Self, Vec<Duration>)> {
        let mut latencies = Vec::new();
        let mut began = Instant::now();
        while began < end {
            match &mut self.asker {
                Asker::Learner { connection, asking } => {
                    let answer = connection.ask(asking.next()).await?;
                    if !self.expected.is(answer) {
                        bail!("an answer is wrong: {}", String::from_utf8_lossy(&answer[..answer.len().min(1000)]));
                    }
                }
                Asker::Caller(caller) => {
                    let bytes = caller.ask().await?;
                    ensure!(self.expected.has(bytes), "the provider's answers have {bytes} bytes");
                }
            }
            // The clock is read once an answer: where one ends, the next question begins.
            let now = Instant::now();
            latencies.push(now - began);
            began = now;
        }
        Ok((self, latencies))
    }
}

impl Seen {
    /// The time within which so many per cent of the answers came (nearest rank); zero without answers.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.latencies.len() * percent).div_ceil(100).max(1);
        self.latencies.get(rank - 1).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_taken_by_nearest_rank() {
        let seen =
            |count: u64| Seen { latencies: (1..=count).map(Duration::from_secs).collect(), elapsed: Duration::ZERO };
        assert_eq!(seen(200).percentile(50), Duration::from_secs(100));
        assert_eq!(seen(200).percentile(99), Duration::from_secs(198));
        assert_eq!(seen(1).percentile(99), Duration::from_secs(1));
        assert_eq!(seen(0).percentile(50), Duration::ZERO);
    }
}
