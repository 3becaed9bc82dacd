//! The address of a broker of Kafka: `kafka://user:password@host:9092`, with the parameters that kafka-python has:
//!
//! | parameter | meaning |
//! |---|---|
//! | `security_protocol=SASL_SSL` | TLS; the certificate is verified, and the host name in it |
//! | `security_protocol=SASL_PLAINTEXT`, or omitted | none |
//! | `ssl_cafile=PATH` | the certificate authorities to trust, in place of the public ones |
//! | `sasl_mechanism=SCRAM-SHA-256` | the only one that takk logs in with |

use takk_model::error::{Error, Result};
use url::Url;
use zeroize::Zeroizing;

use super::super::scram_url::ScramUrl;
use super::{ENCRYPTED, PLAIN};
use crate::login::Tls;

/// The port where an address names none.
const PORT: u16 = 9092;
/// How an admin address is written.
pub(super) const FORM: &str = "kafka://user:password@broker:9092/?security_protocol=SASL_SSL";

/// Where a broker is, and who administers it.
pub(super) struct Address {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Zeroizing<String>,
    pub tls: Option<Tls>,
    /// `ssl_cafile`, if the address names it.
    pub roots: Option<String>,
    /// The URL without its password and its parameters.
    pub shown: String,
}

fn wrong(why: &str) -> Error {
    Error::usage(format!("invalid URL of Kafka: {why}")).hint(format!("write it as {FORM}"))
}

impl Address {
    /// Reads an address. No error contains a part of its password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let Some(rest) = text.strip_prefix("kafka://") else { return Err(wrong("it does not begin with kafka://")) };
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        if place.split(['/', '?']).next().is_some_and(|hosts| hosts.contains(',')) {
            return Err(wrong("it names several brokers; name one"));
        }
        let url = Url::parse(text).map_err(|_| wrong("it is not a URL"))?;
        let (mut is_tls, mut roots) = (false, None);
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.as_ref()) {
                ("security_protocol", ENCRYPTED) => is_tls = true,
                ("security_protocol", PLAIN) | ("sasl_mechanism", "SCRAM-SHA-256") => {}
                ("ssl_cafile", file) => roots = Some(file.to_owned()),
                _ => {
                    return Err(wrong(
                        "of its parameters, takk knows `security_protocol=SASL_SSL`, `=SASL_PLAINTEXT`, `ssl_cafile` and \
                         `sasl_mechanism=SCRAM-SHA-256`",
                    ));
                }
            }
        }
        let ScramUrl { host, user, password, shown } = ScramUrl::of(&url, wrong)?;
        let tls = if is_tls { Some(tls(roots.as_deref())?) } else { None };
        Ok(Self { host, port: url.port().unwrap_or(PORT), user, password, tls, roots, shown })
    }
}

/// TLS with verification.
fn tls(roots: Option<&str>) -> Result<Tls> {
    Tls::verified(roots).map_err(|reason| Error::usage(reason.to_string()).hint("check the file that `ssl_cafile` names"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_parts() {
        let address = Address::parse("kafka://ada:s3cret%40@[::1]:7/?sasl_mechanism=SCRAM-SHA-256").expect("valid");
        assert_eq!((address.host.as_str(), address.port, address.user.as_str()), ("::1", 7, "ada"));
        assert_eq!((address.password.as_str(), address.shown.as_str()), ("s3cret@", "kafka://ada@[::1]:7"));
        let address = Address::parse("kafka://a:b@broker.example.org?security_protocol=SASL_SSL").expect("valid");
        assert_eq!((address.port, address.tls.is_some()), (9092, true));
    }

    #[test]
    fn no_error_has_a_part_of_the_password() {
        for (text, words) in [
            ("s3cret", "does not begin"),
            ("kafka://a:s3cret@one:1,two:2/", "several brokers"),
            ("kafka://a:s3cret@db/?sasl_mechanism=s3cret", "of its parameters"),
            ("kafka://a:s3cret@db/?security_protocol=SASL_SSL&ssl_cafile=/no/file", "certificate authorities"),
            ("kafka://a:s3cretä@db", "ASCII"),
            ("kafka://s3cret@db", "a user and a password"),
        ] {
            let error = format!("{:?}", Address::parse(text).err().expect(text));
            assert!(error.contains(words) && !error.contains("s3cret"), "{error}");
        }
    }
}
