//! The settings of `takk serve`, validated: its command line takes precedence over the environment.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;
use zeroize::Zeroizing;

use super::serve::{Args, Header};
use std::sync::Arc;
use takk_files as files;
use takk_model::error::{Error, Result};
use takk_oidc::is_askable;
use takk_project::config::{
    self, CI_ISSUERS, ForwardedHeader, LISTEN, Limits, OidcSettings, SWEEP_INTERVAL, ServeSettings, ServeVariables,
    TrustedProxies,
};
use takk_vault::SecretValue;

/// The settings, or what is wrong with them.
pub(super) fn settings(args: &Args, variables: &ServeVariables) -> Result<ServeSettings> {
    let listen = args.listen.clone().or(variables.listen.clone()).unwrap_or_else(|| LISTEN.to_owned());
    let no_address =
        |_| Error::usage(format!("`{listen}` is not an address with a port")).hint("use the form 127.0.0.1:8421 or [::1]:8421");
    let listen: SocketAddr = listen.parse().map_err(no_address)?;
    let database = args.database.clone().or(variables.database.clone());
    let limits = Limits { failures_per_minute: args.failures_per_minute, ..Limits::default() };
    let public_url = args.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    let proxies = proxies(args, variables.trusted_proxies.as_deref())?;
    let (oidc, ci_issuers) = (oidc(args, variables)?, ci_issuers(args, variables.ci_issuers.as_deref())?);
    let sweep_interval = sweep_interval(args)?;
    Ok(ServeSettings { listen, database, public_url, proxies, oidc, ci_issuers, sweep_interval, limits })
}

/// How often to look for expired environments.
fn sweep_interval(args: &Args) -> Result<Duration> {
    let Some(text) = &args.sweep_every else { return Ok(SWEEP_INTERVAL) };
    let given = config::duration(text).filter(|duration| !duration.is_zero());
    given.ok_or_else(|| Error::usage(format!("`{text}` is not a duration")).hint("write a number and one of s, m, h, d: `1h`"))
}

/// The trusted proxies: from the command line, or else from the environment.
fn proxies(args: &Args, variable: Option<&str>) -> Result<TrustedProxies> {
    let header = match args.forwarded_header {
        Header::XForwardedFor => ForwardedHeader::XForwardedFor,
        Header::Forwarded => ForwardedHeader::Forwarded,
    };
    let networks = many(&args.trusted_proxy, variable);
    let network = |text: &str| {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse::<IpNet>().or_else(|_| one()).map(|network| network.trunc()).map_err(|_| {
            Error::usage(format!("`{text}` is not a network in CIDR notation")).hint("use the form 10.0.0.0/8 or 2001:db8::1")
        })
    };
    Ok(TrustedProxies { networks: networks.into_iter().map(network).collect::<Result<_>>()?, header })
}

/// The OpenID Connect provider.
fn oidc(args: &Args, variables: &ServeVariables) -> Result<Option<OidcSettings>> {
    let issuer = args.oidc_issuer.clone().or_else(|| variables.oidc_issuer.clone());
    let client_id = args.oidc_client_id.clone().or_else(|| variables.oidc_client_id.clone());
    let (issuer, client_id) = match (issuer, client_id) {
        (None, None) => return Ok(None),
        (Some(issuer), Some(client_id)) => (issuer, client_id),
        (Some(_), None) => return Err(Error::usage("--oidc-issuer requires --oidc-client-id, the client ID of this server")),
        (None, Some(_)) => return Err(Error::usage("--oidc-client-id requires --oidc-issuer, the URL of the provider")),
    };
    let file = args.oidc_client_secret_file.as_deref().or(variables.oidc_client_secret_file.as_deref());
    let client_secret = match file {
        Some(file) => Some(secret(file)?),
        None => variables.oidc_client_secret.clone(),
    };
    let host = Url::parse(issuer_address(&issuer)?).ok().and_then(|url| url.host_str().map(str::to_owned));
    let name = args.oidc_name.clone().or(host).unwrap_or_else(|| issuer.clone());
    Ok(Some(OidcSettings { issuer, client_id, client_secret, name }))
}

/// The issuers of CI job tokens.
fn ci_issuers(args: &Args, variable: Option<&str>) -> Result<Vec<String>> {
    let named = many(&args.ci_issuer, variable);
    let all = if named.is_empty() { CI_ISSUERS.to_vec() } else { named };
    all.into_iter().map(|issuer| issuer_address(issuer).map(str::to_owned)).collect()
}

fn issuer_address(issuer: &str) -> Result<&str> {
    let unsafe_address = || Error::usage(format!("`{issuer}` is not a secure issuer URL")).hint("use an https:// URL");
    is_askable(issuer).then_some(issuer).ok_or_else(unsafe_address)
}

/// The secret in a file, without the trailing line break that editors add.
fn secret(file: &Path) -> Result<Arc<SecretValue>> {
    let unreadable = |error| Error::system(format!("cannot read the secret in `{}`", file.display())).caused_by(error);
    let bytes = Zeroizing::new(files::given(file, files::MOST_OF_KEYS).map_err(unreadable)?);
    let text = std::str::from_utf8(&bytes).map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error)))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Error::usage(format!("`{}` is empty", file.display())).hint("omit the option for a client without a secret")),
        secret => Ok(Arc::new(SecretValue::new(secret.to_owned()))),
    }
}

/// The values of an option, or else those in a variable, separated by commas.
fn many<'t>(named: &'t [String], variable: Option<&'t str>) -> Vec<&'t str> {
    let of_variable = variable.filter(|_| named.is_empty()).into_iter().flat_map(|text| text.split(','));
    named.iter().map(String::as_str).chain(of_variable).map(str::trim).filter(|text| !text.is_empty()).collect()
}
