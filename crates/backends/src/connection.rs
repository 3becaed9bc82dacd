//! Connections of the HTTP client: waiting for one can be interrupted by Ctrl-C, and addresses are not looked up for every
//! request.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Authority;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, Either, NextTimeout, RustlsConnector, TcpConnector, Transport,
};
use ureq::{Agent, Error};

use super::interrupt::{INTERVAL, Stop, interruptible};

/// How long an address is cached, so that a batch of requests needs only one lookup.
const KNOWN: Duration = Duration::from_secs(1);

/// The HTTP client of this crate.
pub(crate) fn agent(config: Config) -> Agent {
    let connector = ().chain(ConnectProxyConnector::default()).chain(Interruptible).chain(RustlsConnector::default());
    Agent::with_parts(config, connector, Addresses::default())
}

/// The error of an interrupted wait. Its kind is not `Interrupted`, because that would repeat the read.
fn stopped() -> Error {
    Error::Io(std::io::Error::other("interrupted"))
}

/// Connects over TCP, on another thread if this one can be interrupted.
#[derive(Debug)]
struct Interruptible;

type Tcp = <TcpConnector as Connector<()>>::Out;

impl<In: Transport> Connector<In> for Interruptible {
    type Out = Either<In, Watched>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if let Some(chained) = chained {
            // The connection to a proxy.
            return Ok(Some(Either::A(chained)));
        }
        let (uri, config) = (details.uri.clone(), details.config.clone());
        let (addrs, request_level, now, timeout) = (details.addrs.clone(), details.request_level, details.now, details.timeout);
        let (current_time, run_connector) = (Arc::clone(&details.current_time), Arc::clone(&details.run_connector));
        let register_shutdown = Arc::clone(&details.register_shutdown);
        let connected = interruptible(move || {
            let details = ConnectionDetails {
                uri: &uri,
                addrs,
                config: &config,
                request_level,
                resolver: &DefaultResolver::default(),
                now,
                timeout,
                current_time,
                run_connector,
                register_shutdown,
            };
            TcpConnector::default().connect(&details, None::<()>)
        });
        Ok(connected.ok_or_else(stopped)??.map(|tcp| Either::B(Watched(tcp))))
    }
}

/// A connection whose reads end when the thread is interrupted.
#[derive(Debug)]
struct Watched(Tcp);

impl Transport for Watched {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let Some(stop) = Stop::here() else { return self.0.await_input(timeout) };
        let begun = Instant::now();
        loop {
            let left = timeout.after.saturating_sub(begun.elapsed());
            let wait = left.min(INTERVAL);
            if wait.is_zero() {
                return Err(Error::Timeout(timeout.reason));
            }
            match self.0.await_input(NextTimeout { after: wait.into(), ..timeout }) {
                Err(Error::Timeout(_)) if stop.is_asked_for() => return Err(stopped()),
                Err(Error::Timeout(_)) => {}
                done => return done,
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }
}

/// Looks up addresses. An IP address needs no lookup, and therefore no other thread.
#[derive(Debug, Default)]
struct Addresses {
    last: Mutex<Option<Lookup>>,
}

#[derive(Debug)]
struct Lookup {
    authority: Authority,
    addrs: ResolvedSocketAddrs,
    at: Instant,
}

impl Addresses {
    fn known(&self, authority: &Authority) -> Option<ResolvedSocketAddrs> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last.as_ref().filter(|last| last.authority == *authority && last.at.elapsed() < KNOWN)?;
        Some(last.addrs.clone())
    }
}

impl Resolver for Addresses {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let port = || uri.port_u16().or(if uri.scheme_str() == Some("https") { Some(443) } else { Some(80) });
        let host = uri.host().map(|host| host.trim_start_matches('[').trim_end_matches(']'));
        if let (Some(address), Some(port)) = (host.and_then(|host| host.parse::<IpAddr>().ok()), port()) {
            let mut addrs = self.empty();
            addrs.push(SocketAddr::new(address, port));
            return Ok(addrs);
        }
        if let Some(addrs) = uri.authority().and_then(|authority| self.known(authority)) {
            return Ok(addrs);
        }
        let asked = (uri.clone(), config.clone());
        let addrs = interruptible(move || DefaultResolver::default().resolve(&asked.0, &asked.1, timeout));
        let addrs = addrs.ok_or_else(stopped)??;
        if let Some(authority) = uri.authority().cloned() {
            let lookup = Lookup { authority, addrs: addrs.clone(), at: Instant::now() };
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(lookup);
        }
        Ok(addrs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_no_lookup_and_a_name_one() {
        let (addresses, config) = (Addresses::default(), Config::default());
        let of = |text: &str| {
            let uri = text.parse().expect("a URL");
            addresses.resolve(&uri, &config, NextTimeout::default()).map(|addrs| addrs[0].to_string())
        };
        assert_eq!(of("http://127.0.0.1:8200/v1").ok().as_deref(), Some("127.0.0.1:8200"));
        assert_eq!(of("https://[::1]/").ok().as_deref(), Some("[::1]:443"));
        assert_eq!(of("http://10.0.0.7/").ok().as_deref(), Some("10.0.0.7:80"));
        assert!(addresses.last.lock().expect("no panic").is_none());
        assert!(of("http://localhost:8200/").is_ok());
        assert!(addresses.known(&"localhost:8200".parse().expect("an authority")).is_some());
        assert!(addresses.known(&"localhost:8201".parse().expect("an authority")).is_none());
        assert!(of("http://nowhere.invalid/").is_err());
    }
}
