//! The server that the environment names, and how to connect to it.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::variables::{path, variable};

/// The variable that holds a token, which commands that takk runs must not inherit.
pub const TOKEN_VARIABLE: &str = "TAKK_TOKEN";

/// The variable that holds the ID token of a CI job, which commands that takk runs must not inherit.
pub const JOB_TOKEN_VARIABLE: &str = "TAKK_OIDC_TOKEN";

/// The variables about a server.
#[derive(Default)]
pub struct ServerVariables {
    /// `TAKK_SERVER`: its URL, which takes precedence over the checkout's.
    pub url: Option<String>,
    /// `TAKK_TOKEN`: a token for that server, which takes precedence over a stored one.
    pub token: Option<Zeroizing<String>>,
    /// `TAKK_OIDC_TOKEN`: an ID token of this CI job, as GitLab CI issues them.
    pub job_token: Option<Zeroizing<String>>,
    /// `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`: where a GitHub Actions job requests an ID token, and the
    /// credential for that request.
    pub job_token_source: Option<(String, Zeroizing<String>)>,
    /// `TAKK_CA_FILE`: PEM certificates to trust instead of the public ones.
    pub ca_file: Option<PathBuf>,
    /// `TAKK_ALLOW_HTTP=1`: whether connections to another machine may be unencrypted.
    pub allow_http: bool,
    /// `TAKK_TIMEOUT`: how long a command waits for a response, retries included, as written: `30s`.
    pub timeout: Option<String>,
}

impl ServerVariables {
    pub(super) fn of_process() -> Self {
        Self {
            url: variable("TAKK_SERVER"),
            token: variable(TOKEN_VARIABLE).map(Zeroizing::new),
            job_token: variable(JOB_TOKEN_VARIABLE).map(Zeroizing::new),
            job_token_source: variable("ACTIONS_ID_TOKEN_REQUEST_URL")
                .zip(variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN").map(Zeroizing::new)),
            ca_file: path("TAKK_CA_FILE"),
            allow_http: variable("TAKK_ALLOW_HTTP").is_some_and(|wish| wish == "1"),
            timeout: variable("TAKK_TIMEOUT"),
        }
    }
}
