//! What is to be there, and what each step does for that.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use ring::digest::SHA256_OUTPUT_LEN;
use ring::pbkdf2;
use ring::rand::{SecureRandom, SystemRandom};
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::admin::principal;
use super::found::Found;
use super::requests::{self, ALL, ALLOW, Acl, GROUP, PREFIXED, TOPIC, TRANSACTIONAL_ID};
use crate::ledger::Entry;
use crate::login::{KafkaError, KafkaSession};

/// How often the password is hashed: more than the fewest that Kafka accepts.
const ITERATIONS: u32 = 8192;
/// The number of bytes of a salt.
const SALT: usize = 16;

/// What is to be there.
pub(super) struct Terms<'e> {
    pub user: &'e str,
    pub password: &'e str,
    /// What the names of its topics, groups and transactions begin with.
    pub prefix: String,
}

/// What is done, and written down before the next step begins.
pub(super) enum Step {
    Password,
    Rules { delete: Vec<Acl>, create: Vec<Acl> },
}

impl<'e> Terms<'e> {
    pub(super) fn of(entry: &'e Entry) -> Result<Self> {
        let credential = |name: &str| {
            let value = entry.credentials.get(name).map(|value| value.as_str());
            value.ok_or_else(|| Error::internal(format!("the ledger has no {name} of {}", entry.key())))
        };
        let (user, password, prefix) = (credential("username")?, credential("password")?, credential("prefix")?.to_owned());
        Ok(Self { user, password, prefix })
    }

    /// The rules that the user should have: everything with what has the prefix.
    pub(super) fn acls(&self) -> BTreeSet<Acl> {
        let acl = |resource| Acl {
            resource,
            name: self.prefix.clone(),
            pattern: PREFIXED,
            principal: principal(self.user),
            host: "*".to_owned(),
            operation: ALL,
            permission: ALLOW,
        };
        [TOPIC, GROUP, TRANSACTIONAL_ID].map(acl).into()
    }
}

/// The steps, in their order.
pub(super) fn steps(terms: &Terms<'_>, found: &Found) -> [Step; 2] {
    let wanted = terms.acls();
    let delete = found.acls.difference(&wanted).cloned().collect();
    let create = wanted.difference(&found.acls).cloned().collect();
    [Step::Password, Step::Rules { delete, create }]
}

impl Step {
    /// Its name in the ledger.
    pub(super) fn name(&self) -> &'static str {
        if matches!(self, Self::Password) { "user" } else { "rules" }
    }

    /// What it does, with the programs of Kafka.
    pub(super) fn shown(&self, terms: &Terms<'_>) -> Vec<String> {
        let (user, prefix) = (terms.user, &terms.prefix);
        match self {
            Self::Password => {
                vec![format!(
                    "kafka-configs.sh --alter --entity-type users --entity-name {user} --add-config SCRAM-SHA-256=[...]"
                )]
            }
            Self::Rules { delete, create } => {
                let old = delete.iter().map(|acl| format!("kafka-acls.sh --remove: {}", words(acl)));
                let new = create.iter().map(|acl| {
                    let resource = option(acl.resource);
                    let what = format!("--operation All {resource} {prefix} --resource-pattern-type prefixed");
                    format!("kafka-acls.sh --add --allow-principal User:{user} {what}")
                });
                old.chain(new).collect()
            }
        }
    }

    pub(super) fn run(&self, session: &mut KafkaSession, terms: &Terms<'_>) -> Result<(), KafkaError> {
        match self {
            Self::Password => {
                let mut salt = [0; SALT];
                SystemRandom::new().fill(&mut salt).expect("the system gives random numbers: the password is made of them");
                let hashed = hashed(terms.password, &salt);
                requests::set_password(session, terms.user, &salt, &*hashed, ITERATIONS)
            }
            Self::Rules { delete, create } => {
                if !delete.is_empty() {
                    requests::delete_acls(session, delete)?;
                }
                if create.is_empty() { Ok(()) } else { requests::create_acls(session, create) }
            }
        }
    }
}

/// What the broker checks the password with: the password itself never leaves this machine.
fn hashed(password: &str, salt: &[u8]) -> Zeroizing<[u8; SHA256_OUTPUT_LEN]> {
    let mut hashed = Zeroizing::new([0; SHA256_OUTPUT_LEN]);
    let iterations = NonZeroU32::new(ITERATIONS).expect("it is not 0");
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, salt, password.as_bytes(), &mut *hashed);
    hashed
}

fn option(resource: i8) -> &'static str {
    match resource {
        TOPIC => "--topic",
        GROUP => "--group",
        _ => "--transactional-id",
    }
}

/// A rule, for people.
pub(super) fn words(acl: &Acl) -> String {
    let Acl { resource, name, pattern, principal, host, operation, permission } = acl;
    format!(
        "{principal} from {host}: operation {operation}, permission {permission}, resource {resource} {name}, pattern {pattern}"
    )
}
