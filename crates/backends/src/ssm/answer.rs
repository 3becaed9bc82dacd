//! What SSM answers: parameters, or the code of an error.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::backend::Fetched;
use crate::error::{Error, shown};
use crate::http::Answer;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Parameters {
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    #[serde(default)]
    pub invalid_parameters: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Parameter {
    pub name: String,
    #[serde(rename = "ARN")]
    pub arn: Option<String>,
    /// `:3`, as requested.
    pub selector: Option<String>,
    pub value: Option<Zeroizing<String>>,
    pub version: Option<u64>,
    /// Seconds since 1970, with a fraction.
    pub last_modified_date: Option<f64>,
}

impl Parameter {
    /// Whether it is the parameter that this name requested.
    pub(super) fn is_asked_by(&self, asked: &str) -> bool {
        let selector = self.selector.as_deref().unwrap_or_default();
        let is = |name: &str| asked.strip_prefix(name).is_some_and(|rest| rest == selector || rest.is_empty());
        is(&self.name) || self.arn.as_deref().is_some_and(is) || asked.strip_prefix(&self.name) == Some(&*self.versioned())
    }

    fn versioned(&self) -> String {
        self.version.map_or_else(String::new, |version| format!(":{version}"))
    }

    pub(super) fn changed(&self) -> Option<SystemTime> {
        let since = Duration::try_from_secs_f64(self.last_modified_date?).ok()?;
        UNIX_EPOCH.checked_add(since)
    }

    pub(super) fn version(&self) -> Option<String> {
        self.version.map(|version| version.to_string())
    }

    pub(super) fn fetched(&self) -> Option<Fetched> {
        let text = self.value.as_ref()?.as_str();
        Some(Fetched { version: self.version(), changed: self.changed(), ..Fetched::new(text) })
    }
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type", default)]
    code: String,
    #[serde(alias = "Message", default)]
    message: String,
}

/// A gateway's XML response to a request that did not reach SSM.
fn xml(text: &str) -> Refusal {
    let tag = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(text, _)| text.trim().to_owned())
    };
    Refusal { code: tag("Code").unwrap_or_default(), message: tag("Message").unwrap_or_default() }
}

/// A response without success.
pub(super) struct Refused {
    pub code: String,
    message: String,
    status: u16,
    retry_after: Option<Duration>,
}

impl Refused {
    /// `secrets` are those that were sent.
    pub(super) fn of(answer: &Answer, secrets: &[&str]) -> Self {
        let refusal: Refusal =
            serde_json::from_slice(&answer.body).unwrap_or_else(|_| xml(&String::from_utf8_lossy(&answer.body)));
        let code = refusal.code.rsplit('#').next().unwrap_or_default();
        let code: String = code.chars().take_while(char::is_ascii_alphanumeric).take(100).collect();
        Self { code, message: shown(&refusal.message, secrets), status: answer.status, retry_after: answer.retry_after }
    }

    /// Whether the signature has expired, by AWS' clock.
    pub(super) fn is_about_time(&self) -> bool {
        let is_by_code = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"].contains(&self.code.as_str());
        let is_by_text = ["Signature expired", "Signature not yet current"].iter().any(|text| self.message.contains(text));
        is_by_code || (self.code == "InvalidSignatureException" && is_by_text)
    }

    /// Whether other keys may help, because these have expired.
    pub(super) fn is_about_age(&self) -> bool {
        ["ExpiredToken", "ExpiredTokenException"].contains(&self.code.as_str())
    }

    /// Whether permission is missing, perhaps for only one of several names.
    pub(super) fn is_denied(&self) -> bool {
        self.code.starts_with("AccessDenied")
    }

