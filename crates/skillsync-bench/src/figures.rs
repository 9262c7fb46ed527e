//! From the samples of all rounds to one figure each: medians, and ratios and differences to the baseline in the same round.

use serde::Serialize;

use crate::contestants::Contestant;
use crate::rounds::Sample;

/// The place among the contestants of what the others are compared with: the bare handler, or the bare client.
const BASELINE: usize = 0;

/// What a contestant has shown with one number of connections.
#[derive(Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// How many lessons the database holds.
    pub lessons: Option<u32>,
    /// How many connections asked at once.
    pub connections: u32,
    /// The bytes of an answer, without its head.
    pub answer_bytes: usize,
    /// The medians over all rounds.
    #[serde(flatten)]
    pub medians: Measures,
    /// The medians over all rounds of the ratio to the baseline in the same round.
    pub ratios: Measures,
    /// The medians over all rounds of the difference to the baseline in the same round: what is added to it.
    pub differences: Measures,
    /// Each round, in order.
    pub rounds: Vec<Measures>,
}

/// What is measured.
#[derive(Clone, Copy, Serialize)]
pub struct Measures {
    /// Answers in a second.
    pub requests_per_second: f64,
    /// Processor time of the server for one answer, in microseconds.
    pub cpu_us: f64,
    /// The median latency, in microseconds.
    pub p50_us: f64,
    /// The latency that 99 of 100 answers did not exceed, in microseconds.
    pub p99_us: f64,
    /// Processor time of PostgreSQL's own processes for one answer, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_cpu_us: Option<f64>,
}

/// The figures of all contestants, by number of connections and then in the order of their turns.
pub fn summarise(contestants: &[Contestant], connections: &[u32], samples: &[Sample]) -> Vec<Figure> {
    let figure = |connections: u32, index: usize, contestant: &Contestant| {
        let of = |index| {
            let mut chosen: Vec<_> = samples
                .iter()
                .filter(|sample| sample.contestant == index && sample.connections == connections)
                .collect();
            chosen.sort_by_key(|sample| sample.round);
            chosen.into_iter().map(Measures::of).collect::<Vec<_>>()
        };
        let (rounds, baseline) = (of(index), of(BASELINE));
        let beside = |compare: fn(f64, f64) -> f64| {
            rounds.iter().zip(&baseline).map(|(own, bare)| own.beside(bare, compare)).collect::<Vec<_>>()
        };
        let (ratios, differences) = (beside(|own, bare| own / bare), beside(|own, bare| own - bare));
        Figure {
            name: contestant.name,
            lessons: contestant.lessons,
            connections,
            answer_bytes: contestant.answer_bytes,
            medians: Measures::medians(&rounds),
            ratios: Measures::medians(&ratios),
            differences: Measures::medians(&differences),
            rounds,
        }
    };
    let line = || contestants.iter().enumerate();
    connections.iter().flat_map(|number| line().map(move |(index, one)| figure(*number, index, one))).collect()
}

impl Measures {
    fn of(sample: &Sample) -> Self {
        let Sample { requests_per_second, cpu_us, p50_us, p99_us, database_cpu_us, .. } = *sample;
        Self { requests_per_second, cpu_us, p50_us, p99_us, database_cpu_us }
    }

    fn beside(&self, other: &Self, compare: fn(f64, f64) -> f64) -> Self {
        Self {
            requests_per_second: compare(self.requests_per_second, other.requests_per_second),
            cpu_us: compare(self.cpu_us, other.cpu_us),
            p50_us: compare(self.p50_us, other.p50_us),
            p99_us: compare(self.p99_us, other.p99_us),
            // The baseline has no database.
            database_cpu_us: None,
        }
    }

    fn medians(all: &[Self]) -> Self {
        let of = |field: fn(&Self) -> f64| median(all.iter().map(field).collect());
        let database: Vec<_> = all.iter().filter_map(|one| one.database_cpu_us).collect();
        Self {
            requests_per_second: of(|one| one.requests_per_second),
            cpu_us: of(|one| one.cpu_us),
            p50_us: of(|one| one.p50_us),
            p99_us: of(|one| one.p99_us),
            database_cpu_us: (!database.is_empty()).then(|| median(database)),
        }
    }
}

/// The middle one, or the mean of the two in the middle; not a number when there are none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => values[middle],
        (_, middle) => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]).to_string(), "2");
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]).to_string(), "2.5");
        assert!(median(Vec::new()).is_nan());
    }
}
