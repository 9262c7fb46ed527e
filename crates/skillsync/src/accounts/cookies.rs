//! The cookie that keeps a browser signed in.

use chrono::TimeDelta;

use super::SessionToken;

/// The cookie's name. Over HTTPS the prefix `__Host-` makes browsers refuse it from anywhere but this very host, so that a
/// neighbouring subdomain cannot plant a session of its own.
fn name(secure: bool) -> &'static str {
    if secure { "__Host-skillsync_session" } else { "skillsync_session" }
}

/// A `Set-Cookie` value that keeps a token for `max_age`; `secure` when the server is reached over HTTPS.
///
/// Scripts cannot read the cookie, and other sites' forms and scripts do not send it along.
pub fn session_cookie(token: &SessionToken, max_age: TimeDelta, secure: bool) -> String {
    set_cookie(&token.reveal(), max_age.num_seconds().max(0), secure)
}

/// A `Set-Cookie` value that makes the browser forget its token.
pub fn clearing_cookie(secure: bool) -> String {
    set_cookie("", 0, secure)
}

fn set_cookie(value: &str, max_age_seconds: i64, secure: bool) -> String {
    let (name, secure) = (name(secure), if secure { "; Secure" } else { "" });
    format!("{name}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// The token's text in the `Cookie` headers of a request, of which HTTP/2 allows several.
pub fn token_in<'a>(cookie_headers: impl IntoIterator<Item = &'a str>, secure: bool) -> Option<&'a str> {
    let cookies = cookie_headers.into_iter().flat_map(|header| header.split(';'));
    let mut named = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    // A cookie that is there and empty was cleared: it is no token, and not a bad one either.
    named.find(|(found, _)| *found == name(secure)).map(|(_, token)| token).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Randomness;

    #[test]
    fn a_cookie_comes_back_as_it_was_set() {
        let token = SessionToken::new(&Randomness::seeded(1));
        let text = token.reveal();
        for (secure, expected) in [
            (false, format!("skillsync_session={text}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax")),
            (true, format!("__Host-skillsync_session={text}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure")),
        ] {
            let cookie = session_cookie(&token, TimeDelta::days(30), secure);
            assert_eq!(cookie, expected);
            let sent_back = cookie.split(';').next().expect("a first part");
            assert_eq!(token_in([sent_back], secure), Some(text.as_str()));
            assert_eq!(token_in([sent_back], !secure), None, "a cookie of the other kind does not count");
        }
    }

    #[test]
    fn clearing_leaves_nothing() {
        assert_eq!(clearing_cookie(false), "skillsync_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        assert_eq!(token_in(["skillsync_session="], false), None);
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        for (headers, expected) in [
            (&["theme=dark; skillsync_session=abc; x=y"][..], Some("abc")),
            (&["theme=dark;skillsync_session=abc"], Some("abc")),
            (&["theme=dark", "skillsync_session=abc"], Some("abc")),
            (&["skillsync_session=abc; skillsync_session=def"], Some("abc")),
            (&["skillsync_session=a=b"], Some("a=b")),
            (&["other_skillsync_session=abc"], None),
            (&["SKILLSYNC_SESSION=abc"], None),
            (&["skillsync_session"], None),
            (&["theme=\"; = ;;\"", ""], None),
            (&[], None),
        ] {
            assert_eq!(token_in(headers.iter().copied(), false), expected, "{headers:?}");
        }
    }
}
