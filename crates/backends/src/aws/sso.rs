//! IAM Identity Center: keys for the token that `aws sso login` keeps.

use ring::digest;
use serde::Deserialize;
use takk_model::percent::encoded;
use url::Url;
use zeroize::Zeroizing;

use super::chain::text;
use super::credentials::Credentials;
use super::profile::{Profiles, Section};
use super::sigv4::hex;
use crate::deadline::Deadline;
use crate::error::{Error, Result, shell_word};
use crate::http::Question;
use crate::process::{Process, moment};
use crate::text::SecretText;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CachedToken {
    access_token: Zeroizing<String>,
    expires_at: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    role_credentials: RoleCredentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleCredentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Zeroizing<String>,
    /// Milliseconds since 1970.
    expiration: u64,
}

/// The keys of a profile with `sso_session`, or with the older `sso_start_url`.
pub(super) fn credentials(
    process: &Process,
    profiles: &Profiles,
    name: &str,
    section: &Section,
    deadline: Deadline,
) -> Result<Credentials> {
    let wrong = |why: &str| Error::config(format!("the AWS profile `{name}` cannot be used: {why}"));
    let session = text(section, "sso_session");
    let of_session = match session {
        Some(session) => profiles.sso_session(session).ok_or_else(|| wrong("its `sso_session` is not in ~/.aws/config"))?,
        None => section,
    };
    let cache_key = session.or_else(|| text(of_session, "sso_start_url")).ok_or_else(|| wrong("it has no `sso_start_url`"))?;
    let region = text(of_session, "sso_region").ok_or_else(|| wrong("it has no `sso_region`"))?;
    let account = text(section, "sso_account_id").ok_or_else(|| wrong("it has no `sso_account_id`"))?;
    let role = text(section, "sso_role_name").ok_or_else(|| wrong("it has no `sso_role_name`"))?;
    // The AWS CLI names the file so. The strength of the hash does not matter.
    let hash = hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, cache_key.as_bytes()).as_ref());
    let log_in = |why: &str| {
        let error = Error::auth(format!("the AWS profile `{name}` uses IAM Identity Center, and {why}"));
        error.hint(format!("aws sso login --profile {}", shell_word(name)))
    };
    let path = process.path(&format!("~/.aws/sso/cache/{hash}.json"));
    let bytes =
        takk_files::read(&path, takk_files::MOST_OF_KEYS).map(Zeroizing::new).map_err(|_| log_in("you are not logged in"))?;
    let cached: CachedToken = serde_json::from_slice(&bytes).map_err(|_| log_in("the stored login cannot be read"))?;
    if moment(&cached.expires_at).is_none_or(|expires| expires <= process.now()) {
        return Err(log_in("the login has expired"));
    }
    let base = super::endpoint(process, "SSO", "portal.sso", region)?;
    let address = format!(
        "{}/federation/credentials?role_name={}&account_id={}",
        base.trim_end_matches('/'),
        encoded(role),
        encoded(account)
    );
    let url = Url::parse(&address).map_err(|_| wrong("its `sso_region` is not a region"))?;
    let http = super::way("IAM Identity Center", &url, super::ca_file(process).as_deref())?;
    let headers = [("x-amz-sso_bearer_token", cached.access_token.as_str())];
    let answer = http.send(&Question { method: "GET", url: url.as_str(), headers: &headers, body: None }, deadline)?;
    match answer.status {
        200 => {}
        401 => return Err(log_in("the login is no longer valid")),
        429 | 500.. => {
            let error = Error::transient(format!("cannot get credentials from {}: status {}", http.place(), answer.status));
            return Err(error.retry_after(answer.retry_after));
        }
        status => return Err(log_in(&format!("the account or the role was rejected (status {status})"))),
    }
    let Ok(Answered { role_credentials: keys }) = serde_json::from_slice(&answer.body) else {
        return Err(log_in("the response contains no credentials"));
    };
    let expires = std::time::UNIX_EPOCH.checked_add(std::time::Duration::from_millis(keys.expiration));
    Ok(Credentials {
        access_key_id: keys.access_key_id,
        secret: SecretText::new(keys.secret_access_key.as_str()),
        session_token: Some(SecretText::new(keys.session_token.as_str())),
        expires,
        source: format!("the profile {name}"),
    })
}
