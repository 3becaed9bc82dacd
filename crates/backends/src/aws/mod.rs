//! What all AWS services have in common: keys, signatures, regions and endpoints.

mod chain;
mod command;
mod credentials;
mod moments;
mod profile;
mod remote;
pub mod sigv4;
mod sso;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use url::Url;

use self::profile::Profiles;
use super::error::{Error, Result};
use super::http::Http;
use super::process::Process;

pub(crate) use chain::Chain;
pub use credentials::Credentials;
pub(crate) use credentials::Keeper;

/// Parses a `Date` header to seconds since 1970.
pub(crate) fn date_of(header: &str) -> Option<i64> {
    moments::of_http(header)
}

/// The region: from the settings, `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile.
///
/// # Errors
///
/// `Config` if there is none, or if it is not a valid name: it becomes part of a host name.
pub(crate) fn region(process: &Process, given: Option<&str>, profile: Option<&str>) -> Result<String> {
    let variables = || process.set("AWS_REGION").or_else(|| process.set("AWS_DEFAULT_REGION"));
    let region = match given.map(str::to_owned).or_else(variables) {
        Some(region) => region,
        None => of_profile(process, profile, "region")?.ok_or_else(|| {
            Error::config("there is no AWS region")
                .hint("set AWS_REGION, or `region` in the configuration or in the profile of ~/.aws/config")
        })?,
    };
    let is_name =
        !region.is_empty() && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_name { Ok(region) } else { Err(Error::config("the AWS region is not a valid name").hint("AWS_REGION=eu-north-1")) }
}

/// The URL of a service: `AWS_ENDPOINT_URL_SSM`, `AWS_ENDPOINT_URL`, the same settings of the profile, or the public one of the region.
pub(crate) fn endpoint(process: &Process, variable: &str, host: &str, region: &str) -> Result<String> {
    let is_ignored = process.set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !is_ignored {
        let own = process.set(&format!("AWS_ENDPOINT_URL_{variable}")).or_else(|| process.set("AWS_ENDPOINT_URL"));
        if let Some(url) = own {
            return Ok(url);
        }
        if let Some(url) = of_profile(process, None, "endpoint_url")? {
            return Ok(url);
        }
    }
    let is_fips = process.set("AWS_USE_FIPS_ENDPOINT").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let fips = if is_fips { "-fips" } else { "" };
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    Ok(format!("https://{host}{fips}.{region}.{domain}"))
}

fn of_profile(process: &Process, profile: Option<&str>, setting: &str) -> Result<Option<String>> {
    let (name, _) = Chain::profile_name(process, profile);
    let profiles = Profiles::read(process)?;
    Ok(profiles.profile(&name).and_then(|section| chain::text(section, setting)).map(str::to_owned))
}

/// A client for a service.
pub(crate) fn way(process: &Process, service: &str, url: &Url) -> Result<Http> {
    let ca_file = process.set("AWS_CA_BUNDLE").map(PathBuf::from);
    let place = format!("{service} at {}", url.origin().ascii_serialization());
    Http::new(place, url.as_str(), ca_file.as_deref(), "AWS_CA_BUNDLE=/path/to/ca.pem")
}
