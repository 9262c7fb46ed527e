//! Session tokens: a secret for whoever signed in, and what of it is stored.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::ids::Randomness;

/// Tells people and programs that search for leaked secrets what they found.
const PREFIX: &str = "sks_";

/// The secret that proves a sign-in. It is shown once, and only its hash is stored.
#[derive(Clone)]
pub struct SessionToken([u8; 32]);

/// What is stored of a token. It needs no salt and no slow hashing: nobody guesses 32 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

/// The text was never a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a session token")]
pub struct InvalidToken;

impl SessionToken {
    /// A token that nobody else has.
    pub fn new(randomness: &Randomness) -> Self {
        Self(randomness.secret())
    }

    /// Reads a token as [`Self::reveal`] wrote it.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidToken)?;
        let mut secret = [0; 32];
        let length = URL_SAFE_NO_PAD.decode_slice(encoded, &mut secret).map_err(|_| InvalidToken)?;
        if length == secret.len() { Ok(Self(secret)) } else { Err(InvalidToken) }
    }

    /// The secret as text: `sks_` and 43 characters that need no escaping in a header, a cookie or an address.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0))
    }

    /// What to store, and to look for.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl TokenHash {
    /// The bytes of the SHA-256.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_survives_its_text() {
        let token = SessionToken::new(&Randomness::seeded(1));
        let text = token.reveal();
        assert!(text.starts_with("sks_") && text.len() == 47, "{text}");
        assert_eq!(SessionToken::parse(&text).expect("a token").hash(), token.hash());
    }

    #[test]
    fn the_hash_is_that_of_the_secret_bytes() {
        let zeros = SessionToken::parse(&format!("sks_{}", "A".repeat(43))).expect("a token");
        let known = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";
        assert_eq!(hex::encode(zeros.hash().as_bytes()), known);
    }

    #[test]
    fn other_texts_are_refused() {
        let good = SessionToken::new(&Randomness::seeded(1)).reveal();
        let cut = &good[..good.len() - 1];
        // The last character carries two bits that are not part of the secret; a token has only one text.
        let loose = format!("sks_{}B", "A".repeat(42));
        let without_prefix = &good[4..];
        let (longer, padded) = (format!("{good}A"), format!("{good}="));
        for text in ["", "sks_", "sks_💡", cut, &loose, without_prefix, &longer, &padded, &good.to_uppercase()] {
            assert_eq!(SessionToken::parse(text).err(), Some(InvalidToken), "{text:?}");
        }
    }

    #[test]
    fn nothing_shows_a_token() {
        let token = SessionToken::new(&Randomness::seeded(1));
        assert_eq!(format!("{token:?}"), "SessionToken(hidden)");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "(sks_)?.*") {
            if let Ok(token) = SessionToken::parse(&text) {
                prop_assert_eq!(token.reveal(), text);
            }
        }
    }
}
