//! `takk serve`

use std::net::SocketAddr;

use clap::ValueEnum;

use super::{Outcome, Session};
use crate::config::{Home, LISTEN, Limits, LogFormat, ServeSettings, ServeVariables};
use crate::error::{Error, Result};
use crate::ops::hosted::Opener;
use crate::ops::hosted::first_start::first_start;
use crate::server;
use crate::ui::{log, serve_text};

/// Keep the values of a team: answer other takks over HTTP
///
/// It keeps them in the store of the user that runs it, which `takk` uses there without a server too, or in a PostgreSQL database.
/// At the first start it prints a link on which its owner sets a password, and a token for `takk login --token-stdin`, once.
///
/// It speaks HTTP without TLS, to this machine alone if it is not told otherwise: put a proxy in front of it that speaks HTTPS.
/// The API is described at /api/v1/openapi.json; /healthz, /readyz and /metrics are for those who look after it.
///
/// It ends on SIGTERM and on Ctrl-C, after it has answered what was asked before.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address and port; port 0 takes a free one, and the first line of the output says which [default: 127.0.0.1:8421, or
    /// `TAKK_LISTEN`]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Keep everything in this PostgreSQL database; `TAKK_DATABASE` says it without showing a password to `ps`
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The address that others reach the server under, if a proxy is in front of it
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// How the log on stderr is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log: Log,
    /// How many requests without a good token one address has each minute before it must wait
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().failures_per_minute)]
    failures_per_minute: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Log {
    /// A line of text for each event
    Text,
    /// An object for each event
    Json,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let settings = settings(args, ServeVariables::of_process())?;
    let format = match args.log {
        Log::Text => LogFormat::Text,
        Log::Json => LogFormat::Json,
    };
    let opener = Opener::new(Home::of_process(), settings.database.clone())?;
    let first = opener.first()?;
    if let Some(file) = &first.new_key {
        session.output.warn(&serve_text::new_key(file));
    }
    log::install(format, session.output.is_quiet());
    let place = first.place;
    server::serve(&settings, opener, first.hosted, |address, hosted| {
        let owner = first_start(hosted, &session.home.author).map_err(Error::from)?;
        session.output.data(&serve_text::ready(address, settings.public_url.as_deref(), &place, owner.as_ref()))
    })?;
    Ok(Outcome::Clean)
}

/// The command line before the environment.
fn settings(args: &Args, variables: ServeVariables) -> Result<ServeSettings> {
    let listen = args.listen.clone().or(variables.listen).unwrap_or_else(|| LISTEN.to_owned());
    let no_address = |_| {
        Error::usage(format!("`{listen}` is not an address and a port")).hint("write them as in 127.0.0.1:8421 or [::1]:8421")
    };
    let listen: SocketAddr = listen.parse().map_err(no_address)?;
    let database = args.database.clone().or(variables.database);
    let limits = Limits { failures_per_minute: args.failures_per_minute, ..Limits::default() };
    let public_url = args.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    Ok(ServeSettings { listen, database, public_url, limits })
}
