//! Kafka: which versions of its requests the broker knows, and the brokers of the cluster. A broker that takk runs has no credentials, and
//! none tells its version.

mod session;

use std::time::Instant;

pub(crate) use self::session::{KafkaError, KafkaSession};
use super::cursor::Cursor;
use super::wire::{MOST_OF_MESSAGE, Wire};
use super::words::malformed;
use super::{Accepted, Answer, Login, NotReady};

const NAME: &str = "Kafka";

/// API keys.
const METADATA: i16 = 3;
const API_VERSIONS: i16 = 18;

/// The newest version of `Metadata` that is supported here. Later ones have compact arrays.
const NEWEST_METADATA: i16 = 8;

/// `UNSUPPORTED_VERSION`, to which a broker adds the versions that it supports.
const UNSUPPORTED: i16 = 35;

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let mut session = KafkaSession::new(Wire::open(login, deadline)?, MOST_OF_MESSAGE);
    let versions = session.ask(API_VERSIONS, 0, false, b"")?;
    let (oldest, newest) = metadata_versions(&versions)?;
    let version = newest.min(NEWEST_METADATA);
    if version < oldest.max(1) {
        return Err(NotReady::OtherServer(format!(
            "it supports only versions {oldest} to {newest} of the request for brokers"
        )));
    }
    // No topics. From version 4 on, the request says that none may be created.
    let request: &[u8] = match version {
        ..4 => &[0, 0, 0, 0],
        4..8 => &[0, 0, 0, 0, 0],
        _ => &[0, 0, 0, 0, 0, 0, 0],
    };
    let metadata = session.ask(METADATA, version, false, request)?;
    match brokers(&metadata, version) {
        None => Err(malformed(NAME)),
        Some(0) => Err(NotReady::Starting("the cluster has no broker yet".to_owned())),
        Some(_) => Ok(Accepted { version: None }),
    }
}

/// The versions of `Metadata` that the broker supports.
fn metadata_versions(answer: &[u8]) -> Result<(i16, i16), NotReady> {
    let mut cursor = Cursor(answer);
    if !matches!(cursor.i16_be(), Some(0 | UNSUPPORTED)) {
        return Err(malformed(NAME));
    }
    let count = cursor.u32_be().ok_or_else(|| malformed(NAME))?;
    for _ in 0..count {
        let row = (cursor.i16_be(), cursor.i16_be(), cursor.i16_be());
        match row {
            (Some(METADATA), Some(oldest), Some(newest)) => return Ok((oldest, newest)),
            (Some(_), Some(_), Some(_)) => {}
            _ => break,
        }
    }
    Err(malformed(NAME))
}

/// The number of brokers in the cluster. All are parsed, so that nothing else passes for a list of brokers.
fn brokers(answer: &[u8], version: i16) -> Option<u32> {
    let mut cursor = Cursor(answer);
    if version >= 3 {
        cursor.i32_be()?;
    }
    let count = cursor.u32_be()?;
    for _ in 0..count {
        let (_node, host, _port, _rack) = (cursor.i32_be()?, text(&mut cursor)?, cursor.i32_be()?, text(&mut cursor)?);
        if host.is_empty() {
            return None;
        }
    }
    Some(count)
}

/// A text; empty if it is null, which has the length −1.
fn text<'b>(cursor: &mut Cursor<'b>) -> Option<&'b [u8]> {
    match cursor.i16_be()? {
        -1 => Some(&[]),
        length => cursor.take(usize::try_from(length).ok()?),
    }
}
