//! `takk login`

use std::thread::sleep;
use std::time::Duration;

use super::secrets::read_stdin;
use super::{Outcome, Session, server_arg};
use crate::ui::{json, line, server_text};
use takk_api::{Plain, Whoami};
use takk_client::{Connection, TokenSource, account, clear_cache, token};
use takk_model::error::{Error, Result};
use takk_project::platform::Address;
use takk_project::platform::now;

/// The minimum polling interval, regardless of the server's.
const SHORTEST: Duration = Duration::from_millis(200);

/// Log in to a team server
///
/// You authorize this login on a page of the server; takk stores the token in the keyring of the operating system. In CI, set
/// `TAKK_SERVER` and `TAKK_TOKEN` instead.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The URL of the server [default: that of this checkout]
    #[arg(value_name = "URL")]
    server: Option<String>,
    /// Read a token from standard input instead
    #[arg(long)]
    token_stdin: bool,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let address = server_arg::address(args.server.as_deref(), session)?;
    if session.home.server.token.is_some() {
        return Err(Error::usage("TAKK_TOKEN is set, and takes precedence over stored tokens")
            .hint("unset TAKK_TOKEN and log in again"));
    }
    let text = if args.token_stdin { from_stdin()? } else { by_page(&address, session)? };
    let connection = Connection::new(&session.home, address.clone(), Some((text.clone(), TokenSource::Keyring)))?;
    let whoami = account::whoami(&connection)?;
    let source = token::keep(&session.home, &address, &text)?;
    // Values that another user has cached here are not for this one.
    clear_cache(&session.home)?;
    said(&address, &whoami, &source, session)?;
    Ok(Outcome::Clean)
}

fn said(address: &Address, whoami: &Whoami, source: &TokenSource, session: &Session) -> Result<()> {
    if let TokenSource::File(path) = source {
        session.output.warn(&format!(
            "no keyring could be used: the token is in `{}`. Anyone who can read your files can use it.",
            path.display()
        ));
    }
    if session.json {
        session.output.data(&json::json(&server_text::Me::new(address.as_str(), whoami, None))?)?;
    }
    session.output.note(&line!("Logged in to {address} as {}.", whoami.user.name));
    Ok(())
}

/// The token from standard input.
fn from_stdin() -> Result<Plain> {
    let text = read_stdin()?;
    let token = text.expose().trim();
    if token.is_empty() {
        return Err(Error::usage("no token on standard input").hint("takk login URL --token-stdin < FILE"));
    }
    Ok(Plain::new(token.to_owned()))
}

/// The token that the server issues after a person has authorized the login on one of its pages.
fn by_page(address: &Address, session: &Session) -> Result<Plain> {
    if !session.output.is_interactive() {
        return Err(Error::usage("cannot authorize the login in a browser without a terminal")
            .hint("pass a token: takk login URL --token-stdin < FILE")
            .hint("in CI, set TAKK_SERVER and TAKK_TOKEN"));
    }
    let connection = Connection::new(&session.home, address.clone(), None)?;
    let code = account::begin_login(&connection, &format!("takk of {}", session.home.author))?;
    session.output.note(&server_text::agree(&code.verify_url, &code.code));
    loop {
        sleep(Duration::from_secs(code.interval).max(SHORTEST));
        if let Some(given) = account::poll_login(&connection, &code)? {
            return Ok(given.token);
        }
        if code.expires_at <= now() {
            return Err(account::too_late(address));
        }
    }
}
