//! Which version of a lesson is served, and the reason that is shown with it.

use std::cmp::Ordering;

use super::ballot::{Review, Tally};

/// How votes are turned into a rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankingPolicy {
    /// The normal quantile of the confidence interval; 1.96 for 95 %.
    pub z: f64,
    /// Imagined votes for each version, so that one without votes stands above one with only votes against.
    pub prior_up: f64,
    /// Imagined votes against each version.
    pub prior_down: f64,
}

/// A version as the ranking sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The version's number; a greater one is newer.
    pub version: i64,
    /// What learners said.
    pub tally: Tally,
    /// What a mentor said.
    pub review: Review,
}

/// Why a version is the one that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A mentor verified it.
    Verified,
    /// There is no other that may be served.
    OnlyOne,
    /// It stands first of so many by the votes.
    BestRated {
        /// How many versions may be served.
        of: usize,
    },
    /// The votes say the same of the first ones, and it is the newest of them.
    Newest {
        /// How many versions may be served.
        of: usize,
    },
}

/// The sentence that is shown to the learner.
impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Verified => f.write_str("verified by a mentor"),
            Self::OnlyOne => f.write_str("the only version so far"),
            Self::BestRated { of } => write!(f, "best rated of {of}"),
            Self::Newest { of } => write!(f, "the newest of {of}; the votes do not tell them apart yet"),
        }
    }
}

/// The lower bound of the Wilson score interval for the share of votes for (Wilson 1927), 0 to 1:
/// (p̂ + z²/2n − z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n).
///
/// `up` and `down` may be fractions, since imagined votes are added to them. Without any votes it is 0.
pub fn wilson_lower_bound(up: f64, down: f64, z: f64) -> f64 {
    let n = up + down;
    if n <= 0.0 {
        return 0.0;
    }
    let share = up / n;
    let z2 = z * z;
    let spread = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((share + z2 / (2.0 * n) - spread) / (1.0 + z2 / n)).max(0.0)
}

impl Candidate {
    fn score(&self, policy: &RankingPolicy) -> f64 {
        let up = self.tally.upvotes as f64 + policy.prior_up;
        let down = self.tally.downvotes as f64 + policy.prior_down;
        wilson_lower_bound(up, down, policy.z)
    }

    fn is_verified(&self) -> bool {
        self.review == Review::Verified
    }

    /// Verified first, then by votes. Equal means that only age tells the two apart.
    fn compare(&self, other: &Self, policy: &RankingPolicy) -> Ordering {
        let by_mentor = self.is_verified().cmp(&other.is_verified());
        by_mentor.then_with(|| self.score(policy).total_cmp(&other.score(policy)))
    }
}

