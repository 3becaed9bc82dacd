//! Signs requests as AWS does (Signature Version 4).

use std::fmt::Write;

use ring::{digest, hmac};
use takk_model::percent::{encoded, encoded_path};
use zeroize::Zeroizing;

/// Who signs, for which service, and when.
pub(crate) struct Signing<'s> {
    pub access_key: &'s str,
    pub secret_key: &'s str,
    pub region: &'s str,
    pub service: &'s str,
    /// `20261129T132511Z`
    pub now: &'s str,
}

/// A request to sign.
pub(crate) struct Unsigned<'r> {
    pub method: &'r str,
    /// Host and port, as in the header `host`.
    pub authority: &'r str,
    pub path: &'r str,
    /// Sorted by name.
    pub query: &'r [(&'r str, &'r str)],
    /// Further headers to sign: in lowercase, whose names begin with `x-amz-` and come before `x-amz-content-sha256`.
    pub headers: &'r [(&'r str, &'r str)],
    pub body: &'r [u8],
}

/// What a signed request is sent with.
pub(crate) struct Signed {
    /// The path with its query.
    pub target: String,
    /// The headers, without those of the request itself.
    pub headers: Vec<(&'static str, String)>,
}

impl Signing<'_> {
    /// Signs a request.
    pub(crate) fn sign(&self, request: &Unsigned<'_>) -> Signed {
        let path = encoded_path(request.path);
        let pairs = request.query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let content = hex(digest::digest(&digest::SHA256, request.body).as_ref());
        let last = [("x-amz-content-sha256", content.as_str()), ("x-amz-date", self.now)];
        let all: Vec<_> =
            [("host", request.authority)].into_iter().chain(request.headers.iter().copied()).chain(last).collect();
        let names = all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines = all.iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join("\n");
        let text = format!("{}\n{path}\n{query}\n{lines}\n\n{names}\n{content}", request.method);
        let authorization = self.authorization(&names, &text);
        let headers = vec![
            ("host", request.authority.to_owned()),
            ("x-amz-content-sha256", content),
            ("x-amz-date", self.now.to_owned()),
            ("authorization", authorization),
        ];
        Signed { target: if query.is_empty() { path } else { format!("{path}?{query}") }, headers }
    }

    fn authorization(&self, names: &str, request: &str) -> String {
        let day = self.now.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let request = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{request}", self.now);
        let signature = signature(self.secret_key, [day, self.region, self.service, "aws4_request", &text]);
        format!("AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", self.access_key)
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
pub(crate) fn timestamp(date: &str) -> Option<String> {
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
