//! What a server of MySQL says first: `HandshakeV10`.

use super::super::cursor::Cursor;

/// The protocol version.
const PROTOCOL: u8 = 10;

/// MariaDB 10 adds this prefix to its version, so that old clients do not take it for 1.
const MARIADB_PREFIX: &str = "5.5.5-";

/// What the server says about itself.
pub(super) struct Greeting {
    pub version: String,
    pub abilities: u32,
    /// The nonce for hashes.
    pub nonce: Vec<u8>,
    /// Its authentication plugin.
    pub plugin: String,
}

/// Parses a greeting; `None` if it is not one.
pub(super) fn read(packet: &[u8]) -> Option<Greeting> {
    let mut cursor = Cursor(packet);
    if cursor.byte()? != PROTOCOL {
        return None;
    }
    let version = String::from_utf8_lossy(cursor.until_zero()?).into_owned();
    let _connection = cursor.take(4)?;
    let mut nonce = cursor.take(8)?.to_vec();
    cursor.take(1)?;
    let low = cursor.u16_le()?;
    let _charset_and_status = cursor.take(3)?;
    let high = cursor.u16_le()?;
    let length = usize::from(cursor.byte()?);
    cursor.take(10)?;
    let rest = length.saturating_sub(8).max(13);
    nonce.extend(without_zero(cursor.take(rest)?));
    let plugin = String::from_utf8_lossy(cursor.until_zero().unwrap_or(cursor.0)).into_owned();
    let version = version.strip_prefix(MARIADB_PREFIX).map_or(version.clone(), str::to_owned);
    Some(Greeting { version, abilities: u32::from(low) | u32::from(high) << 16, nonce, plugin })
}

/// A nonce without its terminating zero.
pub(super) fn without_zero(nonce: &[u8]) -> &[u8] {
    nonce.strip_suffix(&[0]).unwrap_or(nonce)
}
