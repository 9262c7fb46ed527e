//! How long a server asks to wait before the next request, in all the ways in which servers say so.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

/// What the headers ask for: `retry-after-ms` is OpenAI's finer form, `retry-after` holds seconds or a date.
///
/// This crate knows no date, so a date counts from the server's own, the header `date`, and without that it is not read. That
/// is also right where the two clocks differ.
pub(crate) fn in_headers(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok();
    if let Some(milliseconds) = text("retry-after-ms").and_then(number) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let wait = text(RETRY_AFTER.as_str())?;
    if let Some(seconds) = number(wait) {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let (until, now) = (http_date(wait)?, http_date(text(DATE.as_str())?)?);
    Some(Duration::from_secs(until.saturating_sub(now)))
}

/// What Google's servers put beside an error: `{"@type": "…RetryInfo", "retryDelay": "34.5s"}` among its details.
pub(crate) fn in_details(error: &Value) -> Option<Duration> {
    let delay = error.get("details")?.as_array()?.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    Duration::try_from_secs_f64(delay.strip_suffix('s')?.parse().ok()?).ok()
}

/// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may send today (RFC 9110, 5.6.7), as
/// seconds since 1970.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (_, date) = text.split_once(", ")?;
    let [day, month, year, time, "GMT"] = date.split(' ').collect::<Vec<_>>()[..] else { return None };
    let [hour, minute, second] = time.split(':').map(|part| part.parse::<u64>().ok()).collect::<Vec<_>>()[..] else {
        return None;
    };
    let month = (month.len() == 3).then(|| MONTHS.find(month)).flatten().filter(|at| at % 3 == 0)? as u64 / 3;
    let year = year.parse::<u64>().ok().filter(|year| (1970..10_000).contains(year))?;
    let day = day.parse::<u64>().ok().filter(|day| (1..=31).contains(day))?;
    let days = days_before(year, month) + day - 1;
    Some(((days * 24 + hour?) * 60 + minute?) * 60 + second?)
}

/// Days from the beginning of 1970 to the first of a month, January being 0.
fn days_before(year: u64, month: u64) -> u64 {
    const BEFORE_MONTH: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap_days = |years: u64| years / 4 - years / 100 + years / 400;
    let is_leap = leap_days(year) > leap_days(year - 1);
    let leap_day_of_this_year = u64::from(is_leap && month > 1);
    (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969) + BEFORE_MONTH[month as usize] + leap_day_of_this_year
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    fn asked(headers: &[(&'static str, &'static str)]) -> Option<f64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect::<HeaderMap>();
        in_headers(&headers).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn seconds_milliseconds_and_dates_are_understood() {
        let now = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(asked(&[("retry-after", " 7 ")]), Some(7.0));
        assert_eq!(asked(&[("retry-after", "2"), ("retry-after-ms", "1500")]), Some(1.5));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:51:07 GMT"), now]), Some(90.0));
        // What is past by now is due at once, and a date says nothing to one who knows no date.
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), now]), Some(0.0));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:51:07 GMT")]), None);
        for nonsense in ["-3", "soon", "inf", "1e300", "Sun, 06 Foo 1994 08:51:07 GMT", "Sun, 06 anF 1994 08:51:07 GMT"]
        {
            assert_eq!(asked(&[("retry-after", nonsense), now]), None, "{nonsense}");
        }
    }

    #[test]
    fn dates_are_counted_through_leap_years() {
        for (date, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Sun, 31 Dec 2028 12:00:00 GMT", 1_861_876_800),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ] {
            assert_eq!(http_date(date), Some(seconds), "{date}");
        }
    }

    #[test]
    fn googles_retry_info_is_found() {
        let details =
            json!({ "details": [{ "@type": "QuotaFailure" }, { "@type": "RetryInfo", "retryDelay": "34.5s" }] });
        assert_eq!(in_details(&details), Some(Duration::from_millis(34_500)));
        assert_eq!(in_details(&json!({ "details": [{ "retryDelay": "-1s" }] })), None);
        assert_eq!(in_details(&json!({})), None);
    }
}
