//! The login of a program to its virtual host, as the program will make it: with the stored credentials, and over TLS if its URL says so.

use std::time::Duration;

use super::super::tls;
use crate::ledger::Entry;
use crate::login::{Accepted, Login, NotReady, log_in_to_amqp};

/// The timeout of a login.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Logs in once, and opens the virtual host.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let login = Login {
        kind: &entry.kind,
        host: entry.host(),
        port: entry.port.unwrap_or_default(),
        ports: &entry.ports,
        credentials: &entry.credentials,
        timeout: TIMEOUT,
    };
    let is_tls = entry.credentials.get("scheme").is_some_and(|scheme| scheme.as_str() == "amqps");
    let untrusted = |error: takk_model::error::Error| NotReady::OtherServer(error.to_string());
    let tls = if is_tls { Some(tls::of_client(entry.ssl_roots.as_deref()).map_err(untrusted)?) } else { None };
    log_in_to_amqp(&login, tls)
}
