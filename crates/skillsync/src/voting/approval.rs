//! When a version counts as approved.

use super::ballot::{Review, Tally};

/// The thresholds for automatic approval. Both must be met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApprovalPolicy {
    /// Votes for less votes against, at least.
    pub net_votes: i64,
    /// The share of votes for, at least, 0 to 100 per cent.
    pub percent: f64,
}

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalStatus {
    /// Too few votes, or too many against.
    Pending,
    /// Enough learners found it good.
    Approved,
    /// A mentor found it right.
    Verified,
    /// A mentor asks for a better one.
    NeedsImprovement,
    /// A mentor took it out of service.
    Rejected,
}

impl ApprovalStatus {
    /// The name as the API shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Verified => "verified",
            Self::NeedsImprovement => "needs_improvement",
            Self::Rejected => "rejected",
        }
    }
}

/// The status that follows from the mentor's word and, without one, from the votes.
///
/// It is computed whenever it is shown and stored nowhere, so it cannot disagree with the votes.
pub fn approval(review: Review, tally: Tally, policy: ApprovalPolicy) -> ApprovalStatus {
    match review {
        Review::Verified => ApprovalStatus::Verified,
        Review::NeedsImprovement => ApprovalStatus::NeedsImprovement,
        Review::Rejected => ApprovalStatus::Rejected,
        Review::None => {
            let liked = tally.approval_rate() * 100.0 >= policy.percent;
            let votes = tally.upvotes + tally.downvotes;
            if votes > 0 && liked && tally.net_votes() >= policy.net_votes {
                ApprovalStatus::Approved
            } else {
                ApprovalStatus::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: ApprovalPolicy = ApprovalPolicy { net_votes: 10, percent: 80.0 };

    fn status(upvotes: i64, downvotes: i64) -> ApprovalStatus {
        approval(Review::None, Tally { upvotes, downvotes, views: 0 }, POLICY)
    }

    #[test]
    fn both_thresholds_count_and_are_inclusive() {
        assert_eq!(status(10, 0), ApprovalStatus::Approved);
        assert_eq!(status(9, 0), ApprovalStatus::Pending);
        assert_eq!(status(16, 4), ApprovalStatus::Approved);
        assert_eq!(status(15, 4), ApprovalStatus::Pending);
        assert_eq!(status(30, 10), ApprovalStatus::Pending);
    }

    #[test]
    fn a_mentor_outranks_the_votes() {
        let many = Tally { upvotes: 100, downvotes: 0, views: 0 };
        assert_eq!(approval(Review::Rejected, many, POLICY), ApprovalStatus::Rejected);
        assert_eq!(approval(Review::Verified, Tally::default(), POLICY), ApprovalStatus::Verified);
    }

    proptest! {
        #[test]
        fn one_more_upvote_never_takes_approval_away(up in 0..500_i64, down in 0..500_i64) {
            if status(up, down) == ApprovalStatus::Approved {
                prop_assert_eq!(status(up + 1, down), ApprovalStatus::Approved);
            }
        }
    }
}
