//! The contest: in each round every contestant has a short turn, so that what else the machine does hits all alike.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::contestants::Contestant;
use crate::load::Crowd;
use crate::options::Plan;

/// How much of a turn comes before it and is not measured, so that connections and caches are warm.
const WARM_UP: f64 = 0.2;

/// A server writes the views of a turn up to a second later (`views.flush_interval_ms`). That work belongs to the turn, so
/// its processor time is read after it.
const AFTERMATH: Duration = Duration::from_millis(1100);

/// How many turns may wait for their aftermath. The same server, or PostgreSQL, has its next turn four turns later at the
/// earliest, see [`crate::contestants::line_up`].
const MOST_WAITING: usize = 3;

/// What one turn has shown.
pub struct Sample {
    /// The contestant, by its place in the line.
    pub contestant: usize,
    /// How many connections asked at once.
    pub connections: u32,
    /// Which round it was.
    pub round: u32,
    /// Answers in a second.
    pub requests_per_second: f64,
    /// The median of the latency, in microseconds.
    pub p50_us: f64,
    /// The latency that 99 of 100 answers did not exceed, in microseconds.
    pub p99_us: f64,
    /// Processor time of the server for one answer, in microseconds.
    pub cpu_us: f64,
    /// Processor time of the database's own processes for one answer, in microseconds; none where they cannot be seen.
    pub database_cpu_us: Option<f64>,
}

/// A turn whose aftermath is not over. Its sample still lacks the processor time.
struct Waiting {
    sample: Sample,
    before: Usage,
    ended: Instant,
    /// All answers since `before`, those of the warm-up included.
    answered: u64,
}

/// Processor time so far.
struct Usage {
    server: Duration,
    database: Option<Duration>,
}

/// Holds all rounds for each number of connections.
///
/// # Errors
/// When a server fails.
pub async fn hold(plan: &Plan, contestants: &mut [Contestant]) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    let mut waiting = VecDeque::new();
    for &connections in &plan.connections {
        for round in 1..=plan.rounds {
            eprintln!("{connections} connections, round {round} of {}", plan.rounds);
            for index in 0..contestants.len() {
                while let Some(turn) = waiting.pop_front_if(|turn| is_over(turn)) {
                    samples.push(settle(turn, contestants).await?);
                }
                if waiting.len() >= MOST_WAITING
                    && let Some(turn) = waiting.pop_front()
                {
                    samples.push(settle(turn, contestants).await?);
                }
                let turn = take_turn(&mut contestants[index], connections, plan.turn).await?;
                waiting.push_back(turn.numbered(index, round));
            }
        }
    }
    for turn in waiting {
        samples.push(settle(turn, contestants).await?);
    }
    Ok(samples)
}

fn is_over(turn: &Waiting) -> bool {
    turn.ended.elapsed() >= AFTERMATH
}

async fn take_turn(contestant: &mut Contestant, connections: u32, lasting: Duration) -> Result<Waiting> {
    let before = usage(contestant)?;
    let Contestant { server, questions, expected, answered, .. } = contestant;
    let mut crowd = Crowd::connect(server.address, connections, questions, expected, *answered).await?;
    let warm = crowd.ask_for(lasting.mul_f64(WARM_UP)).await?;
    let seen = crowd.ask_for(lasting).await?;
    let ended = Instant::now();
    ensure!(!seen.latencies.is_empty(), "{} answered nothing", contestant.name);
    let all = (warm.latencies.len() + seen.latencies.len()) as u64;
    contestant.answered += all;
    let sample = Sample {
        contestant: 0,
        connections,
        round: 0,
        requests_per_second: seen.latencies.len() as f64 / seen.elapsed.as_secs_f64(),
        p50_us: microseconds(seen.percentile(50)),
        p99_us: microseconds(seen.percentile(99)),
        cpu_us: 0.0,
        database_cpu_us: None,
    };
    Ok(Waiting { sample, before, ended, answered: all })
}

async fn settle(turn: Waiting, contestants: &[Contestant]) -> Result<Sample> {
    tokio::time::sleep_until((turn.ended + AFTERMATH).into()).await;
    let mut sample = turn.sample;
    let after = usage(&contestants[sample.contestant])?;
    let of_one = |time: Duration| microseconds(time) / turn.answered as f64;
    sample.cpu_us = of_one(after.server.saturating_sub(turn.before.server));
    let database = after.database.zip(turn.before.database);
    sample.database_cpu_us = database.map(|(after, before)| of_one(after.saturating_sub(before)));
    Ok(sample)
}

fn usage(contestant: &Contestant) -> Result<Usage> {
    let database = contestant.database.as_ref().map(|database| database.cpu()).transpose()?.flatten();
    Ok(Usage { server: contestant.server.cpu()?, database })
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

impl Waiting {
    fn numbered(mut self, contestant: usize, round: u32) -> Self {
        self.sample.contestant = contestant;
        self.sample.round = round;
        self
    }
}
