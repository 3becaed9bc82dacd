//! The requests of an administrator, in the oldest versions that Kafka 4 still has.

use super::bytes::{Body, compact, compact_list, end, list, text};
use crate::login::{Cursor, KafkaError, KafkaSession, NotReady};

/// API keys and versions. Those from 50 on are newer requests.
const METADATA: (i16, i16) = (3, 8);
const DELETE_TOPICS: (i16, i16) = (20, 1);
const DESCRIBE_ACLS: (i16, i16) = (29, 1);
const CREATE_ACLS: (i16, i16) = (30, 1);
const DELETE_ACLS: (i16, i16) = (31, 1);
const DESCRIBE_PASSWORDS: (i16, i16) = (50, 0);
const ALTER_PASSWORDS: (i16, i16) = (51, 0);

/// Types of resources, patterns for their names, operations and permissions.
pub(super) const ANY: i8 = 1;
pub(super) const TOPIC: i8 = 2;
pub(super) const GROUP: i8 = 3;
pub(super) const TRANSACTIONAL_ID: i8 = 5;
pub(super) const LITERAL: i8 = 3;
pub(super) const PREFIXED: i8 = 4;
pub(super) const ALL: i8 = 2;
pub(super) const ALLOW: i8 = 3;

/// SCRAM-SHA-256.
const MECHANISM: i8 = 1;
/// How long deleting topics may take, in milliseconds.
const PATIENCE: i32 = 20_000;
/// Errors.
const NO_SUCH_TOPIC: i16 = 3;
const NO_SUCH_PASSWORD: i16 = 91;

/// A rule about who may do what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Acl {
    pub resource: i8,
    pub name: String,
    pub pattern: i8,
    pub principal: String,
    pub host: String,
    pub operation: i8,
    pub permission: i8,
}

/// What the cluster says about itself.
pub(super) struct Cluster {
    pub brokers: usize,
    /// The topics that the admin may see, without those of Kafka itself.
    pub topics: Vec<String>,
    /// What the admin may do with the cluster: a bit for each operation.
    pub operations: i32,
}

type Asked<T> = Result<T, KafkaError>;

