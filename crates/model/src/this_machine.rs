//! Hosts that are this machine: no proxy is between, and no network that needs TLS.

use std::net::IpAddr;

/// Whether the host of a URL is this machine: a loopback address, or a name that always means one (RFC 6761, section 6.3).
pub fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_this_machine() {
        for here in ["127.0.0.1", "127.9.9.9", "[::1]", "::1", "localhost", "LocalHost", "db.localhost"] {
            assert!(is_this_machine(here), "{here}");
        }
        for other in ["", "localhost.example.org", "127.example.org", "10.0.0.1", "[::2]", "notlocalhost", "0.0.0.0"] {
            assert!(!is_this_machine(other), "{other}");
        }
    }
}
