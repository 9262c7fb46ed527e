//! Compares the program's ledger with the provider's own book, row by row and to the nano-dollar. Pure.
//!
//! Each request that cost something has exactly one row. A row that says it is exact has the provider's own counts and cost;
//! a row of a call that was interrupted, or whose answer broke off, says that it is not.

use crate::provider::{Call, Charge, Fate};

/// A row of the ledger with what its run is about.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row's id.
    pub id: i64,
    /// What the run's lesson is about.
    pub topic: String,
    /// The step.
    pub step: String,
    /// The tokens that it has.
    pub charge: Charge,
    /// Whether it says that the provider counted them.
    pub is_exact: bool,
    /// What it says the call cost.
    pub cost: Option<i64>,
    /// How it says the call ended.
    pub outcome: String,
}

/// What the comparison has found.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Everything that does not agree, in words.
    pub differences: Vec<String>,
    /// What was paid by the provider's book, in nano-dollars.
    pub billed: i64,
    /// How much of that was paid for answers that the program never had in its books, and whose rows say so.
    pub unheard: i64,
    /// Rows of calls that were announced and then never made, because the process was stopped in between.
    pub never_sent: usize,
}

/// Compares. Where processes were `interrupted`, calls may be announced without being made, and whole answers may have been
/// sent to nobody.
pub fn compare(entries: &[Entry], calls: &[Call], interrupted: bool) -> Comparison {
    let mut comparison = Comparison {
        billed: calls.iter().filter(|call| call.is_billed()).map(|call| call.charge.cost()).sum(),
        ..Comparison::default()
    };
    let mut open: Vec<&Call> = calls.iter().collect();
    // Rows that say the most choose first, so that none of them takes what belongs to another.
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|entry| (!entry.is_exact, entry.outcome != "failed", entry.id));
    for entry in entries {
        let Some(place) = counterpart(entry, &open) else {
            if interrupted && !entry.is_exact {
                comparison.never_sent += 1;
            } else {
                comparison.differences.push(format!("the provider knows nothing of {}", told(entry)));
            }
            continue;
        };
        let call = open.remove(place);
        if call.is_billed() && !entry.is_exact {
            comparison.unheard += call.charge.cost();
        }
        // A question that was rejected for how it was put is put again under the same row.
        open.retain(|other| other.is_billed() || other.request_id.is_none() || other.request_id != call.request_id);
        if let Some(why) = disagreement(entry, call, interrupted) {
            comparison.differences.push(format!("{why}: {} against request {}, {call:?}", told(entry), call.number));
        }
    }
    for call in open.iter().filter(|call| call.is_billed()) {
        comparison.differences.push(format!("request {} has no row: {call:?}", call.number));
    }
    comparison
}

/// The request that a row is about: by the row's id where requests carry it, and else the one that fits best.
fn counterpart(entry: &Entry, open: &[&Call]) -> Option<usize> {
    let id = entry.id.to_string();
    let named = |call: &&Call| call.request_id.as_deref() == Some(&id);
    let by_id = open.iter().position(|call| named(call) && call.is_billed()).or(open.iter().position(named));
    by_id.or_else(|| {
        let same = |call: &Call| call.request_id.is_none() && call.topic == entry.topic && call.step == entry.step;
        let fits = |wanted: &dyn Fn(&Call) -> bool| open.iter().position(|call| same(call) && wanted(call));
        if entry.is_exact && entry.charge == Charge::default() {
            return fits(&|call| !call.is_billed());
        }
        if entry.is_exact {
            return fits(&|call| call.fate == Fate::Delivered && call.charge == entry.charge)
                .or_else(|| fits(&|call| call.fate == Fate::Delivered));
        }
        fits(&|call| matches!(call.fate, Fate::HungUp | Fate::Spoiled | Fate::Open))
            .or_else(|| fits(&|call| call.fate == Fate::Delivered))
    })
}

fn disagreement(entry: &Entry, call: &Call, interrupted: bool) -> Option<&'static str> {
    let is_settled = matches!(entry.outcome.as_str(), "answered" | "failed");
    match call.fate {
        Fate::Open => Some("the request is still open"),
        Fate::Rejected if entry.is_exact && entry.charge == Charge::default() && entry.cost == Some(0) => None,
        Fate::Rejected if interrupted && !is_settled => None,
        Fate::Rejected => Some("a rejected request costs nothing"),
        Fate::HungUp | Fate::Spoiled if entry.is_exact => Some("nobody told what this request cost"),
        Fate::HungUp | Fate::Spoiled => None,
        Fate::Delivered if !entry.is_exact && interrupted && !is_settled => None,
        Fate::Delivered if !entry.is_exact => Some("the provider told what this cost"),
        Fate::Delivered if entry.charge != call.charge => Some("the tokens differ"),
        Fate::Delivered if entry.cost != Some(call.charge.cost()) => Some("the cost differs"),
        Fate::Delivered => None,
    }
}

