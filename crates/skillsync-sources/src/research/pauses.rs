//! Which sites asked to be left alone, and for how much longer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// For a site whose quota is used up and that does not say until when.
const USUAL: Duration = Duration::from_secs(60);

/// However long a site asks for, it is asked again after this: the operator may have given it a key by then.
const LONGEST: Duration = Duration::from_secs(3600);

/// The pauses that sites asked for. Asking on during one is what sites block addresses for.
#[derive(Debug, Default)]
pub(super) struct Pauses(Mutex<HashMap<String, Instant>>);

impl Pauses {
    /// Leaves a site alone for as long as it asks, within reason.
    pub(super) fn begin(&self, site: &str, asked: Option<Duration>, now: Instant) {
        let until = now + asked.unwrap_or(USUAL).min(LONGEST);
        self.all().insert(site.to_owned(), until);
    }

    /// How long the site is still to be left alone.
    pub(super) fn left(&self, site: &str, now: Instant) -> Option<Duration> {
        let until = *self.all().get(site)?;
        until.checked_duration_since(now).filter(|left| !left.is_zero())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends() {
        let (pauses, now) = (Pauses::default(), Instant::now());
        assert_eq!(pauses.left("a", now), None);
        pauses.begin("a", Some(Duration::from_secs(10)), now);
        pauses.begin("b", None, now);
        pauses.begin("c", Some(Duration::MAX), now);
        assert_eq!(pauses.left("a", now), Some(Duration::from_secs(10)));
        assert_eq!(pauses.left("b", now), Some(USUAL));
        assert_eq!(pauses.left("c", now), Some(LONGEST));
        let later = now + Duration::from_secs(10);
        assert_eq!(pauses.left("a", later), None);
        assert_eq!(pauses.left("b", later), Some(Duration::from_secs(50)));
    }
}
