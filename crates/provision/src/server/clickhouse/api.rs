//! The HTTP interface of ClickHouse: a statement is the body of a `POST`, and rows come as lines of JSON.

use serde_json::Value;
use takk_model::error::{Error, Result};
use takk_model::percent::encoded;
use zeroize::Zeroizing;

use super::super::http::{Failure, Http};
use crate::login::cleaned;

/// Codes of errors: <https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp>.
pub(super) const SYNTAX_ERROR: u32 = 62;
pub(super) const UNKNOWN_DATABASE: u32 = 81;
pub(super) const UNKNOWN_USER: u32 = 192;
pub(super) const WRONG_PASSWORD: u32 = 193;
pub(super) const REQUIRED_PASSWORD: u32 = 194;
pub(super) const TOO_MANY_QUERIES: u32 = 202;
pub(super) const ACCESS_DENIED: u32 = 497;
pub(super) const AUTHENTICATION_FAILED: u32 = 516;

/// Those of a login that is not accepted.
pub(super) const OF_LOGINS: [u32; 4] = [UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, AUTHENTICATION_FAILED];

/// A client with one login.
pub(super) struct Api {
    http: Http,
    user: String,
    password: Zeroizing<String>,
}

/// A statement that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub text: String,
    /// The same without what a password is checked with.
    pub shown: String,
    /// What an error may not repeat.
    pub secrets: Vec<Zeroizing<String>>,
}

/// Why a statement was not done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The server says why not.
    Said {
        code: u32,
        message: String,
    },
    /// What answers is not ClickHouse.
    Other(String),
    Failed(Failure),
}

impl Api {
    pub(super) fn new(base: &str, roots: Option<&str>, user: &str, password: &Zeroizing<String>) -> Result<Self> {
        let http = Http::new(base, roots, vec![password.clone()])?;
        Ok(Self { http, user: user.to_owned(), password: password.clone() })
    }

    /// The rows of a query, each value as text; null is empty.
    pub(super) fn rows(&self, query: &str) -> Result<Vec<Vec<String>>, Refusal> {
        self.rows_in(query, None)
    }

    /// The same with the database of a program.
    pub(super) fn rows_in(&self, query: &str, database: Option<&str>) -> Result<Vec<Vec<String>>, Refusal> {
        let body = self.send(query, database, &[])?;
        let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let row = |line: &[u8]| Some(serde_json::from_slice::<Vec<Value>>(line).ok()?.into_iter().map(text).collect());
        let rows: Option<Vec<Vec<String>>> = lines.map(row).collect();
        rows.ok_or_else(|| Refusal::Other(format!("its answer is not a row: `{}`", self.http.said(&body))))
    }

    pub(super) fn run(&self, statement: &Statement) -> Result<(), Refusal> {
        self.send(&statement.text, None, &statement.secrets).map(drop)
    }

    fn send(&self, text: &str, database: Option<&str>, secrets: &[Zeroizing<String>]) -> Result<Vec<u8>, Refusal> {
        let headers = [("x-clickhouse-user", self.user.as_str()), ("x-clickhouse-key", self.password.as_str())];
        // The status tells how a statement ended only if the server has waited for that.
        let mut target = "/?wait_end_of_query=1&default_format=JSONCompactEachRow".to_owned();
        if let Some(database) = database {
            target = format!("{target}&database={}", encoded(database));
        }
        let reply = self.http.send("POST", &target, &headers, text.as_bytes()).map_err(Refusal::Failed)?;
        if reply.status == 200 {
            return Ok(reply.body);
        }
        let secrets = [secrets, std::slice::from_ref(&self.password)].concat();
        let said = cleaned(&reply.body, &secrets);
        match code(&said) {
            Some(code) => Err(Refusal::Said { code, message: said }),
            None => Err(Refusal::Other(format!("HTTP status {}: {said}", reply.status))),
        }
    }
}

/// `497` in `Code: 497. DB::Exception: …`.
fn code(said: &str) -> Option<u32> {
    said.strip_prefix("Code: ")?.split('.').next()?.parse().ok()
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

impl Refusal {
    pub(super) fn code(&self) -> Option<u32> {
        match self {
            Self::Said { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The error for people.
    pub(super) fn error(&self, doing: &str) -> Error {
        match self {
            Self::Said { code, message } => {
                let failure = Error::usage(format!("{doing}: {message}"));
                if OF_LOGINS.contains(code) { failure.hint("check user and password") } else { failure }
            }
            Self::Other(said) => Error::usage(format!("{doing}: it is not the HTTP interface of ClickHouse: {said}"))
                .hint("use its port: 8443 with TLS, 8123 without"),
            Self::Failed(failure) => failure.error(doing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_a_code() {
        assert_eq!(code("Code: 497. DB::Exception: adm: Not enough privileges. (ACCESS_DENIED)"), Some(ACCESS_DENIED));
        for other in ["", "Code: x. y", "<html>", "code: 1."] {
            assert_eq!(code(other), None, "{other}");
        }
    }
}
