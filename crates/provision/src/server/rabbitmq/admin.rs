//! An admin address of the management API, what the broker says about the login that it names, and where programs reach the broker.

use std::collections::BTreeMap;

use serde_json::Value;
use takk_model::error::{Error, Result};
use takk_model::percent::encoded;
use url::Url;

use super::super::http::HttpAddress;
use super::super::{FULL, Facts, Lack};
use super::api::{Api, Refusal};
use crate::ledger::Entry;

/// How an address is written.
pub(super) const FORM: &str = "https://user:password@host:15671, with ?amqp=amqps://host:5671 if programs reach it elsewhere";
/// The parameter that says where programs reach the broker.
const AMQP: &str = "amqp";
/// The tag of a user who may create users and virtual hosts.
pub(super) const ADMINISTRATOR: &str = "administrator";

/// A user with the tag `administrator`.
pub(super) struct RabbitAdmin {
    pub address: HttpAddress,
    pub api: Api,
    /// Where programs reach the broker, if the address says so.
    given: Option<Place>,
}

/// What the broker says about itself and an admin.
pub(super) struct Broker {
    pub about: Facts,
    /// Its listeners for AMQP: whether they use TLS, and their ports.
    listeners: Vec<(bool, u16)>,
}

/// Where programs reach the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    is_tls: bool,
    host: String,
    port: u16,
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let (is_tls, port) = match url.scheme() {
            "amqps" => (true, 5671),
            "amqp" => (false, 5672),
            _ => return None,
        };
        let is_plain = url.username().is_empty() && url.password().is_none() && matches!(url.path(), "" | "/");
        let host = url.host_str().filter(|host| is_plain && !host.is_empty())?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Self { is_tls, host, port: url.port().unwrap_or(port) })
    }

    fn scheme(&self) -> &'static str {
        if self.is_tls { "amqps" } else { "amqp" }
    }

    /// Writes it into an entry.
    pub(super) fn write(&self, entry: &mut Entry) {
        entry.host = Some(self.host.clone());
        entry.port = Some(self.port);
        entry.credentials.insert("scheme".to_owned(), self.scheme().to_owned().into());
    }

    /// Whether an entry has it.
    pub(super) fn is_of(&self, entry: &Entry) -> bool {
        let scheme = entry.credentials.get("scheme").map(|scheme| scheme.as_str());
        entry.host() == self.host && entry.port == Some(self.port) && scheme == Some(self.scheme())
    }
}

