//! `takk logout`

use super::{Outcome, Session, server_arg};
use crate::ui::line;
use takk_client::{Connection, account, clear_cache, token};
use takk_model::error::{Error, Result};

/// Log out of a server: revoke and delete its token, and delete the values cached for offline use
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The URL of the server [default: that of this checkout]
    #[arg(value_name = "URL")]
    server: Option<String>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let address = server_arg::address(args.server.as_deref(), session)?;
    if session.home.server.token.is_some() {
        return Err(Error::usage("TAKK_TOKEN is set, and takk cannot unset it").hint("unset TAKK_TOKEN"));
    }
    clear_cache(&session.home)?;
    let Some(found) = token::find(&session.home, &address)? else {
        session.output.note(&line!("You are not logged in to {address}."));
        return Ok(Outcome::Clean);
    };
    let connection = Connection::new(&session.home, address.clone(), Some(found))?;
    let revoked = account::revoke(&connection);
    token::remove(&session.home, &address)?;
    match revoked {
        Ok(true) => session.output.note(&line!("Logged out of {address}; the token is revoked.")),
        Ok(false) => session.output.note(&line!("Logged out of {address}; the service token is still valid.")),
        Err(error) => {
            session.output.note(&line!("Logged out of {address}."));
            session.output.warn(&format!("the token could not be revoked and may still be valid: {error}"));
        }
    }
    Ok(Outcome::Clean)
}
