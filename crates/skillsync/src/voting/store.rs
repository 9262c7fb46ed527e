//! Ballots in the database.

use chrono::{DateTime, Utc};

use crate::ids::{LessonId, PersonId};
use crate::storage::{BeginWrite, Db, Result, on_engine};

use super::ballot::{Ballot, Comment, Tally, Vote};

/// One learner's ballot for one version.
pub struct NewBallot<'a> {
    /// The version.
    pub lesson: LessonId,
    /// The learner.
    pub person: PersonId,
    /// What to do.
    pub ballot: Ballot,
    /// A comment beside the vote.
    pub comment: Option<&'a Comment>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Touching the tally first makes concurrent ballots for one version wait for each other, so that each counts all before it.
const LOCK: &str = "UPDATE tallies SET views = views WHERE lesson_id = $1";
const CAST: &str = "INSERT INTO votes (lesson_id, person_id, vote, comment, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (lesson_id, person_id)
    DO UPDATE SET vote = excluded.vote, comment = excluded.comment, updated_at = excluded.updated_at";
const WITHDRAW: &str = "DELETE FROM votes WHERE lesson_id = $1 AND person_id = $2";
const COUNT: &str = "UPDATE tallies SET
    upvotes = (SELECT COUNT(*) FROM votes WHERE lesson_id = $1 AND vote = 'upvote'),
    downvotes = (SELECT COUNT(*) FROM votes WHERE lesson_id = $1 AND vote = 'downvote')
    WHERE lesson_id = $1 RETURNING upvotes, downvotes, views";

/// Counts a ballot and gives the tally after it; none when there is no such version.
///
/// # Errors
/// When the database cannot be used; nothing is counted then.
pub async fn cast(db: &Db, new: &NewBallot<'_>) -> Result<Option<Tally>> {
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let locked = sqlx::query(LOCK).bind(new.lesson).execute(&mut *tx).await?.rows_affected();
        if locked == 0 {
            return Ok(None);
        }
        match new.ballot {
            Ballot::Cast(vote) => {
                let cast = sqlx::query(CAST).bind(new.lesson).bind(new.person).bind(vote);
                cast.bind(new.comment.map(Comment::as_str)).bind(new.at).execute(&mut *tx).await?;
            }
            Ballot::Withdraw => {
                sqlx::query(WITHDRAW).bind(new.lesson).bind(new.person).execute(&mut *tx).await?;
            }
        }
        let tally = sqlx::query_as(COUNT).bind(new.lesson).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(Some(tally))
    })
}

const OWN: &str = "SELECT vote, comment FROM votes WHERE lesson_id = $1 AND person_id = $2";

/// The vote that a learner has on a version.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnVote {
    /// For or against.
    pub vote: Vote,
    /// The comment beside it.
    pub comment: Option<String>,
}

/// The vote that a learner has on a version.
///
/// # Errors
/// When the database cannot be used.
pub async fn own_vote(db: &Db, lesson: LessonId, person: PersonId) -> Result<Option<OwnVote>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(OWN).bind(lesson).bind(person).fetch_optional(pool).await?))
}
