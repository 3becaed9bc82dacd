//! Signature Version 4 of AWS, for requests whose body is signed as a whole.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::fmt::Write as _;
use takk_model::percent::{encoded, encoded_path};

use ring::{digest, hmac};
use url::Url;

use super::credentials::Credentials;
use super::moments::stamp;

/// A request to sign.
#[derive(Clone, Copy)]
pub struct Signable<'s> {
    pub method: &'s str,
    pub url: &'s Url,
    /// Names in lower case. `host`, `x-amz-date` and `x-amz-security-token` are added.
    pub headers: &'s [(&'s str, &'s str)],
    pub body: &'s [u8],
    pub region: &'s str,
    pub service: &'s str,
    /// Seconds since 1970.
    pub time: i64,
}

/// The headers to add: `x-amz-date`, `x-amz-security-token` if there is one, `authorization`.
pub fn sign(request: &Signable, credentials: &Credentials) -> Vec<(&'static str, String)> {
    let moment = stamp(request.time);
    let mut added = vec![("x-amz-date", moment.clone())];
    if let Some(token) = &credentials.session_token {
        added.push(("x-amz-security-token", token.expose().to_owned()));
    }
    let host = host(request.url);
    let mut headers: Vec<(&str, String)> = request.headers.iter().map(|(name, value)| (*name, folded(value))).collect();
    headers.extend(added.iter().map(|(name, value)| (*name, folded(value))));
    headers.push(("host", host));
    headers.sort();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines = headers.iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join("\n");
    let canonical = format!(
        "{}\n{}\n{}\n{lines}\n\n{names}\n{}",
        request.method,
        path(request.url),
        query(request.url),
        hex(digest::digest(&digest::SHA256, request.body).as_ref())
    );
    let scope = format!("{}/{}/{}/aws4_request", &moment[..8], request.region, request.service);
    let hash = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
    let text = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hash}");
    let mut key = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, format!("AWS4{}", credentials.secret.expose()).as_bytes()),
        &moment.as_bytes()[..8],
    );
    for part in [request.region, request.service, "aws4_request", &text] {
        key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()), part.as_bytes());
    }
    let signature = hex(key.as_ref());
    let id = &credentials.access_key_id;
    added.push((
        "authorization",
        format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"),
    ));
    added
}

/// The `Host` header: with the port if it is not the default.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The path, encoded a second time, as all services but S3 require.
fn path(url: &Url) -> String {
    if url.path().is_empty() { "/".to_owned() } else { encoded_path(url.path()) }
}

/// Names and values of the query, encoded and sorted.
fn query(url: &Url) -> String {
    let mut pairs: Vec<_> = url.query_pairs().map(|(name, value)| (encoded(&name), encoded(&value))).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// A value, trimmed, with each run of spaces replaced by one.
fn folded(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SecretText;

    /// The published test suite of AWS (`aws-sig-v4-test-suite`): its key, time, region and service.
    fn signature(method: &str, url: &str, headers: &[(&str, &str)], body: &str, session_token: Option<&str>) -> String {
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret: SecretText::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            session_token: session_token.map(SecretText::new),
            expires: None,
            source: String::new(),
        };
        let url = Url::parse(url).expect("a URL");
        let request = Signable {
            method,
            url: &url,
            headers,
            body: body.as_bytes(),
            region: "us-east-1",
            service: "service",
            time: 1_440_938_160,
        };
        let (_, authorization) = sign(&request, &credentials).pop().expect("it is the last");
        authorization.rsplit_once("Signature=").expect("it has one").1.to_owned()
    }

    #[test]
    fn the_published_vectors() {
        const FORM: &str = "application/x-www-form-urlencoded";
        const CHARSET: &str = "application/x-www-form-urlencoded; charset=utf8";
        type Case =
            (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);
        let cases: [Case; 8] = [
            ("get-vanilla", "GET", "/", &[], "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            (
                "get-vanilla-query-order-key-case",
                "GET",
                "/?Param2=value2&Param1=value1",
                &[],
                "",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "get-header-value-trim",
                "GET",
                "/",
                &[("my-header1", " value1"), ("my-header2", " \"a   b   c\"")],
                "",
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            ),
            ("post-vanilla", "POST", "/", &[], "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            (
                "post-vanilla-query",
                "POST",
                "/?Param1=value1",
                &[],
                "",
                "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
            ),
            ("post-header-key-case", "POST", "/", &[], "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            (
                "post-x-www-form-urlencoded",
                "POST",
                "/",
                &[("content-type", FORM)],
                "Param1=value1",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
            (
                "post-x-www-form-urlencoded-parameters",
                "POST",
                "/",
                &[("content-type", CHARSET)],
                "Param1=value1",
                "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
            ),
        ];
        for (name, method, path, headers, body, expected) in cases {
            let url = format!("https://example.amazonaws.com{path}");
            assert_eq!(signature(method, &url, headers, body, None), expected, "{name}");
        }
    }
}
