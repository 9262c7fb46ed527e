//! Prices of models, and what an answer costs by them. Pure integer arithmetic in nano-dollars.
//!
//! The program knows the prices of common models ([`PriceTable::known`], from `prices.toml`, each with the date on which it
//! was read); what the operator states outranks them.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Deserialize;
use skillsync_llm::{Request, Usage};

/// The prices that the program knows.
const KNOWN: &str = include_str!("../../prices.toml");

/// Providers that run on machines of the operator and send no bill.
const FREE_PROVIDERS: [&str; 1] = ["ollama"];

/// The most that is believed of one call, a million dollars: the sum over thousands of calls then fits 64 bits. A provider
/// that counts more has counted wrongly.
pub const MOST_NANO_DOLLARS_A_CALL: i64 = 1_000_000_000_000_000;

/// Tokens that a provider may add around each message: its role and separators.
const TOKENS_AROUND_A_MESSAGE: u64 = 16;

/// Tokens that a provider may add to a whole request: its own instructions for answers of a given shape.
const TOKENS_AROUND_A_REQUEST: u64 = 1_024;

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
            input: nano_dollars_per_token(dollars.input)?,
            cached_input: nano_dollars_per_token(dollars.cached_input.unwrap_or(dollars.input))?,
            output: nano_dollars_per_token(dollars.output)?,
        })
    }
}

fn nano_dollars_per_token(dollars_per_million: f64) -> Result<i64, InvalidPrice> {
    if (0.0..=MOST_DOLLARS_PER_MILLION).contains(&dollars_per_million) {
        Ok((dollars_per_million * NANO_DOLLARS_PER_TOKEN).round() as i64)
    } else {
        Err(InvalidPrice(dollars_per_million))
    }
}

/// What an answer costs, in nano-dollars, at most [`MOST_NANO_DOLLARS_A_CALL`]. Input tokens include the cached ones, so
/// those are taken out first; output tokens include hidden reasoning.
pub fn cost(usage: &Usage, price: &Price) -> i64 {
    let cached = usage.cached_input_tokens.min(usage.input_tokens);
    let fresh = usage.input_tokens - cached;
    let part = |tokens: u64, nano_dollars: i64| i128::from(tokens) * i128::from(nano_dollars);
    let sum = part(fresh, price.input) + part(cached, price.cached_input) + part(usage.output_tokens, price.output);
    i64::try_from(sum).unwrap_or(MOST_NANO_DOLLARS_A_CALL).min(MOST_NANO_DOLLARS_A_CALL)
}

/// The most that an answer to this request can cost, in nano-dollars: the longest input that its text can make, none of it
/// cached, and the longest answer allowed.
///
/// A tokenizer that falls back to bytes, as those of all known providers do, makes no more tokens than the text has bytes
/// (Sennrich, Haddow, Birch 2016, on byte pairs: a token stands for one unit or more). The schema counts twice, since a
/// server without schemas is told it in words as well.
pub fn highest_cost(request: &Request, price: &Price) -> i64 {
    let messages: u64 =
        request.messages.iter().map(|message| message.text.len() as u64 + TOKENS_AROUND_A_MESSAGE).sum();
    let schema = request.schema.as_ref().map_or(0, |schema| 2 * schema.schema.to_string().len() as u64);
    let usage = Usage {
        input_tokens: messages + schema + TOKENS_AROUND_A_REQUEST,
        output_tokens: u64::from(request.max_output_tokens),
        ..Usage::default()
    };
    // A price at which cached input is dearer than other input would be strange, but must not break the bound.
    cost(&usage, &Price { input: price.input.max(price.cached_input), ..*price })
}

/// The prices in use.
#[derive(Clone, Debug, Default)]
pub struct PriceTable {
    /// By `provider/model`, as the program knows them.
    known: HashMap<String, Price>,
    /// By `provider/model` or `model`, as the operator states them.
    stated: HashMap<String, Price>,
}

/// One entry of `prices.toml`, in dollars for a million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownPrice {
    input: f64,
    cached_input: Option<f64>,
    output: f64,
    /// The day on which it was read. Only people need it, but it must be there.
    #[serde(rename = "read_on")]
    _read_on: NaiveDate,
}

/// All of `prices.toml`, by provider and model.
type KnownPrices = HashMap<String, HashMap<String, KnownPrice>>;

impl PriceTable {
    /// The prices that the program knows.
    ///
    /// # Panics
    /// When the file that it was built with is broken, which a test looks after.
    pub fn known() -> Self {
        let providers: KnownPrices = toml::from_str(KNOWN).expect("prices.toml is a list of prices");
        let mut known = HashMap::new();
        for (provider, models) in providers {
            for (model, price) in models {
                let KnownPrice { input, cached_input, output, .. } = price;
                let price = Price::try_from(DollarsPerMillion { input, cached_input, output });
                known.insert(format!("{provider}/{model}"), price.expect("a price in prices.toml is one"));
            }
        }
        Self { known, stated: HashMap::new() }
    }

