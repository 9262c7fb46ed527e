//! Passwords, and the hashing that keeps them useless to a thief.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::ids::Randomness;

/// The longest password in bytes. It leaves room for any sentence, and bounds what is normalised and hashed.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// How many passwords may wait to be hashed or be hashed at once. The last of them waits some ten seconds on two cores.
const MAX_WAITING: usize = 512;

/// A password as it was typed, in Unicode's composed form: keyboards differ in how they write the same `é` (RFC 8265).
#[derive(Clone)]
pub struct Password(String);

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Too few characters.
    #[error("The password is too short; it needs at least {min_chars} characters.")]
    TooShort {
        /// How many it needs.
        min_chars: usize,
    },
    /// Longer than [`MAX_PASSWORD_BYTES`].
    #[error("The password is too long; at most {MAX_PASSWORD_BYTES} bytes are allowed.")]
    TooLong,
}

impl Password {
    /// Takes a password of at least `min_chars` characters. White space counts and stays.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn parse(text: &str, min_chars: usize) -> Result<Self, InvalidPassword> {
        if text.len() > MAX_PASSWORD_BYTES {
            return Err(InvalidPassword::TooLong);
        }
        let text: String = text.nfc().collect();
        if text.chars().count() < min_chars {
            return Err(InvalidPassword::TooShort { min_chars });
        }
        Ok(Self(text))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// What one hash costs a thief, and us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordCost {
    /// 19 MiB, two passes, one lane: the first choice of OWASP's Password Storage Cheat Sheet for argon2id.
    #[default]
    Recommended,
    /// The least that argon2 can do, for tests, which make hundreds of accounts.
    Least,
}

impl PasswordCost {
    fn params(self) -> Params {
        let (memory_kib, passes, lanes) = match self {
            Self::Recommended => (19 * 1024, 2, 1),
            Self::Least => (Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST),
        };
        Params::new(memory_kib, passes, lanes, None).expect("both sets of parameters are valid")
    }
}

/// Why a password was neither hashed nor compared.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// More wait than can be served in a reasonable time.
    #[error("Too many people are signing in at this moment. Try again in a few seconds.")]
    Busy,
    /// There was no memory, or a stored hash is damaged.
    #[error("the password could not be hashed")]
    Argon2(#[source] password_hash::Error),
}

/// Hashes passwords with argon2id off the threads that serve requests, at most one for each core at a time: each takes
/// its 19 MiB and a core for itself, and a flood of sign-ups must not take all.
#[derive(Clone)]
pub struct PasswordHasher(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    randomness: Randomness,
    /// What a password is compared with when nobody has the e-mail address.
    dummy_hash: String,
    waiting: Arc<Semaphore>,
    cores: Arc<Semaphore>,
    verifications: AtomicU64,
}

impl PasswordHasher {
    /// The hasher of a server: [`PasswordCost::Recommended`], with salts from the operating system.
    ///
    /// # Panics
    /// When there is not even memory for one hash.
    pub fn recommended() -> Self {
        Self::new(PasswordCost::Recommended, Randomness::System)
    }

