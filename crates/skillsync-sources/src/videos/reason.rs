//! What learners are told about why a video was chosen: figures only, and nothing that is not known.

use chrono::{Datelike, NaiveDate};

use super::Candidate;
use super::words::matched;

/// One sentence such as "chosen from 14 videos: 12 minutes, its title has every word of the topic, 85,000 views, 14 months old".
pub(super) fn why(video: &Candidate, words: &[String], total: usize, today: NaiveDate) -> String {
    let chosen = if total == 1 { "the only video that fits".to_owned() } else { format!("chosen from {total} videos") };
    let minutes = (video.seconds + 30) / 60;
    let title = match (matched(words, &video.title), words.len()) {
        (_, 0) => None,
        (0, _) => Some("its title has no word of the topic".to_owned()),
        (found, all) if found == all => Some("its title has every word of the topic".to_owned()),
        (found, all) => Some(format!("its title has {found} of {all} words of the topic")),
    };
    let views = if video.views == 1 { "1 view".to_owned() } else { format!("{} views", rounded(video.views)) };
    let facts = [Some(format!("{minutes} minutes")), title, Some(views), Some(age(video.published, today))];
    format!("{chosen}: {}", facts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// The sentence with what was found in the transcript, where it was read.
pub(super) fn with_transcript(why: &str, found: Option<f64>) -> String {
    match found {
        None => why.to_owned(),
        Some(share) if share >= 0.8 => format!("{why}, and it speaks of the topic throughout"),
        Some(share) if share >= 0.4 => format!("{why}, and it speaks of much of the topic"),
        Some(share) if share > 0.0 => format!("{why}, though it speaks little of the topic"),
        Some(_) => format!("{why}, though it never names the topic"),
    }
}

fn age(published: NaiveDate, today: NaiveDate) -> String {
    match whole_months(published, today) {
        0 => "less than a month old".to_owned(),
        1 => "1 month old".to_owned(),
        months @ 2..24 => format!("{months} months old"),
        months => format!("{} years old", months / 12),
    }
}

fn whole_months(from: NaiveDate, to: NaiveDate) -> i32 {
    let months = |day: NaiveDate| day.year() * 12 + day.month0().cast_signed();
    (months(to) - months(from) - i32::from(to.day() < from.day())).max(0)
}

/// A number cut to its two leading digits, with commas: nobody compares videos by single views.
fn rounded(number: u64) -> String {
    let digits = number.to_string();
    let kept = digits.len().min(2);
    let digits =
        if number < 1_000 { digits } else { format!("{}{}", &digits[..kept], "0".repeat(digits.len() - kept)) };
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::super::ranking::samples::{candidate, query, today};
    use super::super::words::words_of_query;
    use super::*;

    #[test]
    fn the_sentence_says_what_is_known() {
        let words = words_of_query(&query());
        assert_eq!(
            why(&candidate("a"), &words, 14, today()),
            "chosen from 14 videos: 12 minutes, its title has every word of the topic, 85,000 views, 14 months old"
        );
        let new = Candidate { title: "Python lists".into(), views: 1, published: today(), ..candidate("a") };
        assert_eq!(
            why(&new, &words, 1, today()),
            "the only video that fits: 12 minutes, its title has 2 of 3 words of the topic, 1 view, less than a month old"
        );
    }

    #[test]
    fn numbers_are_readable() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1_234, "1,200"), (85_999, "85,000"), (1_234_567, "1,200,000")]
        {
            assert_eq!(rounded(number), expected);
        }
    }
}
