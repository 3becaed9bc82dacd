//! MySQL and MariaDB: a login to the named database, and a ping.
//!
//! MySQL 8's authentication method, `caching_sha2_password`, sends the password itself if the server has not seen it since its
//! start, and only over TLS. Certificates are not verified, since these servers create their own at startup: like every check
//! here, this one trusts whatever listens at the address that the server was given.

mod auth;
mod greeting;

use std::time::Instant;

use zeroize::Zeroizing;

use self::auth::Plugin;
use self::greeting::Greeting;
use super::cursor::Cursor;
use super::tls::{Tls, name_of, not_offered};
use super::wire::Wire;
use super::words::{foreign, malformed, version_number};
use super::{Accepted, Answer, Login, NotReady};

const NAME: &str = "MySQL";

/// The maximum number of messages in a login.
const MOST_MESSAGES: usize = 16;

/// Client capabilities: long passwords, a database, the protocol of 4.1, TLS, transactions, secure passwords, and named plugins.
const LONG_PASSWORD: u32 = 1;
const WITH_DATABASE: u32 = 1 << 3;
const PROTOCOL_41: u32 = 1 << 9;
const TLS: u32 = 1 << 11;
const TRANSACTIONS: u32 = 1 << 13;
const SECURE_CONNECTION: u32 = 1 << 15;
const PLUGINS: u32 = 1 << 19;

/// `utf8mb4_general_ci`, which all versions have.
const CHARSET: u8 = 45;

/// Packets with sequence numbers.
struct Session<'s> {
    wire: Wire,
    login: &'s Login<'s>,
    number: u8,
}

/// How far a login got.
enum Outcome {
    Accepted,
    /// The server requests the password itself.
    WantsPassword,
}

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let mut session = Session { wire: Wire::open(login, deadline)?, login, number: 0 };
    let mut greeting = session.greeting()?;
    let mut outcome = session.authenticate(&greeting, login.tls, false)?;
    if matches!(outcome, Outcome::WantsPassword) {
        session = Session { wire: Wire::open(login, session.wire.deadline())?, login, number: 0 };
        greeting = session.greeting()?;
        // These servers sign their certificates themselves as they start.
        let unverified = Tls::unverified()?;
        outcome = session.authenticate(&greeting, Some(login.tls.unwrap_or(&unverified)), true)?;
    }
    if matches!(outcome, Outcome::WantsPassword) {
        return Err(malformed(NAME));
    }
    // The command `COM_PING`.
    session.number = 0;
    session.send(&[14])?;
    if session.receive()?.first() != Some(&0) {
        return Err(malformed(NAME));
    }
    // The command `COM_QUIT`, without which the server logs an aborted connection. There is no response.
    session.number = 0;
    let _ = session.send(&[1]);
    Ok(Accepted { version: version_number(&greeting.version) })
}