fn told(entry: &Entry) -> String {
    let Entry { id, topic, step, charge, is_exact, cost, outcome } = entry;
    let Charge { input, cached, output } = charge;
    let exact = if *is_exact { "exact" } else { "not exact" };
    let cost = cost.map_or_else(|| "unknown".to_owned(), |cost| cost.to_string());
    format!("row {id} ({step} of \"{topic}\", {outcome}, {exact}, {input}/{cached}/{output} tokens, cost {cost})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: usize, fate: Fate) -> Call {
        let charge = Charge { input: 100 + number.cast_signed() as i64, cached: 50, output: 10 };
        let (process, topic, step) = ("first".to_owned(), "Bees".to_owned(), "quiz".to_owned());
        let arrived = std::time::Instant::now();
        Call { number, of_process: number, server: 0, process, topic, step, request_id: None, arrived, charge, fate }
    }

    fn entry(id: i64, charge: Charge, is_exact: bool, outcome: &str) -> Entry {
        let (topic, step, cost) = ("Bees".to_owned(), "quiz".to_owned(), Some(charge.cost()));
        Entry { id, topic, step, charge, is_exact, cost, outcome: outcome.to_owned() }
    }

    fn differences(entries: &[Entry], calls: &[Call], interrupted: bool) -> usize {
        compare(entries, calls, interrupted).differences.len()
    }

    #[test]
    fn an_equal_ledger_has_no_differences() {
        let calls =
            [call(0, Fate::Rejected), call(1, Fate::Spoiled), call(2, Fate::Delivered), call(3, Fate::Delivered)];
        let guess = Charge { input: 9, ..Charge::default() };
        let entries = [
            entry(1, Charge::default(), true, "failed"),
            entry(2, guess, false, "failed"),
            entry(3, calls[3].charge, true, "answered"),
            entry(4, calls[2].charge, true, "answered"),
        ];
        let comparison = compare(&entries, &calls, false);
        assert_eq!(comparison.differences, Vec::<String>::new());
        assert_eq!(comparison.unheard, calls[1].charge.cost());
        assert_eq!(comparison.billed, calls[1..].iter().map(|call| call.charge.cost()).sum::<i64>());
    }

    #[test]
    fn every_difference_is_found() {
        let delivered = [call(0, Fate::Delivered)];
        let charge = delivered[0].charge;
        let good = entry(1, charge, true, "answered");
        assert_eq!(differences(std::slice::from_ref(&good), &delivered, false), 0);
        assert_eq!(differences(&[], &delivered, false), 1, "no row");
        assert_eq!(differences(&[good.clone(), good.clone()], &delivered, true), 1, "two rows");
        let one_token = Charge { output: charge.output + 1, ..charge };
        assert_eq!(differences(&[entry(1, one_token, true, "answered")], &delivered, true), 1, "another count");
        let one_nano = Entry { cost: Some(charge.cost() + 1), ..good.clone() };
        assert_eq!(differences(&[one_nano], &delivered, true), 1, "another cost");
        assert_eq!(differences(&[Entry { is_exact: false, ..good.clone() }], &delivered, true), 1, "not taken over");
        assert_eq!(
            differences(&[entry(1, Charge::default(), true, "failed")], &delivered, true),
            2,
            "as if it were free"
        );
        assert_eq!(differences(std::slice::from_ref(&good), &[call(0, Fate::HungUp)], true), 2, "nobody counted");
        assert_eq!(differences(&[good], &[call(0, Fate::Rejected)], false), 1, "free is not paid");
    }

    #[test]
    fn interruptions_leave_rows_that_are_not_exact() {
        let guess = Charge { input: 9, ..Charge::default() };
        let started = entry(1, guess, false, "lost");
        assert_eq!(differences(std::slice::from_ref(&started), &[call(0, Fate::HungUp)], true), 0);
        assert_eq!(differences(std::slice::from_ref(&started), &[call(0, Fate::Delivered)], true), 0);
        assert_eq!(differences(std::slice::from_ref(&started), &[call(0, Fate::Delivered)], false), 1);
        let comparison = compare(&[started], &[], true);
        assert_eq!((comparison.differences.len(), comparison.never_sent), (0, 1));
    }

    #[test]
    fn a_request_that_names_its_row_belongs_to_it() {
        let named = |number, id: &str| Call { request_id: Some(id.to_owned()), ..call(number, Fate::Delivered) };
        let calls = [named(0, "8"), named(1, "7")];
        let entries = [entry(7, calls[0].charge, true, "answered"), entry(8, calls[1].charge, true, "answered")];
        assert_eq!(differences(&entries, &calls, false), 2, "each has the other's tokens");
        let again = [Call { fate: Fate::Rejected, ..named(0, "7") }, named(1, "7")];
        assert_eq!(differences(&[entry(7, again[1].charge, true, "answered")], &again, false), 0);
    }
}