    /// The same table with the operator's own prices, each named `model` or `provider/model`.
    #[must_use]
    pub fn stating<N: Into<String>>(mut self, prices: impl IntoIterator<Item = (N, Price)>) -> Self {
        self.stated.extend(prices.into_iter().map(|(name, price)| (name.into(), price)));
        self
    }

    /// The price of a provider's model by the name that it is asked for; none when it is not known, which is never the same
    /// as free.
    ///
    /// Names match exactly, and where none does, a name that ends in a date matches the one without: `gpt-5-2025-08-07` has
    /// the price of `gpt-5`. What the operator stated comes first, under `provider/model` before `model`; then a provider
    /// on the operator's own machines, which costs nothing; then what the program knows.
    pub fn find(&self, provider: &str, model: &str) -> Option<Price> {
        let names = [Some(model), undated(model)];
        let names = || names.iter().flatten();
        let full = |name: &&str| format!("{provider}/{name}");
        let stated = names().find_map(|name| self.stated.get(&full(name)).or_else(|| self.stated.get(*name)));
        let free = || FREE_PROVIDERS.contains(&provider).then_some(&FREE);
        let known = || names().find_map(|name| self.known.get(&full(name)));
        stated.or_else(free).or_else(known).copied()
    }
}

/// What costs nothing.
const FREE: Price = Price { input: 0, cached_input: 0, output: 0 };

/// A model's name without the date of its version at its end, `-2025-08-07` or `-20250807`.
fn undated(model: &str) -> Option<&str> {
    let is_date = |text: &str, form: &str| {
        text.len() == form.len()
            && text
                .bytes()
                .zip(form.bytes())
                .all(|(byte, form)| if form == b'0' { byte.is_ascii_digit() } else { byte == form })
    };
    ["-0000-00-00", "-00000000"].into_iter().find_map(|form| {
        let (name, end) = model.split_at_checked(model.len().checked_sub(form.len())?)?;
        (is_date(end, form) && !name.is_empty()).then_some(name)
    })
}

impl<N: Into<String>> FromIterator<(N, Price)> for PriceTable {
    fn from_iter<I: IntoIterator<Item = (N, Price)>>(prices: I) -> Self {
        Self::default().stating(prices)
    }
}

/// Dollars as whole nano-dollars, rounded to the nearest.
pub fn nano_dollars(dollars: f64) -> i64 {
    (dollars * 1e9).round() as i64
}

