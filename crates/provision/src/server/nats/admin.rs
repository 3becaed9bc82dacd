//! The administrator that an address names: what the server says about it, and whether it may do what is needed.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use takk_model::error::{Error, Result};

use super::super::{Facts, Lack};
use super::address::{Address, FORM};
use super::found::{LIST, accounts, lookup};
use super::jwt::signed;
use super::session::{Session, SessionError};

/// The subject that creates and changes accounts.
pub(super) const UPDATE: &str = "$SYS.REQ.CLAIMS.UPDATE";
/// The subject that deletes them.
pub(super) const DELETE: &str = "$SYS.REQ.CLAIMS.DELETE";
/// What an admin needs to publish to and to subscribe to, as `nsc` takes it.
const RIGHTS: &str = "--allow-pub '$SYS.REQ.CLAIMS.*,$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP' --allow-sub '_INBOX.takk.>'";
/// The block of the configuration with which a server keeps accounts.
const RESOLVER: &str =
    "resolver: { type: full, dir: /var/lib/nats/jwt, allow_delete: true } in the configuration of the server";

/// A user of the system account, and a key of the operator.
pub(super) struct NatsAdmin {
    pub address: Address,
}

impl NatsAdmin {
    /// A session that may do what is needed.
    pub(super) fn open(&self) -> Result<Session> {
        let mut session = self.session()?;
        let mut lacks = Vec::new();
        self.check_deletion(&mut session, &mut lacks).map_err(|error| self.failed(&error))?;
        match lacks.first() {
            Some(lack) => Err(self.lacking(lack)),
            None => Ok(session),
        }
    }

    fn session(&self) -> Result<Session> {
        let Address { place, jwt, user, .. } = &self.address;
        match Session::open(place, jwt, user) {
            Err(SessionError::Denied(_)) => Err(self.lacking(&self.lack("the permission to subscribe to _INBOX.takk.>"))),
            answer => answer.map_err(|error| self.failed(&error)),
        }
    }

    /// Logs in and looks around.
    pub(super) fn look(&self) -> Result<Facts> {
        let mut session = self.session()?;
        let mut lacks = Vec::new();
        let (number, is_wide) = self.probe(&mut session, &mut lacks).map_err(|error| self.failed(&error))?;
        let user = self.address.name.clone();
        Ok(Facts {
            product: "NATS",
            version: session.version.clone(),
            too_wide: is_wide.then(|| {
                format!("{user} may use all of the system account. takk needs less: nsc add user takk --account SYS {RIGHTS}")
            }),
            user,
            is_encrypted: session.is_encrypted,
            noun: "account",
            holdings: BTreeMap::from([(String::new(), number)]),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks,
        })
    }

    /// Asks for each right without changing anything: how many accounts there are, and whether the user may do more than takk needs.
    fn probe(&self, session: &mut Session, lacks: &mut Vec<Lack>) -> Result<(usize, bool), SessionError> {
        let number = self.permitted(lacks, LIST, accounts(session))?.map_or(0, |accounts| accounts.len());
        let subject = lookup(&self.address.account);
        self.permitted(lacks, &lookup("*"), session.ask(&subject, b""))?;
        // Not a JWT, so that nothing is updated.
        self.permitted(lacks, UPDATE, session.ask(UPDATE, b"takk"))?;
        self.check_deletion(session, lacks)?;
        // One user who gets all permissions that are missing has what is needed.
        lacks.dedup_by(|next, lack| {
            let is_same = next.remedy == lack.remedy;
            if is_same {
                lack.right = format!("{} and {}", lack.right, next.right);
            }
            is_same
        });
        Ok((number, session.ask("$SYS.REQ.SERVER.PING", b"").is_ok()))
    }

    /// Deletes no accounts, which only works if the server trusts the operator's key and deletes accounts at all.
    fn check_deletion(&self, session: &mut Session, lacks: &mut Vec<Lack>) -> Result<(), SessionError> {
        let Some(said) = self.permitted(lacks, DELETE, self.delete(session, &[]))? else { return Ok(()) };
        let refusal = refusal(&said).unwrap_or_default();
        if refusal.contains("delete must be enabled") {
            let remedy = format!("so that what takk creates can be removed: {RESOLVER}");
            lacks.push(Lack { right: "a server that deletes accounts".to_owned(), remedy });
        } else if !refusal.is_empty() {
            let remedy =
                "use a key of the operator that the server has in its configuration: nsc list keys --operator".to_owned();
            lacks.push(Lack { right: "the trust of the server in the operator's key".to_owned(), remedy });
        }
        Ok(())
    }

    /// Deletes accounts; the response of the server.
    pub(super) fn delete(&self, session: &mut Session, accounts: &[&str]) -> Result<Value, SessionError> {
        let operator = &self.address.operator;
        let claims = json!({ "sub": operator.public(), "nats": { "type": "generic", "version": 2, "accounts": accounts } });
        session.ask_json(DELETE, signed(claims, operator).as_bytes())
    }

    /// Notes a permission that is missing.
    fn permitted<T>(
        &self,
        lacks: &mut Vec<Lack>,
        subject: &str,
        answer: Result<T, SessionError>,
    ) -> Result<Option<T>, SessionError> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(SessionError::Denied(_)) => {
                lacks.push(self.lack(&format!("the permission to publish to {subject}")));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn lack(&self, right: &str) -> Lack {
        Lack { right: right.to_owned(), remedy: format!("nsc add user NAME --account SYS {RIGHTS}, and use its .creds") }
    }

    fn lacking(&self, lack: &Lack) -> Error {
        Error::usage(format!("{} lacks {}", self.address.shown, lack.right)).hint(lack.remedy.clone())
    }

    fn failed(&self, error: &SessionError) -> Error {
        failed(&format!("cannot use {}", self.address.shown), error)
    }
}

/// What the server refuses a request for accounts with.
pub(super) fn refusal(said: &Value) -> Option<String> {
    let error = said.get("error")?;
    let words = error["description"].as_str().unwrap_or("it gives no reason");
    Some(crate::login::cleaned(words.as_bytes(), &[]))
}

/// What went wrong with a server, and what helps.
pub(super) fn failed(doing: &str, error: &SessionError) -> Error {
    let message = format!("{doing}: {error}");
    match error {
        SessionError::Unavailable(_) => Error::system(message)
            .hint("check host and port, and whether the server runs; what was begun continues with the same command"),
        SessionError::Untrusted(_) => Error::usage(message).hint(
            "use the host name in the certificate, and name the CA that signed it: tls://host:4222?cacertfile=/path/to/ca.pem",
        ),
        SessionError::OtherServer(_) => Error::usage(message).hint(format!("the server needs an operator, and {RESOLVER}")),
        SessionError::Refused(_) => Error::usage(message)
            .hint("check whether the user is one of this server, has expired, or was revoked")
            .hint(format!("write it as {FORM}")),
        SessionError::Denied(_) => {
            Error::usage(message).hint(format!("nsc add user NAME --account SYS {RIGHTS}, and use its .creds"))
        }
        SessionError::NoResponders(_) => Error::usage(message)
            .hint("the user must be one of the system account: system_account in the configuration of the server")
            .hint(format!("and the server must keep accounts itself, not in memory or as a cache: {RESOLVER}")),
    }
}
