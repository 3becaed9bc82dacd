//! PostgreSQL, and CockroachDB, which speaks its protocol: a login to the named database, and `SHOW server_version`.
//!
//! The frames are parsed here instead of by the crate `postgres`, which only has a timeout for the connection, and allocates
//! whatever message length a server announces.

use std::time::Instant;

use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use zeroize::Zeroizing;

use super::cursor::Cursor;
use super::tls::{Tls, name_of, not_offered};
use super::wire::Wire;
use super::words::{foreign, malformed, version_number};
use super::{Accepted, Answer, Login, NotReady};

/// Version 3.0 of the protocol.
const PROTOCOL: u32 = 196_608;

/// The request for TLS, which precedes everything else, and the two responses to it.
const TLS_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
const TLS_OFFERED: u8 = b'S';
const TLS_REFUSED: u8 = b'N';

/// `SQLSTATE` of a login that `pg_hba.conf` does not allow.
const NOT_ALLOWED: &str = "(SQLSTATE 28000)";

/// The maximum number of messages for a login and a query.
const MOST_MESSAGES: usize = 256;

const NAME: &str = "PostgreSQL";

/// A session during its login.
struct Session<'s> {
    wire: Wire,
    login: &'s Login<'s>,
    user: &'s str,
    scram: Option<ScramSha256>,
    is_accepted: bool,
    version: Option<String>,
}

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    match (attempt(login, deadline), login.tls) {
        // As with libpq: a server may allow this login only without TLS.
        (Err(NotReady::Refused(why)), Some(tls)) if !tls.is_required() && why.ends_with(NOT_ALLOWED) => {
            attempt(&Login { tls: None, ..*login }, deadline)
        }
        (answer, _) => answer,
    }
}

fn attempt(login: &Login<'_>, deadline: Instant) -> Answer {
    let mut wire = Wire::open(login, deadline)?;
    if let Some(tls) = login.tls {
        request_tls(&mut wire, login, tls)?;
    }
    let user = login.credential("username").unwrap_or("postgres");
    let mut session = Session { wire, login, user, scram: None, is_accepted: false, version: None };
    session.greet()?;
    session.until_ready(Session::on_login)?;
    if !session.is_accepted {
        return Err(malformed(NAME));
    }
    session.send(b'Q', b"SHOW server_version\0")?;
    session.until_ready(Session::on_row)?;
    session.send(b'X', b"")?;
    Ok(Accepted { version: session.version })
}

fn request_tls(wire: &mut Wire, login: &Login<'_>, tls: &Tls) -> Result<(), NotReady> {
    wire.send(&TLS_REQUEST)?;
    match wire.array()? {
        [TLS_OFFERED] => wire.secure(name_of(login.host)?, tls.config()),
        [TLS_REFUSED] if tls.is_required() => Err(not_offered()),
        [TLS_REFUSED] => Ok(()),
        [_] => Err(malformed(NAME)),
    }
}

