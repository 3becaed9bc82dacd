//! Addresses (`pydantic-core/src/validators/url.rs`, which uses the same crate).

use url::{ParseError, Url};

use super::data::Data;
use super::verdict::{Check, Fault, refused, unchecked};
use takk_model::{Constraints, UrlRule};

pub(super) fn check_url(data: &Data, rule: &UrlRule, constraints: &Constraints) -> Check {
    let text = match data {
        _ if !constraints.is_empty() => return unchecked("constraints on a URL"),
        Data::Text(text) => text,
        _ => return refused("url_type", "a URL in a string"),
    };
    if let Some(longest) = rule.max_length
        && text.len() as u64 > longest
    {
        return refused("url_too_long", format!("a URL of at most {longest} bytes"));
    }
    let mut url = if rule.many_hosts { parse_many(text)? } else { parse(text)? };
    if !rule.schemes.is_empty() && !rule.schemes.iter().any(|scheme| scheme == url.scheme()) {
        return refused("url_scheme", format!("a URL with the scheme {}", rule.schemes.join(" or ")));
    }
    add_defaults(&mut url, rule)
}

fn broken<T>(error: ParseError) -> Result<T, Fault> {
    // The library's error messages never quote the text.
    refused("url_parsing", format!("a valid URL ({error})"))
}

/// `parse_url`
fn parse(text: &str) -> Result<Url, Fault> {
    if text.is_empty() {
        return refused("url_parsing", "a valid URL (input is empty)");
    }
    Url::parse(text).or_else(broken)
}

/// `parse_multihost_url`: parses each host in a URL of its own.
fn parse_many(text: &str) -> Result<Url, Fault> {
    if text.is_empty() {
        return refused("url_parsing", "a valid URL (input is empty)");
    }
    let spaced = text.trim_start_matches(|character: char| character <= ' ');
    let in_scheme = |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.');
    let after_scheme = spaced.trim_start_matches(in_scheme);
    let scheme = spaced[..spaced.len() - after_scheme.len()].to_ascii_lowercase();
    let Some(after_colon) = after_scheme.strip_prefix(':').filter(|_| !scheme.is_empty()) else {
        return broken(ParseError::RelativeUrlWithoutBase);
    };
    let behind = after_colon.trim_start_matches(['/', '\\']);
    let prefix = &text[..text.len() - behind.len()];
    let special = matches!(scheme.as_str(), "http" | "https" | "ws" | "wss" | "ftp" | "file");
    let ends_hosts = |character: char| matches!(character, '/' | '?' | '#') || (special && character == '\\');
    let hosts_end = behind.find(ends_hosts).unwrap_or(behind.len());
    let mut hosts: Vec<&str> = behind[..hosts_end].split(',').collect();
    let last = hosts.pop().unwrap_or_default();
    if hosts.iter().any(|host| host.is_empty()) {
        return broken(ParseError::EmptyHost);
    }
    let url = parse(&format!("{prefix}{last}{}", &behind[hosts_end..]))?;
    if hosts.is_empty() {
        return Ok(url);
    }
    if !url.has_host() {
        return broken(ParseError::EmptyHost);
    }
    for host in hosts {
        if !parse(&format!("{prefix}{host}"))?.has_host() {
            return broken(ParseError::EmptyHost);
        }
    }
    Ok(url)
}

/// `check_sub_defaults`
fn add_defaults(url: &mut Url, rule: &UrlRule) -> Check {
    if !url.has_host() {
        if let Some(host) = &rule.default_host {
            url.set_host(Some(host)).or_else(broken)?;
        } else if rule.host_required {
            return refused("url_parsing", "a URL with a host");
        }
    }
    if let Some(port) = rule.default_port
        && url.port().is_none()
        && url.set_port(Some(port)).is_err()
    {
        return refused("url_parsing", "a URL with a host");
    }
    Ok(())
}
