//! `EmailStr` and `NameEmail`: what is certain about `validate_email` of pydantic and the `email-validator` package behind it. That package
//! supports Unicode, IDNA and quoted names; addresses that use any of them are undecided.

use super::data::Data;
use super::verdict::{Check, refused, unchecked};
use takk_model::Constraints;

/// The maximum length of the value (`MAX_EMAIL_LENGTH`), of the address, and of a label.
const LONGEST: usize = 2048;
const LONGEST_ADDRESS: usize = 254;
const LONGEST_LABEL: usize = 63;

/// Domains that cannot receive email (`SPECIAL_USE_DOMAIN_NAMES`).
const SPECIAL: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

/// `EmailStr`
pub(super) fn check_email(data: &Data, constraints: &Constraints) -> Check {
    let text = match data {
        _ if !constraints.is_empty() => return unchecked("constraints on an email address"),
        Data::Text(text) => text,
        _ => return refused("string_type", "an email address"),
    };
    let expected = "an email address";
    if text.chars().count() > LONGEST || text.contains(['\r', '\n']) {
        return refused("value_error", expected);
    }
    // Display names, quotes, other scripts: only the library itself can decide.
    if !text.is_ascii() || text.contains(['<', '>', '"', '(', ')', '[', ']', '\\']) {
        return unchecked("an unusual email address");
    }
    let address = text.trim_matches(super::numbers::is_python_space);
    let Some((local, domain)) = address.rsplit_once('@') else { return refused("value_error", expected) };
    if domain.to_ascii_lowercase().split('.').any(|label| label.starts_with("xn--")) {
        return unchecked("an unusual email address");
    }
    if is_local(local) && is_domain(domain) && address.len() <= LONGEST_ADDRESS {
        Ok(())
    } else {
        refused("value_error", expected)
    }
}

/// `validate_email_local_part`: dots only between other characters. Its length is not checked.
fn is_local(local: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.split('.').all(|part| !part.is_empty() && part.bytes().all(allowed))
}

/// `validate_email_domain_name`: at least two labels of letters, digits and hyphens, of which the last is not a number.
fn is_domain(domain: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_label = |label: &str| {
        let hyphens = label.starts_with('-') || label.ends_with('-');
        let encoded = label.len() >= 4 && label.as_bytes().get(2..4) == Some(b"--");
        !label.is_empty() && label.len() <= LONGEST_LABEL && !hyphens && !encoded && label.bytes().all(allowed)
    };
    let lower = domain.to_ascii_lowercase();
    let is_special = SPECIAL.iter().any(|name| lower == *name || lower.ends_with(&format!(".{name}")));
    let last = lower.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && domain.split('.').all(is_label)
        && last.bytes().next_back().is_some_and(|byte| byte.is_ascii_alphabetic())
        && !is_special
}
