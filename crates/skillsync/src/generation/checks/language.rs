//! Whether a text is in the language that was asked for.

use whatlang::Lang;

use crate::lessons::request::Language;

/// Fewest letters from which the language of a text can be told at all.
const ENOUGH_LETTERS: usize = 120;

/// Languages by the first part of their BCP 47 tag. Those that cannot be told apart by a detector stand together, so a text
/// in one of them counts as being in any.
const KNOWN: &[(&[&str], &[Lang])] = &[
    (&["en"], &[Lang::Eng]),
    (&["es", "ca", "gl"], &[Lang::Spa, Lang::Cat]),
    (&["pt"], &[Lang::Por]),
    (&["fr"], &[Lang::Fra]),
    (&["de"], &[Lang::Deu]),
    (&["it"], &[Lang::Ita]),
    (&["nl", "af"], &[Lang::Nld, Lang::Afr]),
    (&["da", "nb", "nn", "no"], &[Lang::Dan, Lang::Nob]),
    (&["sv"], &[Lang::Swe]),
    (&["fi", "et"], &[Lang::Fin, Lang::Est]),
    (&["pl"], &[Lang::Pol]),
    (&["cs", "sk"], &[Lang::Ces, Lang::Slk]),
    (&["hu"], &[Lang::Hun]),
    (&["ro"], &[Lang::Ron]),
    (&["ru", "uk", "be", "bg", "mk", "sr"], &[Lang::Rus, Lang::Ukr, Lang::Bel, Lang::Bul, Lang::Mkd, Lang::Srp]),
    (&["hr", "bs", "sl", "sr"], &[Lang::Hrv, Lang::Slv, Lang::Srp]),
    (&["lt", "lv"], &[Lang::Lit, Lang::Lav]),
    (&["el"], &[Lang::Ell]),
    (&["tr", "az", "uz", "tk"], &[Lang::Tur, Lang::Aze, Lang::Uzb, Lang::Tuk]),
    (&["zh", "yue"], &[Lang::Cmn]),
    (&["ja"], &[Lang::Jpn, Lang::Cmn]),
    (&["ko"], &[Lang::Kor]),
    (&["ar", "fa", "ur"], &[Lang::Ara, Lang::Pes, Lang::Urd]),
    (&["he", "yi"], &[Lang::Heb, Lang::Yid]),
    (&["hi", "mr", "ne"], &[Lang::Hin, Lang::Mar, Lang::Nep]),
    (&["bn"], &[Lang::Ben]),
    (&["pa"], &[Lang::Pan]),
    (&["gu"], &[Lang::Guj]),
    (&["ta"], &[Lang::Tam]),
    (&["te"], &[Lang::Tel]),
    (&["kn"], &[Lang::Kan]),
    (&["ml"], &[Lang::Mal]),
    (&["th"], &[Lang::Tha]),
    (&["km"], &[Lang::Khm]),
    (&["my"], &[Lang::Mya]),
    (&["vi"], &[Lang::Vie]),
    (&["id", "ms", "jv", "tl"], &[Lang::Ind, Lang::Jav, Lang::Tgl]),
    (&["eo"], &[Lang::Epo]),
    (&["ka"], &[Lang::Kat]),
    (&["hy"], &[Lang::Hye]),
    (&["am"], &[Lang::Amh]),
];

/// The first part of a language tag.
pub fn primary(language: &Language) -> &str {
    language.as_str().split('-').next().unwrap_or_default()
}

/// What is wrong when a plain text is surely in another language. Short texts and languages that the detector does not know
/// are let pass.
pub fn mismatch(plain: &str, wanted: &Language) -> Option<String> {
    if plain.chars().filter(|c| c.is_alphabetic()).count() < ENOUGH_LETTERS {
        return None;
    }
    let tag = primary(wanted);
    let groups: Vec<_> = KNOWN.iter().filter(|(tags, _)| tags.contains(&tag)).collect();
    let found = whatlang::detect(plain).filter(|found| found.is_reliable())?.lang();
    let is_wanted = groups.iter().any(|(_, languages)| languages.contains(&found));
    if groups.is_empty() || is_wanted {
        return None;
    }
    Some(format!("the text is in {}, not in the language `{wanted}` that was asked for", found.eng_name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "A variable is a name for a value. When a program runs, the name stands for whatever value it was given \
                           last, and you can use it as often as you like in the lines that follow.";
    const SPANISH: &str = "Una variable es un nombre para un valor. Cuando el programa se ejecuta, el nombre representa el último \
                           valor que recibió, y puedes usarlo tantas veces como quieras en las líneas que siguen.";

    #[test]
    fn another_language_is_noticed_and_a_short_text_is_not_judged() {
        let language = |tag: &str| tag.parse::<Language>().expect("a tag");
        assert_eq!(mismatch(ENGLISH, &language("en-GB")), None);
        assert_eq!(mismatch(SPANISH, &language("es")), None);
        let expected = "the text is in English, not in the language `es` that was asked for";
        assert_eq!(mismatch(ENGLISH, &language("es")).as_deref(), Some(expected));
        assert!(mismatch(SPANISH, &language("en")).is_some());
        assert_eq!(mismatch("Hola, mundo.", &language("en")), None);
        assert_eq!(mismatch(ENGLISH, &language("gd")), None, "the detector does not know Gaelic");
    }
}
