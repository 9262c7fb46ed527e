//! Errors as the API shows them: a sentence for people, and a code from a closed list for programs.

use async_graphql::{Error, ErrorExtensions, Response, ServerError};

use crate::accounts::person::{NotAllowed, NotSignedIn};
use crate::lessons::request::InvalidRequest;
use crate::storage::StorageError;

/// The values of `extensions.code`. Documented in docs/api.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The request is not JSON, not UTF-8, or not a GraphQL request.
    BadRequest,
    /// The document does not parse, or does not fit the schema.
    BadQuery,
    /// The document is too deep, too large or too expensive.
    TooComplex,
    /// An argument's value is not allowed.
    InvalidInput,
    /// This needs a signed-in learner, or the token is no longer valid.
    Unauthenticated,
    /// This person may not do that.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The server failed. Its log says why.
    Internal,
}

impl Code {
    /// The code as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::BadQuery => "BAD_QUERY",
            Self::TooComplex => "TOO_COMPLEX",
            Self::InvalidInput => "INVALID_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Internal => "INTERNAL",
        }
    }

    /// An error with this code.
    pub fn error(self, message: impl std::fmt::Display) -> Error {
        Error::new(message.to_string()).extend_with(|_, extensions| extensions.set("code", self.as_str()))
    }
}

/// A failure of the server. The cause goes to the log, once, here; the asker learns only that it happened.
pub fn internal(error: &(dyn std::error::Error + 'static)) -> Error {
    tracing::error!(error, "a request failed");
    Code::Internal.error("Something went wrong on the server. Try again in a moment.")
}

/// Turns an error of a use case into the error that the API shows.
pub trait OrError<T> {
    /// The value, or the error with its code.
    ///
    /// # Errors
    /// When there is an error.
    fn or_error(self) -> Result<T, Error>;
}

impl<T> OrError<T> for Result<T, StorageError> {
    fn or_error(self) -> Result<T, Error> {
        self.map_err(|error| internal(&error))
    }
}

impl<T> OrError<T> for Result<T, InvalidRequest> {
    fn or_error(self) -> Result<T, Error> {
        self.map_err(|error| Code::InvalidInput.error(error))
    }
}

impl<T> OrError<T> for Result<T, NotSignedIn> {
    fn or_error(self) -> Result<T, Error> {
        self.map_err(|error| Code::Unauthenticated.error(error))
    }
}

impl<T> OrError<T> for Result<T, NotAllowed> {
    fn or_error(self) -> Result<T, Error> {
        self.map_err(|error| match error {
            NotAllowed::NotSignedIn(_) => Code::Unauthenticated.error(error),
            NotAllowed::MentorsOnly | NotAllowed::AdminsOnly => Code::Forbidden.error(error),
        })
    }
}

/// The longest message, in characters: the GraphQL library quotes the line at fault, which may be the whole document.
const MAX_MESSAGE_CHARS: usize = 500;

/// Gives every error that the GraphQL library itself made a code, and a message that can be read.
pub fn add_missing_codes(mut response: Response) -> Response {
    for error in &mut response.errors {
        let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
        if !has_code {
            let code = code_of(error);
            error.extensions.get_or_insert_default().set("code", code.as_str());
            if let Some((end, _)) = error.message.char_indices().nth(MAX_MESSAGE_CHARS) {
                error.message.truncate(end);
                error.message.push('…');
            }
        }
    }
    response
}

fn code_of(error: &ServerError) -> Code {
    let too_complex = ["too complex", "too deep", "recursion", "too many directives"];
    let message = error.message.to_ascii_lowercase();
    if too_complex.iter().any(|sign| message.contains(sign)) { Code::TooComplex } else { Code::BadQuery }
}
