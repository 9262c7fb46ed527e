//! How single values are read: each reader accepts a range and otherwise says in full words what it wanted.
//!
//! All go through [`toml::Value`], so that a value of the wrong kind gets the same sentence as one out of range.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};
use toml::Value;

/// How much of a refused text is repeated to its author.
const SHOWN_CHARS: usize = 60;

/// A whole number from `MIN` to `MAX`, both included.
pub(super) fn whole<'de, D, T, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let found = Value::deserialize(deserializer)?;
    let number = found.as_integer().filter(|number| (MIN..=MAX).contains(number));
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| refusal(&format!("a whole number from {MIN} to {MAX}"), &found))
}

/// A time in whole milliseconds from `MIN` to `MAX`.
pub(super) fn milliseconds<'de, D, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<Duration, D::Error>
where
    D: Deserializer<'de>,
{
    whole::<D, u64, MIN, MAX>(deserializer).map(Duration::from_millis)
}

/// A time in whole days from `MIN` to `MAX`.
pub(super) fn days<'de, D, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<Duration, D::Error>
where
    D: Deserializer<'de>,
{
    whole::<D, u64, MIN, MAX>(deserializer).map(|days| Duration::from_secs(days * 24 * 60 * 60))
}

/// A number from 0 to `MAX`. A whole number will do, for nobody should have to write `80.0`.
pub(super) fn number<'de, D, const MAX: u32>(deserializer: D) -> Result<f64, D::Error>
where
    D: Deserializer<'de>,
{
    let found = Value::deserialize(deserializer)?;
    let number = match found {
        Value::Float(number) => Some(number),
        Value::Integer(number) => i32::try_from(number).ok().map(f64::from),
        _ => None,
    };
    // NaN lies in no range and is refused with the rest.
    number
        .filter(|number| (0.0..=f64::from(MAX)).contains(number))
        .ok_or_else(|| refusal(&format!("a number from 0 to {MAX}"), &found))
}

/// `true` or `false`.
pub(super) fn yes_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let found = Value::deserialize(deserializer)?;
    found.as_bool().ok_or_else(|| refusal("true or false", &found))
}

/// Any text that fits on one line.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    parsed(deserializer, "text without control characters", |text| {
        (!text.contains(char::is_control)).then(|| text.to_owned())
    })
}

/// A text that `parse` accepts; `wanted` completes "must be …".
pub(super) fn parsed<'de, D, T>(
    deserializer: D,
    wanted: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let found = Value::deserialize(deserializer)?;
    found.as_str().and_then(parse).ok_or_else(|| refusal(wanted, &found))
}

/// Like [`parsed`], for values that may hold a secret: what was found is never repeated.
pub(super) fn parsed_unseen<'de, D, T>(
    deserializer: D,
    wanted: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let found = Value::deserialize(deserializer)?;
    let refusal = || D::Error::custom(format!("must be {wanted} (the value is not shown: it may hold a secret)"));
    found.as_str().and_then(parse).ok_or_else(refusal)
}

fn refusal<E: Error>(wanted: &str, found: &Value) -> E {
    let shown = match found {
        Value::String(text) if text.chars().count() > SHOWN_CHARS => {
            format!("{:?}…", text.chars().take(SHOWN_CHARS).collect::<String>())
        }
        Value::String(text) => format!("{text:?}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
        other => other.to_string(),
    };
    E::custom(format!("must be {wanted}, not {shown}"))
}
