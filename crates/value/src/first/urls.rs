//! The address types of pydantic 1 (`pydantic/networks.py`): a regular expression, matched part by part, and the constraints of each type.

use std::sync::LazyLock;

use regex::Regex;

use super::plain::check_str;
use crate::data::Data;
use crate::numbers::is_python_space;
use crate::verdict::{Check, refused, refused_as, unchecked};
use takk_model::Constraints;

/// The requirements of a type: name, schemes, several hosts, user, host, top-level domain, maximum length.
type Row = (&'static str, &'static [&'static str], bool, bool, bool, bool, usize);

const LONGEST: usize = 1 << 16;
const POSTGRES: &[&str] = &[
    "postgres",
    "postgresql",
    "postgresql+asyncpg",
    "postgresql+pg8000",
    "postgresql+psycopg",
    "postgresql+psycopg2",
    "postgresql+psycopg2cffi",
    "postgresql+py-postgresql",
    "postgresql+pygresql",
];
const COCKROACH: &[&str] = &["cockroachdb", "cockroachdb+psycopg2", "cockroachdb+asyncpg"];

/// `RedisDsn` and `KafkaDsn` have a default host.
const ROWS: [Row; 10] = [
    ("AnyUrl", &[], false, false, true, false, LONGEST),
    ("AnyHttpUrl", &["http", "https"], false, false, true, false, LONGEST),
    ("HttpUrl", &["http", "https"], false, false, true, true, 2083),
    ("FileUrl", &["file"], false, false, false, false, LONGEST),
    ("PostgresDsn", POSTGRES, true, true, true, false, LONGEST),
    ("CockroachDsn", COCKROACH, false, true, true, false, LONGEST),
    ("AmqpDsn", &["amqp", "amqps"], false, false, false, false, LONGEST),
    ("RedisDsn", &["redis", "rediss"], false, false, false, false, LONGEST),
    ("MongoDsn", &["mongodb"], false, false, true, false, LONGEST),
    ("KafkaDsn", &["kafka"], false, false, false, false, LONGEST),
];

const CHUNK: &str = r"[_0-9a-z](?:[-_0-9a-z]{0,61}[_0-9a-z])?";
static DOMAIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"^(?i:(?:{CHUNK}\.)*?{CHUNK}(?P<tld>\.[a-z]{{2,63}})?\.?)$")).ok());
/// A character range that starts with `a` also contains the characters after `z`.
const WIDE_CHUNK: &str = r"[_0-9a-\x7f](?:[-_0-9a-\x7f]{0,61}[_0-9a-\x7f])?";
static WIDE_DOMAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let tld = r"(?:\.[a-z]{2,63})|(?:\.xn--[_0-9a-z-]{2,63})";
    Regex::new(&format!(r"^(?i:(?:{WIDE_CHUNK}\.)*?{WIDE_CHUNK}(?P<tld>{tld})?\.?)$")).ok()
});
static V4: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3}").ok());
static V6: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?i:\[[A-F0-9]*:[A-F0-9:]+\])").ok());
static SCHEME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?i:[a-z][a-z0-9+\-.]+)://").ok());

/// A text that is parsed from the beginning.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn take_form(&mut self, form: &LazyLock<Option<Regex>>) -> Option<&'t str> {
        let length = form.as_ref()?.find(self.0)?.end();
        Some(self.take(length))
    }

    /// Skips a part that starts with that character and extends to one that ends it.
    fn take_part(&mut self, begin: char, ends: &[char]) {
        if self.0.starts_with(begin) {
            let end = |character: char| ends.contains(&character) || is_python_space(character);
            let length = self.0[1..].find(end).map_or(self.0.len(), |at| at + 1);
            self.take(length);
        }
    }
}

/// A host with its port.
struct Host<'t> {
    name: &'t str,
    is_domain: bool,
    port: Option<&'t str>,
}

/// `_host_regex`
fn host<'t>(rest: &mut Rest<'t>) -> Host<'t> {
    let whole = rest.0;
    let ends = |length: usize| whole[length..].is_empty() || whole[length..].starts_with(['/', ':', '#', '?']);
    let number = [&V4, &V6].into_iter().find_map(|form| {
        let mut tried = Rest(whole);
        tried.take_form(form).map(str::len).filter(|length| ends(*length))
    });
    let stops = |character: char| matches!(character, '/' | ':' | '#' | '?') || is_python_space(character);
    let length = number.unwrap_or_else(|| whole.find(stops).unwrap_or(whole.len()));
    let name = rest.take(length);
    let digits = rest.0.strip_prefix(':').map_or(0, |port| port.bytes().take_while(u8::is_ascii_digit).count());
    let port = (digits > 0).then(|| &rest.take(digits + 1)[1..]);
    Host { name, is_domain: number.is_none(), port }
}

