//! `takk whoami`

use super::{Outcome, Session, server_arg};
use crate::ui::{json, server_text};
use takk_client::account;
use takk_model::error::Result;
use takk_project::platform::{link, now};

/// Show who you are on a server, and with which token
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The URL of the server [default: that of this checkout]
    #[arg(value_name = "URL")]
    server: Option<String>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let address = server_arg::address(args.server.as_deref(), session)?;
    let connection = account::connect(&session.home, &address, None)?;
    let whoami = account::whoami(&connection)?;
    let linked = link::project_on(&session.home, session.root()?, &address)?;
    let me = server_text::Me::new(address.as_str(), &whoami, linked.as_deref());
    let source = connection.token_source().map(account::place_of).unwrap_or_default();
    session.output.data(&if session.json { json::json(&me)? } else { server_text::whoami(&me, &source, now()) })?;
    Ok(Outcome::Clean)
}
