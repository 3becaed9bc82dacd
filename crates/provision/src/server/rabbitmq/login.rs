//! The login of a program to its virtual host, as the program will make it: with the stored credentials, and over TLS if its URL says so.

use std::time::Duration;

use crate::ledger::Entry;
use crate::login::{self, Accepted, Login, NotReady, Tls};

/// The timeout of a login.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Logs in once, and opens the virtual host.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let is_tls = entry.credentials.get("scheme").is_some_and(|scheme| scheme.as_str() == "amqps");
    let tls = if is_tls { Some(Tls::verified(entry.ssl_roots.as_deref())?) } else { None };
    login::log_in(&Login {
        kind: &entry.kind,
        host: entry.host(),
        port: entry.port.unwrap_or_default(),
        ports: &entry.ports,
        credentials: &entry.credentials,
        tls: tls.as_ref(),
        timeout: TIMEOUT,
    })
}
