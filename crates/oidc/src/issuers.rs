//! A cache of issuers and their keys. An unknown key triggers a rate-limited fetch, so that an issuer can rotate its keys at any time; if
//! an issuer does not respond, its old keys stay valid for a day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use ureq::tls::TlsConfig;

use super::error::{OidcError, Result};
use super::fetch::Fetcher;
use super::metadata::{Metadata, metadata};
use super::signature;

/// How long an issuer's metadata and keys are cached.
const FRESH: Duration = Duration::from_hours(1);
/// How long they are used if the issuer does not respond.
const STALE: Duration = Duration::from_hours(24);
/// The minimum interval between requests to an issuer.
const PAUSE: Duration = Duration::from_secs(5);

/// The known issuers.
pub struct Issuers {
    pub(super) fetcher: Fetcher,
    known: Mutex<HashMap<String, Slot>>,
    /// Only one request at a time: others wait for its result.
    asking: Mutex<()>,
}

/// What is cached about an issuer.
#[derive(Clone, Default)]
struct Slot {
    known: Option<Arc<Known>>,
    asked: Option<Instant>,
}

impl Slot {
    /// Whether the issuer was asked so recently that it must not be asked again.
    fn is_resting(&self, now: Instant) -> bool {
        self.asked.is_some_and(|asked| now.duration_since(asked) < PAUSE)
    }
}

pub(super) struct Known {
    pub metadata: Metadata,
    keys: JwkSet,
    at: Instant,
}

impl Issuers {
    /// Sends no request yet. `tls` determines the trusted certificate authorities.
    pub fn new(tls: TlsConfig) -> Self {
        signature::install();
        Self { fetcher: Fetcher::new(tls), known: Mutex::default(), asking: Mutex::default() }
    }

    /// The metadata and keys of an issuer.
    pub(super) fn known(&self, issuer: &str, now: Instant) -> Result<Arc<Known>> {
        let slot = self.slot(issuer);
        let is_within = |age: Duration| slot.known.clone().filter(|known| now.duration_since(known.at) < age);
        match is_within(FRESH) {
            Some(known) => Ok(known),
            None => self.ask(issuer, slot.known.as_deref(), now).or_else(|error| is_within(STALE).ok_or(error)),
        }
    }

    /// The key of an issuer with the ID in a token; without an ID, the only key for the algorithm.
    pub(super) fn key(&self, issuer: &str, wanted: impl Fn(&JwkSet) -> Option<Jwk>, now: Instant) -> Result<Jwk> {
        if let Some(key) = wanted(&self.known(issuer, now)?.keys) {
            return Ok(key);
        }
        let slot = self.slot(issuer);
        let unknown = || OidcError::refused("its signing key is unknown");
        if slot.is_resting(now) {
            return Err(unknown());
        }
        wanted(&self.ask(issuer, slot.known.as_deref(), now)?.keys).ok_or_else(unknown)
    }

    fn slot(&self, issuer: &str) -> Slot {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned().unwrap_or_default()
    }

    /// Asks an issuer, unless that has just happened. `before` is what was known when the caller decided to ask.
    fn ask(&self, issuer: &str, before: Option<&Known>, now: Instant) -> Result<Arc<Known>> {
        let _turn = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = self.slot(issuer);
        if let Some(known) = slot.known.clone().filter(|known| before.is_none_or(|before| before.at < known.at)) {
            return Ok(known);
        }
        if slot.is_resting(now) {
            return Err(OidcError::unreachable(issuer, "it failed a moment ago"));
        }
        self.keep(issuer, Slot { asked: Some(now), ..slot });
        let metadata = metadata(&self.fetcher, issuer)?;
        let keys = self.fetcher.get(&metadata.jwks_uri, None)?;
        let known = Arc::new(Known { metadata, keys, at: now });
        self.keep(issuer, Slot { known: Some(Arc::clone(&known)), asked: Some(now) });
        Ok(known)
    }

    fn keep(&self, issuer: &str, slot: Slot) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(issuer.to_owned(), slot);
    }
}