/// `_user_info_regex`: the user, if there is one. Extends to the last `@` before the path.
fn user<'t>(rest: &mut Rest<'t>) -> Option<&'t str> {
    let end = |character: char| character == '/' || is_python_space(character);
    let until = rest.0.find(end).unwrap_or(rest.0.len());
    let at = rest.0[..until].rfind('@')?;
    let whole = &rest.take(at + 1)[..at];
    Some(whole.split(':').next().unwrap_or(whole))
}

/// A URL type by its name.
pub(super) fn check_url(data: &Data, name: &str) -> Check {
    let Some(row) = ROWS.iter().find(|row| row.0 == name) else { return unchecked("pydantic 1 may treat it differently") };
    let (_, schemes, many, user_required, host_required, tld_required, longest) = *row;
    let text = match data {
        Data::Text(text) => text.trim_matches(is_python_space),
        other => {
            check_str(other, &Constraints::default())?;
            return unchecked("a URL that is not a string");
        }
    };
    if !text.is_ascii() {
        return unchecked("a URL with non-ASCII characters");
    }
    if text.is_empty() {
        return refused("value_error.any_str.min_length", "a URL");
    }
    if text.len() > longest {
        return refused_as("value_error.any_str.max_length", format!("must have at most {longest} characters"));
    }
    let mut rest = Rest(text);
    let Some(scheme) = rest.take_form(&SCHEME) else { return refused("value_error.url.scheme", "a URL with a scheme") };
    let scheme = scheme.trim_end_matches("://").to_ascii_lowercase();
    if !schemes.is_empty() && !schemes.contains(&scheme.as_str()) {
        return refused("value_error.url.scheme", format!("a URL with the scheme {}", schemes.join(" or ")));
    }
    let user = user(&mut rest);
    let hosts: Vec<Host<'_>> = if many {
        let length = rest.0.find('/').unwrap_or(rest.0.len());
        // Anything after the port of one of several hosts is ignored.
        rest.take(length).split(',').map(|text| host(&mut Rest(text))).collect()
    } else {
        vec![host(&mut rest)]
    };
    if user_required && user.is_none() {
        return refused("value_error.url.userinfo", "a URL with a user name");
    }
    for host in &hosts {
        check_host(host, host_required, tld_required)?;
    }
    // A URL with several hosts, of which one has no top-level domain, cannot be rebuilt (`AnyUrl.build`).
    if hosts.len() > 1 && hosts.iter().any(|host| host.is_domain && domain(&DOMAIN, host) != Some(true)) {
        return refused_as("type_error", "must have a top-level domain in each host");
    }
    rest.take_part('/', &['?', '#']);
    rest.take_part('?', &['#']);
    rest.take_part('#', &[]);
    if rest.0.is_empty() { Ok(()) } else { refused_as("value_error.url.extra", "must not have anything after the URL") }
}

/// Whether a domain of that form has a top-level domain; `None` if it is not a domain.
fn domain(form: &LazyLock<Option<Regex>>, host: &Host<'_>) -> Option<bool> {
    let found = form.as_ref()?.captures(host.name)?;
    Some(found.name("tld").is_some())
}

/// `validate_host`, `_validate_port`
fn check_host(host: &Host<'_>, host_required: bool, tld_required: bool) -> Check {
    if host
        .port
        .is_some_and(|port| port.trim_start_matches('0').len() > 5 || port.parse::<u32>().is_ok_and(|port| port > 65_535))
    {
        return refused("value_error.url.port", "a URL with a port of at most 65535");
    }
    if host.name.is_empty() {
        return if host_required { refused("value_error.url.host", "a URL with a host") } else { Ok(()) };
    }
    if !host.is_domain {
        return Ok(());
    }
    // A host that is not an ASCII domain, or has no top-level domain, is also checked as an international one.
    let has_tld = domain(&DOMAIN, host).filter(|has_tld| *has_tld).or_else(|| domain(&WIDE_DOMAIN, host));
    match has_tld {
        None => refused("value_error.url.host", "a URL with a host"),
        Some(false) if tld_required => refused("value_error.url.host.tld", "a URL with a top-level domain"),
        Some(_) => Ok(()),
    }
}