/// Nano-dollars as dollars, all nine places, such as `0.001234000`.
pub fn dollars(nano_dollars: i64) -> String {
    let (sign, nano_dollars) = (if nano_dollars < 0 { "-" } else { "" }, nano_dollars.unsigned_abs());
    format!("{sign}{}.{:09}", nano_dollars / 1_000_000_000, nano_dollars % 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use skillsync_llm::{JsonSchema, Message};

    use super::*;

    const PRICE: Price = Price { input: 150, cached_input: 75, output: 600 };

    #[test]
    fn dollars_per_million_become_whole_nano_dollars() {
        let price: Price =
            serde_json::from_str(r#"{"input": 0.15, "cached_input": 0.075, "output": 0.6}"#).expect("one");
        assert_eq!(price, PRICE);
        let price: Price = serde_json::from_str(r#"{"input": 0.15, "output": 0.6}"#).expect("a price");
        assert_eq!(price.cached_input, 150);
        for wrong in [-0.1, f64::NAN, f64::INFINITY, 2e6] {
            let dollars = DollarsPerMillion { input: 1.0, cached_input: None, output: wrong };
            assert!(Price::try_from(dollars).is_err(), "{wrong}");
        }
    }

    #[test]
    fn cached_input_is_not_paid_twice() {
        let usage = Usage { input_tokens: 1_000, cached_input_tokens: 400, output_tokens: 10, ..Usage::default() };
        assert_eq!(cost(&usage, &PRICE), 600 * 150 + 400 * 75 + 10 * 600);
        // Hidden reasoning is among the output already.
        assert_eq!(cost(&Usage { reasoning_tokens: 9, ..usage }, &PRICE), cost(&usage, &PRICE));
        let absurd = Usage { cached_input_tokens: u64::MAX, output_tokens: u64::MAX, ..usage };
        assert_eq!(cost(&absurd, &PRICE), MOST_NANO_DOLLARS_A_CALL);
    }

    #[test]
    fn names_match_exactly_or_without_their_date_and_the_operator_comes_first() {
        let price = |input| Price { input, ..FREE };
        let known = [("openai/small", price(1)), ("openai/large", price(2)), ("groq/small", price(3))];
        let known = known.map(|(name, price)| (name.to_owned(), price)).into_iter().collect();
        let stated =
            [("large", price(4)), ("groq/large", price(5)), ("ollama/metered", price(6)), ("small-20260101", price(7))];
        let table = PriceTable { known, ..PriceTable::default() }.stating(stated);
        let input = |provider, model| table.find(provider, model).map(|price| price.input);
        assert_eq!(input("openai", "small"), Some(1));
        assert_eq!(input("openai", "small-2026-08-07"), Some(1));
        assert_eq!(input("openai", "small-20260807"), Some(1));
        assert_eq!(input("openai", "small-20260101"), Some(7));
        assert_eq!(input("groq", "small"), Some(3));
        assert_eq!(input("openai", "large"), Some(4));
        assert_eq!(input("openai", "large-2026-08-07"), Some(4));
        assert_eq!(input("groq", "large"), Some(5));
        assert_eq!(input("ollama", "small"), Some(0));
        assert_eq!(input("ollama", "metered"), Some(6));
        for unknown in
            ["smal", "small-mini", "small-08-07", "small-2026-08-0x", "Small", "-20260807", "", "größer-2026"]
        {
            assert_eq!(input("openai", unknown), None, "{unknown}");
        }
        assert_eq!(input("vllm", "small"), None);
    }

    #[test]
    fn every_known_price_is_plausible() {
        let providers: KnownPrices = toml::from_str(KNOWN).expect("prices.toml is a list of prices");
        let names: BTreeSet<_> = providers.keys().map(String::as_str).collect();
        assert_eq!(names, BTreeSet::from(["anthropic", "gemini", "groq", "openai", "openrouter"]));
        for (provider, models) in &providers {
            for (model, KnownPrice { input, cached_input, output, .. }) in models {
                assert!(cached_input.is_none_or(|cached| cached <= *input) && input < output, "{provider}/{model}");
                assert!(undated(model).is_none(), "{model} also stands for its later versions without its date");
            }
        }
        for (provider, model) in [("openai", "gpt-4.1-mini-2025-04-14"), ("anthropic", "claude-haiku-4-5-20251001")] {
            assert!(PriceTable::known().find(provider, model).is_some(), "{model}");
        }
    }

    fn usages() -> impl Strategy<Value = Usage> {
        let tokens = || prop_oneof![0..100_000_u64, any::<u64>()];
        (tokens(), tokens(), tokens()).prop_map(|(input_tokens, cached_input_tokens, output_tokens)| Usage {
            input_tokens,
            cached_input_tokens: cached_input_tokens.min(input_tokens),
            output_tokens,
            ..Usage::default()
        })
    }

    fn prices() -> impl Strategy<Value = Price> {
        let price = || prop_oneof![0..10_000_i64, 0..=1_000_000_000_i64];
        (price(), price(), price()).prop_map(|(input, cached, output)| Price {
            input,
            cached_input: cached.min(input),
            output,
        })
    }

    proptest! {
        #[test]
        fn more_tokens_never_cost_less_and_no_count_is_too_large(usage in usages(), more in usages(), price in prices()) {
            let price_of = |usage: &Usage| cost(usage, &price);
            prop_assert!((0..=MOST_NANO_DOLLARS_A_CALL).contains(&price_of(&usage)));
            let sum = Usage {
                input_tokens: usage.input_tokens.saturating_add(more.input_tokens),
                output_tokens: usage.output_tokens.saturating_add(more.output_tokens),
                ..usage
            };
            prop_assert!(price_of(&sum) >= price_of(&usage));
            let uncached = Usage { cached_input_tokens: 0, ..usage };
            prop_assert!(price_of(&uncached) >= price_of(&usage));
        }

        #[test]
        fn no_answer_to_a_request_costs_more_than_its_bound(text in any::<String>(), most in 1_u32..100_000, price in prices()) {
            let schema = JsonSchema { name: "answer".into(), schema: serde_json::json!({"description": text}) };
            let request = Request { schema: Some(schema), ..Request::new(vec![Message::user(text.as_str())], most) };
            let worst = Usage {
                // A token for each byte of the text and of the schema.
                input_tokens: 2 * text.len() as u64,
                output_tokens: u64::from(most),
                ..Usage::default()
            };
            prop_assert!(cost(&worst, &price) <= highest_cost(&request, &price));
        }
    }

    #[test]
    fn dollars_show_all_nine_places() {
        assert_eq!(dollars(1_234_000), "0.001234000");
        assert_eq!(dollars(-12_000_000_001), "-12.000000001");
        assert_eq!(dollars(nano_dollars(0.1)), "0.100000000");
    }
}