impl Session<'_> {
    fn greeting(&mut self) -> Result<Greeting, NotReady> {
        let packet = self.receive()?;
        greeting::read(&packet).ok_or_else(|| malformed(NAME))
    }

    /// Logs in, over TLS if there is one and the server offers it. Otherwise, the password itself is not sent.
    fn authenticate(&mut self, greeting: &Greeting, tls: Option<&Tls>, with_password: bool) -> Result<Outcome, NotReady> {
        let database = self.login.credential("database");
        let mut abilities = LONG_PASSWORD | PROTOCOL_41 | TRANSACTIONS | SECURE_CONNECTION | PLUGINS;
        if database.is_some() {
            abilities |= WITH_DATABASE;
        }
        let is_offered = greeting.abilities & TLS != 0;
        if with_password && !is_offered {
            let words = "it requests the password itself, but does not support TLS";
            return Err(NotReady::Refused(words.to_owned()));
        }
        if tls.is_some_and(Tls::is_required) && !is_offered {
            return Err(not_offered());
        }
        let tls = tls.filter(|_| is_offered);
        if let Some(tls) = tls {
            abilities |= TLS;
            self.send(&beginning(abilities))?;
            self.wire.secure(name_of(self.login.host)?, tls.config())?;
        }
        let mut plugin = Plugin::of(&greeting.plugin).unwrap_or(Plugin::Native);
        let mut nonce = greeting.nonce.clone();
        let answer = self.scrambled(plugin, &nonce);
        let message = Zeroizing::new(
            [
                &beginning(abilities)[..],
                &text(self.login.credential("username").unwrap_or("root")),
                &[u8::try_from(answer.len()).expect("a hash is short")],
                &answer,
                &database.map(text).unwrap_or_default(),
                &text(plugin.name()),
            ]
            .concat(),
        );
        self.send(&message)?;
        for _ in 0..MOST_MESSAGES {
            let packet = self.receive()?;
            match packet.split_first() {
                Some((0, _)) => return Ok(Outcome::Accepted),
                Some((0xfe, rest)) => {
                    (plugin, nonce) = self.switched(rest)?;
                    let answer = self.scrambled(plugin, &nonce);
                    self.send(&answer)?;
                }
                // The server has the password in its cache.
                Some((1, [3])) if plugin == Plugin::CachingSha2 => {}
                Some((1, [4])) if plugin == Plugin::CachingSha2 && tls.is_some() => {
                    let password = Zeroizing::new(text(self.login.credential("password").unwrap_or_default()));
                    self.send(&password)?;
                }
                Some((1, [4])) if plugin == Plugin::CachingSha2 => return Ok(Outcome::WantsPassword),
                _ => return Err(malformed(NAME)),
            }
        }
        Err(malformed(NAME))
    }

    fn scrambled(&self, plugin: Plugin, nonce: &[u8]) -> Vec<u8> {
        self.login.credential("password").map(|password| plugin.scrambled(password.as_bytes(), nonce)).unwrap_or_default()
    }

    /// The plugin and the nonce that the server requests instead.
    fn switched(&self, request: &[u8]) -> Result<(Plugin, Vec<u8>), NotReady> {
        let mut cursor = Cursor(request);
        let name = cursor.until_zero().ok_or_else(|| malformed(NAME))?;
        let unknown = || {
            let name = foreign(self.login, name);
            NotReady::Refused(format!("it requires the authentication plugin `{name}`, which takk does not support"))
        };
        let plugin = Plugin::of(&String::from_utf8_lossy(name)).ok_or_else(unknown)?;
        Ok((plugin, greeting::without_zero(cursor.0).to_vec()))
    }

    fn send(&mut self, body: &[u8]) -> Result<(), NotReady> {
        let length = u32::try_from(body.len()).expect("messages are short").to_le_bytes();
        let packet = Zeroizing::new([&length[..3], &[self.number], body].concat());
        self.number = self.number.wrapping_add(1);
        self.wire.send(&packet)
    }

    /// The next packet. Fails if it is an error.
    fn receive(&mut self) -> Result<Vec<u8>, NotReady> {
        let [low, middle, high, number]: [u8; 4] = self.wire.array()?;
        let length = usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16;
        if number != self.number {
            return Err(malformed(NAME));
        }
        self.number = number.wrapping_add(1);
        let packet = self.wire.read(length)?;
        match packet.split_first() {
            Some((0xff, error)) => Err(of_error(self.login, error)),
            _ => Ok(packet),
        }
    }
}

/// The client's capabilities, which precede the user name.
fn beginning(abilities: u32) -> Vec<u8> {
    let longest_packet = 1_u32 << 24;
    [&abilities.to_le_bytes()[..], &longest_packet.to_le_bytes(), &[CHARSET], &[0; 23]].concat()
}

/// A null-terminated text.
fn text(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| *byte != 0).chain([0]).collect()
}

fn of_error(login: &Login<'_>, error: &[u8]) -> NotReady {
    let mut cursor = Cursor(error);
    let Some(code) = cursor.u16_le() else { return malformed(NAME) };
    // The SQL state, as in `#28000`, from the protocol of 4.1 on.
    let said = match cursor.0 {
        [b'#', _, _, _, _, _, said @ ..] => said,
        said => said,
    };
    let said = format!("{} (error {code})", foreign(login, said));
    match code {
        // Too many connections, a server that is shutting down, or a lock timeout during its start.
        1040 | 1053 | 1205 => NotReady::Starting(said),
        _ => NotReady::Refused(said),
    }
}
