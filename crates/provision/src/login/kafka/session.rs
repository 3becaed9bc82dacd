//! Requests and their responses, and the login by SCRAM.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::super::cursor::Cursor;
use super::super::scram::Scram;
use super::super::tls::{Tls, name_of};
use super::super::wire::Wire;
use super::super::words::{cleaned, malformed};
use super::{NAME, NotReady};

/// API keys and versions.
const HANDSHAKE: (i16, i16) = (17, 1);
const AUTHENTICATE: (i16, i16) = (36, 0);

const MECHANISM: &[u8] = b"SCRAM-SHA-256";

/// Why a request did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KafkaError {
    /// Nothing answers, or not as Kafka does.
    Lost(NotReady),
    /// The broker says why not.
    Said { code: i16, message: String },
}

impl From<NotReady> for KafkaError {
    fn from(reason: NotReady) -> Self {
        Self::Lost(reason)
    }
}

impl KafkaError {
    /// What a broker says, for people.
    pub(crate) fn said(code: i16, message: &str) -> Self {
        Self::Said { code, message: cleaned(message.as_bytes(), &[]) }
    }
}

/// A connection.
pub(crate) struct KafkaSession {
    wire: Wire,
    /// How many requests were sent.
    sent: i32,
    /// The maximum size of a response.
    most: usize,
}

impl KafkaSession {
    pub(super) fn new(wire: Wire, most: usize) -> Self {
        Self { wire, sent: 0, most }
    }

    /// Connects, with TLS if there is some. All of it ends at the deadline, and reads at most so many bytes.
    pub(crate) fn open(host: &str, port: u16, tls: Option<&Tls>, deadline: Instant, most: usize) -> Result<Self, NotReady> {
        let mut wire = Wire::connect(host, port, deadline, most)?;
        if let Some(tls) = tls {
            wire.secure(name_of(host)?, tls.config())?;
        }
        Ok(Self::new(wire, most))
    }

    /// Logs in.
    pub(crate) fn authenticate(&mut self, user: &str, password: &str) -> Result<(), KafkaError> {
        let secrets = [Zeroizing::new(password.to_owned())];
        let answer = self.ask(HANDSHAKE.0, HANDSHAKE.1, false, &counted(MECHANISM))?;
        match Cursor(&answer).i16_be() {
            Some(0) => {}
            Some(code) => return Err(KafkaError::said(code, "it has no logins by SCRAM-SHA-256 on this port")),
            None => return Err(malformed(NAME).into()),
        }
        let mut random = [0; 24];
        let unavailable = |_| NotReady::NoAnswer("cannot get random numbers from the system".to_owned());
        SystemRandom::new().fill(&mut random).map_err(unavailable)?;
        let scram = Scram::new(user, STANDARD.encode(random));
        let challenge = self.step(scram.message().as_bytes(), &secrets)?;
        let proven = scram.prove(&challenge, password).ok_or_else(|| malformed(NAME))?;
        let last = self.step(proven.message.as_bytes(), &secrets)?;
        if proven.is_answered_by(&last) {
            return Ok(());
        }
        let why = "it accepts the password, but cannot prove that it knows it".to_owned();
        Err(NotReady::OtherServer(why).into())
    }

    /// One message of the login, and the answer to it.
    fn step(&mut self, message: &[u8], secrets: &[Zeroizing<String>]) -> Result<Vec<u8>, KafkaError> {
        let length = u32::try_from(message.len()).expect("messages are short").to_be_bytes();
        let answer = self.ask(AUTHENTICATE.0, AUTHENTICATE.1, false, &[&length[..], message].concat())?;
        let mut cursor = Cursor(&answer);
        let read = |cursor: &mut Cursor<'_>| {
            let code = cursor.i16_be()?;
            let said = super::text(cursor)?.to_vec();
            Some((code, said, cursor.counted_be()?.to_vec()))
        };
        match read(&mut cursor).ok_or_else(|| malformed(NAME))? {
            (0, _, bytes) => Ok(bytes),
            (code, said, _) => Err(KafkaError::Said { code, message: cleaned(&said, secrets) }),
        }
    }

    /// Sends a request, and returns the response after its header. Newer requests have tagged fields in their headers.
    pub(crate) fn ask(&mut self, key: i16, version: i16, is_newer: bool, body: &[u8]) -> Result<Vec<u8>, NotReady> {
        self.sent += 1;
        let (client, tags): (_, &[u8]) = (counted(b"takk"), if is_newer { &[0] } else { &[] });
        let header = [&key.to_be_bytes()[..], &version.to_be_bytes(), &self.sent.to_be_bytes(), &client, tags].concat();
        let length = u32::try_from(header.len() + body.len()).expect("requests are short");
        self.wire.send(&Zeroizing::new([&length.to_be_bytes()[..], &header, body].concat()))?;
        let length = u32::from_be_bytes(self.wire.array()?).checked_sub(4).ok_or_else(|| malformed(NAME))?;
        if i32::from_be_bytes(self.wire.array()?) != self.sent {
            return Err(malformed(NAME));
        }
        let answer = self.wire.read_long(usize::try_from(length).unwrap_or(usize::MAX), self.most)?;
        if !is_newer {
            return Ok(answer);
        }
        // No response here has tagged fields in its header.
        answer.strip_prefix(&[0]).map(<[u8]>::to_vec).ok_or_else(|| malformed(NAME))
    }
}

/// A text with its length.
fn counted(text: &[u8]) -> Vec<u8> {
    [&u16::try_from(text.len()).expect("names are short").to_be_bytes()[..], text].concat()
}
