//! A response of a server, before it is interpreted.

use std::time::Duration;

use zeroize::Zeroizing;

pub struct Answer {
    pub status: u16,
    /// What names the state that was given.
    pub etag: Option<String>,
    /// Where it sends on to.
    pub location: Option<String>,
    /// How long to wait before asking again.
    pub retry_after: Option<Duration>,
    pub body: Zeroizing<Vec<u8>>,
}
