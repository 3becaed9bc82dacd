//! What an error quotes from a server's response: on one line, short, and without a credential. A server may repeat what it
//! received, as Redis does for an unknown command.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use takk_model::visible::one_line;
use zeroize::Zeroizing;

use super::{Login, NotReady};

/// The longest message of a server in an error, in characters.
const MOST: usize = 200;

/// The maximum length of a version.
const MOST_OF_VERSION: usize = 40;

/// Credentials that are names, not secrets.
const NAMES: &[&str] = &["access_key", "bucket", "database", "region", "username", "vhost"];

/// A message of the server, for an error.
pub(super) fn foreign(login: &Login<'_>, text: &[u8]) -> String {
    cleaned(text, &secrets(login))
}

/// A message of a server, for an error: short, on one line, without any of these secrets.
pub(crate) fn cleaned(text: &[u8], secrets: &[Zeroizing<String>]) -> String {
    let mut text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    for secret in secrets {
        text = Zeroizing::new(text.replace(secret.as_str(), "…"));
    }
    let line = one_line(&text);
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Every form in which a check sends a secret, the longest first, because one may contain another.
pub(super) fn secrets(login: &Login<'_>) -> Vec<Zeroizing<String>> {
    let is_secret = |name: &str, value: &str| !NAMES.contains(&name) && !value.is_empty();
    let secrets = login.credentials.iter().filter(|(name, value)| is_secret(name, value));
    let mut forms: Vec<_> = secrets.map(|(_, value)| value.clone()).collect();
    forms.extend(basic(login));
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms
}

/// User name and password as HTTP basic authentication encodes them.
pub(super) fn basic(login: &Login<'_>) -> Option<Zeroizing<String>> {
    let password = login.credential("password")?;
    let pair = Zeroizing::new(format!("{}:{password}", login.credential("username").unwrap_or_default()));
    Some(Zeroizing::new(STANDARD.encode(pair.as_bytes())))
}

/// The number in a server's version, without what a distribution or a fork adds: `10.11.6` in `5.5.5-10.11.6-MariaDB`, `15.5` in `15.5
/// (Debian 15.5-0+deb12u1)`. `None` if there is none.
pub(super) fn version_number(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let number = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').next().unwrap_or_default();
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= MOST_OF_VERSION;
    is_number.then(|| number.to_owned())
}

/// The server sent something that the protocol does not define.
pub(super) fn other(login: &Login<'_>, what: &str, said: &[u8]) -> NotReady {
    NotReady::OtherServer(format!("{what}: `{}`", foreign(login, &said[..said.len().min(4 * MOST)])))
}

/// The server broke the protocol in a way that cannot be quoted.
pub(super) fn malformed(protocol: &str) -> NotReady {
    NotReady::OtherServer(format!("its response is not valid {protocol}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_version_is_its_number() {
        for (text, number) in [
            ("15.5 (Debian 15.5-0+deb12u1)", "15.5"),
            ("10.11.6-MariaDB-0+deb12u1", "10.11.6"),
            ("17beta1", "17beta1"),
            ("v2.10.29\n", "2.10.29"),
            ("25.3.1.2703", "25.3.1.2703"),
        ] {
            assert_eq!(version_number(text).as_deref(), Some(number));
        }
        for text in ["", "v", "<html>", "unknown", "-1", "\u{1b}[2J1", &"1".repeat(41)] {
            assert_eq!(version_number(text), None, "{text}");
        }
    }

    #[test]
    fn a_servers_text_is_short_on_one_line_and_without_a_secret() {
        let credential = |name: &str, value: &str| (name.to_owned(), Zeroizing::new(value.to_owned()));
        let credentials =
            BTreeMap::from([credential("username", "shop"), credential("password", "a b"), credential("token", "a b c")]);
        let login = Login {
            kind: "redis",
            host: "127.0.0.1",
            address: None,
            port: 1,
            ports: &BTreeMap::new(),
            credentials: &credentials,
            tls: None,
            timeout: Duration::ZERO,
        };
        assert_eq!(foreign(&login, b"shop: no\r\n\x1b[2J 'a b' a b c c2hvcDphIGI="), "shop: no \\x1b[2J '…' … …");
        let long = foreign(&login, "ü".repeat(1000).as_bytes());
        assert_eq!(long, format!("{}…", "ü".repeat(200)));
        // The text is cut within the secret.
        assert!(!foreign(&login, format!("{}a b", "x".repeat(198)).as_bytes()).contains("a "));
    }
}
