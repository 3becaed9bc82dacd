//! An address entered in parts, for users who do not have the whole one.

use zeroize::Zeroizing;

use super::answer::segment;
use super::form::FormBody;

/// The URL composed of the fields for a name; `None` without a host.
pub(super) fn composed(filled: &FormBody, name: &str) -> Option<Zeroizing<String>> {
    let part = |part: &str| filled.text(&format!("part:{part}:{name}")).trim();
    let host = part("host");
    if host.is_empty() {
        return None;
    }
    let mut text = Zeroizing::new(String::new());
    text.push_str(part("scheme"));
    text.push_str("://");
    let (user, password) = (part("user"), part("password"));
    if !user.is_empty() || !password.is_empty() {
        text.push_str(&segment(user));
        if !password.is_empty() {
            text.push(':');
            text.push_str(&Zeroizing::new(segment(password)));
        }
        text.push('@');
    }
    text.push_str(host);
    if !part("port").is_empty() {
        text.push(':');
        text.push_str(part("port"));
    }
    let path = part("path").trim_start_matches('/');
    if !path.is_empty() {
        text.push('/');
        text.push_str(&segment(path));
    }
    Some(text)
}
