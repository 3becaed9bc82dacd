//! `takk serve`

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Outcome, Session, serve_settings};
use crate::ui::{log, serve_text};
use takk_client::authorities;
use takk_dashboard::dashboard;
use takk_model::error::{Error, Result};
use takk_oidc::Issuers;
use takk_project::config::{Home, Limits, LogFormat, ServeVariables};
use takk_server as server;
use takk_server::hosted::Opener;
use takk_server::hosted::first_start::first_start;

/// Run the team server: HTTP API and dashboard
///
/// Values are stored in the store of the user that runs it (the one that `takk` uses without a server) or in a PostgreSQL database.
/// On first start, it prints a one-time link where the owner sets a password.
///
/// It serves plain HTTP, by default only to this machine: put a reverse proxy that terminates TLS in front of it. The API is
/// described at /api/v1/openapi.json; /healthz, /readyz and /metrics are for monitoring.
///
/// On SIGTERM or Ctrl-C, it finishes the requests in flight and exits.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address and port to listen on; with port 0, the system picks a free one, and the first line of output shows it
    /// [default: `TAKK_LISTEN`, or 127.0.0.1:8421]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<String>,
    /// Store everything in this PostgreSQL database; use `TAKK_DATABASE` to hide the password from `ps`
    #[arg(long, value_name = "URL")]
    pub(super) database: Option<String>,
    /// The public URL of the server, if it runs behind a proxy
    #[arg(long, value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// A network of trusted proxies, such as 10.0.0.0/8: rate limits use the client address that they report; may be repeated
    /// [default: `TAKK_TRUSTED_PROXIES`, separated by commas, or none]
    #[arg(long, value_name = "CIDR")]
    pub(super) trusted_proxy: Vec<String>,
    /// The header in which these proxies report the client's address
    #[arg(long, value_name = "HEADER", default_value = "x-forwarded-for")]
    pub(super) forwarded_header: Header,
    /// Let people sign in through this OpenID Connect provider too [default: `TAKK_OIDC_ISSUER`, or none]
    #[arg(long, value_name = "URL")]
    pub(super) oidc_issuer: Option<String>,
    /// The client ID of this server at the provider [default: `TAKK_OIDC_CLIENT_ID`]
    #[arg(long, value_name = "ID")]
    pub(super) oidc_client_id: Option<String>,
    /// The file that contains the client secret [default: `TAKK_OIDC_CLIENT_SECRET_FILE`, or the value of `TAKK_OIDC_CLIENT_SECRET`]
    #[arg(long, value_name = "FILE")]
    pub(super) oidc_client_secret_file: Option<PathBuf>,
    /// The provider's name on the sign-in page [default: its host]
    #[arg(long, value_name = "NAME")]
    pub(super) oidc_name: Option<String>,
    /// An issuer of CI job tokens that projects may trust; may be repeated [default: `TAKK_CI_ISSUERS`, separated by commas, or
    /// GitHub Actions and gitlab.com]
    #[arg(long, value_name = "URL")]
    pub(super) ci_issuer: Vec<String>,
    /// On first start, also print a token for `takk login --token-stdin`, for scripts; it has full access until the link is used
    #[arg(long)]
    print_token: bool,
    /// The format of the log on stderr
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log: Log,
    /// How many requests without a valid token one address may send per minute before it is rate-limited
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().failures_per_minute)]
    pub(super) failures_per_minute: u32,
    /// How often to look for expired environments [default: 1h]
    #[arg(long, value_name = "DURATION", hide = true)]
    pub(super) sweep_every: Option<String>,
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
    server::serve(&settings, opener, first.hosted, issuers, dashboard(), |address, hosted| {
        let owner = first_start(hosted, &session.home.author, args.print_token).map_err(Error::from)?;
        session.output.data(&serve_text::ready(address, settings.public_url.as_deref(), &place, owner.as_ref()))
    })?;
    Ok(Outcome::Clean)
}
