//! What a browser gets: pages, the look they share, and lessons as HTML.

pub mod assets;
#[cfg(test)]
mod contrast;
#[cfg(test)]
mod markup;
pub mod pages;
pub mod render;
pub mod responses;

use std::fmt::Write;

/// The policy that pages are served under: nothing from elsewhere, nothing inline.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a page that may show players of videos, once its reader asks for one: frames from their hosts, and else
/// what every page may.
pub fn page_policy<'a>(player_hosts: impl IntoIterator<Item = &'a str>) -> String {
    let mut policy = PAGE_POLICY.to_owned();
    for (index, host) in player_hosts.into_iter().enumerate() {
        // Writing to a string does not fail.
        let _ = write!(policy, "{} https://{host}", if index == 0 { "; frame-src" } else { "" });
    }
    policy
}

/// The policy for a diagram's file, which carries its own style sheet. It matters when the file is opened by itself.
pub const DIAGRAM_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_the_players_of_its_page_and_no_others() {
        assert_eq!(page_policy([]), PAGE_POLICY);
        assert_eq!(
            page_policy(["a.example.org", "b.example.org"]),
            format!("{PAGE_POLICY}; frame-src https://a.example.org https://b.example.org")
        );
    }
}
