//! MongoDB: `hello`, a login by SCRAM-SHA-256 to the database `admin`, where the image creates its user, and `buildInfo`.

mod session;

use std::time::Instant;

pub(crate) use self::session::{MongoError, MongoSession};
use super::bson::{Document, Value, get};
use super::wire::{MOST_OF_MESSAGE, Wire};
use super::words::{secrets, version_number};
use super::{Accepted, Answer, Login, NotReady};

const NAME: &str = "MongoDB";

/// The database of users.
pub(crate) const ADMIN: &str = "admin";

/// Errors of a server that is shutting down, or is not a member of its replica set yet.
const STARTING: [i64; 4] = [91, 189, 11_600, 13_436];

/// The error of servers that do not support `hello` yet.
const UNKNOWN_COMMAND: i64 = 59;

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let wire = Wire::open(login, deadline)?;
    let mut session = MongoSession::new(wire, MOST_OF_MESSAGE, secrets(login));
    match session.command(ADMIN, Document::default().number("hello", 1)) {
        Err(MongoError::Said { code: UNKNOWN_COMMAND, .. }) => {}
        answer => drop(answer?),
    }
    if let (Some(user), Some(password)) = (login.credential("username"), login.credential("password")) {
        session.authenticate(ADMIN, user, password)?;
    }
    let build = session.command(ADMIN, Document::default().number("buildInfo", 1))?;
    let version = match get(&build, "version") {
        Some(Value::Text(version)) => version_number(&String::from_utf8_lossy(version)),
        _ => None,
    };
    Ok(Accepted { version })
}

impl From<MongoError> for NotReady {
    fn from(error: MongoError) -> Self {
        match error {
            MongoError::Lost(reason) => reason,
            MongoError::Said { code, message } if STARTING.contains(&code) => Self::Starting(message),
            MongoError::Said { message, .. } => Self::Refused(message),
        }
    }
}
