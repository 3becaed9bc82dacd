//! The account on a server: logging in through a page on which a person confirms, and the projects of the account.

use super::failure::{Failure, FailureKind};
use super::{Connection, TokenSource, convert};
use takk_api::{DeviceCode, DeviceLogin, DevicePoll, DeviceToken, EnvironmentInfo, Page, Whoami};
use takk_model::TokenKind;
use takk_model::error::{Error, Result};
use takk_project::config::Home;
use takk_project::platform::{Address, StoredEnvironment, address::segment};

/// Identifies the caller.
pub fn whoami(connection: &Connection) -> Result<Whoami> {
    Ok(connection.get("/whoami")?)
}

/// Starts a login that a person authorizes on a page of the server.
pub fn begin_login(connection: &Connection, name: &str) -> Result<DeviceCode> {
    let answer = connection.send("POST", "/login/device", &DeviceLogin { name: name.to_owned() }, false)?;
    Ok(connection.read(&answer)?)
}

/// The token, if the person has authorized the login; `None` if they have not yet, or the server cannot respond.
pub fn poll_login(connection: &Connection, code: &DeviceCode) -> Result<Option<DeviceToken>> {
    let poll = DevicePoll { poll_secret: code.poll_secret.clone() };
    match connection.send("POST", "/login/device/poll", &poll, false) {
        Ok(answer) if answer.status == 202 => Ok(None),
        Ok(answer) => Ok(Some(connection.read(&answer)?)),
        Err(Failure { kind: FailureKind::Answered(429), .. }) => Ok(None),
        Err(failure) if failure.is_unreachable() => Ok(None),
        Err(Failure { kind: FailureKind::Answered(400..=499), .. }) => Err(too_late(connection.address())),
        Err(failure) => Err(failure.into()),
    }
}

/// The error if nobody authorized the login in time.
pub fn too_late(address: &Address) -> Error {
    Error::usage(format!("the login was denied on {address}, or not authorized in time")).hint(format!("takk login {address}"))
}

/// Revokes a personal token. The token of a program may be in use elsewhere, so it stays. Returns whether it was revoked.
pub fn revoke(connection: &Connection) -> Result<bool> {
    let whoami = whoami(connection)?;
    if whoami.token.kind != TokenKind::Personal {
        return Ok(false);
    }
    connection.delete(&format!("/tokens/{}", whoami.token.id))?;
    Ok(true)
}

/// Creates a project unless it exists. Returns whether it is new.
pub fn make_project(connection: &Connection, project: &str) -> Result<bool> {
    let path = format!("/projects/{}", segment(project));
    match connection.send("PUT", &path, &serde_json::json!({}), false) {
        Ok(answer) => Ok(answer.status == 201),
        Err(failure) if matches!(failure.kind, FailureKind::Answered(403 | 404)) => {
            let message = format!("you do not have access to the project `{project}` on {}", connection.address());
            Err(Error::usage(message)
                .hint("ask an owner of the project to add you as a member")
                .hint("pass `--name NAME` to link another one"))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The environments of a project, with the number of values but no values.
pub fn kept(connection: &Connection, project: &str) -> Result<Vec<StoredEnvironment>> {
    let page: Page<EnvironmentInfo> = connection.get(&format!("/projects/{}/environments", segment(project)))?;
    Ok(page.items.into_iter().map(convert::environment).collect())
}

/// A connection to a server with a stored token, or with one that the server issues to this CI job.
pub fn connect(home: &Home, address: &Address, project: Option<&str>) -> Result<Connection> {
    let token = match super::token::find(home, address)? {
        Some(found) => Some(found),
        None => super::job::token(home, address, project)?.map(|token| (token, TokenSource::Job)),
    };
    if token.is_none() {
        return Err(Error::usage(format!("you are not logged in to {address}")).hint(format!("takk login {address}")));
    }
    Connection::new(home, address.clone(), token)
}

/// The source of a token, as a phrase.
pub fn place_of(source: &TokenSource) -> String {
    match source {
        TokenSource::Variable => "TAKK_TOKEN".to_owned(),
        TokenSource::Job => "the identity of this job".to_owned(),
        TokenSource::Keyring => "the keyring".to_owned(),
        TokenSource::File(path) => format!("`{}`", path.display()),
    }
}
