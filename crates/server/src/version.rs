//! The takk version of a client, from its `User-Agent: takk/VERSION`: a client that is too old is told what to upgrade, and an error that a
//! version difference may explain says so. Other programs need not send a version.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use pep440_rs::Version;

use crate::hosted::Refusal;
use takk_api::Code;

/// The oldest supported version of takk. Raised when a request of an earlier one would be misunderstood.
const OLDEST: &str = "0.1.0";
pub(super) const OWN: &str = env!("CARGO_PKG_VERSION");

/// The version of takk that sends the request; `None` for another program.
pub(super) fn of_client(headers: &HeaderMap) -> Option<Version> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    agent.strip_prefix("takk/")?.split_whitespace().next()?.parse().ok()
}

/// Why a version of takk is not supported, if it is too old.
pub(super) fn refused(client: &Version) -> Option<Refusal> {
    let is_too_old = *client < known(OLDEST);
    is_too_old.then(|| {
        let what = format!("takk {client} is too old for this server: it runs takk {OWN} and supports takk {OLDEST} and later");
        Refusal::new(Code::OutdatedClient, what).hint(format!("upgrade your takk, preferably to {OWN}"))
    })
}

/// Which side to upgrade if a request was not understood and the versions differ.
pub(super) fn hint(client: &Version) -> Option<String> {
    let own = known(OWN);
    let both = format!("the server is takk {OWN}, and the client is takk {client}");
    match client.cmp(&own) {
        std::cmp::Ordering::Less => Some(format!("{both}: upgrade your takk to {OWN}")),
        std::cmp::Ordering::Greater => Some(format!("{both}: ask the operator of the server to upgrade it, or use takk {OWN}")),
        std::cmp::Ordering::Equal => None,
    }
}

fn known(version: &str) -> Version {
    version.parse().expect("versions of takk are versions")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(agent: &'static str) -> Option<Version> {
        of_client(&HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static(agent))]))
    }

    #[test]
    fn only_takk_says_its_version() {
        assert_eq!(client("takk/0.1.0"), Some(known("0.1.0")));
        assert_eq!(client("takk/99.1 (linux)"), Some(known("99.1")));
        for other in ["curl/8.1", "Mozilla/5.0 takk/0.1.0", "takk/", "takk/new", "takk", ""] {
            assert_eq!(client(other), None, "{other}");
        }
        assert_eq!(of_client(&HeaderMap::new()), None);
    }

    #[test]
    fn the_older_side_is_upgraded() {
        assert!(refused(&known("0.0.9")).is_some_and(|refusal| refusal.code == Code::OutdatedClient));
        assert!(refused(&known(OLDEST)).is_none() && refused(&known(OWN)).is_none() && refused(&known("99.1")).is_none());
        assert!(hint(&known("0.0.9")).is_some_and(|hint| hint.contains("upgrade your takk")));
        assert!(hint(&known("99.1")).is_some_and(|hint| hint.contains("ask the operator of the server to upgrade it")));
        assert_eq!(hint(&known(OWN)), None);
    }
}
