//! The address of a server of MongoDB: `mongodb://user:password@host:27017`, with the parameters that drivers have:
//!
//! | parameter | meaning |
//! |---|---|
//! | `tls=true` | TLS; the certificate is verified, and the host name in it |
//! | `tlsCAFile=PATH` | the certificate authorities to trust, in place of the public ones |
//! | `authSource=NAME` | the database that has the administrator; `admin` where an address does not say |

use takk_model::error::{Error, Result};
use url::Url;
use zeroize::Zeroizing;

use super::super::scram_url::ScramUrl;
use crate::login::{MONGO_ADMIN, Tls};

/// The port where an address names none.
const PORT: u16 = 27017;
/// How an admin address is written.
pub(super) const FORM: &str = "mongodb://user:password@host:27017/?tls=true";

/// Where a server is, and who administers it.
pub(super) struct Address {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Zeroizing<String>,
    /// The database that has the user.
    pub source: String,
    pub tls: Option<Tls>,
    /// `tlsCAFile`, if the address names it.
    pub roots: Option<String>,
    /// The URL without its password and its parameters.
    pub shown: String,
}

fn wrong(why: &str) -> Error {
    Error::usage(format!("invalid URL of MongoDB: {why}")).hint(format!("write it as {FORM}"))
}

impl Address {
    /// Reads an address. No error contains a part of its password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.starts_with("mongodb+srv://") {
            return Err(wrong("takk looks up no SRV records; name one host, the primary or a router"));
        }
        let Some(rest) = text.strip_prefix("mongodb://") else { return Err(wrong("it does not begin with mongodb://")) };
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        if place.split(['/', '?']).next().is_some_and(|hosts| hosts.contains(',')) {
            return Err(wrong("it names several hosts; name one, the primary or a router"));
        }
        let url = Url::parse(text).map_err(|_| wrong("it is not a URL"))?;
        let (mut is_tls, mut roots, mut source) = (false, None, MONGO_ADMIN.to_owned());
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.as_ref()) {
                ("tls" | "ssl", "true") => is_tls = true,
                ("tls" | "ssl", "false") | ("directConnection", _) => {}
                ("tlsCAFile", file) => roots = Some(file.to_owned()),
                ("authSource", database) => database.clone_into(&mut source),
                _ => {
                    return Err(wrong(
                        "of its parameters, takk knows `tls=true`, `tlsCAFile`, `authSource` and `directConnection`",
                    ));
                }
            }
        }
        let ScramUrl { host, user, password, shown } = ScramUrl::of(&url, wrong)?;
        let tls = if is_tls { Some(tls(roots.as_deref())?) } else { None };
        Ok(Self { host, port: url.port().unwrap_or(PORT), user, password, source, tls, roots, shown })
    }
}

/// TLS with verification.
fn tls(roots: Option<&str>) -> Result<Tls> {
    Tls::verified(roots).map_err(|reason| Error::usage(reason.to_string()).hint("check the file that `tlsCAFile` names"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_drivers_read_it() {
        let address =
            Address::parse("mongodb://ada:s3cret%40@[::1]:7/?authSource=people&directConnection=true").expect("valid");
        assert_eq!((address.host.as_str(), address.port, address.user.as_str()), ("::1", 7, "ada"));
        assert_eq!((address.password.as_str(), address.source.as_str()), ("s3cret@", "people"));
        assert_eq!((address.shown.as_str(), address.tls.is_some()), ("mongodb://ada@[::1]:7", false));
        let address = Address::parse("mongodb://a:b@db.example.org?tls=true").expect("valid");
        assert_eq!((address.port, address.source.as_str(), address.tls.is_some()), (27017, "admin", true));
    }

    #[test]
    fn no_error_has_a_part_of_the_password() {
        for (text, words) in [
            ("s3cret", "does not begin"),
            ("mongodb+srv://a:s3cret@db", "SRV"),
            ("mongodb://a:s3cret@one:1,two:2/", "several hosts"),
            ("mongodb://a:s3cret@db/?replicaSet=s3cret", "of its parameters"),
            ("mongodb://a:s3cret@db/?tls=true&tlsCAFile=/no/file", "certificate authorities"),
            ("mongodb://a:s3cretä@db", "ASCII"),
            ("mongodb://s3cret@db", "a user and a password"),
            ("mongodb://a:s3cret@", "a URL"),
        ] {
            let error = format!("{:?}", Address::parse(text).err().expect(text));
            assert!(error.contains(words) && !error.contains("s3cret"), "{error}");
        }
    }
}
