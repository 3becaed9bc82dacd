//! Commands and the documents that answer them, over `OP_MSG`, and the login.
//!
//! The password is used as it is: those that takk generates have no character that SASLprep changes.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::super::bson::{Document, Value, get, json};
use super::super::cursor::Cursor;
use super::super::scram::Scram;
use super::super::tls::{Tls, name_of};
use super::super::wire::Wire;
use super::super::words::{cleaned, malformed};
use super::{NAME, NotReady};

/// The opcode `OP_MSG`.
const MESSAGE: i32 = 2013;

/// The bytes of a message before its document: header, flags and the kind of section.
const HEADER: usize = 21;

/// Why a command did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MongoError {
    /// Nothing answers, or not as MongoDB does.
    Lost(NotReady),
    /// The server says why not.
    Said { code: i64, message: String },
}

impl From<NotReady> for MongoError {
    fn from(reason: NotReady) -> Self {
        Self::Lost(reason)
    }
}

/// A connection.
pub(crate) struct MongoSession {
    wire: Wire,
    /// The maximum size of an answer.
    most: usize,
    /// What no error repeats.
    secrets: Vec<Zeroizing<String>>,
}

impl MongoSession {
    pub(in super::super) fn new(wire: Wire, most: usize, secrets: Vec<Zeroizing<String>>) -> Self {
        Self { wire, most, secrets }
    }

    /// Connects, with TLS if there is some. All of it ends at the deadline, and reads at most so many bytes.
    pub(crate) fn open(host: &str, port: u16, tls: Option<&Tls>, deadline: Instant, most: usize) -> Result<Self, NotReady> {
        let mut wire = Wire::connect(host, port, deadline, most)?;
        if let Some(tls) = tls {
            wire.secure(name_of(host)?, tls.config())?;
        }
        Ok(Self::new(wire, most, Vec::new()))
    }

    /// Logs in as a user of a database.
    pub(crate) fn authenticate(&mut self, source: &str, user: &str, password: &str) -> Result<(), MongoError> {
        self.secrets.push(Zeroizing::new(password.to_owned()));
        let mut random = [0; 24];
        let unavailable = |_| NotReady::NoAnswer("cannot get random numbers from the system".to_owned());
        SystemRandom::new().fill(&mut random).map_err(unavailable)?;
        let scram = Scram::new(user, STANDARD.encode(random));
        let start = Document::default().number("saslStart", 1).text("mechanism", "SCRAM-SHA-256");
        let challenge = self.command(source, start.bytes("payload", scram.message().as_bytes()))?;
        let proven = scram.prove(payload(&challenge)?, password).ok_or_else(|| malformed(NAME))?;
        let mut answer = self.command(source, next(&challenge, proven.message.as_bytes())?)?;
        if !proven.is_answered_by(payload(&answer)?) {
            let why = "it accepts the password, but cannot prove that it knows it".to_owned();
            return Err(NotReady::OtherServer(why).into());
        }
        if get(&answer, "done") != Some(Value::Bool(true)) {
            // The final message, which is empty.
            answer = self.command(source, next(&challenge, b"")?)?;
        }
        if get(&answer, "done") == Some(Value::Bool(true)) { Ok(()) } else { Err(malformed(NAME).into()) }
    }

    /// Runs a command on a database. `secrets` is what it contains that no error may repeat.
    pub(crate) fn run(&mut self, database: &str, command: &Json, secrets: &[Zeroizing<String>]) -> Result<Json, MongoError> {
        let length = self.secrets.len();
        self.secrets.extend_from_slice(secrets);
        let document = command.as_object().map(json::document).unwrap_or_default();
        let answer = self.command(database, document);
        self.secrets.truncate(length);
        json::read(&answer?).ok_or_else(|| malformed(NAME).into())
    }

    /// Runs a command on a database, and fails if it does not succeed.
    pub(in super::super) fn command(&mut self, database: &str, command: Document) -> Result<Vec<u8>, MongoError> {
        let answer = self.exchange(database, command)?;
        self.checked(&answer)?;
        Ok(answer)
    }

    /// Runs a command, and returns the document in the response.
    fn exchange(&mut self, database: &str, command: Document) -> Result<Vec<u8>, NotReady> {
        let document = Zeroizing::new(command.text("$db", database).encoded());
        let length = i32::try_from(HEADER + document.len()).expect("commands are short");
        let header = [length, 1, 0, MESSAGE, 0].map(i32::to_le_bytes).concat();
        self.wire.send(&Zeroizing::new([&header[..], &[0], &document].concat()))?;
        let length = usize::try_from(i32::from_le_bytes(self.wire.array()?)).ok().and_then(|length| length.checked_sub(4));
        let message =
            self.wire.read_long(length.filter(|length| *length >= HEADER - 4).ok_or_else(|| malformed(NAME))?, self.most)?;
        let mut cursor = Cursor(&message);
        let (_number, _answered, operation, _flags) = (cursor.i32_le(), cursor.i32_le(), cursor.i32_le(), cursor.i32_le());
        if operation != Some(MESSAGE) || cursor.byte() != Some(0) {
            return Err(malformed(NAME));
        }
        Ok(cursor.0.to_vec())
    }

    /// Fails unless a command succeeded, with what its error says about the server.
    fn checked(&self, answer: &[u8]) -> Result<(), MongoError> {
        match get(answer, "ok") {
            Some(Value::Number(1.0) | Value::Bool(true)) => return Ok(()),
            Some(Value::Number(_) | Value::Bool(_)) => {}
            _ => return Err(malformed(NAME).into()),
        }
        let message = match get(answer, "errmsg") {
            Some(Value::Text(text)) => cleaned(text, &self.secrets),
            _ => String::new(),
        };
        #[expect(clippy::cast_possible_truncation, reason = "codes are small")]
        let code = if let Some(Value::Number(code)) = get(answer, "code") { code as i64 } else { 0 };
        Err(MongoError::Said { code, message })
    }
}

fn payload(answer: &[u8]) -> Result<&[u8], NotReady> {
    let Some(Value::Bytes(payload)) = get(answer, "payload") else { return Err(malformed(NAME)) };
    Ok(payload)
}

/// The next step of the login, after the server's `answer`.
fn next(answer: &[u8], payload: &[u8]) -> Result<Document, NotReady> {
    let Some(Value::Number(conversation)) = get(answer, "conversationId") else { return Err(malformed(NAME)) };
    #[expect(clippy::cast_possible_truncation, reason = "the server counts its conversations from 1")]
    let step = Document::default().number("saslContinue", 1).number("conversationId", conversation as i32);
    Ok(step.bytes("payload", payload))
}
