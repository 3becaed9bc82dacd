//! Signs requests like AWS (Signature Version 4), with the server's own clock: this machine's may be wrong, for example after a
//! virtual machine slept.

use std::fmt::Write;

use ring::{digest, hmac};
use takk_model::percent::{encoded, encoded_path};
use zeroize::Zeroizing;

use super::http::{Http, Reply};
use super::words::malformed;
use super::{Login, NotReady};

/// The region for servers without regions.
const REGION: &str = "us-east-1";

/// Signs requests to one service of a server.
pub(super) struct Signer<'l> {
    http: Http<'l>,
    login: &'l Login<'l>,
    service: &'static str,
    /// The server's time: `20261129T132511Z`.
    now: String,
}

impl<'l> Signer<'l> {
    /// Asks the server for its time with an unsigned request.
    pub(super) fn new(http: Http<'l>, login: &'l Login<'l>, service: &'static str) -> Result<Self, NotReady> {
        let date = http.get("/")?.date;
        let now = date.as_deref().and_then(timestamp).ok_or_else(|| malformed("a service like those of AWS"))?;
        Ok(Self { http, login, service, now })
    }

    /// Sends a signed request. The query must be sorted by name.
    pub(super) fn send(&self, method: &str, path: &str, query: &[(&str, &str)], body: &[u8]) -> Result<Reply, NotReady> {
        let path = encoded_path(path);
        let pairs: Vec<_> = query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let query = pairs.join("&");
        let content = hex(digest::digest(&digest::SHA256, body).as_ref());
        let authorization = self.authorization(method, &path, &query, &content);
        let mut headers = vec![
            ("host", self.http.authority.as_str()),
            ("x-amz-content-sha256", &content),
            ("x-amz-date", &self.now),
            ("authorization", &authorization),
        ];
        if !body.is_empty() {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let target = if query.is_empty() { path } else { format!("{path}?{query}") };
        self.http.send(method, &target, &headers, body)
    }

    fn authorization(&self, method: &str, path: &str, query: &str, content: &str) -> String {
        let region = self.login.credential("region").unwrap_or(REGION);
        let day = &self.now[..8];
        let scope = format!("{day}/{region}/{}/aws4_request", self.service);
        let signed = "host;x-amz-content-sha256;x-amz-date";
        let headers = format!("host:{}\nx-amz-content-sha256:{content}\nx-amz-date:{}\n", self.http.authority, self.now);
        let request = format!("{method}\n{path}\n{query}\n{headers}\n{signed}\n{content}");
        let request = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{request}", self.now);
        let secret = self.login.credential("secret_key").unwrap_or_default();
        let signature = signature(secret, [day, region, self.service, "aws4_request", &text]);
        let access_key = self.login.credential("access_key").unwrap_or_default();
        format!("AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={signed}, Signature={signature}")
    }
}

/// The result of each step is the key of the next; the last is the signature.
fn signature(secret: &str, steps: [&str; 5]) -> String {
    let start = Zeroizing::new(format!("AWS4{secret}").into_bytes());
    let last = steps.iter().fold(start, |key, step| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        Zeroizing::new(hmac::sign(&key, step.as_bytes()).as_ref().to_vec())
    });
    hex(&last)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Converts the time of an HTTP header, `Sun, 29 Nov 2026 13:25:11 GMT`, to the format for signatures.
fn timestamp(date: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = date.split([' ', ':']).collect();
    let [_, day, month, year, hour, minute, second, "GMT"] = parts[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let is_number = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let are_numbers = is_number(year, 4) && [day, hour, minute, second].into_iter().all(|text| is_number(text, 2));
    are_numbers.then(|| format!("{year}{month:02}{day}T{hour}{minute}{second}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_aws_documents() {
        // The example "GET Bucket (List Objects)" in the Amazon S3 documentation of the Authorization header.
        let text = "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n\
                    df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7";
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        assert_eq!(
            signature(secret, ["20130524", "us-east-1", "s3", "aws4_request", text]),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        );
    }

    #[test]
    fn a_time_of_http_is_one_of_a_signature() {
        assert_eq!(timestamp("Sun, 29 Nov 2026 13:25:11 GMT").as_deref(), Some("20261129T132511Z"));
        for date in
            ["", "Sun, 29 Nov 2026 13:25:11", "Sun, 29 Foo 2026 13:25:11 GMT", "x, ٣٣ Nov 2026 13:25:11 GMT", "1 2 3 4 5 6 7 8"]
        {
            assert_eq!(timestamp(date), None, "{date}");
        }
    }
}
