//! A person with an account, their role, and the proof of what they may do.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::ids::PersonId;

use super::Email;

/// What a person may do. Each role may also do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    /// Learns and votes.
    Learner,
    /// Verifies and rejects versions.
    Mentor,
    /// Runs the server.
    Admin,
}

impl Role {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Learner => "learner",
            Self::Mentor => "mentor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// Names the person within this server.
    pub id: PersonId,
    /// Where to write to, and what they sign in with.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// When they signed up.
    pub created_at: DateTime<Utc>,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody without a session.
    Anonymous,
    /// A person with one.
    SignedIn(Person),
}

/// This is only for people who are signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Sign in first.")]
pub struct NotSignedIn;

/// Why the viewer may not do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// Nobody is signed in.
    #[error(transparent)]
    NotSignedIn(#[from] NotSignedIn),
    /// A learner asked.
    #[error("Only mentors may do this.")]
    MentorsOnly,
    /// A learner or a mentor asked.
    #[error("Only administrators may do this.")]
    AdminsOnly,
}

/// Proof that a mentor asks. Administrators are mentors too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mentor(Person);

/// Proof that an administrator asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin(Person);

impl Viewer {
    /// Whoever is signed in.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Anonymous => None,
            Self::SignedIn(person) => Some(person),
        }
    }

    /// Whoever is signed in.
    ///
    /// # Errors
    /// When nobody is.
    pub fn require(&self) -> Result<&Person, NotSignedIn> {
        self.person().ok_or(NotSignedIn)
    }

    /// The mentor who asks.
    ///
    /// # Errors
    /// When somebody else does.
    pub fn mentor(&self) -> Result<Mentor, NotAllowed> {
        let person = self.require()?;
        if person.role >= Role::Mentor { Ok(Mentor(person.clone())) } else { Err(NotAllowed::MentorsOnly) }
    }

    /// The administrator who asks.
    ///
    /// # Errors
    /// When somebody else does.
    pub fn admin(&self) -> Result<Admin, NotAllowed> {
        let person = self.require()?;
        if person.role >= Role::Admin { Ok(Admin(person.clone())) } else { Err(NotAllowed::AdminsOnly) }
    }
}

impl Mentor {
    /// Who it is.
    pub fn person(&self) -> &Person {
        &self.0
    }
}

impl Admin {
    /// Who it is.
    pub fn person(&self) -> &Person {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn roles_build_on_each_other() {
        assert!(Role::Learner < Role::Mentor && Role::Mentor < Role::Admin);
        assert_eq!([Role::Learner, Role::Mentor, Role::Admin].map(Role::as_str), ["learner", "mentor", "admin"]);
    }

    fn viewer(role: Role) -> Viewer {
        let email = Email::parse("ada@example.com").expect("an address");
        Viewer::SignedIn(Person { id: PersonId(1), email, role, created_at: testing::start() })
    }

    #[test]
    fn each_right_is_proved_by_the_role_or_one_above() {
        let check = |viewer: Viewer, mentor: Result<(), NotAllowed>, admin: Result<(), NotAllowed>| {
            assert_eq!(viewer.mentor().map(|_| ()), mentor, "{viewer:?}");
            assert_eq!(viewer.admin().map(|_| ()), admin, "{viewer:?}");
        };
        let stranger = Err(NotAllowed::NotSignedIn(NotSignedIn));
        check(Viewer::Anonymous, stranger, stranger);
        check(viewer(Role::Learner), Err(NotAllowed::MentorsOnly), Err(NotAllowed::AdminsOnly));
        check(viewer(Role::Mentor), Ok(()), Err(NotAllowed::AdminsOnly));
        check(viewer(Role::Admin), Ok(()), Ok(()));
        assert_eq!(Viewer::Anonymous.require(), Err(NotSignedIn));
        assert_eq!(viewer(Role::Learner).require().ok(), viewer(Role::Learner).person());
    }
}
