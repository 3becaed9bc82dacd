//! The JWTs of NATS: claims about an account or a user, signed with the key of whoever vouches for it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA512_256, digest};
use serde_json::Value;

use super::nkey::{Key, encoded};

const HEADER: &str = r#"{"typ":"JWT","alg":"ed25519-nkey"}"#;

/// Signs claims as this key's.
pub(super) fn signed(mut claims: Value, key: &Key) -> String {
    claims["iss"] = key.public().into();
    // Whoever compares two JWTs of a subject does so by this digest of the claims.
    claims["jti"] = encoded(digest(&SHA512_256, claims.to_string().as_bytes()).as_ref()).into();
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()));
    format!("{text}.{signature}")
}

/// The claims in a JWT. Whoever accepts it verifies the signature.
pub(super) fn claims(jwt: &str) -> Option<Value> {
    let mut parts = jwt.trim().split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    (parts.next().is_none() && claims["sub"].is_string()).then_some(claims)
}

/// Encodes a signature as `CONNECT` has it.
pub(super) fn signature(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::nkey::{Role, seed};
    use super::*;

    #[test]
    fn what_is_signed_can_be_read() {
        let text = seed(Role::Account, "a");
        let key = Key::parse(&text, Role::Account).expect("a key");
        let jwt = signed(json!({ "sub": "U1", "name": "käse" }), &key);
        let read = claims(&jwt).expect("claims");
        assert_eq!((&read["sub"], &read["name"], &read["iss"]), (&"U1".into(), &"käse".into(), &key.public().into()));
        for wrong in ["", "a.b", "a.b.c", &format!("{jwt}.x"), &jwt.replacen('.', "", 1)] {
            assert_eq!(claims(wrong), None, "{wrong}");
        }
    }
}
