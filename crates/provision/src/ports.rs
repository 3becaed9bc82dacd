//! Free ports of this machine.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Mutex;

use crate::ledger::HOST;

/// How many ports after the usual one are tried before the system chooses one.
const TRIED: u16 = 100;

/// Ports that are given away in this run, in addition to those that something listens on.
#[derive(Default)]
pub struct Ports(Mutex<BTreeSet<u16>>);

impl Ports {
    /// Ports that must not be given away: those of other entries of the ledger.
    pub fn without(taken: impl IntoIterator<Item = u16>) -> Self {
        Self(Mutex::new(taken.into_iter().collect()))
    }

    /// A port that nothing listens on: `wanted`, else one of those after it, else any.
    pub fn choose(&self, wanted: u16) -> Option<u16> {
        let mut given = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let near = wanted.max(1)..=wanted.max(1).saturating_add(TRIED);
        let found = near.filter(|port| !given.contains(port)).find(|port| is_free(*port)).or_else(any)?;
        given.insert(found);
        Some(found)
    }
}

/// Whether nothing listens on a port of this machine.
pub fn is_free(port: u16) -> bool {
    match TcpListener::bind((HOST, port)) {
        Ok(_) => true,
        // Ports that only root may open are not free for others.
        Err(error) => !matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied),
    }
}

fn any() -> Option<u16> {
    Some(TcpListener::bind((HOST, 0)).ok()?.local_addr().ok()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_not_chosen() {
        let taken = TcpListener::bind((HOST, 0)).expect("a port");
        let port = taken.local_addr().expect("an address").port();
        let ports = Ports::default();
        let first = ports.choose(port).expect("one is free");
        assert_ne!(first, port);
        assert_ne!(ports.choose(first).expect("another is free"), first, "it was given away a moment ago");
    }
}
