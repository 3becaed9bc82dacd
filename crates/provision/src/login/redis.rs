//! Redis and Valkey: `AUTH`, `PING` and `INFO server`, in RESP.

use std::fmt::Write;
use std::time::Instant;

use zeroize::Zeroizing;

use super::tls::name_of;
use super::wire::Wire;
use super::words::{foreign, malformed, other, version_number};
use super::{Accepted, Answer, Login, NotReady};

/// The user to whom a bare password belongs.
const DEFAULT_USER: &str = "default";

/// A reply.
enum Reply {
    /// `+PONG`
    Simple(Vec<u8>),
    /// `-ERR …`, without the dash.
    Error(Vec<u8>),
    /// A string with its length.
    Bulk(Vec<u8>),
}

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let mut wire = Wire::open(login, deadline)?;
    if let Some(tls) = login.tls {
        wire.secure(name_of(login.host)?, tls.config())?;
    }
    let user = login.credential("username").filter(|user| *user != DEFAULT_USER);
    if let Some(password) = login.credential("password") {
        if user.is_none() {
            needs_password(&mut wire, login)?;
        }
        let command: Vec<&str> = ["AUTH"].into_iter().chain(user).chain([password]).collect();
        expect(ask(&mut wire, login, &command)?, b"OK", login)?;
    }
    if let Some(database) = login.credential("database") {
        expect(ask(&mut wire, login, &["SELECT", database])?, b"OK", login)?;
    }
    expect(ask(&mut wire, login, &["PING"])?, b"PONG", login)?;
    // The user may not be allowed to run it.
    let version = match ask(&mut wire, login, &["INFO", "server"])? {
        Reply::Bulk(information) => version(&String::from_utf8_lossy(&information)),
        Reply::Simple(_) | Reply::Error(_) => None,
    };
    Ok(Accepted { version })
}

/// Whether the server requires a password. One that does not would accept any in some forms of `AUTH`: it is another server, or its
/// configuration was not read.
fn needs_password(wire: &mut Wire, login: &Login<'_>) -> Result<(), NotReady> {
    match ask(wire, login, &["PING"])? {
        Reply::Simple(said) if said == b"PONG" => Err(NotReady::Open),
        Reply::Error(said) if said.starts_with(b"NOAUTH") || said.starts_with(b"NOPERM") => Ok(()),
        reply => expect(reply, b"PONG", login),
    }
}

/// The version of the server. Valkey reports the Redis version that it is compatible with, and its own.
fn version(information: &str) -> Option<String> {
    let of = |name: &str| information.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    version_number(of("valkey_version").or_else(|| of("redis_version"))?)
}

/// What an unexpected reply says about the server.
fn expect(reply: Reply, expected: &[u8], login: &Login<'_>) -> Result<(), NotReady> {
    match reply {
        Reply::Simple(said) if said == expected => Ok(()),
        Reply::Simple(said) | Reply::Bulk(said) => Err(other(login, "it responded with", &said)),
        Reply::Error(said) => Err(of_error(login, &said)),
    }
}

fn of_error(login: &Login<'_>, said: &[u8]) -> NotReady {
    let text = foreign(login, said);
    let is = |start: &str| text.starts_with(start);
    if is("LOADING") || is("BUSY") || is("MASTERDOWN") || is("ERR max number of clients") {
        return NotReady::Starting(text);
    }
    if is("DENIED") || text.contains("without any password configured") {
        return NotReady::Refused(format!("it has no password: {text}"));
    }
    NotReady::Refused(text)
}

/// Sends a command, and reads its answer.
fn ask(wire: &mut Wire, login: &Login<'_>, parts: &[&str]) -> Result<Reply, NotReady> {
    let mut command = Zeroizing::new(format!("*{}\r\n", parts.len()));
    for part in parts {
        // Writing to a string cannot fail.
        let _ = write!(command, "${}\r\n{part}\r\n", part.len());
    }
    wire.send(command.as_bytes())?;
    let line = wire.line()?;
    match line.split_first() {
        Some((b'+', said)) => Ok(Reply::Simple(said.to_vec())),
        Some((b'-', said)) => Ok(Reply::Error(said.to_vec())),
        Some((b'$', length)) => {
            let length = std::str::from_utf8(length).ok().and_then(|length| length.parse::<u32>().ok());
            let length = length.and_then(|length| usize::try_from(length).ok()).ok_or_else(|| malformed("Redis"))?;
            let text = wire.read(length)?;
            let _end: [u8; 2] = wire.array()?;
            Ok(Reply::Bulk(text))
        }
        _ => Err(other(login, "it responded with", &line)),
    }
}
