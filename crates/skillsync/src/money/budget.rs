//! Budgets: how much may be spent in a day and in a month, in UTC, and what is said when one is used up. Pure.

use std::fmt;

use chrono::{DateTime, Datelike, Days, Months, Utc};

/// What may be spent. The default is no budget at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Most nano-dollars a day; none is no limit.
    pub day_nano_dollars: Option<i64>,
    /// Most nano-dollars a month; none is no limit.
    pub month_nano_dollars: Option<i64>,
    /// Whether models may be asked whose price is not known, though a budget is set. What they cost cannot be counted.
    pub allow_unpriced: bool,
}

impl Budget {
    /// The limit for a period; none is no limit.
    pub fn limit(&self, period: Period) -> Option<i64> {
        match period {
            Period::Day => self.day_nano_dollars,
            Period::Month => self.month_nano_dollars,
        }
    }

    /// Whether there is any limit.
    pub fn is_set(&self) -> bool {
        Period::ALL.into_iter().any(|period| self.limit(period).is_some())
    }
}

/// A span of time with a budget of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A day in UTC.
    Day,
    /// A month in UTC.
    Month,
}

impl Period {
    /// Both. Whoever changes the counters of both takes the month first, so that two never wait for each other for ever.
    pub const ALL: [Self; 2] = [Self::Month, Self::Day];

    /// The name under which the period is counted that a day such as `2026-11-22` lies in, such as `month:2026-11`.
    pub(super) fn name(self, day: &str) -> String {
        match self {
            Self::Day => format!("day:{day}"),
            Self::Month => format!("month:{}", day.get(..7).unwrap_or(day)),
        }
    }

    /// When the period that `now` lies in ends.
    pub fn end(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.date_naive();
        let next = match self {
            Self::Day => today.checked_add_days(Days::new(1)),
            Self::Month => today.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))),
        };
        next.and_then(|day| day.and_hms_opt(0, 0, 0)).map_or(DateTime::<Utc>::MAX_UTC, |midnight| midnight.and_utc())
    }
}

/// There is no room in a budget for another call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BudgetUsedUp {
    /// Which budget.
    pub period: Period,
    /// When the next period begins, and with it a new budget.
    pub until: DateTime<Utc>,
    /// Whether a part of it is only set aside for calls under way, most of which will cost less: there may be room sooner.
    pub set_aside: bool,
}

impl fmt::Display for BudgetUsedUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = self.until.format("%-d %B %Y, %H:%M UTC");
        write!(formatter, "The budget for new lessons is used up until {until}")?;
        if self.set_aside {
            formatter.write_str(
                ", or until the lessons being written now turn out to cost less. Try again in a few minutes",
            )?;
        }
        formatter.write_str(". Lessons that are already there can still be opened.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn periods_are_named_and_end_in_utc() {
        let now = at("2026-12-31T23:59:59.999999Z");
        assert_eq!(Period::Day.name(&now.date_naive().to_string()), "day:2026-12-31");
        assert_eq!(Period::Month.name(&now.date_naive().to_string()), "month:2026-12");
        for period in Period::ALL {
            assert_eq!(period.end(now), at("2027-01-01T00:00:00Z"));
        }
        assert_eq!(Period::Month.end(at("2028-01-31T00:00:00Z")), at("2028-02-01T00:00:00Z"));
        assert_eq!(Period::Day.end(at("2028-02-28T12:00:00Z")), at("2028-02-29T00:00:00Z"));
        assert_eq!(Period::Month.end(DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC);
    }

    #[test]
    fn learners_are_told_until_when_and_what_still_works() {
        let used_up = BudgetUsedUp { period: Period::Day, until: at("2026-11-23T00:00:00Z"), set_aside: false };
        insta::assert_snapshot!(used_up, @"The budget for new lessons is used up until 23 November 2026, 00:00 UTC. Lessons that are already there can still be opened.");
        let set_aside = BudgetUsedUp { set_aside: true, ..used_up };
        insta::assert_snapshot!(set_aside, @"The budget for new lessons is used up until 23 November 2026, 00:00 UTC, or until the lessons being written now turn out to cost less. Try again in a few minutes. Lessons that are already there can still be opened.");
    }
}