    /// A hasher for as many passwords at a time as the machine has cores. Making it computes one hash.
    ///
    /// # Panics
    /// When there is not even memory for one hash.
    pub fn new(cost: PasswordCost, randomness: Randomness) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_limits(cost, randomness, cores, MAX_WAITING)
    }

    fn with_limits(cost: PasswordCost, randomness: Randomness, cores: usize, waiting: usize) -> Self {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params());
        let dummy_hash =
            hash(&argon2, &randomness.secret(), &randomness.secret()).expect("there is memory for one hash");
        Self(Arc::new(Inner {
            argon2,
            randomness,
            dummy_hash,
            waiting: Arc::new(Semaphore::new(waiting)),
            cores: Arc::new(Semaphore::new(cores)),
            verifications: AtomicU64::new(0),
        }))
    }

    /// The hash to store, as a PHC string that says how it was made.
    ///
    /// # Errors
    /// When too many wait already or there is no memory.
    pub async fn hash(&self, password: Password) -> Result<String, HashingError> {
        let salt = self.0.randomness.secret();
        self.run(move |inner| hash(&inner.argon2, password.0.as_bytes(), &salt)).await
    }

    /// Whether this is the password that a stored hash was made of.
    ///
    /// Without a hash the answer is no after the same work, so that the time does not tell whether an account exists.
    ///
    /// # Errors
    /// When too many wait already, there is no memory, or the stored hash is damaged.
    pub async fn verify(&self, password: Password, hash: Option<&str>) -> Result<bool, HashingError> {
        let hash = hash.map(str::to_owned);
        self.run(move |inner| {
            inner.verifications.fetch_add(1, Ordering::Relaxed);
            let known = hash.is_some();
            let hash =
                PasswordHash::new(hash.as_ref().unwrap_or(&inner.dummy_hash)).map_err(password_hash::Error::from)?;
            match inner.argon2.verify_password(password.0.as_bytes(), &hash) {
                Ok(()) => Ok(known),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// How many passwords were compared since the start, with and without an account.
    pub fn verifications(&self) -> u64 {
        self.0.verifications.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, HashingError> {
        let place = Arc::clone(&self.0.waiting).try_acquire_owned().map_err(|_full| HashingError::Busy)?;
        let core = Arc::clone(&self.0.cores).acquire_owned().await.map_err(|_closed| HashingError::Busy)?;
        let inner = Arc::clone(&self.0);
        let work = tokio::task::spawn_blocking(move || {
            let done = work(&inner);
            // The permits live in here because the work goes on, and keeps its memory, when the caller hangs up.
            drop((place, core));
            done
        });
        work.await.expect("hashing does not panic").map_err(HashingError::Argon2)
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8], salt: &[u8; 32]) -> password_hash::Result<String> {
    // 16 bytes is what the PHC string format recommends for a salt.
    let hash: PasswordHash = argon2.hash_password_with_salt(password, &salt[..16])?;
    Ok(hash.to_string())
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHasher").field("argon2", &self.0.argon2).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text, 0).expect("a password")
    }

    fn hasher(cores: usize, waiting: usize) -> PasswordHasher {
        PasswordHasher::with_limits(PasswordCost::Least, Randomness::seeded(1), cores, waiting)
    }

    #[test]
    fn the_length_is_bounded_in_characters_below_and_bytes_above() {
        assert!(Password::parse("äöüß", 4).is_ok());
        assert_eq!(Password::parse("äöü", 4).err(), Some(InvalidPassword::TooShort { min_chars: 4 }));
        assert!(Password::parse(&"a".repeat(1024), 8).is_ok());
        assert_eq!(Password::parse(&"a".repeat(1025), 8).err(), Some(InvalidPassword::TooLong));
    }

    #[test]
    fn nothing_shows_a_password() {
        let hasher = PasswordHasher::new(PasswordCost::Least, Randomness::seeded(1));
        let shown = format!("{:?} {:?} {hasher:?}", password("correct horse"), Some(password("battery staple")));
        assert!(shown.contains("Password(hidden)"), "{shown}");
        for secret in ["correct", "battery", hasher.0.dummy_hash.as_str()] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[tokio::test]
    async fn a_hash_says_how_it_was_made_and_fits_only_its_password() {
        let hasher = PasswordHasher::recommended();
        let hash = hasher.hash(password("correct horse")).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify(password("correct horse"), Some(&hash)).await.expect("compared"));
        assert!(!hasher.verify(password("Correct horse"), Some(&hash)).await.expect("compared"));
        assert_ne!(hash, hasher.hash(password("correct horse")).await.expect("a hash"), "each has its own salt");
    }

    #[tokio::test]
    async fn the_same_letters_are_the_same_password_on_every_keyboard() {
        let hasher = hasher(1, 1);
        let hash = hasher.hash(password("caf\u{e9}")).await.expect("a hash");
        assert!(hasher.verify(password("cafe\u{301}"), Some(&hash)).await.expect("compared"));
    }

    #[tokio::test]
    async fn without_an_account_the_same_work_ends_in_no() {
        let hasher = hasher(1, 1);
        assert!(!hasher.verify(password("anything"), None).await.expect("compared"));
        assert_eq!(hasher.verifications(), 1);
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error_and_not_a_wrong_password() {
        let answer = hasher(1, 1).verify(password("anything"), Some("$argon2id$damaged")).await;
        assert!(matches!(answer, Err(HashingError::Argon2(_))), "{answer:?}");
    }

    #[tokio::test]
    async fn a_flood_is_refused_and_leaves_nothing_behind() {
        let hasher = hasher(1, 3);
        let mut flood = JoinSet::new();
        for _ in 0..50 {
            let hasher = hasher.clone();
            flood.spawn(async move { hasher.hash(password("anything")).await });
        }
        let answers = flood.join_all().await;
        let refused = answers.iter().filter(|answer| matches!(answer, Err(HashingError::Busy))).count();
        assert!(refused > 0 && refused <= 47, "{refused} of 50 were refused");
        assert_eq!((hasher.0.waiting.available_permits(), hasher.0.cores.available_permits()), (3, 1));
    }

    #[tokio::test]
    async fn whoever_hangs_up_while_waiting_frees_the_place() {
        let hasher = hasher(1, 2);
        let core = Arc::clone(&hasher.0.cores).acquire_owned().await.expect("a core");
        let mut waiting = Box::pin(hasher.hash(password("anything")));
        assert!(futures::poll!(&mut waiting).is_pending());
        assert_eq!(hasher.0.waiting.available_permits(), 1);
        drop(waiting);
        assert_eq!(hasher.0.waiting.available_permits(), 2);
        drop(core);
    }
}
