//! Refuses what a page of another origin asks for with the cookie of a visitor who is signed in here.
//!
//! Why these headers and no token in each form is told in `docs/decisions/0003-cross-origin-requests.md`.

use axum::http::Method;

/// Whether a request wants to change something and comes from a page of another origin; it is to be refused then.
///
/// `host` is the `Host` header, or the authority of the address where HTTP/2 has none.
pub fn is_cross_origin(
    method: &Method,
    sec_fetch_site: Option<&str>,
    origin: Option<&str>,
    host: Option<&str>,
) -> bool {
    !method.is_safe() && is_from_foreign_page(sec_fetch_site, origin, host)
}

/// Whether a request comes from a page of another origin, whatever its method. A WebSocket begins with a GET, so this is
/// the question to ask of one.
pub fn is_from_foreign_page(sec_fetch_site: Option<&str>, origin: Option<&str>, host: Option<&str>) -> bool {
    match (sec_fetch_site, origin) {
        // Browsers say outright where a request comes from when they talk to HTTPS or to this machine. `none` is the person
        // at the browser: an address typed, a bookmark.
        (Some(site), _) => site != "same-origin" && site != "none",
        // Over plain HTTP in a home network they only name the page's origin, and always do when something may change.
        (None, Some(origin)) => !host.is_some_and(|host| is_origin_of(origin, host)),
        // No page of any browser asked.
        (None, None) => false,
    }
}

/// Whether an origin, such as `https://learn.example:8443`, is the host that was asked. The origin `null` of files and
/// sandboxed frames is nobody's.
fn is_origin_of(origin: &str, host: &str) -> bool {
    let Some((scheme, origin_host)) = origin.split_once("://") else { return false };
    // Browsers leave the default port out of both, but something on the way may have put it into one.
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let without_port = |host: &'_ str| host.strip_suffix(default_port).unwrap_or(host).to_ascii_lowercase();
    !origin_host.is_empty() && without_port(origin_host) == without_port(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(site: Option<&str>, origin: Option<&str>, host: Option<&str>, refused: bool) {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(is_cross_origin(&method, site, origin, host), refused, "{method} {site:?} {origin:?} {host:?}");
        }
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert!(!is_cross_origin(&method, site, origin, host), "{method} {site:?} {origin:?} {host:?}");
        }
        assert_eq!(is_from_foreign_page(site, origin, host), refused, "{site:?} {origin:?} {host:?}");
    }

    #[test]
    fn what_the_browser_says_outright_decides() {
        let (here, elsewhere) = (Some("https://learn.example"), Some("https://evil.example"));
        let host = Some("learn.example");
        check(Some("same-origin"), here, host, false);
        check(Some("none"), None, host, false);
        check(Some("same-site"), here, host, true);
        check(Some("cross-site"), elsewhere, host, true);
        check(Some("cross-site"), None, host, true);
        check(Some("cross-site"), here, host, true);
        check(Some(""), None, host, true);
        check(Some("banana"), None, host, true);
        // A proxy that rewrites Host must not lock people out whose browser vouches for them.
        check(Some("same-origin"), here, Some("127.0.0.1:8080"), false);
    }

    #[test]
    fn without_it_the_origin_must_be_the_host() {
        for (origin, host, refused) in [
            ("http://192.168.1.5:8080", "192.168.1.5:8080", false),
            ("http://learn.example", "learn.example", false),
            ("http://Learn.Example", "learn.EXAMPLE", false),
            ("https://learn.example", "learn.example:443", false),
            ("http://learn.example:80", "learn.example", false),
            ("http://[::1]:8080", "[::1]:8080", false),
            ("http://[::1]", "[::1]", false),
            ("http://learn.example:8080", "learn.example", true),
            ("http://learn.example", "learn.example:8080", true),
            ("http://learn.example:443", "learn.example", true),
            ("http://localhost:3000", "localhost:8080", true),
            ("http://evil.example", "learn.example", true),
            ("http://learn.example.evil.example", "learn.example", true),
            ("http://evil.example/learn.example", "learn.example", true),
            ("http://learn.example@evil.example", "learn.example", true),
            ("moz-extension://learn.example", "learn.example", true),
            ("learn.example", "learn.example", true),
            ("null", "learn.example", true),
            ("null", "null", true),
            ("http://", "", true),
            ("", "", true),
        ] {
            check(None, Some(origin), Some(host), refused);
        }
        check(None, Some("http://learn.example"), None, true);
    }

    #[test]
    fn what_is_no_page_carries_no_cookie_and_passes() {
        check(None, None, Some("learn.example"), false);
        check(None, None, None, false);
    }
}
