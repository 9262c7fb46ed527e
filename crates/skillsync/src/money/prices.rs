//! Prices of models, and what an answer costs by them. Pure integer arithmetic in nano-dollars.

use std::collections::HashMap;

use serde::Deserialize;
use skillsync_llm::Usage;

/// One dollar for a million tokens is a thousand nano-dollars for each.
const NANO_DOLLARS_PER_TOKEN: f64 = 1_000.0;

/// The dearest price that is believed, in dollars for a million tokens; a higher one is a slip of the pen.
const MOST_DOLLARS_PER_MILLION: f64 = 1_000_000.0;

/// What one model charges, in whole nano-dollars a token. Read from a table of dollars for a million tokens, which is how
/// providers state their prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "DollarsPerMillion")]
pub struct Price {
    /// For a token of input that the provider had not cached.
    pub input: i64,
    /// For a token of input that the provider had cached.
    pub cached_input: i64,
    /// For a token of output, hidden reasoning included.
    pub output: i64,
}

/// A price as providers state it and operators write it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DollarsPerMillion {
    /// Dollars for a million tokens of input.
    pub input: f64,
    /// Dollars for a million tokens of cached input; as dear as other input where it is not stated.
    pub cached_input: Option<f64>,
    /// Dollars for a million tokens of output.
    pub output: f64,
}

/// A price that cannot be meant.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} is not a price in dollars for a million tokens; it must be 0 to {MOST_DOLLARS_PER_MILLION}")]
pub struct InvalidPrice(f64);

impl TryFrom<DollarsPerMillion> for Price {
    type Error = InvalidPrice;

    /// Rounds to whole nano-dollars a token, a tenth of a cent for a million tokens: no provider's price is finer than
    /// matters there.
    fn try_from(dollars: DollarsPerMillion) -> Result<Self, InvalidPrice> {
        Ok(Self {
            input: nano_dollars(dollars.input)?,
            cached_input: nano_dollars(dollars.cached_input.unwrap_or(dollars.input))?,
            output: nano_dollars(dollars.output)?,
        })
    }
}

fn nano_dollars(dollars_per_million: f64) -> Result<i64, InvalidPrice> {
    if (0.0..=MOST_DOLLARS_PER_MILLION).contains(&dollars_per_million) {
        Ok((dollars_per_million * NANO_DOLLARS_PER_TOKEN).round() as i64)
    } else {
        Err(InvalidPrice(dollars_per_million))
    }
}

/// What an answer costs, in nano-dollars. Input tokens include the cached ones, so those are taken out first.
pub fn cost(usage: &Usage, price: &Price) -> i64 {
    let cached = usage.cached_input_tokens.min(usage.input_tokens);
    let fresh = usage.input_tokens - cached;
    let part = |tokens: u64, nano_dollars: i64| i128::from(tokens) * i128::from(nano_dollars);
    let sum = part(fresh, price.input) + part(cached, price.cached_input) + part(usage.output_tokens, price.output);
    i64::try_from(sum).unwrap_or(i64::MAX)
}

/// The prices in use, by the model's name as it is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct PriceTable(HashMap<String, Price>);

impl PriceTable {
    /// The price of a model; none when it is not known, which is never the same as free.
    pub fn find(&self, model: &str) -> Option<Price> {
        self.0.get(model).copied()
    }
}

impl<N: Into<String>> FromIterator<(N, Price)> for PriceTable {
    fn from_iter<I: IntoIterator<Item = (N, Price)>>(prices: I) -> Self {
        Self(prices.into_iter().map(|(name, price)| (name.into(), price)).collect())
    }
}

/// Nano-dollars as dollars, all nine places, such as `0.001234000`.
pub fn dollars(nano_dollars: i64) -> String {
    let (sign, nano_dollars) = (if nano_dollars < 0 { "-" } else { "" }, nano_dollars.unsigned_abs());
    format!("{sign}{}.{:09}", nano_dollars / 1_000_000_000, nano_dollars % 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_per_million_become_whole_nano_dollars() {
        let table: PriceTable = serde_json::from_str(
            r#"{"small": {"input": 0.15, "cached_input": 0.075, "output": 0.6}, "local": {"input": 0, "output": 0}}"#,
        )
        .expect("a table");
        assert_eq!(table.find("small"), Some(Price { input: 150, cached_input: 75, output: 600 }));
        assert_eq!(table.find("local"), Some(Price { input: 0, cached_input: 0, output: 0 }));
        assert_eq!(table.find("unheard-of"), None);
        for wrong in [-0.1, f64::NAN, f64::INFINITY, 2e6] {
            let dollars = DollarsPerMillion { input: 1.0, cached_input: None, output: wrong };
            assert!(Price::try_from(dollars).is_err(), "{wrong}");
        }
    }

    #[test]
    fn cached_input_is_not_paid_twice() {
        let price = Price { input: 150, cached_input: 75, output: 600 };
        let usage = Usage { input_tokens: 1_000, cached_input_tokens: 400, output_tokens: 10, ..Usage::default() };
        assert_eq!(cost(&usage, &price), 600 * 150 + 400 * 75 + 10 * 600);
        let absurd = Usage { cached_input_tokens: u64::MAX, output_tokens: u64::MAX, ..usage };
        assert_eq!(cost(&absurd, &price), i64::MAX);
    }
}
