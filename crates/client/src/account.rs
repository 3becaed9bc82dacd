//! The account on a server: logging in through a page on which a person confirms, and the projects of the account.

use super::failure::{Failure, FailureKind};
use super::{Connection, TokenSource, convert};
use takk_api::{DeviceCode, DeviceLogin, DevicePoll, DeviceToken, EnvironmentInfo, Page, Whoami};
use takk_model::TokenKind;
use takk_model::error::{Error, Result};
use takk_project::config::Home;
use takk_project::platform::{Address, StoredEnvironment, address::segment};

/// Whom the server takes the caller for.
pub fn whoami(connection: &Connection) -> Result<Whoami> {
    Ok(connection.get("/whoami")?)
}

/// Asks for a token, to which a person has to agree on a page of the server.
pub fn begin_login(connection: &Connection, name: &str) -> Result<DeviceCode> {
    let answer = connection.send("POST", "/login/device", &DeviceLogin { name: name.to_owned() }, false)?;
    Ok(connection.read(&answer)?)
}

/// The token, if the person has agreed; `None` as long as they have not, or the server cannot answer.
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

/// Nobody has agreed in time.
pub fn too_late(address: &Address) -> Error {
    Error::usage(format!("the login was denied on {address}, or not authorized in time")).hint(format!("takk login {address}"))
}

/// Makes a token useless, if it is a person's: that of a program may be in use elsewhere. Whether it did.
pub fn revoke(connection: &Connection) -> Result<bool> {
    let whoami = whoami(connection)?;
    if whoami.token.kind != TokenKind::Personal {
        return Ok(false);
    }
    connection.delete(&format!("/tokens/{}", whoami.token.id))?;
    Ok(true)
}

/// Makes a project that is not there yet. Whether it was new.
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

/// What is kept of a project: how many values, and none of them.
pub fn kept(connection: &Connection, project: &str) -> Result<Vec<StoredEnvironment>> {
    let page: Page<EnvironmentInfo> = connection.get(&format!("/projects/{}/environments", segment(project)))?;
    Ok(page.items.into_iter().map(convert::environment).collect())
}

/// The connection to a server that one has logged in to; or that lets the job in which takk runs into the project.
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

/// Where a token comes from, as a phrase.
pub fn place_of(source: &TokenSource) -> String {
    match source {
        TokenSource::Variable => "TAKK_TOKEN".to_owned(),
        TokenSource::Job => "the identity of this job".to_owned(),
        TokenSource::Keyring => "the keyring".to_owned(),
        TokenSource::File(path) => format!("`{}`", path.display()),
    }
}
