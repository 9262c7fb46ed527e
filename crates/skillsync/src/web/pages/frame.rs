//! What is around every page.

use crate::web::assets::asset_url;

/// What the header and the forms of every page need.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The path and query of the page, to come back to after signing in.
    pub here: String,
    /// The e-mail address of the person looking at the page; nobody else's is ever shown.
    pub learner: Option<String>,
}

impl Frame {
    pub(super) fn asset(&self, path: &str) -> String {
        asset_url(path)
    }

    /// Where to sign in and come back from.
    pub fn sign_in(&self) -> String {
        format!("/sign-in?next={}", percent_encoded(&self.here))
    }
}

/// A value for a query: everything but the unreserved characters of RFC 3986 and the slash is encoded.
pub(super) fn percent_encoded(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
impl Frame {
    pub(crate) fn sample_signed_out() -> Self {
        Self { here: "/lessons/7?from=a&b=ü".into(), ..Self::default() }
    }

    pub(crate) fn sample_signed_in() -> Self {
        Self { here: "/lessons/7".into(), learner: Some("ada@example.org".into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_encoded() {
        assert_eq!(Frame::sample_signed_out().sign_in(), "/sign-in?next=/lessons/7%3Ffrom%3Da%26b%3D%C3%BC");
    }
}
