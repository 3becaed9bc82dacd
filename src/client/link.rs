//! Which server the values of a checkout are on. The data directory remembers it; a repository can propose one, and no more: else a
//! foreign repository could have the values of a project handed to its own code.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Address, kept};
use crate::config::Home;
use crate::error::{Error, Result};

/// The file of links.
const FILE: &str = "links.json";

/// A server, and a project on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The server.
    pub address: Address,
    /// The project there.
    pub project: String,
}

/// Where the values of a checkout are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linked {
    /// On a server.
    Server(Link),
    /// In the store of this machine.
    OwnStore,
    /// Nobody has said it yet; the repository proposes this server.
    Proposed(String),
}

/// What is remembered of a checkout.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// `None` for the store of this machine, whatever the repository proposes.
    server: Option<String>,
    /// The name of the project there, if it is another one than here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

/// Where the values of the checkout in `root` are: on the server that `TAKK_SERVER` names, else where `takk link` said. `project` is
/// the name of the project, `proposed` the server that `[tool.takk]` names.
pub fn of(home: &Home, root: &Path, project: &str, proposed: Option<&str>) -> Result<Linked> {
    let named = |url: &str, name: Option<String>| {
        let address = Address::parse(url, home.server.allow_http)?;
        Ok(Linked::Server(Link { address, project: name.unwrap_or_else(|| project.to_owned()) }))
    };
    let remembered = remembered(home, root)?;
    if let Some(url) = &home.server.url {
        // The name there that was linked is good for the same server only.
        let same =
            remembered.filter(|link| link.server.as_deref() == Address::parse(url, true).ok().as_ref().map(Address::as_str));
        return named(url, same.and_then(|link| link.project));
    }
    match (remembered, proposed) {
        (Some(Remembered { server: Some(url), project: name }), _) => named(&url, name),
        (Some(_), _) | (None, None) => Ok(Linked::OwnStore),
        (None, Some(url)) => Ok(Linked::Proposed(url.to_owned())),
    }
}

/// Remembers a server for the checkout in `root`; `project` is the name there if it is another one than here.
pub fn remember(home: &Home, root: &Path, address: &Address, project: Option<&str>) -> Result<()> {
    let row = Remembered { server: Some(address.to_string()), project: project.map(str::to_owned) };
    kept::change(home, FILE, |links| links.insert(key(root), row)).map(drop)
}

/// Remembers that the values of the checkout in `root` are in the store of this machine. Gives the server that they were on.
pub fn forget(home: &Home, root: &Path, proposed: Option<&str>) -> Result<Option<String>> {
    let before = kept::change(home, FILE, |links: &mut kept::Rows<Remembered>| match proposed {
        Some(_) => links.insert(key(root), Remembered { server: None, project: None }),
        None => links.remove(&key(root)),
    })?;
    Ok(before.and_then(|link| link.server))
}

/// The error where nobody has decided on the server that a repository proposes.
pub fn undecided(url: &str) -> Error {
    Error::usage(format!("the settings of this project name the server {url}, and this checkout is not linked to it"))
        .hint("`takk link` links it, if you trust this repository with the values")
        .hint("`takk link --unlink` keeps to the store of this machine")
}

fn remembered(home: &Home, root: &Path) -> Result<Option<Remembered>> {
    let Some(file) = kept::file(home, FILE) else { return Ok(None) };
    Ok(kept::read(&file)?.remove(&key(root)))
}

/// The root is a canonical path.
fn key(root: &Path) -> String {
    root.to_string_lossy().into_owned()
}
