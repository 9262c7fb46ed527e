//! The form of a quiz: what can be said of its questions without knowing the subject.

use crate::lessons::document::Question;

use super::Outcome;

/// Chance below which the right option being the longest so often is no accident.
const UNLIKELY: f64 = 0.05;

/// Options that are no options, in lower case.
const EMPTY_OPTIONS: [&str; 6] =
    ["all of the above", "none of the above", "all of these", "none of these", "both a and b", "all options"];

/// Judges one question. An option that speaks of "the above" must not stay: the options are put into another order than they
/// were written in. An explanation that passes over a wrong option is less than it should be.
pub fn form(question: &Question) -> Outcome {
    let refers = |option: &&String| {
        let lower = option.to_lowercase();
        EMPTY_OPTIONS.iter().any(|empty| lower.trim_end_matches('.') == *empty)
    };
    let must = question.options.iter().filter(refers);
    let must = must.map(|option| format!("the option \"{option}\" refers to the others"));
    let should = unnamed(question).into_iter();
    let should = should.map(|wrong| format!("the explanation does not say why \"{wrong}\" is wrong"));
    Outcome::of(must.collect(), should.collect())
}

/// The wrong options of which the explanation says nothing: fewer than half of their words occur in it.
fn unnamed(question: &Question) -> Vec<&str> {
    let why = words(&question.why);
    let wrong = question.options.iter().enumerate().filter(|(index, _)| *index != question.answer);
    let unnamed = wrong.filter(|(_, option)| {
        let option = words(option);
        let named = option.iter().filter(|word| why.contains(word)).count();
        !option.is_empty() && named * 2 < option.len()
    });
    unnamed.map(|(_, option)| option.as_str()).collect()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The questions whose right option is longer than all others, when there are more of them than chance allows; else none.
///
/// With k options the right one is the longest with a chance of 1/k. How many of the questions it is follows a binomial
/// distribution (for unequal k a Poisson binomial one); a number whose upper tail is below five per cent counts as too many.
pub fn longest_too_often(questions: &[Question]) -> Vec<usize> {
    let longest: Vec<_> = (0..questions.len()).filter(|index| right_is_longest(&questions[*index])).collect();
    let chances: Vec<f64> = questions.iter().map(|question| 1.0 / question.options.len().max(1) as f64).collect();
    if longest.is_empty() || at_least(longest.len(), &chances) >= UNLIKELY { Vec::new() } else { longest }
}

fn right_is_longest(question: &Question) -> bool {
    let length = |option: &String| option.chars().count();
    let Some(right) = question.options.get(question.answer).map(length) else { return false };
    let others = question.options.iter().enumerate().filter(|(index, _)| *index != question.answer);
    others.map(|(_, option)| length(option)).all(|other| other < right)
}

/// The chance that at least `count` of independent events with these chances happen.
fn at_least(count: usize, chances: &[f64]) -> f64 {
    // The chance of each number of events so far.
    let mut exactly = vec![1.0];
    for chance in chances {
        let mut next = vec![0.0; exactly.len() + 1];
        for (happened, so_far) in exactly.iter().enumerate() {
            next[happened] += so_far * (1.0 - chance);
            next[happened + 1] += so_far * chance;
        }
        exactly = next;
    }
    exactly.iter().skip(count).sum()
}

/// Whether the right options are spread over the positions as evenly as their number allows: no position holds more than its
/// share, rounded up, and one.
pub fn spread_evenly(questions: &[Question]) -> bool {
    let most_options = questions.iter().map(|question| question.options.len()).max().unwrap_or(1).max(1);
    let mut counts = vec![0_usize; most_options];
    for question in questions {
        if let Some(count) = counts.get_mut(question.answer) {
            *count += 1;
        }
    }
    let share = questions.len().div_ceil(most_options);
    counts.iter().all(|count| *count <= share + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(answer: usize, options: &[&str], why: &str) -> Question {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        serde_json::from_value(serde_json::json!({
            "id": "question-1", "question": "Which?", "options": Vec::<String>::clone(&options), "answer": answer, "why": why,
        }))
        .expect("a question")
    }

    #[test]
    fn explanations_speak_of_every_wrong_option() {
        let options = ["It prints 3", "It prints 12", "It stops with an error", "Nothing"];
        let good = "It prints 3, since 1 + 2 is 3. It prints 12 only for texts; there is no error, so it does not stop with \
                    one; and nothing is wrong, since print shows it.";
        assert_eq!(form(&question(0, &options, good)), Outcome::Passed);
        let Outcome::Failed { must, should } = form(&question(0, &options, "It prints 3, since 1 + 2 is 3.")) else {
            panic!("it passed")
        };
        assert_eq!((must.len(), should.len()), (0, 2), "{should:?}");
        let all = ["It prints 3", "All of the above"];
        let found = form(&question(0, &all, "It prints 3. All of the above is wrong."));
        let must = vec!["the option \"All of the above\" refers to the others".to_owned()];
        assert_eq!(found, Outcome::of(must, Vec::new()));
    }

    #[test]
    fn the_longest_option_is_right_no_more_often_than_chance_allows() {
        let long = question(0, &["a long right option", "b", "c", "d"], "");
        let short = question(0, &["a", "a longer wrong one", "c", "d"], "");
        let quiz = |longest: usize, of: usize| {
            let mut questions = vec![long.clone(); longest];
            questions.resize(of, short.clone());
            longest_too_often(&questions).len()
        };
        // Binomial with 1/4: the upper tail at 3 of 5 is 0.104 and at 4 of 5 0.016; at 6 of 12 it is 0.054, at 7 of 12 0.014.
        assert_eq!((quiz(3, 5), quiz(4, 5), quiz(6, 12), quiz(7, 12), quiz(0, 5)), (0, 4, 0, 7, 0));
    }

    #[test]
    fn always_the_second_position_is_not_even() {
        let at = |answer| question(answer, &["a", "b", "c", "d"], "");
        assert!(!spread_evenly(&vec![at(1); 6]));
        assert!(spread_evenly(&[at(0), at(1), at(2), at(3), at(1), at(1)]));
        assert!(!spread_evenly(&[at(1), at(1), at(1), at(1), at(0), at(2)]));
    }
}
