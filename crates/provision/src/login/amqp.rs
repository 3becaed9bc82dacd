//! RabbitMQ, in AMQP 0-9-1: a login by `PLAIN`, and the virtual host is opened.

use std::time::Instant;

use zeroize::Zeroizing;

use super::cursor::Cursor;
use super::tls::name_of;
use super::wire::Wire;
use super::words::{foreign, malformed, version_number};
use super::{Accepted, Answer, Login, NotReady};

const NAME: &str = "AMQP 0-9-1";

/// Method IDs of the class `connection` (10).
const START: u16 = 10;
const START_OK: u16 = 11;
const TUNE: u16 = 30;
const TUNE_OK: u16 = 31;
const OPEN: u16 = 40;
const OPEN_OK: u16 = 41;
const CLOSE: u16 = 50;
const CLOSE_OK: u16 = 51;

/// The byte that ends each frame.
const END: u8 = 0xce;

/// The maximum number of frames before the expected method.
const MOST_FRAMES: usize = 32;

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let mut wire = Wire::open(login, deadline)?;
    if let Some(tls) = login.tls {
        wire.secure(name_of(login.host)?, tls.config())?;
    }
    wire.send(b"AMQP\x00\x00\x09\x01")?;
    let version = version(&receive(&mut wire, login, START)?)?;
    send(&mut wire, START_OK, &start_ok(login)?)?;
    let tune = receive(&mut wire, login, TUNE)?;
    // The server's own limits, and no heartbeats.
    let limits = Cursor(&tune).take(6).ok_or_else(|| malformed(NAME))?;
    send(&mut wire, TUNE_OK, &[limits, &[0, 0]].concat())?;
    let host = short(login.credential("vhost").unwrap_or("/"))?;
    send(&mut wire, OPEN, &[host.as_slice(), &[0, 0]].concat())?;
    receive(&mut wire, login, OPEN_OK)?;
    // A reply code of success, an empty text, and no failing method.
    send(&mut wire, CLOSE, &[&200_u16.to_be_bytes()[..], &[0], &[0; 4]].concat())?;
    receive(&mut wire, login, CLOSE_OK)?;
    Ok(Accepted { version })
}

/// The version in the server's properties.
fn version(start: &[u8]) -> Result<Option<String>, NotReady> {
    let mut cursor = Cursor(start);
    let properties = cursor.take(2).and_then(|_| cursor.counted_be()).ok_or_else(|| malformed(NAME))?;
    let value = text_in(properties, b"version").map(|value| String::from_utf8_lossy(value).into_owned());
    Ok(value.as_deref().and_then(version_number))
}

/// A text in a table. `None` if it does not exist, or a preceding value has an unknown type.
fn text_in<'b>(table: &'b [u8], wanted: &[u8]) -> Option<&'b [u8]> {
    let mut cursor = Cursor(table);
    loop {
        let name = cursor.short()?;
        let length = match cursor.byte()? {
            b'S' => {
                let text = cursor.counted_be()?;
                if name == wanted {
                    return Some(text);
                }
                continue;
            }
            // A table, an array or bytes.
            b'F' | b'A' | b'x' => {
                cursor.counted_be()?;
                continue;
            }
            b'V' => 0,
            b't' | b'b' | b'B' => 1,
            b's' | b'u' => 2,
            b'I' | b'i' | b'f' => 4,
            b'D' => 5,
            b'L' | b'l' | b'd' | b'T' => 8,
            _ => return None,
        };
        cursor.take(length)?;
    }
}

fn start_ok(login: &Login<'_>) -> Result<Zeroizing<Vec<u8>>, NotReady> {
    let (user, password) = (login.credential("username").unwrap_or("guest"), login.credential("password").unwrap_or("guest"));
    let response = Zeroizing::new(format!("\0{user}\0{password}"));
    // Without this, the server closes the connection without an error if it rejects a password.
    let capability = [short("authentication_failure_close")?.as_slice(), b"t\x01"].concat();
    let capabilities = [short("capabilities")?.as_slice(), b"F", &counted(&capability)].concat();
    let arguments =
        [counted(&capabilities), short("PLAIN")?, counted(response.as_bytes()), short("en_US")?].map(Zeroizing::new);
    Ok(Zeroizing::new(arguments.iter().flat_map(|argument| argument.iter().copied()).collect()))
}

fn short(text: &str) -> Result<Vec<u8>, NotReady> {
    let long = |_| NotReady::Refused("AMQP names have at most 255 bytes".to_owned());
    Ok([&[u8::try_from(text.len()).map_err(long)?], text.as_bytes()].concat())
}

fn counted(bytes: &[u8]) -> Vec<u8> {
    [&length(bytes.len())[..], bytes].concat()
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("messages are short").to_be_bytes()
}

/// Sends a method on the connection's channel.
fn send(wire: &mut Wire, method: u16, arguments: &[u8]) -> Result<(), NotReady> {
    let payload = Zeroizing::new([&10_u16.to_be_bytes()[..], &method.to_be_bytes(), arguments].concat());
    let frame = Zeroizing::new([&[1, 0, 0][..], &length(payload.len()), &payload, &[END]].concat());
    wire.send(&frame)
}

/// The arguments of the expected method.
fn receive(wire: &mut Wire, login: &Login<'_>, wanted: u16) -> Result<Vec<u8>, NotReady> {
    for _ in 0..MOST_FRAMES {
        let header: [u8; 7] = wire.array()?;
        // A server without this protocol version replies with the versions that it supports, and one more byte.
        if header.starts_with(b"AMQP") {
            return Err(NotReady::OtherServer("it speaks another version of AMQP than 0-9-1".to_owned()));
        }
        if !matches!(header[0], 1 | 8) {
            return Err(malformed(NAME));
        }
        let length = Cursor(&header[3..]).u32_be().ok_or_else(|| malformed(NAME))?;
        let mut payload = wire.read(usize::try_from(length).unwrap_or(usize::MAX))?;
        if wire.array()? != [END] {
            return Err(malformed(NAME));
        }
        // A heartbeat.
        if header[0] == 8 {
            continue;
        }
        let mut cursor = Cursor(&payload);
        return match (cursor.u16_be(), cursor.u16_be()) {
            (Some(10), Some(method)) if method == wanted => Ok(payload.split_off(4)),
            (Some(10), Some(CLOSE)) => {
                let closed = of_close(login, cursor);
                // The reply is a courtesy, so a failure does not matter.
                let _ = send(wire, CLOSE_OK, b"");
                Err(closed)
            }
            _ => Err(malformed(NAME)),
        };
    }
    Err(malformed(NAME))
}

/// Why the server closes the connection.
fn of_close(login: &Login<'_>, mut cursor: Cursor<'_>) -> NotReady {
    let (code, said) = (cursor.u16_be().unwrap_or_default(), foreign(login, cursor.short().unwrap_or_default()));
    match code {
        // ACCESS_REFUSED, and NOT_ALLOWED for a virtual host.
        403 | 530 => NotReady::Refused(said),
        // CONNECTION_FORCED by its end, RESOURCE_ERROR, and INTERNAL_ERROR while a virtual host is down.
        320 | 506 | 541 => NotReady::Starting(said),
        _ => NotReady::OtherServer(format!("it closes the connection: {said} ({code})")),
    }
}
