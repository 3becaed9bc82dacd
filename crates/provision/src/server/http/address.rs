//! An admin address over HTTP: `https://user:password@host:port/path?name=value`.

use std::collections::BTreeMap;

use takk_model::error::{Error, Result};
use takk_model::percent::decoded;
use url::Url;
use zeroize::Zeroizing;

/// The parameter with the file of certificate authorities, as URIs of RabbitMQ call it.
const ROOTS: &str = "cacertfile";

/// Where an API is, and who uses it.
pub(in super::super) struct HttpAddress {
    pub is_https: bool,
    /// Without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Zeroizing<String>,
    /// Scheme, host, port and path, without a slash at the end.
    pub base: String,
    /// The parameters that the kind knows.
    pub parameters: BTreeMap<String, String>,
    /// The file with the certificate authorities to trust.
    pub roots: Option<String>,
    /// The address without its password and parameters.
    pub shown: String,
}

impl HttpAddress {
    /// Reads an address. `known` are the parameters of the kind, and `form` is how such an address is written. No error contains a part of
    /// the password.
    pub(in super::super) fn parse(text: &str, known: &[&str], form: &str) -> Result<Self> {
        let wrong = |why: String| Error::usage(why).hint(format!("write it as {form}"));
        let not_a_url = || wrong("the address is not a URL with a user and a password".to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(not_a_url)?;
        let is_https = match scheme {
            "https" => true,
            "http" => false,
            other if other.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) => {
                return Err(wrong(format!("`{other}` is not `https` or `http`")));
            }
            _ => return Err(not_a_url()),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // The password may contain what a URL would have encoded: secret keys have slashes.
        let (login, place) = rest.rsplit_once('@').ok_or_else(not_a_url)?;
        let (user, password) = login.split_once(':').ok_or_else(not_a_url)?;
        let text = |part: &str| String::from_utf8(decoded(part)).map_err(|_| not_a_url());
        let (user, password) = (text(user)?, Zeroizing::new(text(password)?));
        if user.is_empty() || password.is_empty() {
            return Err(not_a_url());
        }
        let url = Url::parse(&format!("{scheme}://{place}")).map_err(|_| not_a_url())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(not_a_url)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port_or_known_default().ok_or_else(not_a_url)?;
        let mut parameters = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = text(value)?;
            if name == ROOTS || known.contains(&name) {
                parameters.insert(name.to_owned(), value);
            } else {
                return Err(wrong(format!("the address has a parameter that takk does not know; it knows {}", names(known))));
            }
        }
        let base = url.as_str().trim_end_matches('/').to_owned();
        let shown = base.replacen("://", &format!("://{user}@"), 1);
        let roots = parameters.remove(ROOTS);
        if let Some(file) = &roots {
            super::super::tls::certificates(file)?;
        }
        Ok(Self { is_https, host, port, user, password, base, parameters, roots, shown })
    }

    /// A parameter, unless it is empty.
    pub(in super::super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

fn names(known: &[&str]) -> String {
    known.iter().chain([&ROOTS]).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "https://user:password@host:15671";

    #[test]
    fn an_address_is_read_in_parts() {
        let address = HttpAddress::parse("https://AKIA:a/b+c%40d@[::1]:8333/api/?region=eu-1", &["region"], FORM);
        let address = address.expect("it is one");
        assert_eq!((address.user.as_str(), address.password.as_str()), ("AKIA", "a/b+c@d"));
        assert_eq!((address.host.as_str(), address.port, address.base.as_str()), ("::1", 8333, "https://[::1]:8333/api"));
        assert_eq!((address.parameter("region"), address.shown.as_str()), (Some("eu-1"), "https://AKIA@[::1]:8333/api"));
        let plain = HttpAddress::parse("http://a:b@host", &[], FORM).expect("it is one");
        assert_eq!((plain.is_https, plain.port, plain.base.as_str()), (false, 80, "http://host"));
    }

    #[test]
    fn no_error_has_a_part_of_the_password() {
        for wrong in [
            "s3cret",
            "s3cret://a",
            "https://a:s3cret",
            "amqp://a:s3cret@host",
            "https://:s3cret@host",
            "https://a:@host",
            "https://a:s3cret@",
            "https://a:s3cret@host:s3cret",
            "https://a:s3cret@host?s3cret=1",
            "https://a:s3cret%ff@host",
            "https://a:s3cret@host?cacertfile=/nowhere.pem",
        ] {
            let error = HttpAddress::parse(wrong, &["region"], FORM).err().expect(wrong);
            let said = format!("{error:?}");
            assert!(!said.contains("s3cret") || said.contains("`s3cret` is not"), "{said}");
        }
    }
}
