//! A span of time that a report is about.

use std::str::FromStr;

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};

/// The span when nothing else is asked for.
const USUAL: TimeDelta = TimeDelta::days(7);

/// From one full hour up to, but without, another, in UTC: requests are counted by the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// A span that ends before it begins, or lies where our clocks do not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The span must end after it begins, and lie between the years 1700 and 2200.")]
pub struct InvalidSpan;

impl Span {
    /// The hours that have anything in common with these times; without a beginning, the seven days before the end; without
    /// an end, up to that of the current hour.
    ///
    /// # Errors
    /// When the end does not come after the beginning.
    pub fn new(
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Self, InvalidSpan> {
        let hour = TimeDelta::hours(1);
        // The current hour is among those up to now, also when it has just begun.
        let to = match to {
            Some(to) => to,
            None => {
                now.duration_trunc(hour).ok().and_then(|begun| begun.checked_add_signed(hour)).ok_or(InvalidSpan)?
            }
        };
        let from = match from {
            Some(from) => from,
            None => to.checked_sub_signed(USUAL).ok_or(InvalidSpan)?,
        };
        if from >= to {
            return Err(InvalidSpan);
        }
        let from = from.duration_trunc(hour).map_err(|_| InvalidSpan)?;
        let to = to.duration_round_up(hour).map_err(|_| InvalidSpan)?;
        Ok(Self { from, to })
    }

    /// The first moment of it.
    pub fn from(&self) -> DateTime<Utc> {
        self.from
    }

    /// The first moment after it.
    pub fn to(&self) -> DateTime<Utc> {
        self.to
    }

    /// The numbers of its first hour and of the first after it.
    pub(super) fn hours(&self) -> (i64, i64) {
        (hour(self.from), hour(self.to))
    }
}

/// The number of an hour since 1970.
pub(super) fn hour(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(3_600)
}

/// A moment as people write it: `2026-11-22`, which is midnight in UTC, or `2026-11-22T20:15:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub DateTime<Utc>);

/// A text that is no [`Moment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a moment is written as 2026-11-22 or as 2026-11-22T20:15:00Z")]
pub struct InvalidMoment;

impl FromStr for Moment {
    type Err = InvalidMoment;

    fn from_str(text: &str) -> Result<Self, InvalidMoment> {
        let midnight = |day: NaiveDate| day.and_hms_opt(0, 0, 0).map(|midnight| midnight.and_utc());
        let day = text.parse::<NaiveDate>().ok().and_then(midnight);
        let moment = day.or_else(|| text.parse::<DateTime<Utc>>().ok());
        moment.map(Self).ok_or(InvalidMoment)
    }
}

/// A length of time as people write it: `12h`, `7d` or `4w`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length(pub TimeDelta);

/// A text that is no [`Length`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a length of time is written as 12h, 7d or 4w, and is not longer than a thousand years")]
pub struct InvalidLength;

impl FromStr for Length {
    type Err = InvalidLength;

    fn from_str(text: &str) -> Result<Self, InvalidLength> {
        let (number, hours) = [('h', 1), ('d', 24), ('w', 7 * 24)]
            .into_iter()
            .find_map(|(unit, hours)| Some((text.strip_suffix(unit)?, hours)))
            .ok_or(InvalidLength)?;
        let hours = number.parse::<u32>().ok().and_then(|number| i64::from(number).checked_mul(hours));
        let hours = hours.filter(|hours| (1..=1_000 * 366 * 24).contains(hours)).ok_or(InvalidLength)?;
        TimeDelta::try_hours(hours).map(Self).ok_or(InvalidLength)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse::<Moment>().expect("a moment").0
    }

    #[test]
    fn spans_are_whole_hours() {
        let now = at("2026-11-22T20:15:00Z");
        let span = Span::new(None, None, now).expect("a span");
        assert_eq!((span.from(), span.to()), (at("2026-11-15T21:00:00Z"), at("2026-11-22T21:00:00Z")));
        assert_eq!(Span::new(None, None, at("2026-11-22T20:00:00Z")), Ok(span), "the hour that has just begun");
        let span = Span::new(Some(at("2026-11-01")), Some(at("2026-11-02")), now).expect("a span");
        assert_eq!((span.from(), span.to()), (at("2026-11-01"), at("2026-11-02")));
        assert_eq!(span.hours().1 - span.hours().0, 24);
        for to in [at("2026-11-01"), at("2026-10-31")] {
            assert_eq!(Span::new(Some(at("2026-11-01")), Some(to), now), Err(InvalidSpan));
        }
        assert_eq!(Span::new(None, Some(DateTime::<Utc>::MIN_UTC), now), Err(InvalidSpan));
        assert_eq!(Span::new(Some(DateTime::<Utc>::MIN_UTC), None, now), Err(InvalidSpan));
    }

    #[test]
    fn moments_and_lengths_are_read_as_people_write_them() {
        assert_eq!(at("2026-11-22"), at("2026-11-22T01:00:00+01:00"));
        for wrong in ["", "yesterday", "22.11.2026", "2026-13-01", "2026-11-22T20:15:00"] {
            assert_eq!(wrong.parse::<Moment>(), Err(InvalidMoment), "{wrong}");
        }
        assert_eq!("36h".parse(), Ok(Length(TimeDelta::hours(36))));
        assert_eq!("2w".parse(), Ok(Length(TimeDelta::days(14))));
        for wrong in ["", "d", "0d", "-1d", "7", "7x", "1.5d", "99999999999d", "4294967295w", "d7"] {
            assert_eq!(wrong.parse::<Length>(), Err(InvalidLength), "{wrong}");
        }
    }
}
