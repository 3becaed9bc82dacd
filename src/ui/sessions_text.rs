//! What `takk ps --sessions` says: who is connected with the logins of a resource.

use serde::Serialize;

use super::palette::{DIM, NAME, line, paint};
use takk_model::age::age;
use takk_project::ops::provision::Sessions;
use takk_provision::server::OpenSession;

/// The open sessions of a resource.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionsOf {
    /// The resource: `postgres/default`.
    pub resource: String,
    /// The oldest first; `null` where servers of the kind have none.
    pub sessions: Option<Vec<Session>>,
}

/// A session, without anything of what it was used for.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session {
    /// The user that logged in.
    pub user: String,
    /// Where the client is, as the server sees it.
    pub address: Option<String>,
    /// What the client calls itself.
    pub application: Option<String>,
    /// When it was opened, in milliseconds since 1970.
    pub opened_at: Option<i64>,
    /// What it is doing, in the server's words.
    pub state: Option<String>,
    /// For how long, in seconds.
    pub state_for: Option<i64>,
}

pub fn sessions_of(found: &Sessions) -> SessionsOf {
    let one = |session: &OpenSession| {
        let OpenSession { user, address, application, opened_at, state, state_for } = session.clone();
        Session { user, address, application, opened_at, state, state_for }
    };
    let sessions = found.open.as_ref().map(|open| open.iter().map(one).collect());
    SessionsOf { resource: found.resource.clone(), sessions }
}

/// One session a line.
pub fn sessions(found: &Sessions, now: i64) -> String {
    let Some(open) = &found.open else {
        return line!("Servers of this kind have no sessions: each request to {} logs in by itself.", found.resource);
    };
    if open.is_empty() {
        return line!("Nobody is connected with the logins of {}.", found.resource);
    }
    let address = |session: &OpenSession| session.address.clone().unwrap_or_else(|| "unknown".to_owned());
    let users = open.iter().map(|session| session.user.chars().count()).max().unwrap_or(0);
    let places = open.iter().map(|session| address(session).chars().count()).max().unwrap_or(0);
    let one = |session: &OpenSession| {
        let padding = " ".repeat(users - session.user.chars().count());
        line!("{}{padding}  {:<places$}  {}", paint(NAME, &session.user), address(session), paint(DIM, &facts(session, now)))
    };
    open.iter().map(one).collect()
}

/// `uvicorn, opened 2 minutes ago, idle for 7 s`
fn facts(session: &OpenSession, now: i64) -> String {
    let opened = session.opened_at.map(|at| format!("opened {}", age(at, now)));
    let state = session.state.as_ref().map(|state| match session.state_for {
        Some(seconds) => format!("{state} for {seconds} s"),
        None => state.clone(),
    });
    [session.application.clone(), opened, state].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
