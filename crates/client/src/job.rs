//! A CI job without a takk token: exchanges its identity token for one, which is not stored.

use zeroize::Zeroizing;

use super::{Connection, connection};
use takk_api::{OidcLogin, OidcToken, Plain};
use takk_model::error::{Error, Result};
use takk_oidc::job_token;
use takk_project::config::Home;
use takk_project::platform::Address;

/// The token that a server issues to this CI job; `None` if the job has no ID token.
pub(super) fn token(home: &Home, address: &Address, project: Option<&str>) -> Result<Option<Plain>> {
    let Some(token) = identity(home, address)? else { return Ok(None) };
    let connection = Connection::new(home, address.clone(), None)?;
    let login = OidcLogin { token: Plain::new(token.to_string()), project: project.map(str::to_owned) };
    // It is safe to retry: it would issue two tokens, and both expire soon.
    let answer = connection.send("POST", "/login/oidc", &login, true);
    let answer = answer.map_err(|failure| {
        let error = Error::from(failure);
        error.about(format!("{address} did not exchange the identity token of this job for a takk token"))
    })?;
    Ok(Some(connection.read::<OidcToken>(&answer)?.token))
}

/// The ID token of this job for this server: from a variable in GitLab CI, or requested from GitHub Actions.
fn identity(home: &Home, address: &Address) -> Result<Option<Zeroizing<String>>> {
    if let Some(token) = &home.server.job_token {
        return Ok(Some(Zeroizing::new(token.trim().to_owned())));
    }
    let Some((url, bearer)) = &home.server.job_token_source else { return Ok(None) };
    let asked = job_token(connection::authorities(home)?, url, bearer, address.as_str());
    let refused = |error| {
        Error::system("GitHub Actions did not issue an identity token to this job")
            .caused_by(error)
            .hint("the job needs `permissions: id-token: write`")
    };
    asked.map(Some).map_err(refused)
}
