//! The identity token of a GitHub Actions job, requested from the URL that the job is given:
//! <https://docs.github.com/actions/reference/security/oidc>.

use serde::Deserialize;
use ureq::tls::TlsConfig;
use url::Url;
use zeroize::Zeroizing;

use super::error::{OidcError, Result};
use super::fetch::Fetcher;

#[derive(Deserialize)]
struct Answer {
    value: Zeroizing<String>,
}

/// An ID token of the CI job, with the given audience.
pub fn job_token(tls: TlsConfig, address: &str, bearer: &str, audience: &str) -> Result<Zeroizing<String>> {
    let mut url = Url::parse(address).map_err(|error| OidcError::unreachable(address, error))?;
    url.query_pairs_mut().append_pair("audience", audience);
    let answer: Answer = Fetcher::new(tls).get(url.as_str(), Some(bearer))?;
    Ok(answer.value)
}
