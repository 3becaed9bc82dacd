//! NATS: `INFO`, `CONNECT`, and `PING`.

use std::time::Instant;

use serde_json::Value;
use zeroize::Zeroizing;

use super::tls::{name_of, not_offered};
use super::wire::Wire;
use super::words::{foreign, other, version_number};
use super::{Accepted, Answer, Login, NotReady};

/// The maximum number of lines before the expected one.
const MOST_LINES: usize = 32;

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let mut wire = Wire::open(login, deadline)?;
    let greeting = wire.line()?;
    let information = greeting.strip_prefix(b"INFO ").and_then(|json| serde_json::from_slice::<Value>(json).ok());
    let Some(information) = information.filter(Value::is_object) else {
        return Err(other(login, "it begins with", &greeting));
    };
    if let Some(tls) = login.tls {
        if tls.is_required() && information["tls_required"] != true && information["tls_available"] != true {
            return Err(not_offered());
        }
        if information["tls_required"] == true || tls.is_required() {
            wire.secure(name_of(login.host)?, tls.config())?;
        }
    }
    let (user, password) = (login.credential("username"), login.credential("password"));
    if password.is_some() && information["auth_required"] != true {
        return Err(NotReady::Open);
    }
    let options =
        r#""verbose":false,"pedantic":false,"tls_required":false,"lang":"rust","name":"takk","version":"1","protocol":1"#;
    let (user, password) = (quoted(user), quoted(password));
    let connect = format!("CONNECT {{{options},\"user\":{},\"pass\":{}}}\r\nPING\r\n", *user, *password);
    wire.send(Zeroizing::new(connect).as_bytes())?;
    for _ in 0..MOST_LINES {
        let line = wire.line()?;
        if line == b"PONG" {
            return Ok(Accepted { version: information["version"].as_str().and_then(version_number) });
        }
        if line.starts_with(b"-ERR") {
            return Err(of_error(login, &line));
        }
        if line == b"PING" {
            wire.send(b"PONG\r\n")?;
        } else if line != b"+OK" && !line.starts_with(b"INFO ") {
            return Err(other(login, "it responded with", &line));
        }
    }
    Err(NotReady::OtherServer("it does not respond to a ping".to_owned()))
}

/// A JSON string, or `null`.
fn quoted(text: Option<&str>) -> Zeroizing<String> {
    Zeroizing::new(serde_json::to_string(&text).expect("a text can be written as JSON"))
}

fn of_error(login: &Login<'_>, line: &[u8]) -> NotReady {
    let said = foreign(login, line);
    let is_busy = said.to_ascii_lowercase().contains("maximum connections exceeded") || said.contains("Authentication Timeout");
    if is_busy { NotReady::Starting(said) } else { NotReady::Refused(said) }
}
