//! E-mail addresses, which are what people sign in with.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The longest address in bytes: RFC 5321 allows 256 for a path, and two of them are its angle brackets.
pub const MAX_EMAIL_BYTES: usize = 254;

/// An e-mail address that names one account, whatever case it is typed in.
///
/// It is kept in Unicode's composed form (RFC 6532 asks for it) and lower case. In theory a mail server may tell `Ada` from
/// `ada`; in practice none does, and a person who typed a capital once would be locked out. Whether mail arrives there is
/// only known once some did, so the form is checked no closer than what keeps mistakes out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct Email(String);

/// Why a text is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// There is nothing.
    #[error("Enter an e-mail address.")]
    Missing,
    /// Longer than [`MAX_EMAIL_BYTES`].
    #[error("The e-mail address is too long; at most {MAX_EMAIL_BYTES} bytes are allowed.")]
    TooLong,
    /// White space, or a character that nobody can see.
    #[error("The e-mail address contains a space or an invisible character. Remove it and try again.")]
    Character,
    /// Not a name, one @, and a domain.
    #[error("An e-mail address looks like name@example.com.")]
    Form,
}

impl Email {
    /// Reads an address as a person typed it.
    ///
    /// # Errors
    /// When it cannot be an address.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidEmail::Missing);
        }
        // This comes first because what follows takes time in proportion to the length.
        if text.len() > MAX_EMAIL_BYTES {
            return Err(InvalidEmail::TooLong);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || is_invisible(c)) {
            return Err(InvalidEmail::Character);
        }
        let text = text.nfc().collect::<String>().to_lowercase();
        // Some characters grow in lower case.
        if text.len() > MAX_EMAIL_BYTES {
            return Err(InvalidEmail::TooLong);
        }
        let (name, domain) = text.split_once('@').ok_or(InvalidEmail::Form)?;
        // A domain needs no dot, for there are mail servers on this machine and in closed networks.
        if name.is_empty() || domain.contains('@') || domain.split('.').any(str::is_empty) {
            return Err(InvalidEmail::Form);
        }
        Ok(Self(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters without width or that turn the reading direction: pasted along unseen, they would make an address that its
/// owner cannot type again, or one that looks like somebody else's.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Result<&str, InvalidEmail>) {
        assert_eq!(Email::parse(text).as_ref().map(Email::as_str).map_err(|e| *e), expected, "{text:?}");
    }

    #[test]
    fn addresses_are_trimmed_and_lower_cased() {
        check("ada@example.com", Ok("ada@example.com"));
        check(" Ada.Lovelace+Notes@Example.COM\n", Ok("ada.lovelace+notes@example.com"));
        check("a@localhost", Ok("a@localhost"));
        check("a@[127.0.0.1]", Ok("a@[127.0.0.1]"));
        check("JOSE\u{301}@example.com", Ok("jos\u{e9}@example.com"));
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        check("", Err(InvalidEmail::Missing));
        check(" \t ", Err(InvalidEmail::Missing));
        for text in ["ada", "@example.com", "ada@", "@", "a@b@c", "a@.com", "a@b.", "a@b..c"] {
            check(text, Err(InvalidEmail::Form));
        }
        for text in
            ["a b@c", "a@b c", "a\0@b", "a\r\nBcc: x@b", "a\u{a0}@b", "a\u{200b}@b", "a@\u{202e}b", "a@b\u{85}c"]
        {
            check(text, Err(InvalidEmail::Character));
        }
    }

    #[test]
    fn the_length_is_bounded_in_the_form_that_is_kept() {
        let of_length = |length: usize| format!("{}@b", "a".repeat(length - 2));
        check(&of_length(254), Ok(&of_length(254)));
        check(&of_length(255), Err(InvalidEmail::TooLong));
        check(&"a".repeat(1_000_000), Err(InvalidEmail::TooLong));
        // Ⱥ has two bytes and its lower case three.
        check(&format!("{}@b", "Ⱥ".repeat(126)), Err(InvalidEmail::TooLong));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_changes_nothing_twice(text in "\\PC*@\\PC*|.*") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }
}
