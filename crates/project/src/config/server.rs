//! The server that the environment names, and how to connect to it.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::variables::{path, variable};

/// The variable that holds a token: a command that takk runs must not see it.
pub const TOKEN_VARIABLE: &str = "TAKK_TOKEN";

/// The variable that holds what vouches for a job: a command that takk runs must not see it.
pub const JOB_TOKEN_VARIABLE: &str = "TAKK_OIDC_TOKEN";

/// What the environment says of a server.
#[derive(Default)]
pub struct ServerVariables {
    /// `TAKK_SERVER`: its address, before that of the checkout.
    pub url: Option<String>,
    /// `TAKK_TOKEN`: a token of that server, before one that is kept.
    pub token: Option<Zeroizing<String>>,
    /// `TAKK_OIDC_TOKEN`: a token of whoever vouches for this job, such as GitLab CI makes it.
    pub job_token: Option<Zeroizing<String>>,
    /// `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`: where a job of GitHub Actions asks for one, and with what.
    pub job_token_source: Option<(String, Zeroizing<String>)>,
    /// `TAKK_CA_FILE`: certificates in PEM that are trusted instead of the public ones.
    pub ca_file: Option<PathBuf>,
    /// `TAKK_ALLOW_HTTP=1`: whether another machine may be spoken to without TLS.
    pub allow_http: bool,
    /// `TAKK_TIMEOUT`: how long a command waits for an answer, retries included, as it is written: `30s`.
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
