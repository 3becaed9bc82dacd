//! The argument for the server of a command that needs no project.

use super::Session;
use takk_model::error::{Error, Result};
use takk_project::ops::project;
use takk_project::platform::{Address, link};

/// The server that the option names, or else `TAKK_SERVER`, or else the current checkout's.
pub(super) fn address(named: Option<&str>, session: &Session) -> Result<Address> {
    let allow_http = session.home.server.allow_http;
    if let Some(url) = named {
        return Address::parse(url, allow_http);
    }
    let root = session.root()?;
    let proposed = project::settings(root).and_then(|settings| settings.server);
    match (link::server_of(&session.home, root)?, proposed) {
        (Some(address), _) => Ok(address),
        (None, Some(url)) => Address::parse(&url, allow_http),
        (None, None) => Err(Error::usage("no server given, and this checkout is not linked to one")
            .hint("pass its URL, such as https://takk.example.org, or run `takk link URL` to link this checkout")),
    }
}