impl Session<'_> {
    fn greet(&mut self) -> Result<(), NotReady> {
        let database = self.login.credential("database").unwrap_or(self.user);
        let mut body = PROTOCOL.to_be_bytes().to_vec();
        for text in ["user", self.user, "database", database, "application_name", "takk", ""] {
            body.extend(text.bytes().filter(|byte| *byte != 0).chain([0]));
        }
        let message = [length(&body).as_slice(), &body].concat();
        self.wire.send(&message)
    }

    fn send(&mut self, tag: u8, body: &[u8]) -> Result<(), NotReady> {
        let message = Zeroizing::new([&[tag], length(body).as_slice(), body].concat());
        self.wire.send(&message)
    }

    /// Handles messages until the server is ready for a query.
    fn until_ready(&mut self, handle: fn(&mut Self, u8, &[u8]) -> Result<(), NotReady>) -> Result<(), NotReady> {
        for _ in 0..MOST_MESSAGES {
            let [tag]: [u8; 1] = self.wire.array()?;
            if !tag.is_ascii_alphabetic() {
                return Err(malformed(NAME));
            }
            let length = u32::from_be_bytes(self.wire.array()?).checked_sub(4).ok_or_else(|| malformed(NAME))?;
            let body = self.wire.read(usize::try_from(length).unwrap_or(usize::MAX))?;
            match tag {
                b'Z' => return Ok(()),
                b'E' => return Err(of_error(self.login, &body)),
                b'N' => {}
                _ => handle(self, tag, &body)?,
            }
        }
        Err(malformed(NAME))
    }

    fn on_login(&mut self, tag: u8, body: &[u8]) -> Result<(), NotReady> {
        match tag {
            b'R' => self.authenticate(body),
            b'S' => {
                self.on_parameter(body);
                Ok(())
            }
            // The session's cancellation key, and the options of a newer protocol that the server does not support.
            b'K' | b'v' => Ok(()),
            _ => Err(malformed(NAME)),
        }
    }

    fn on_parameter(&mut self, body: &[u8]) {
        let mut cursor = Cursor(body);
        let parameter = (cursor.until_zero(), cursor.until_zero());
        // `CockroachDB CCL v23.1.14 (x86_64-pc-linux-gnu, …)`. Its `server_version` is that of the compatible PostgreSQL.
        if let (Some(b"crdb_version"), Some(value)) = parameter {
            let value = String::from_utf8_lossy(value);
            self.version = value.split_whitespace().find(|word| word.starts_with('v')).and_then(version_number);
        }
    }

    fn on_row(&mut self, tag: u8, body: &[u8]) -> Result<(), NotReady> {
        match tag {
            b'D' if self.version.is_none() => {
                let mut cursor = Cursor(body);
                let value = cursor.u16_be().filter(|columns| *columns == 1).and_then(|_| cursor.counted_be());
                let value = value.ok_or_else(|| malformed(NAME))?;
                self.version = version_number(&String::from_utf8_lossy(value));
                Ok(())
            }
            b'D' | b'T' | b'C' | b'S' => Ok(()),
            _ => Err(malformed(NAME)),
        }
    }

    /// Handles an authentication request or confirmation.
    fn authenticate(&mut self, body: &[u8]) -> Result<(), NotReady> {
        let mut cursor = Cursor(body);
        match cursor.u32_be().ok_or_else(|| malformed(NAME))? {
            0 => {
                self.is_accepted = true;
                Ok(())
            }
            3 => {
                let password = Zeroizing::new([self.password()?.as_bytes(), &[0]].concat());
                self.send(b'p', &password)
            }
            5 => {
                let salt = cursor.take(4).and_then(|salt| salt.try_into().ok()).ok_or_else(|| malformed(NAME))?;
                let hash = md5_hash(self.user.as_bytes(), self.password()?.as_bytes(), salt);
                self.send(b'p', &[hash.as_bytes(), &[0]].concat())
            }
            10 => self.begin_scram(cursor.0),
            11 => {
                let scram = self.scram.as_mut().ok_or_else(|| malformed(NAME))?;
                scram.update(cursor.0).map_err(|_| malformed(NAME))?;
                let proof = scram.message().to_vec();
                self.send(b'p', &proof)
            }
            12 => {
                let mut scram = self.scram.take().ok_or_else(|| malformed(NAME))?;
                let unproven =
                    |_| NotReady::OtherServer("it accepts the password, but cannot prove that it knows it".to_owned());
                scram.finish(cursor.0).map_err(unproven)
            }
            way => Err(NotReady::Refused(format!(
                "it requires an authentication method that takk does not support (number {way})"
            ))),
        }
    }

    fn begin_scram(&mut self, mechanisms: &[u8]) -> Result<(), NotReady> {
        if self.scram.is_some() || !mechanisms.split(|byte| *byte == 0).any(|name| name == SCRAM_SHA_256.as_bytes()) {
            return Err(malformed(NAME));
        }
        let scram = ScramSha256::new(self.password()?.as_bytes(), ChannelBinding::unsupported());
        let first = scram.message();
        let body = [SCRAM_SHA_256.as_bytes(), &[0], &word(first.len()), first].concat();
        self.scram = Some(scram);
        self.send(b'p', &body)
    }

    fn password(&self) -> Result<&str, NotReady> {
        let none = || NotReady::Refused("it requires a password, but there is none".to_owned());
        self.login.credential("password").ok_or_else(none)
    }
}

fn word(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("messages are short").to_be_bytes()
}

/// The length of a message, which includes itself.
fn length(body: &[u8]) -> [u8; 4] {
    word(body.len() + 4)
}

/// What an error says about the server, judging by its `SQLSTATE`.
fn of_error(login: &Login<'_>, body: &[u8]) -> NotReady {
    let (mut code, mut message) = (&b""[..], &b""[..]);
    for field in body.split(|byte| *byte == 0) {
        match field.split_first() {
            Some((b'C', text)) => code = text,
            Some((b'M', text)) => message = text,
            _ => {}
        }
    }
    let said = foreign(login, message);
    match code {
        // It is starting, shutting down, or out of connections.
        b"57P01" | b"57P02" | b"57P03" | b"53300" => NotReady::Starting(said),
        _ => NotReady::Refused(format!("{said} (SQLSTATE {})", foreign(login, &code[..code.len().min(5)]))),
    }
}
