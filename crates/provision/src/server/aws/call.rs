//! A request that changes something.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use super::admin::AwsAdmin;
use super::client::{Client, Refusal};

/// Which service, and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// An action of the query protocol, with its parameters: of IAM, or of the service itself.
    Action { is_iam: bool, version: &'static str, name: &'static str, parameters: Vec<(String, String)> },
    /// A request of S3.
    Object { method: &'static str, path: String, query: Vec<(&'static str, &'static str)>, body: String },
}

/// The request, and the right that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Call {
    form: Form,
    /// `iam:CreateUser`
    pub right: String,
}

/// The version of IAM's protocol.
const IAM: &str = "2010-05-08";

impl Call {
    /// An action of IAM.
    pub(in super::super) fn iam(name: &'static str, parameters: &[(&str, &str)]) -> Self {
        Self::action(true, "iam", IAM, name, parameters)
    }

    /// An action of SQS.
    pub(in super::super) fn sqs(name: &'static str, parameters: &[(&str, &str)]) -> Self {
        Self::action(false, "sqs", "2012-11-05", name, parameters)
    }

    fn action(is_iam: bool, service: &str, version: &'static str, name: &'static str, parameters: &[(&str, &str)]) -> Self {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { form: Form::Action { is_iam, version, name, parameters }, right: format!("{service}:{name}") }
    }

    /// A request of S3 that needs a right.
    pub(in super::super) fn s3(
        right: &str,
        method: &'static str,
        path: String,
        query: &[(&'static str, &'static str)],
        body: String,
    ) -> Self {
        Self { form: Form::Object { method, path, query: query.to_vec(), body }, right: format!("s3:{right}") }
    }

    /// The same with tags as parameters.
    #[must_use]
    pub(in super::super) fn with_tags(mut self, prefix: &str, tags: &[(&'static str, String)]) -> Self {
        if let Form::Action { parameters, .. } = &mut self.form {
            for (number, (key, value)) in (1..).zip(tags) {
                parameters.push((format!("{prefix}.{number}.Key"), (*key).to_owned()));
                parameters.push((format!("{prefix}.{number}.Value"), value.clone()));
            }
        }
        self
    }

    /// Sends it. Returns the text of the response.
    pub(in super::super) fn send(&self, admin: &AwsAdmin) -> Result<String, Refusal> {
        let reply = match &self.form {
            Form::Action { is_iam, version, name, parameters } => {
                let client: &Client = if *is_iam { &admin.iam } else { &admin.client };
                let parameters: Vec<(&str, &str)> =
                    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                client.action(name, version, &parameters)?
            }
            Form::Object { method, path, query, body } => {
                // S3 wants a checksum of what changes tags and deletes, and of nothing else here.
                let sum = STANDARD.encode(digest(&SHA256, body.as_bytes()));
                let headers = [("x-amz-checksum-sha256", sum.as_str())];
                let headers = if body.is_empty() || query.is_empty() { &[][..] } else { &headers[..] };
                admin.client.send(method, path, query, headers, body.as_bytes())?
            }
        };
        Ok(String::from_utf8_lossy(&reply.body).into_owned())
    }

    /// The same, where nothing of that name is as good.
    pub(in super::super) fn send_if_there(&self, admin: &AwsAdmin) -> Result<Option<String>, Refusal> {
        match self.send(admin) {
            Ok(text) => Ok(Some(text)),
            Err(refusal) if refusal.is_missing() => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }
}

/// The request for people. None contains a secret.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Action { parameters, .. } => {
                f.write_str(&self.right)?;
                parameters.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
            }
            Form::Object { method, path, query, body } => {
                write!(f, "s3 {method} {path}")?;
                query.iter().try_for_each(|(name, _)| write!(f, "?{name}"))?;
                if body.is_empty() { Ok(()) } else { write!(f, " {body}") }
            }
        }
    }
}
