//! A response of a server, before it is interpreted.

use std::time::Duration;

use zeroize::Zeroizing;

pub struct Answer {
    pub status: u16,
    /// The `ETag` of the content.
    pub etag: Option<String>,
    /// The target of a redirect.
    pub location: Option<String>,
    /// How long to wait before a retry.
    pub retry_after: Option<Duration>,
    pub body: Zeroizing<Vec<u8>>,
}
