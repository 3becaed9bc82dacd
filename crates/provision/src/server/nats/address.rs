//! An admin address: the URL of a server, the key of its operator, and the credentials of a user of the system account, as words with spaces
//! or lines between them. So it is written by `cat`: the files `.nk` and `.creds` are what the tools of NATS keep.
//!
//! | word | meaning |
//! |---|---|
//! | `tls://host:4222`, `nats://` | the server, with TLS or as it wants |
//! | `SO...` | the seed of a signing key of the operator, or of the operator itself |
//! | `eyJ...` | the JWT of the user |
//! | `SU...` | the seed of the user |
//!
//! Everything else, such as the lines of dashes in a file of credentials, is skipped.

use takk_model::error::{Error, Result};
use url::Url;

use super::jwt::claims;
use super::nkey::{Key, Role};
use super::session::Place;

/// The port where an address names none.
const PORT: u16 = 4222;
/// The parameter with the file of certificate authorities.
const ROOTS: &str = "cacertfile";
/// How an admin address is written.
pub(super) const FORM: &str =
    "tls://host:4222, then the seed of a signing key of the operator (SO...), and the .creds of a user of the system account";

/// Where a server is, and who administers it.
pub(super) struct Address {
    pub place: Place,
    pub operator: Key,
    pub user: Key,
    pub jwt: String,
    /// The name of the user in its JWT.
    pub name: String,
    /// The account of the user.
    pub account: String,
    /// The URL without its parameters.
    pub shown: String,
}

fn wrong(why: &str) -> Error {
    Error::usage(format!("invalid admin address of NATS: {why}"))
        .hint(format!("write it as {FORM}"))
        .hint("as in: (echo tls://host:4222; cat operator.nk system.creds) | takk provision admin set nats --stdin")
}

impl Address {
    /// Reads an address. No error contains a part of it but the scheme.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let words = || text.split_whitespace();
        let key = |role, begin: &str| words().filter(|word| word.starts_with(begin)).find_map(|word| Key::parse(word, role));
        let url = words().find(|word| word.contains("://")).ok_or_else(|| wrong("it has no URL of the server"))?;
        let (place, shown) = place(url)?;
        let operator = key(Role::Operator, "SO").ok_or_else(|| wrong("it has no seed of the operator's key (SO...)"))?;
        let jwt = words().find(|word| word.starts_with("eyJ") && claims(word).is_some());
        let jwt = jwt.ok_or_else(|| wrong("it has no JWT of a user (eyJ...)"))?.to_owned();
        let user = key(Role::User, "SU").ok_or_else(|| wrong("it has no seed of a user (SU...)"))?;
        let said = claims(&jwt).unwrap_or_default();
        if said["sub"].as_str() != Some(&user.public()) {
            return Err(wrong("the JWT is not that of the user whose seed it has"));
        }
        let account = said["nats"]["issuer_account"].as_str().filter(|account| !account.is_empty());
        let account = account.or(said["iss"].as_str()).unwrap_or_default().to_owned();
        let name = said["name"].as_str().unwrap_or_default().to_owned();
        Ok(Self { place, operator, user, jwt, name, account, shown })
    }
}

/// The server that a URL names, and how to show it.
fn place(text: &str) -> Result<(Place, String)> {
    let url = Url::parse(text).map_err(|_| wrong("its URL is not one"))?;
    let is_tls = match url.scheme() {
        "tls" => true,
        "nats" => false,
        other => return Err(wrong(&format!("`{other}` is neither `tls` nor `nats`"))),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("a URL with a user is one of a server without an operator, where takk cannot create accounts"));
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("its URL names no host"))?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let mut roots = None;
    for (name, value) in url.query_pairs() {
        if name != ROOTS {
            return Err(wrong(&format!("of the parameters of a URL, takk knows `{ROOTS}`")));
        }
        super::super::tls::certificates(&value)?;
        roots = Some(value.into_owned());
    }
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    Ok((Place { host, port: url.port().unwrap_or(PORT), is_tls, roots }, shown.into()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::jwt::signed;
    use super::super::nkey::seed;
    use super::*;

    /// An operator's seed, a user's JWT, and its seed.
    fn parts() -> (String, String, String) {
        let [operator, account, user] = [Role::Operator, Role::Account, Role::User].map(|role| seed(role, "s"));
        let account = Key::parse(&account, Role::Account).expect("a key");
        let sub = Key::parse(&user, Role::User).expect("a key").public();
        let jwt = signed(json!({ "sub": sub, "name": "takk", "nats": { "issuer_account": "AC" } }), &account);
        (operator.to_string(), jwt, user.to_string())
    }

    #[test]
    fn it_is_read_from_one_line_and_from_files() {
        let (operator, jwt, user) = parts();
        let creds = format!("-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n*** \n{user}\n------END\n");
        for text in [
            format!("tls://[::1] {operator} {jwt} {user}"),
            format!("tls://[::1]\n{operator}\n{creds}"),
            format!("{creds}{operator}\r\ntls://[::1]:4222"),
        ] {
            let address = Address::parse(&text).expect(&text);
            assert_eq!((address.place.host.as_str(), address.place.port, address.place.is_tls), ("::1", 4222, true));
            assert_eq!((address.name.as_str(), address.account.as_str()), ("takk", "AC"));
            assert!(address.shown.starts_with("tls://[::1]"), "{}", address.shown);
        }
    }

    #[test]
    fn no_error_has_a_part_of_a_key() {
        let (operator, jwt, user) = parts();
        let other = seed(Role::User, "t");
        for wrong in [
            format!("{operator} {jwt} {user}"),
            format!("tls://a {jwt} {user}"),
            format!("tls://a {operator} {user}"),
            format!("tls://a {operator} {jwt}"),
            format!("tls://a {operator} {jwt} {}", *other),
            format!("http://a {operator} {jwt} {user}"),
            format!("tls://{user}@a {operator} {jwt} {user}"),
            format!("tls://a?x={user} {operator} {jwt} {user}"),
            format!("tls://a?cacertfile=/nowhere.pem {operator} {jwt} {user}"),
            format!("tls:// {operator} {jwt} {user}"),
        ] {
            let said = format!("{:?}", Address::parse(&wrong).err().expect(&wrong));
            for secret in [&operator, &jwt, &user, &*other] {
                assert!(!said.contains(secret.as_str()), "{said}");
            }
        }
    }
}
