//! Whether an issuer signed a token, for this audience, and it is valid now.

use std::time::Instant;

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::claims::Claims;
use super::error::{OidcError, Result};
use super::issuers::Issuers;

/// The accepted algorithms: those with private keys that only the issuer has.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::RS256, Algorithm::ES256];
/// The maximum size of a token, in bytes.
const LONGEST: usize = 16 * 1024;

impl Issuers {
    /// The verified claims of a token for `audience` (OpenID Connect Core 1.0, 3.1.3.7).
    pub fn verified(&self, token: &str, issuer: &str, audience: &str, now: Instant) -> Result<Claims> {
        if token.len() > LONGEST {
            return Err(OidcError::refused("it is too long"));
        }
        let header = decode_header(token).map_err(OidcError::refused)?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(OidcError::refused(format!("it is signed by {:?}, not by RS256 or ES256", header.alg)));
        }
        let key = self.key(issuer, |keys| key_of(keys, header.kid.as_deref(), header.alg), now)?;
        let key = DecodingKey::from_jwk(&key).map_err(OidcError::refused)?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        let claims = decode::<Map<String, Value>>(token, &key, &validation).map_err(OidcError::refused)?.claims;
        checked(Claims::new(claims), issuer, audience)
    }
}

/// What the library does not check: that `iss` is a single issuer, and that a token with several audiences was requested by us.
fn checked(claims: Claims, issuer: &str, audience: &str) -> Result<Claims> {
    if claims.value("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(OidcError::refused("it comes from another issuer"));
    }
    let has_others = claims.value("aud").and_then(Value::as_array).is_some_and(|all| all.len() > 1);
    if has_others && claims.value("azp").and_then(Value::as_str) != Some(audience) {
        return Err(OidcError::refused("it has other audiences too"));
    }
    Ok(claims)
}

/// The key with that ID, if it is for that signature algorithm.
fn key_of(keys: &JwkSet, name: Option<&str>, algorithm: Algorithm) -> Option<Jwk> {
    let fits = |key: &&Jwk| {
        let is_for_signatures = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)));
        let family = DecodingKey::from_jwk(key).map(|key| key.family());
        is_for_signatures && family.is_ok_and(|family| family == algorithm.family())
    };
    let mut named = keys.keys.iter().filter(|key| name.is_none() || key.common.key_id.as_deref() == name).filter(fits);
    let first = named.next()?;
    if named.next().is_some() { None } else { Some(first.clone()) }
}