    /// The error. `what` describes the operation, the place and the identity.
    pub(super) fn error(&self, what: &str) -> Error {
        let code = if self.code.is_empty() { format!("status {}", self.status) } else { self.code.clone() };
        match self.code.as_str() {
            _ if self.is_about_time() => Error::auth(format!("{what}: the clock of this machine differs from that of AWS"))
                .hint("set the clock: a signature is valid for five minutes"),
            _ if self.is_about_age() => Error::auth(format!("{what}: the credentials have expired"))
                .hint("log in again, or give the program credentials that renew themselves: a role, or a profile"),
            // AWS says who was denied what. Its message does not contain the request.
            _ if self.is_denied() => Error::auth(format!("{what}: access denied: {}", self.message))
                .hint("allow ssm:GetParameters for these parameters, and kms:Decrypt for the key that encrypts them"),
            "InvalidSignatureException" | "SignatureDoesNotMatch" => {
                Error::auth(format!("{what}: the secret access key does not match the access key ID"))
                    .hint("check AWS_SECRET_ACCESS_KEY, or the profile")
            }
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidAccessKeyId"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignature"
            | "AuthFailure"
            | "NotAuthorized" => Error::auth(format!("{what}: AWS does not know the credentials ({code})"))
                .hint("check the keys, the session token, the region and the partition"),
            "OptInRequired" | "UnauthorizedAccessException" | "UnauthorizedOperation" => {
                Error::auth(format!("{what}: {code}: {}", self.message))
            }
            "InvalidKeyId" => Error::auth(format!("{what}: the KMS key that encrypts it cannot be used: {}", self.message))
                .hint("check that the key is enabled, and allow kms:Decrypt for it"),
            "ValidationException" | "InvalidParameterException" => {
                Error::config(format!("{what}: {}", self.message)).hint("correct the name or the version")
            }
            "ParameterNotFound" | "ParameterVersionNotFound" => Error::not_found(format!("{what}: it does not exist")),
            _ if self.status >= 500
                || self.status == 429
                || self.code.contains("Throttl")
                || self.code.contains("LimitExceeded")
                || ["TooManyRequestsException", "ServiceUnavailable", "InternalServerError", "InternalFailure"]
                    .contains(&self.code.as_str()) =>
            {
                Error::transient(format!("{what}: {code}")).retry_after(self.retry_after).hint("try again later")
            }
            _ if (300..400).contains(&self.status) => {
                Error::config(format!("{what}: it redirects, but the request is not signed for another URL"))
                    .hint("check AWS_ENDPOINT_URL and the region")
            }
            "" => Error::config(format!("{what}: the response is not from SSM (status {})", self.status))
                .hint("check AWS_ENDPOINT_URL and the region"),
            _ => Error::config(format!("{what}: {code}: {}", self.message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn refused(status: u16, body: &str) -> Refused {
        let answer =
            Answer { status, location: None, date: None, retry_after: None, body: Zeroizing::new(body.as_bytes().to_vec()) };
        Refused::of(&answer, &["hunter2"])
    }

    #[test]
    fn every_code_has_a_kind_and_no_error_has_a_secret() {
        use ErrorKind::{Auth, Config, SecretNotFound, Transient};
        for (status, code, kind) in [
            (400, "AccessDeniedException", Auth),
            (400, "com.amazon.coral.service#UnrecognizedClientException", Auth),
            (400, "InvalidSignatureException", Auth),
            (400, "ExpiredTokenException", Auth),
            (400, "RequestTimeTooSkewed", Auth),
            (400, "InvalidKeyId", Auth),
            (400, "ThrottlingException", Transient),
            (429, "", Transient),
            (500, "InternalServerError", Transient),
            (503, "", Transient),
            (400, "ValidationException", Config),
            (400, "ParameterNotFound", SecretNotFound),
            (400, "SomethingNew", Config),
            (200, "", Config),
            (302, "", Config),
        ] {
            let body = format!(r#"{{"__type": "{code}", "message": "about hunter2\nin two lines"}}"#);
            let error = refused(status, &body).error("cannot read `/a`");
            assert_eq!(error.kind(), kind, "{code}: {error}");
            assert!(!error.to_string().contains("hunter2") && !error.to_string().contains('\n'), "{error}");
        }
        let error = refused(403, "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>").error("x");
        assert_eq!(error.kind(), Auth, "{error}");
        for body in ["", "<html>", "[]", "{\"__type\": 7}", "null", "{\"__type\":\"<script>\"}"] {
            assert_eq!(refused(200, body).error("x").kind(), Config, "{body}");
        }
    }

    #[test]
    fn a_parameter_is_what_was_asked_for() {
        let parameter = |json: &str| serde_json::from_str::<Parameter>(json).expect(json);
        let plain = parameter(
            r#"{"Name": "/a", "Value": "x", "Version": 3, "LastModifiedDate": 1.5, "ARN": "arn:aws:ssm:x:1:parameter/a"}"#,
        );
        assert!(plain.is_asked_by("/a") && plain.is_asked_by("arn:aws:ssm:x:1:parameter/a") && !plain.is_asked_by("/ab"));
        let fetched = plain.fetched().expect("it has a value");
        assert_eq!((fetched.text.expose(), fetched.version.as_deref()), ("x", Some("3")));
        assert_eq!(fetched.changed, UNIX_EPOCH.checked_add(Duration::from_millis(1500)));
        let pinned = parameter(r#"{"Name": "/a", "Selector": ":2", "Value": "x", "Version": 2}"#);
        assert!(pinned.is_asked_by("/a:2") && !pinned.is_asked_by("/a:3"));
    }
}
