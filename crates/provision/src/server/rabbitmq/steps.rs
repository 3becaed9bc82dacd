//! The requests of each step: create what is missing, else set it to what is stored. `PUT` does both.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::super::{FULL, mark};
use super::admin::in_path;
use super::api::Call;
use super::found::{Found, name};
use crate::ledger::Entry;

/// How many connections a virtual host of a development environment may have at once, so that a program that leaks them does not stop the
/// others.
const CONNECTIONS: u32 = 100;
/// The number of bytes of a salt in the hashes of RabbitMQ.
const SALT: usize = 4;

/// What is done, and written down before the next step begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// Its name in the ledger.
    pub name: &'static str,
    /// What it creates, for an error.
    pub what: &'static str,
    pub calls: Vec<Call>,
}

/// What is to be there.
pub(super) struct Terms<'e> {
    vhost: &'e str,
    user: &'e str,
    /// What the broker checks the password with.
    hash: String,
    mark: &'e str,
    is_limited: bool,
}

impl<'e> Terms<'e> {
    pub(super) fn of(entry: &'e Entry) -> Result<Self> {
        let password = entry.credentials.get("password");
        let password = password.ok_or_else(|| Error::internal(format!("the ledger has no password of {}", entry.key())))?;
        let mut salt = [0; SALT];
        SystemRandom::new().fill(&mut salt).map_err(|_| Error::system("the system gives no random numbers"))?;
        Ok(Self {
            vhost: name(entry, "vhost"),
            user: name(entry, "username"),
            hash: hash(salt, password),
            mark: entry.mark.as_deref().unwrap_or_default(),
            is_limited: entry.level != FULL,
        })
    }
}

/// The hash that RabbitMQ checks a password with: the broker never gets the password itself before a program logs in.
fn hash(salt: [u8; SALT], password: &str) -> String {
    let salted = Zeroizing::new([&salt[..], password.as_bytes()].concat());
    STANDARD.encode([&salt[..], digest(&SHA256, &salted).as_ref()].concat())
}

/// The steps, in their order. `admin` is the user who does them.
pub(super) fn steps(terms: &Terms<'_>, found: &Found, admin: &str) -> Vec<Step> {
    let mut vhost = vec![Call::put(in_path("vhosts", &[terms.vhost]), json!({ "description": terms.mark, "tags": "takk" }))];
    if terms.is_limited {
        let path = format!("{}/max-connections", in_path("vhost-limits", &[terms.vhost]));
        vhost.push(Call::put(path, json!({ "value": CONNECTIONS })));
    }
    let user = json!({
        "password_hash": terms.hash,
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": mark::tag(terms.mark),
    });
    let all = json!({ "configure": ".*", "write": ".*", "read": ".*" });
    let mut permissions = vec![Call::put(in_path("permissions", &[terms.vhost, terms.user]), all)];
    // Whoever creates a virtual host gets all permissions for it.
    permissions.push(Call::delete(in_path("permissions", &[terms.vhost, admin])));
    let others = found.other_vhosts.iter();
    permissions.extend(others.map(|other| Call::delete(in_path("permissions", &[other, terms.user]))));
    vec![
        Step { name: "vhost", what: "virtual host", calls: vhost },
        Step { name: "user", what: "user", calls: vec![Call::put(in_path("users", &[terms.user]), user)] },
        Step { name: "permissions", what: "permissions of the user", calls: permissions },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_that_rabbitmq_documents() {
        // The example "Computing Password Hash" of its documentation: the salt 908D C60A and the password test12.
        assert_eq!(hash([0x90, 0x8d, 0xc6, 0x0a], "test12"), "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR");
    }

    #[test]
    fn no_request_shows_a_hash() {
        let call = Call::put("/api/users/shop".to_owned(), json!({ "password_hash": "s3cret", "tags": "takk" }));
        assert_eq!(call.to_string(), "PUT /api/users/shop {\"password_hash\":\"...\",\"tags\":\"takk\"}");
        assert_eq!(Call::delete("/api/users/shop".to_owned()).to_string(), "DELETE /api/users/shop");
    }
}
