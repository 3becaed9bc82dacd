//! Which side to upgrade if two versions are incompatible.

use pep440_rs::Version;
use serde::Deserialize;

/// The part of `whoami` that all versions have in common.
#[derive(Deserialize)]
struct Versioned {
    version: Option<String>,
}

/// What to do about a server with this response to `whoami`.
pub(super) fn hint(whoami: Option<&[u8]>) -> String {
    let told = whoami.and_then(|body| serde_json::from_slice::<Versioned>(body).ok()).and_then(|told| told.version);
    let own = env!("CARGO_PKG_VERSION");
    let parsed = |text: &str| text.parse::<Version>().ok();
    match told.as_deref().and_then(parsed).zip(parsed(own)) {
        Some((server, this)) if server < this => {
            format!("the server is takk {server}, and this is takk {own}: upgrade the server, or use takk {server}")
        }
        Some((server, this)) if server > this => {
            format!("the server is takk {server}, and this is takk {own}: upgrade this takk to {server}")
        }
        _ => format!("check the URL; this is takk {own}, and the server should run the same version"),
    }
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn the_older_side_is_upgraded() {
        assert!(hint(Some(br#"{"version": "0.0.1"}"#)).contains("upgrade the server"));
        assert!(hint(Some(br#"{"version": "99.1", "new": {}}"#)).contains("upgrade this takk to 99.1"));
        for unknown in [None, Some(&b"<html>"[..]), Some(br#"{"version": "\u0007"}"#)] {
            assert!(hint(unknown).starts_with("check the URL"));
        }
    }
}
