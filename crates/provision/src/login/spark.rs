//! Spark Connect, which speaks gRPC and has no credentials: the server answers the preface of HTTP/2 with its settings.

use std::time::Instant;

use super::wire::Wire;
use super::{Accepted, Answer, Login, NotReady};

/// The connection preface (RFC 9113, section 3.4), and an empty SETTINGS frame.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

/// The type of a SETTINGS frame.
const SETTINGS: u8 = 4;

/// The maximum size of a SETTINGS frame: six settings of six bytes each, and a few that servers add.
const MOST: usize = 600;

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let mut wire = Wire::open(login, deadline)?;
    wire.send(PREFACE)?;
    let header: [u8; 9] = wire.array()?;
    let length = usize::from(header[0]) << 16 | usize::from(header[1]) << 8 | usize::from(header[2]);
    let is_settings = header[3..] == [SETTINGS, 0, 0, 0, 0, 0] && length.is_multiple_of(6) && length <= MOST;
    if !is_settings {
        return Err(NotReady::OtherServer("it does not start with HTTP/2 settings".to_owned()));
    }
    wire.read(length)?;
    Ok(Accepted { version: None })
}