/// Chooses the version to serve, as an index into `versions` with the reason; none when all are rejected.
///
/// This is the one place where serving is decided. Trying out new versions on some learners (Thompson sampling) belongs
/// here too, as one more reason; until then the choice depends on nothing but its arguments.
pub fn choose_version(versions: &[Candidate], policy: &RankingPolicy) -> Option<(usize, Reason)> {
    let serving = || versions.iter().enumerate().filter(|(_, candidate)| candidate.review != Review::Rejected);
    let (index, best) =
        serving().max_by(|(_, a), (_, b)| a.compare(b, policy).then_with(|| a.version.cmp(&b.version)))?;
    let of = serving().count();
    let tied = serving().filter(|(_, other)| other.compare(best, policy).is_eq()).count() > 1;
    let reason = match () {
        () if best.is_verified() => Reason::Verified,
        () if of == 1 => Reason::OnlyOne,
        () if tied => Reason::Newest { of },
        () => Reason::BestRated { of },
    };
    Some((index, reason))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: RankingPolicy = RankingPolicy { z: 1.96, prior_up: 1.0, prior_down: 1.0 };

    fn candidate(version: i64, upvotes: i64, downvotes: i64) -> Candidate {
        Candidate { version, tally: Tally { upvotes, downvotes, views: 0 }, review: Review::None }
    }

    /// Checks the chosen version's number and its reason.
    fn check(versions: &[Candidate], expect: Option<(i64, &str)>) {
        let chosen =
            choose_version(versions, &POLICY).map(|(index, reason)| (versions[index].version, reason.to_string()));
        assert_eq!(chosen.as_ref().map(|(version, reason)| (*version, reason.as_str())), expect);
    }

    #[test]
    fn the_bound_agrees_with_published_values() {
        // Computed by hand from the formula, z = 1.96.
        for (up, down, bound) in [(1.0, 0.0, 0.2065), (10.0, 0.0, 0.7225), (90.0, 10.0, 0.8256), (0.0, 5.0, 0.0)] {
            assert!((wilson_lower_bound(up, down, 1.96) - bound).abs() < 5e-5, "{up} up, {down} down");
        }
    }

    #[test]
    fn votes_decide_then_age() {
        check(&[], None);
        check(&[candidate(1, 0, 0)], Some((1, "the only version so far")));
        check(
            &[candidate(1, 0, 0), candidate(2, 0, 0)],
            Some((2, "the newest of 2; the votes do not tell them apart yet")),
        );
        check(&[candidate(1, 90, 10), candidate(2, 1, 0), candidate(3, 0, 0)], Some((1, "best rated of 3")));
        check(&[candidate(1, 1, 0), candidate(2, 2, 0)], Some((2, "best rated of 2")));
        check(&[candidate(1, 0, 1), candidate(2, 0, 0)], Some((2, "best rated of 2")));
    }

    #[test]
    fn mentors_decide_before_votes() {
        let verified = Candidate { review: Review::Verified, ..candidate(1, 0, 9) };
        let rejected = Candidate { review: Review::Rejected, ..candidate(2, 99, 0) };
        check(&[verified, rejected, candidate(3, 50, 0)], Some((1, "verified by a mentor")));
        check(&[rejected, candidate(3, 0, 9)], Some((3, "the only version so far")));
        check(&[rejected], None);
    }

    fn any_candidate() -> impl Strategy<Value = (i64, i64, Review)> {
        let review = prop_oneof![
            4 => Just(Review::None), 1 => Just(Review::Verified), 1 => Just(Review::NeedsImprovement), 1 => Just(Review::Rejected)
        ];
        (0..200_i64, 0..200_i64, review)
    }

    fn any_versions() -> impl Strategy<Value = Vec<Candidate>> {
        prop::collection::vec(any_candidate(), 0..8).prop_map(|drawn| {
            let number =
                |(at, (up, down, review)): (usize, _)| Candidate { review, ..candidate(at as i64 + 1, up, down) };
            drawn.into_iter().enumerate().map(number).collect()
        })
    }

    proptest! {
        #[test]
        fn a_rejected_version_is_never_chosen_and_a_verified_one_always(versions in any_versions()) {
            let chosen = choose_version(&versions, &POLICY).map(|(index, _)| versions[index]);
            let serving: Vec<_> = versions.iter().filter(|v| v.review != Review::Rejected).collect();
            prop_assert_eq!(chosen.is_some(), !serving.is_empty());
            if let Some(chosen) = chosen {
                prop_assert_ne!(chosen.review, Review::Rejected);
                prop_assert_eq!(chosen.is_verified(), serving.iter().any(|v| v.is_verified()));
            }
        }

        #[test]
        fn the_order_of_the_list_does_not_matter(versions in any_versions(), turn in 0..8_usize) {
            let version = |list: &[Candidate]| choose_version(list, &POLICY).map(|(index, reason)| (list[index].version, reason));
            let mut turned = versions.clone();
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
            }
            prop_assert_eq!(version(&versions), version(&turned));
        }

        #[test]
        fn an_upvote_for_the_chosen_version_keeps_it_chosen(mut versions in any_versions()) {
            if let Some((index, _)) = choose_version(&versions, &POLICY) {
                versions[index].tally.upvotes += 1;
                prop_assert_eq!(choose_version(&versions, &POLICY).map(|(index, _)| index), Some(index));
            }
        }

        #[test]
        fn the_bound_lies_between_zero_and_the_share(up in 0..1000_i64, down in 0..1000_i64) {
            let bound = wilson_lower_bound(up as f64, down as f64, 1.96);
            let share = Tally { upvotes: up, downvotes: down, views: 0 }.approval_rate();
            prop_assert!((0.0..=share + 1e-12).contains(&bound));
        }
    }
}
