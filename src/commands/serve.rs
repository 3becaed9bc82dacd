//! `takk serve`

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Outcome, Session, serve_settings};
use crate::ui::{log, serve_text};
use takk_client::authorities;
use takk_model::error::{Error, Result};
use takk_oidc::Issuers;
use takk_project::config::{Home, Limits, LogFormat, ServeVariables};
use takk_server as server;
use takk_server::hosted::Opener;
use takk_server::hosted::first_start::first_start;

/// Keep the values of a team: answer other takks over HTTP
///
/// It keeps them in the store of the user that runs it, which `takk` uses there without a server too, or in a PostgreSQL database.
/// At the first start it prints a link on which its owner sets a password, once.
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
    pub(super) listen: Option<String>,
    /// Keep everything in this PostgreSQL database; `TAKK_DATABASE` says it without showing a password to `ps`
    #[arg(long, value_name = "URL")]
    pub(super) database: Option<String>,
    /// The address that others reach the server under, if a proxy is in front of it
    #[arg(long, value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// A network of proxies in front of the server, such as 10.0.0.0/8: what they say of the address of a client counts for
    /// the limits; may be given often [default: none, or `TAKK_TRUSTED_PROXIES` with commas]
    #[arg(long, value_name = "CIDR")]
    pub(super) trusted_proxy: Vec<String>,
    /// The header in which these proxies say for whom they ask
    #[arg(long, value_name = "HEADER", default_value = "x-forwarded-for")]
    pub(super) forwarded_header: Header,
    /// Let people sign in at this provider of OpenID Connect too [default: none, or `TAKK_OIDC_ISSUER`]
    #[arg(long, value_name = "URL")]
    pub(super) oidc_issuer: Option<String>,
    /// What this server is called there [default: `TAKK_OIDC_CLIENT_ID`]
    #[arg(long, value_name = "ID")]
    pub(super) oidc_client_id: Option<String>,
    /// The file that holds its secret there [default: `TAKK_OIDC_CLIENT_SECRET_FILE`, or what `TAKK_OIDC_CLIENT_SECRET` holds]
    #[arg(long, value_name = "FILE")]
    pub(super) oidc_client_secret_file: Option<PathBuf>,
    /// What people call the provider [default: its host]
    #[arg(long, value_name = "NAME")]
    pub(super) oidc_name: Option<String>,
    /// Who may vouch for programs if a project trusts them; may be given often [default: GitHub Actions and gitlab.com, or
    /// `TAKK_CI_ISSUERS` with commas]
    #[arg(long, value_name = "URL")]
    pub(super) ci_issuer: Vec<String>,
    /// At the first start print a token for `takk login --token-stdin` too, for scripts; it may do everything until the link is used
    #[arg(long)]
    print_token: bool,
    /// How the log on stderr is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log: Log,
    /// How many requests without a good token one address has each minute before it must wait
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().failures_per_minute)]
    pub(super) failures_per_minute: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Header {
    /// `X-Forwarded-For`
    XForwardedFor,
    /// `Forwarded`, of RFC 7239
    Forwarded,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Log {
    /// A line of text for each event
    Text,
    /// An object for each event
    Json,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let settings = serve_settings::settings(args, &ServeVariables::of_process())?;
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
    let issuers = Issuers::new(authorities(&session.home)?);
    server::serve(&settings, opener, first.hosted, issuers, |address, hosted| {
        let owner = first_start(hosted, &session.home.author, args.print_token).map_err(Error::from)?;
        session.output.data(&serve_text::ready(address, settings.public_url.as_deref(), &place, owner.as_ref()))
    })?;
    Ok(Outcome::Clean)
}
