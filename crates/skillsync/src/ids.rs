//! Identifiers that cannot be mixed up, and the source of all chance: secret bytes, and numbers that are no secret.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, RngExt, SeedableRng, TryRng};

/// Declares a database id as a type of its own.
macro_rules! id {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A lesson: one version of what a key asks for.
    LessonId
);
id!(
    /// A lesson key: what a request asks for.
    KeyId
);
id!(
    /// A person with an account.
    PersonId
);
id!(
    /// A run: one piece of work that survives whoever asked for it.
    RunId
);
id!(
    /// A document that an operator has added as a source for lessons.
    DocumentId
);

/// Where secret bytes and chance come from.
#[derive(Clone, Debug, Default)]
pub enum Randomness {
    /// The operating system's secure generator.
    #[default]
    System,
    /// A seeded generator, for tests that compare output.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Randomness {
    /// The same bytes in every run of a test.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// 32 fresh bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: no secret may be made then.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        match self {
            Self::System => SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes"),
            Self::Seeded(generator) => {
                generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
            }
        }
        bytes
    }

    /// A short name that nothing else has.
    pub fn name(&self) -> String {
        self.secret()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A number from 0 up to but not including 1, for choices that are no secret.
    pub fn fraction(&self) -> f64 {
        match self {
            Self::System => rand::random(),
            Self::Seeded(generator) => generator.lock().unwrap_or_else(PoisonError::into_inner).random(),
        }
    }
}
