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

use std::path::{Path, PathBuf};

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
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    // `xn--` begins an encoded label, which not every text can be.
    let is_name = !region.is_empty() && region.bytes().all(is_allowed) && !region.starts_with("xn--");
    if is_name { Ok(region) } else { Err(Error::config("the AWS region is not a valid name").hint("AWS_REGION=eu-north-1")) }
}

/// The URL that is configured for a service: `AWS_ENDPOINT_URL_SSM`, `AWS_ENDPOINT_URL`, or the same settings of the profile.
pub(crate) fn configured_endpoint(process: &Process, variable: &str) -> Result<Option<String>> {
    if process.set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let own = process.set(&format!("AWS_ENDPOINT_URL_{variable}")).or_else(|| process.set("AWS_ENDPOINT_URL"));
    own.map_or_else(|| of_profile(process, None, "endpoint_url"), |url| Ok(Some(url)))
}

/// The URL of a service: the configured one, or the public one of the region.
pub(crate) fn endpoint(process: &Process, variable: &str, host: &str, region: &str) -> Result<String> {
    Ok(configured_endpoint(process, variable)?.unwrap_or_else(|| public_endpoint(process, host, region)))
}

/// The public URL of a service in a region, which [`region`] has validated.
pub(crate) fn public_endpoint(process: &Process, host: &str, region: &str) -> String {
    let is_fips = process.set("AWS_USE_FIPS_ENDPOINT").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let fips = if is_fips { "-fips" } else { "" };
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://{host}{fips}.{region}.{domain}")
}

fn of_profile(process: &Process, profile: Option<&str>, setting: &str) -> Result<Option<String>> {
    let (name, _) = Chain::profile_name(process, profile);
    let profiles = Profiles::read(process)?;
    Ok(profiles.profile(&name).and_then(|section| chain::text(section, setting)).map(str::to_owned))
}

/// The file of certificate authorities to trust instead of the public ones.
pub(crate) fn ca_file(process: &Process) -> Option<PathBuf> {
    process.set("AWS_CA_BUNDLE").map(PathBuf::from)
}

/// A client for a service.
pub(crate) fn way(service: &str, url: &Url, ca_file: Option<&Path>) -> Result<Http> {
    let place = format!("{service} at {}", url.origin().ascii_serialization());
    Http::new(place, url.as_str(), ca_file, "AWS_CA_BUNDLE=/path/to/ca.pem")
}
