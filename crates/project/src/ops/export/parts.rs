//! The values that a Compose file of `takk export compose` refers to: logins and ports of the servers, as the program's own variables have
//! them.

use super::{Runnable, names, source};
use crate::ops::compose::Composer;
use takk_catalog::{Server, placeholders};
use takk_model::error::{Error, Result};
use takk_model::visible::shown;
use takk_vault::SecretValue;
use url::Url;

/// A variable of a Compose file.
pub struct Part {
    pub name: String,
    pub value: SecretValue,
    /// Whether it must be kept secret.
    pub secret: bool,
}

/// The variables of all servers that can be derived from the stored values.
pub fn parts(composer: &Composer<'_>) -> Result<Vec<Part>> {
    let mut found = Vec::new();
    for resource in &composer.plan.resources {
        let Some(runnable) = Runnable::new(resource, composer.plan) else { continue };
        let service = runnable.service();
        for name in runnable.credentials() {
            let Some(value) = runnable.parts(name).find_map(|part| composer.part(&part)) else { continue };
            if !stands_anywhere(&value) && runnable.server.files.iter().any(|file| is_inside(name, file.text)) {
                return Err(unwritable(&runnable, name));
            }
            let secret = !Server::PUBLIC.contains(&name);
            found.push(Part { name: names::variable(&service, name), value: SecretValue::from(value.as_str()), secret });
        }
        if let Some(port) = port(composer, &runnable) {
            found.push(Part {
                name: names::variable(&service, "port"),
                value: SecretValue::from(port.as_str()),
                secret: false,
            });
        }
    }
    Ok(found)
}

/// The port at which the program expects a server: from its URL, or from a URL in another part.
fn port(composer: &Composer<'_>, runnable: &Runnable<'_>) -> Option<String> {
    if !runnable.has_one_port() {
        return None;
    }
    let of_address = runnable.parts("port").find_map(|part| composer.part(&part)).map(|port| port.to_string());
    let of_another = || {
        let rows = runnable.server.parts.iter().filter(|row| row.value.contains("{port}"));
        let parts = rows.flat_map(|row| runnable.parts(row.part));
        parts.filter_map(|part| composer.stored_part(&part)).find_map(|value| port_in(value.expose()))
    };
    of_address.or_else(of_another).filter(|port| port.parse::<u16>().is_ok())
}

/// The port of a URL, or of an address in Kafka's form.
fn port_in(value: &str) -> Option<String> {
    let port = Url::parse(value).ok().and_then(|url| url.port());
    port.map(|port| port.to_string()).or_else(|| value.rsplit_once(':').map(|(_, port)| port.to_owned()))
}

/// Whether a file embeds a credential in other text.
fn is_inside(name: &str, text: &str) -> bool {
    placeholders(text).any(|used| source(used) == name && text != format!("{{{used}}}"))
}

/// Whether a value needs no escaping in any configuration format.
fn stands_anywhere(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn unwritable(runnable: &Runnable<'_>, name: &str) -> Error {
    let variables = &runnable.resource.variables;
    let (kind, resource) = (runnable.kind.display, shown(&runnable.resource.name));
    Error::usage(format!("the {name} of {kind} `{resource}` cannot be written into the server's configuration"))
        .about(format!("it is in {}", variables.join(", ")))
        .hint("set one of letters, digits, `-`, `_` and `.`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_itself_stands_beside_other_text() {
        assert!(stands_anywhere("Abc-1_2.3"));
        for value in ["", "a b", "a\"b", "a\nb", "a'b", "a<b", "${X}", "ä"] {
            assert!(!stands_anywhere(value), "{value}");
        }
        assert!(is_inside("password", "requirepass {password}\n") && !is_inside("username", "requirepass {password}\n"));
        assert!(!is_inside("password", "{password}") && !is_inside("password", "{root_password}"), "a file of its own");
    }

    #[test]
    fn a_port_is_read_from_urls_and_addresses() {
        assert_eq!(port_in("http://localhost:9000/x").as_deref(), Some("9000"));
        assert_eq!(port_in("127.0.0.1:9092").as_deref(), Some("9092"));
        assert_eq!(port_in("http://localhost").as_deref(), Some("//localhost"), "which is no port, and left out");
    }
}
