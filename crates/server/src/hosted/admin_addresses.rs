//! Admin addresses of an environment: the logins with which this server creates things on other servers. Only operators and owners choose
//! where it connects to, and no response contains a password.

use url::Url;

use super::authorize::AuthorizedAccess;
use super::described::Described;
use super::own_platform::{Behalf, OwnPlatform};
use super::{Hosted, Refusal, Result};
use takk_api::{AdminAddressInfo, AdminAddressList, CheckedAdminAddress, NewAdminAddress};
use takk_project::ops::provision::admin;
use takk_project::platform::{Checked, CheckedFacts, Listed};
use takk_provision::server::of_kind;
use takk_vault::SecretValue;

/// The longest address.
const LONGEST: usize = 4_000;

/// Checks an address by a login, and stores it.
pub fn set(hosted: &mut Hosted, visit: &AuthorizedAccess, kind: &str, new: &NewAdminAddress) -> Result<CheckedAdminAddress> {
    refuse_unknown(kind)?;
    refuse_files(new.address.expose())?;
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    let address = SecretValue::from(new.address.expose());
    let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
    let checked = admin::set(&mut platform, &described.project, &described.environment.name, kind, &address);
    Ok(checked_info(checked.map_err(|error| platform.refusal(error))?))
}

/// The addresses that are stored for the environment itself.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<AdminAddressList> {
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
    let listed = admin::list(&mut platform, &described.environment.name);
    let listed = listed.map_err(|error| platform.refusal(error))?;
    Ok(AdminAddressList { addresses: listed.into_iter().map(info).collect() })
}

/// Forgets an address. What was created with it stays.
pub fn unset(hosted: &mut Hosted, visit: &AuthorizedAccess, kind: &str) -> Result<()> {
    refuse_unknown(kind)?;
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
    let was_set = admin::unset(&mut platform, &described.environment.name, kind);
    if was_set.map_err(|error| platform.refusal(error))? {
        return Ok(());
    }
    Err(Refusal::not_found(format!("`{}` has no admin address of {kind}", visit.environment)))
}

fn refuse_unknown(kind: &str) -> Result<()> {
    let none = || Refusal::not_found("takk creates nothing on existing servers of that kind");
    of_kind(kind).map(drop).ok_or_else(none)
}

/// An address must not make the server read a file of its machine: what the file holds, or whether it exists, is not the caller's to know.
fn refuse_files(address: &str) -> Result<()> {
    if address.len() > LONGEST {
        return Err(Refusal::invalid(format!("an admin address can have at most {LONGEST} bytes")));
    }
    // One of NATS has its URL among other words.
    let mut urls = std::iter::once(address.trim()).chain(address.split_whitespace()).filter_map(|text| Url::parse(text).ok());
    let names_file = |name: &str, value: &str| {
        let name = name.to_ascii_lowercase();
        (value.contains(['/', '\\']) && !is_url(value))
            || ["cert", "key", "file", "root", "crl"].iter().any(|word| name.contains(word))
            || ["ca", "service"].iter().any(|word| name.ends_with(word))
    };
    if urls.any(|url| url.query_pairs().any(|(name, value)| names_file(&name, &value))) {
        // Neither the name nor the value is repeated: either may be a part of a password.
        return Err(Refusal::invalid("a parameter of the address names a file, which would be one of the server")
            .hint("omit it; with `sslmode=verify-full`, the server trusts the public certificate authorities"));
    }
    Ok(())
}

/// Whether a parameter says where another part of the server is, such as `iam` and `amqp`.
fn is_url(value: &str) -> bool {
    Url::parse(value).is_ok_and(|url| ["http", "https", "amqp", "amqps"].contains(&url.scheme()) && url.has_host())
}

fn info(listed: Listed) -> AdminAddressInfo {
    let Listed { kind, shown, version, author, written_at } = listed;
    AdminAddressInfo { kind, address: shown, version, author, stored_at: written_at }
}

fn checked_info(checked: Checked) -> CheckedAdminAddress {
    let Checked { kind, shown, facts, .. } = checked;
    let CheckedFacts { product, version, user, too_wide, is_encrypted, noun, holdings, open_to_all, open_hint } = facts;
    CheckedAdminAddress {
        kind,
        address: shown,
        product,
        version,
        user,
        too_wide,
        is_encrypted,
        holds: noun,
        holdings,
        open_to_all,
        open_hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_of_the_server_is_named() {
        for good in [
            "postgresql://a:b@c/d",
            "postgresql://a:b@c/d?sslmode=verify-full&application_name=takk",
            "https://a:b@c?region=eu-1&iam=https://iam.example.org:8111",
            "https://a:b@c?amqp=amqps%3A%2F%2Fbroker.example.org%3A5671",
            "-----BEGIN-----\neyJ.eyJ.a\n-----END-----\nSU SO tls://c:4222",
            "nothing",
            "",
        ] {
            assert!(refuse_files(good).is_ok(), "{good}");
        }
        for bad in [
            "sslrootcert=/etc/shadow",
            "sslrootcert=ca.pem",
            "SSLKEY=a",
            "host=/var/run/postgresql",
            "host=%2Fvar%2Frun",
            "ssl-ca=x",
            "passfile=x",
            "service=x",
            "iam=file:///etc/shadow",
            "cacertfile=https://c/ca.pem",
        ] {
            let refusal = refuse_files(&format!("postgresql://a:s3cret@c/d?{bad}")).expect_err(bad);
            assert!(!format!("{refusal:?}").contains("s3cret") && !refusal.detail.contains("shadow"), "{refusal:?}");
        }
        assert!(refuse_files("SU SO\ntls://c:4222?cacertfile=/etc/shadow\neyJ").is_err());
    }
}
