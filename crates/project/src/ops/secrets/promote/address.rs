//! Whether a value is an address that belongs to a single environment. Such a value is never copied.

use std::collections::HashSet;
use std::net::IpAddr;

use url::Url;

/// Words in a name which indicate that the value is an address.
const WORDS: &[&str] = &[
    "URL",
    "URLS",
    "URI",
    "DSN",
    "HOST",
    "HOSTS",
    "HOSTNAME",
    "ENDPOINT",
    "ENDPOINTS",
    "DOMAIN",
    "DOMAINS",
    "ORIGIN",
    "ORIGINS",
    "SERVER",
    "SERVERS",
    "ADDRESS",
    "ADDR",
    "BROKER",
    "BROKERS",
];

/// Typical endings of host names.
const ENDINGS: &[&str] =
    &[".local", ".internal", ".svc", ".lan", ".com", ".net", ".org", ".io", ".dev", ".app", ".cloud", ".example", ".test"];

/// Whether the name indicates that the value is an address.
pub(super) fn is_named(name: &str) -> bool {
    words(name).any(|word| WORDS.contains(&word.to_ascii_uppercase().as_str()))
}

/// The hosts in a set of values.
pub(super) fn hosts<'v>(values: impl Iterator<Item = &'v str>) -> HashSet<String> {
    values.filter_map(|value| Url::parse(value).ok()?.host_str().map(str::to_ascii_lowercase)).collect()
}

/// Whether the value contains an address: a URL, a host with a port, an IP address, or one of the `hosts`.
pub(super) fn is_in(value: &str, hosts: &HashSet<String>) -> bool {
    value.contains("://") || parts(value).any(|part| is_address(part, hosts))
}

/// Whether the value contains the name of the environment as a word: `orders-test`.
pub(super) fn names(value: &str, environment: &str) -> bool {
    words(value).any(|word| word.eq_ignore_ascii_case(environment))
}

fn is_address(part: &str, hosts: &HashSet<String>) -> bool {
    let (host, has_port) = match part.rsplit_once(':') {
        Some((host, digits)) if digits.parse::<u16>().is_ok() && !host.contains(':') => (host, true),
        _ => (part, false),
    };
    if let Ok(address) = host.parse::<IpAddr>() {
        return has_port || !address.is_unspecified();
    }
    let host = host.to_ascii_lowercase();
    let is_host = host.starts_with(|c: char| c.is_ascii_alphanumeric()) && host.contains(|c: char| c.is_ascii_alphabetic());
    is_host && (has_port || host == "localhost" || hosts.contains(&host) || ENDINGS.iter().any(|ending| host.ends_with(ending)))
}

/// Whether the value contains a word that introduces a password or key, as in `host=db password=x`.
pub(super) fn has_credential(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let is_given = |rest: &str| rest.trim_start_matches(['"', '\'', ' ']).starts_with(['=', ':']);
    ["password", "passwd", "pwd", "secret", "token", "key"]
        .iter()
        .any(|word| value.match_indices(word).any(|(at, _)| is_given(&value[at + word.len()..])))
}

/// The parts of a value that may be addresses. E-mail addresses are skipped: they say nothing about where the program runs.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    let parts = value.split(|c: char| !(c.is_ascii_alphanumeric() || ".-_:@".contains(c)));
    parts.filter_map(|part| match part.rsplit_once('@') {
        Some((user, host)) if user.contains(':') || host.contains(':') => Some(host),
        Some(_) => None,
        None => Some(part),
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_plain_text() {
        let known = hosts(["postgresql://u:p@db-test:5432/shop", "no address"].into_iter());
        assert_eq!(known, HashSet::from(["db-test".to_owned()]));
        for address in [
            "https://x",
            "10.0.0.7",
            "redis:6379",
            "[\"a\", \"db-test\"]",
            "api.shop.internal",
            "0.0.0.0:80",
            "localhost",
            "::1",
            "u:p@db-test",
        ] {
            assert!(is_in(address, &known), "{address}");
        }
        for plain in ["info", "0.0.0.0", "25", "shop.settings", "me@example.org", "12:30", "a,b", "", "3.12.1"] {
            assert!(!is_in(plain, &known), "{plain}");
        }
        assert!(has_credential("host=db Password = x") && has_credential("{\"api_key\": 1}") && !has_credential("monkeys"));
        assert!(names("orders-Test", "test") && !names("latest", "test"));
        assert!(is_named("API_URL") && is_named("smtp_host") && !is_named("CURL_LEVEL"));
    }
}
