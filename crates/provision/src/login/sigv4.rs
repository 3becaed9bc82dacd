//! Signs requests with the server's own clock: the machine's may be wrong, or stand in a virtual machine that slept.

use super::http::{Http, Reply};
use super::words::malformed;
use super::{Login, NotReady};
use crate::sigv4::{Signing, Unsigned, timestamp};

/// The region for servers without regions.
const REGION: &str = "us-east-1";

/// Signs requests to one service of a server.
pub(super) struct Signer<'l> {
    http: Http<'l>,
    login: &'l Login<'l>,
    service: &'static str,
    /// The server's time: `20261129T132511Z`.
    now: String,
}

impl<'l> Signer<'l> {
    /// Asks the server for its time with an unsigned request.
    pub(super) fn new(http: Http<'l>, login: &'l Login<'l>, service: &'static str) -> Result<Self, NotReady> {
        let date = http.get("/")?.date;
        let now = date.as_deref().and_then(timestamp).ok_or_else(|| malformed("a service like those of AWS"))?;
        Ok(Self { http, login, service, now })
    }

    /// Sends a signed request. The query must be sorted by name.
    pub(super) fn send(&self, method: &str, path: &str, query: &[(&str, &str)], body: &[u8]) -> Result<Reply, NotReady> {
        let credential = |name: &str| self.login.credential(name);
        let signing = Signing {
            access_key: credential("access_key").unwrap_or_default(),
            secret_key: credential("secret_key").unwrap_or_default(),
            region: credential("region").unwrap_or(REGION),
            service: self.service,
            now: &self.now,
        };
        let authority = self.http.authority.as_str();
        let signed = signing.sign(&Unsigned { method, authority, path, query, headers: &[], body });
        let mut headers: Vec<(&str, &str)> = signed.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if !body.is_empty() {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        self.http.send(method, &signed.target, &headers, body)
    }
}
