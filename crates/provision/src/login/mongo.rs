//! MongoDB: `hello`, a login by SCRAM-SHA-256 to the database `admin`, where the image creates its user, and `buildInfo`.
//!
//! The password is used as it is: those that takk generates have no character that SASLprep changes.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};

use super::bson::{Document, Value, get};
use super::cursor::Cursor;
use super::scram::Scram;
use super::wire::Wire;
use super::words::{foreign, malformed, version_number};
use super::{Accepted, Answer, Login, NotReady};

const NAME: &str = "MongoDB";

/// The opcode `OP_MSG`.
const MESSAGE: i32 = 2013;

/// The bytes of a message before its document: header, flags and the kind of section.
const HEADER: usize = 21;

/// Errors of a server that is shutting down, or is not a member of its replica set yet.
const STARTING: [f64; 4] = [91.0, 189.0, 11_600.0, 13_436.0];

/// The error of servers that do not support `hello` yet.
const UNKNOWN_COMMAND: f64 = 59.0;

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let mut wire = Wire::open(login, deadline)?;
    let greeting = exchange(&mut wire, Document::default().number("hello", 1))?;
    if get(&greeting, "code") != Some(Value::Number(UNKNOWN_COMMAND)) {
        checked(login, &greeting)?;
    }
    if let (Some(user), Some(password)) = (login.credential("username"), login.credential("password")) {
        authenticate(&mut wire, login, user, password)?;
    }
    let build = command(&mut wire, login, Document::default().number("buildInfo", 1))?;
    let version = match get(&build, "version") {
        Some(Value::Text(version)) => version_number(&String::from_utf8_lossy(version)),
        _ => None,
    };
    Ok(Accepted { version })
}

fn authenticate(wire: &mut Wire, login: &Login<'_>, user: &str, password: &str) -> Result<(), NotReady> {
    let mut random = [0; 24];
    let unavailable = |_| NotReady::NoAnswer("cannot get random numbers from the system".to_owned());
    SystemRandom::new().fill(&mut random).map_err(unavailable)?;
    let scram = Scram::new(user, STANDARD.encode(random));
    let start = Document::default().number("saslStart", 1).text("mechanism", "SCRAM-SHA-256");
    let challenge = command(wire, login, start.bytes("payload", scram.message().as_bytes()))?;
    let proven = scram.prove(payload(&challenge)?, password).ok_or_else(|| malformed(NAME))?;
    let mut answer = command(wire, login, next(&challenge, proven.message.as_bytes())?)?;
    if !proven.is_answered_by(payload(&answer)?) {
        return Err(NotReady::OtherServer("it accepts the password, but cannot prove that it knows it".to_owned()));
    }
    if get(&answer, "done") != Some(Value::Bool(true)) {
        // The final message, which is empty.
        answer = command(wire, login, next(&challenge, b"")?)?;
    }
    if get(&answer, "done") == Some(Value::Bool(true)) { Ok(()) } else { Err(malformed(NAME)) }
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

/// Runs a command, and fails if it does not succeed.
fn command(wire: &mut Wire, login: &Login<'_>, command: Document) -> Result<Vec<u8>, NotReady> {
    let answer = exchange(wire, command)?;
    checked(login, &answer)?;
    Ok(answer)
}

/// Runs a command, and returns the document in the response.
fn exchange(wire: &mut Wire, command: Document) -> Result<Vec<u8>, NotReady> {
    let document = command.text("$db", "admin").encoded();
    let length = i32::try_from(HEADER + document.len()).expect("commands are short");
    let header = [length, 1, 0, MESSAGE, 0].map(i32::to_le_bytes).concat();
    wire.send(&[&header[..], &[0], &document].concat())?;
    let length = usize::try_from(i32::from_le_bytes(wire.array()?)).ok().and_then(|length| length.checked_sub(4));
    let message = wire.read(length.filter(|length| *length >= HEADER - 4).ok_or_else(|| malformed(NAME))?)?;
    let mut cursor = Cursor(&message);
    let (_number, _answered, operation, _flags) = (cursor.i32_le(), cursor.i32_le(), cursor.i32_le(), cursor.i32_le());
    if operation != Some(MESSAGE) || cursor.byte() != Some(0) {
        return Err(malformed(NAME));
    }
    Ok(cursor.0.to_vec())
}

/// Fails unless a command succeeded, with what its error says about the server.
fn checked(login: &Login<'_>, answer: &[u8]) -> Result<(), NotReady> {
    match get(answer, "ok") {
        Some(Value::Number(1.0) | Value::Bool(true)) => return Ok(()),
        Some(Value::Number(_) | Value::Bool(_)) => {}
        _ => return Err(malformed(NAME)),
    }
    let said = match get(answer, "errmsg") {
        Some(Value::Text(text)) => foreign(login, text),
        _ => String::new(),
    };
    match get(answer, "code") {
        Some(Value::Number(code)) if STARTING.contains(&code) => Err(NotReady::Starting(said)),
        _ => Err(NotReady::Refused(said)),
    }
}