impl RabbitAdmin {
    /// Reads an address. No error contains a part of its password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let address = HttpAddress::parse(text, &[AMQP], FORM)?;
        let given = match address.parameter(AMQP) {
            Some(text) => Some(Place::parse(text).ok_or_else(|| {
                Error::usage("the parameter `amqp` of the address must be like amqps://host:5671, without a login")
                    .hint(format!("write it as {FORM}"))
            })?),
            None => None,
        };
        let api = Api::new(&address)?;
        Ok(Self { address, api, given })
    }

    /// What the broker says, if the admin may do what is needed.
    pub(super) fn open(&self) -> Result<Broker> {
        let broker = self.look()?;
        broker.about.refuse_lacks(&self.address.shown)?;
        Ok(broker)
    }

    /// Logs in and looks around.
    pub(super) fn look(&self) -> Result<Broker> {
        let doing = format!("cannot use {}", self.address.shown);
        let other = || {
            Error::usage(format!("{doing}: it is not the management API of RabbitMQ")).hint(
                "enable it (rabbitmq-plugins enable rabbitmq_management), and use its port: 15671 with TLS, 15672 without",
            )
        };
        let user = match self.api.get("/api/whoami") {
            Ok(Some(user)) => user,
            // It may not even ask who it is.
            Err(Refusal::Rights(_)) => Value::Null,
            Err(Refusal::Said(_)) | Ok(None) => return Err(other()),
            Err(refusal) => return Err(refusal.error(&doing)),
        };
        let is_administrator = tags(&user).iter().any(|tag| tag == ADMINISTRATOR);
        let mut about = self.facts_of(is_administrator);
        if !is_administrator {
            return Ok(Broker { about, listeners: Vec::new() });
        }
        let read = |path: &str| self.api.get(path).map_err(|refusal| refusal.error(&doing))?.ok_or_else(other);
        let overview = read("/api/overview")?;
        about.version = overview["rabbitmq_version"].as_str().ok_or_else(other)?.to_owned();
        let hosts = read("/api/vhosts?columns=name")?;
        about.holdings = BTreeMap::from([(String::new(), hosts.as_array().map_or(0, Vec::len))]);
        Ok(Broker { about, listeners: listeners(&overview) })
    }

    fn facts_of(&self, is_administrator: bool) -> Facts {
        let user = self.address.user.clone();
        let lack = || Lack {
            right: format!("the tag {ADMINISTRATOR}"),
            remedy: format!("on the broker: rabbitmqctl set_user_tags {user} {ADMINISTRATOR}"),
        };
        Facts {
            product: "RabbitMQ",
            version: String::new(),
            too_wide: None,
            is_encrypted: self.address.is_https,
            noun: "virtual host",
            holdings: BTreeMap::new(),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks: if is_administrator { Vec::new() } else { vec![lack()] },
            user,
        }
    }

    /// Where programs reach the broker: as the address says, else at the listener on the host of the API, over TLS if the API is.
    pub(super) fn place_for_programs(&self, broker: &Broker, entry: &Entry) -> Result<Place> {
        let has_to_be_tls = entry.level == FULL;
        let key = entry.key();
        let place = self.given.clone().or_else(|| {
            let find = |is_tls: bool| broker.listeners.iter().find(|(tls, _)| *tls == is_tls);
            let found =
                if self.address.is_https { find(true).or_else(|| find(false)) } else { find(false).or_else(|| find(true)) };
            found.map(|(is_tls, port)| Place { is_tls: *is_tls, host: self.address.host.clone(), port: *port })
        });
        let hint = "or say where programs reach it: ?amqp=amqps://host:5671 in the admin address";
        match place {
            Some(place) if has_to_be_tls && !place.is_tls => Err(Error::usage(format!(
                "{key}: the broker has no listener with TLS for programs, which the level `full` needs"
            ))
            .hint("listeners.ssl.default = 5671, with a certificate, in rabbitmq.conf")
            .hint(hint)),
            Some(place) => Ok(place),
            None => Err(Error::usage(format!("{key}: the broker has no listener for AMQP")).hint(hint)),
        }
    }
}

/// The tags of a user: a list, and before RabbitMQ 3.9 a text.
pub(super) fn tags(user: &Value) -> Vec<String> {
    match &user["tags"] {
        Value::Array(tags) => tags.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(tags) => tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn listeners(overview: &Value) -> Vec<(bool, u16)> {
    let all = overview["listeners"].as_array().map(Vec::as_slice).unwrap_or_default();
    let listener = |one: &Value| {
        let is_tls = match one["protocol"].as_str()? {
            "amqp" => false,
            "amqp/ssl" => true,
            _ => return None,
        };
        Some((is_tls, u16::try_from(one["port"].as_u64()?).ok()?))
    };
    all.iter().filter_map(listener).collect()
}

/// A name in a path.
pub(super) fn in_path(prefix: &str, names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| encoded(name)).collect();
    format!("/api/{prefix}/{}", names.join("/"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_place_of_programs_is_an_address_without_a_login() {
        let place = |text: &str| Place::parse(text).map(|place| (place.scheme(), place.host, place.port));
        assert_eq!(place("amqps://broker.example.org"), Some(("amqps", "broker.example.org".to_owned(), 5671)));
        assert_eq!(place("amqp://[::1]:1/"), Some(("amqp", "::1".to_owned(), 1)));
        for wrong in ["", "broker:5672", "https://broker", "amqp://a:b@broker", "amqp://broker/vhost", "amqp://"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn listeners_are_those_of_amqp_0_9_1() {
        let overview = json!({ "listeners": [
            { "protocol": "amqp", "port": 5672 }, { "protocol": "clustering", "port": 25672 },
            { "protocol": "amqp/ssl", "port": 5671 }, { "protocol": "https", "port": 15671 }, { "protocol": "amqp", "port": 99999 },
        ]});
        assert_eq!(listeners(&overview), [(false, 5672), (true, 5671)]);
        assert_eq!(listeners(&json!({})), []);
        assert_eq!(tags(&json!({ "tags": "administrator, x" })), ["administrator", "x"]);
    }
}
