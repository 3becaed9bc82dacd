//! The login of a program to its broker, with the stored credentials, and over TLS if its variables say so.

use std::time::{Duration, Instant};

use super::{ENCRYPTED, requests};
use crate::ledger::Entry;
use crate::login::{Accepted, KafkaError, KafkaSession, NotReady, Tls};

/// The timeout of a login.
const LONGEST: Duration = Duration::from_secs(10);
/// The maximum number of bytes that it reads: its topics may be many.
const MOST: usize = 32 << 20;

/// Logs in once, and asks for the topics that it may see.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let credential = |name: &str| entry.credentials.get(name).map(|value| value.as_str()).unwrap_or_default();
    let is_encrypted = entry.ssl_mode.as_deref() == Some(ENCRYPTED);
    let tls = if is_encrypted { Some(Tls::verified(entry.ssl_roots.as_deref())?) } else { None };
    let (port, deadline) = (entry.port.unwrap_or_default(), Instant::now() + LONGEST);
    let mut session = KafkaSession::open(entry.host(), port, tls.as_ref(), deadline, MOST)?;
    session.authenticate(credential("username"), credential("password")).map_err(not_ready)?;
    requests::cluster(&mut session).map_err(not_ready)?;
    Ok(Accepted { version: None })
}

fn not_ready(error: KafkaError) -> NotReady {
    match error {
        KafkaError::Lost(reason) => reason,
        KafkaError::Said { message, .. } => NotReady::Refused(message),
    }
}
