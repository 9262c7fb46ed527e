//! Chance that can be repeated: every choice of a trial is drawn from one seed.

use std::ops::RangeInclusive;

/// A stream of numbers that depends on its seed alone. It is SplitMix64 (Steele, Lea and Flood, 2014), written out here so
/// that a seed means the same in every version of every library.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of one trial: the seed of the whole run, and what sets this trial apart.
    pub fn of(seed: u64, apart: &[u64]) -> Self {
        let mut chance = Self(seed);
        for part in apart {
            chance = Self(chance.number() ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        }
        chance
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number of a range. Its ends are as likely as all others, but for a bias too small to matter here.
    pub fn from(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (first, last) = range.into_inner();
        first + self.number() % (last.saturating_sub(first) + 1)
    }

    /// Yes or no.
    pub fn coin(&mut self) -> bool {
        self.number() & 1 == 1
    }

    /// One of these, of which there must be some.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.number() % choices.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_choices() {
        let draw = |seed, trial| {
            let mut chance = Chance::of(seed, &[3, trial]);
            (0..20).map(|_| chance.from(5..=9)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, 7), draw(1, 7));
        assert_ne!(draw(1, 7), draw(1, 8));
        assert_ne!(draw(1, 7), draw(2, 7));
        assert!(draw(1, 7).iter().all(|number| (5..=9).contains(number)));
        let mut chance = Chance::of(1, &[]);
        assert_eq!(chance.from(4..=4), 4);
        let coins = (0..100).filter(|_| chance.coin()).count();
        assert!((20..=80).contains(&coins), "{coins} of 100");
    }

    #[test]
    fn it_is_the_published_sequence() {
        let mut chance = Chance::of(1_234_567, &[]);
        assert_eq!(chance.number(), 6_457_827_717_110_365_317);
        assert_eq!(chance.number(), 3_203_168_211_198_807_973);
    }
}