fn asked<T>(
    session: &mut KafkaSession,
    (key, version): (i16, i16),
    body: &Body,
    read: impl Fn(&mut Cursor<'_>) -> Option<T>,
) -> Asked<T> {
    let is_newer = key >= DESCRIBE_PASSWORDS.0;
    let answer = session.ask(key, version, is_newer, &body.0)?;
    let mut cursor = Cursor(&answer);
    read(&mut cursor).ok_or_else(|| NotReady::OtherServer("its response is not valid Kafka".to_owned()).into())
}

/// Fails with the first error of several results.
fn checked(results: impl IntoIterator<Item = (i16, String)>) -> Asked<()> {
    match results.into_iter().find(|(code, _)| *code != 0) {
        Some((code, message)) => Err(KafkaError::said(code, &message)),
        None => Ok(()),
    }
}

fn newer_result(cursor: &mut Cursor<'_>) -> Option<(String, i16, String)> {
    Some((compact(cursor)?, cursor.i16_be()?, compact(cursor)?))
}

/// Whether a user has a password.
pub(super) fn has_password(session: &mut KafkaSession, user: &str) -> Asked<bool> {
    let body = Body::default().size(2).compact(user.as_bytes()).end().end();
    let (whole, users) = asked(session, DESCRIBE_PASSWORDS, &body, |cursor| {
        let (_throttled, code, message) = (cursor.i32_be()?, cursor.i16_be()?, compact(cursor)?);
        let users = compact_list(cursor, |cursor| {
            let (_user, code, message) = newer_result(cursor)?;
            let infos = compact_list(cursor, |cursor| {
                let info = (cursor.byte()?, cursor.i32_be()?);
                end(cursor)?;
                Some(info)
            })?;
            end(cursor)?;
            Some((code, message, infos.len()))
        })?;
        Some(((code, message), users))
    })?;
    checked([whole])?;
    match users.into_iter().next() {
        None | Some((NO_SUCH_PASSWORD, ..)) => Ok(false),
        Some((0, _, infos)) => Ok(infos > 0),
        Some((code, message, _)) => Err(KafkaError::said(code, &message)),
    }
}

/// Sets the password of a user, which the broker gets salted and hashed.
pub(super) fn set_password(session: &mut KafkaSession, user: &str, salt: &[u8], hashed: &[u8], iterations: u32) -> Asked<()> {
    let iterations = i32::try_from(iterations).expect("it is a small number");
    let body = Body::default().size(1).size(2).compact(user.as_bytes()).byte(MECHANISM).number(iterations);
    alter_passwords(session, &body.compact(salt).compact(hashed).end().end(), 0)
}

/// Deletes a user, if there is one.
pub(super) fn delete_password(session: &mut KafkaSession, user: &str) -> Asked<()> {
    let body = Body::default().size(2).compact(user.as_bytes()).byte(MECHANISM).end().size(1).end();
    alter_passwords(session, &body, NO_SUCH_PASSWORD)
}

fn alter_passwords(session: &mut KafkaSession, body: &Body, accepted: i16) -> Asked<()> {
    let results = asked(session, ALTER_PASSWORDS, body, |cursor| {
        cursor.i32_be()?;
        compact_list(cursor, |cursor| {
            let (_user, code, message) = newer_result(cursor)?;
            end(cursor)?;
            Some((code, message))
        })
    })?;
    checked(results.into_iter().filter(|(code, _)| *code != accepted))
}

/// The rules about somebody.
pub(super) fn acls_of(session: &mut KafkaSession, principal: &str) -> Asked<Vec<Acl>> {
    let body = Body::default().byte(ANY).null().byte(ANY).text(principal).null().byte(ANY).byte(ANY);
    let (whole, resources) = asked(session, DESCRIBE_ACLS, &body, |cursor| {
        let (_throttled, code, message) = (cursor.i32_be()?, cursor.i16_be()?, text(cursor)?);
        let resources = list(cursor, |cursor| {
            let (resource, name, pattern) = (signed(cursor)?, text(cursor)?, signed(cursor)?);
            list(cursor, |cursor| {
                let (principal, host) = (text(cursor)?, text(cursor)?);
                let (operation, permission) = (signed(cursor)?, signed(cursor)?);
                Some(Acl { resource, name: name.clone(), pattern, principal, host, operation, permission })
            })
        })?;
        Some(((code, message), resources))
    })?;
    checked([whole])?;
    Ok(resources.into_iter().flatten().collect())
}

fn signed(cursor: &mut Cursor<'_>) -> Option<i8> {
    cursor.byte().map(|byte| i8::from_be_bytes([byte]))
}

fn with_acl(body: Body, acl: &Acl) -> Body {
    let body = body.byte(acl.resource).text(&acl.name).byte(acl.pattern).text(&acl.principal).text(&acl.host);
    body.byte(acl.operation).byte(acl.permission)
}

pub(super) fn create_acls(session: &mut KafkaSession, acls: &[Acl]) -> Asked<()> {
    let body = Body::default().list(acls, with_acl);
    let results = asked(session, CREATE_ACLS, &body, |cursor| {
        cursor.i32_be()?;
        list(cursor, |cursor| Some((cursor.i16_be()?, text(cursor)?)))
    })?;
    checked(results)
}

/// Deletes exactly these rules. Those that are gone are skipped.
pub(super) fn delete_acls(session: &mut KafkaSession, acls: &[Acl]) -> Asked<()> {
    let body = Body::default().list(acls, with_acl);
    let results = asked(session, DELETE_ACLS, &body, |cursor| {
        cursor.i32_be()?;
        list(cursor, |cursor| {
            let whole = (cursor.i16_be()?, text(cursor)?);
            let each = list(cursor, |cursor| {
                let result = (cursor.i16_be()?, text(cursor)?);
                let (_resource, _name, _pattern) = (cursor.byte()?, text(cursor)?, cursor.byte()?);
                let (_principal, _host, _rule) = (text(cursor)?, text(cursor)?, cursor.take(2)?);
                Some(result)
            })?;
            Some([vec![whole], each].concat())
        })
    })?;
    checked(results.into_iter().flatten())
}

/// What the cluster says, with its topics.
pub(super) fn cluster(session: &mut KafkaSession) -> Asked<Cluster> {
    // All topics, of which none is created, and what the admin may do with the cluster.
    let body = Body::default().number(-1).byte(0).byte(1).byte(0);
    asked(session, METADATA, &body, |cursor| {
        cursor.i32_be()?;
        let brokers = list(cursor, |cursor| {
            let (_node, _host, _port, _rack) = (cursor.i32_be()?, text(cursor)?, cursor.i32_be()?, text(cursor)?);
            Some(())
        })?;
        let (_cluster, _controller) = (text(cursor)?, cursor.i32_be()?);
        let topics = list(cursor, |cursor| {
            let (_code, name, is_internal) = (cursor.i16_be()?, text(cursor)?, cursor.byte()?);
            list(cursor, |cursor| {
                cursor.take(2 + 3 * 4)?;
                (0..3).map(|_| list(cursor, Cursor::i32_be)).collect::<Option<Vec<_>>>()
            })?;
            cursor.i32_be()?;
            Some((name, is_internal != 0))
        })?;
        let topics = topics.into_iter().filter(|(_, is_internal)| !is_internal).map(|(name, _)| name).collect();
        Some(Cluster { brokers: brokers.len(), topics, operations: cursor.i32_be()? })
    })
}

/// Deletes topics. Those that are gone are skipped.
pub(super) fn delete_topics(session: &mut KafkaSession, topics: &[String]) -> Asked<()> {
    let body = Body::default().list(topics, |body, name| body.text(name)).number(PATIENCE);
    let results = asked(session, DELETE_TOPICS, &body, |cursor| {
        cursor.i32_be()?;
        list(cursor, |cursor| {
            let name = text(cursor)?;
            Some((cursor.i16_be()?, name))
        })
    })?;
    checked(results.into_iter().filter(|(code, _)| *code != NO_SUCH_TOPIC).map(|(code, name)| (code, format!("topic {name}"))))
}
