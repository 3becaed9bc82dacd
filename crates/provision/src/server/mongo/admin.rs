//! An admin address, and what the server says about the login that it names.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use takk_model::error::{Error, Result};

use super::super::{Facts, Lack};
use super::address::Address;
use crate::login::{MONGO_ADMIN, MongoError, MongoSession, NotReady};

/// The timeout of a session: databases take a while to be dropped.
const LONGEST: Duration = Duration::from_secs(30);
/// The maximum number of bytes that a session reads: rights and collections may be many.
const MOST: usize = 16 << 20;
/// The oldest server on which what is done here works: the first with `hello`.
const OLDEST: (u32, u32) = (4, 4);
/// What an admin needs on every database, and on the server.
const ON_DATABASES: &[&str] = &[
    "changeCustomData",
    "changePassword",
    "createUser",
    "dropDatabase",
    "dropUser",
    "grantRole",
    "listCollections",
    "revokeRole",
    "viewUser",
];
const ON_SERVER: &[&str] = &["killAnySession", "listDatabases"];
/// Roles that may do everything.
const TOO_WIDE: &[&str] = &["root", "__system"];
/// The codes of errors.
const UNAUTHORIZED: i64 = 13;
const AUTHENTICATION_FAILED: i64 = 18;
const MECHANISM_UNAVAILABLE: i64 = 334;

/// A login that may create users.
pub(super) struct MongoAdmin {
    pub(super) address: Address,
}

/// Why nothing can be created on a server, and what helps.
type Unfit = (&'static str, &'static str);

impl MongoAdmin {
    /// A session that may do what is needed.
    pub(super) fn open(&self) -> Result<(MongoSession, Facts)> {
        let (session, facts) = self.look()?;
        facts.refuse_lacks(&self.address.shown)?;
        Ok((session, facts))
    }

    /// Logs in and looks around.
    pub(super) fn look(&self) -> Result<(MongoSession, Facts)> {
        let doing = format!("cannot use {}", self.address.shown);
        let opened = self.read().map_err(|error| failed(&doing, &error))?;
        opened.map_err(|(why, hint)| Error::usage(format!("{doing}: {why}")).hint(hint))
    }

    /// A session, and what the server says; or why nothing can be created on it, and what helps.
    fn read(&self) -> Result<Result<(MongoSession, Facts), Unfit>, MongoError> {
        let Address { host, port, user, password, source, tls, .. } = &self.address;
        let mut session = MongoSession::open(host, *port, tls.as_ref(), Instant::now() + LONGEST, MOST)?;
        let hello = session.run(MONGO_ADMIN, &json!({ "hello": 1 }), &[])?;
        if hello["isWritablePrimary"] != true {
            return Ok(Err(("it is not a primary", "use the address of the primary, or of a router")));
        }
        match session.run(MONGO_ADMIN, &json!({ "listDatabases": 1, "nameOnly": true }), &[]) {
            Err(MongoError::Said { .. }) => {}
            Ok(_) => {
                let hint = "enable it, with security.authorization: enabled in mongod.conf";
                return Ok(Err(("it has no access control: everybody may do everything without a password", hint)));
            }
            Err(lost) => return Err(lost),
        }
        session.authenticate(source, user, password)?;
        let build = session.run(MONGO_ADMIN, &json!({ "buildInfo": 1 }), &[])?;
        let version = build["version"].as_str().unwrap_or_default().to_owned();
        if !is_supported(&version) {
            return Ok(Err(("it is older than MongoDB 4.4", "use MongoDB 4.4 or later")));
        }
        let status = session.run(MONGO_ADMIN, &json!({ "connectionStatus": 1, "showPrivileges": true }), &[])?;
        let lacks: Vec<Lack> = lack(&status["authInfo"]["authenticatedUserPrivileges"], user).into_iter().collect();
        let roles = list(&status["authInfo"]["authenticatedUserRoles"]);
        let wide = roles.iter().filter_map(|role| role["role"].as_str()).find(|role| TOO_WIDE.contains(role));
        let mut count = 0;
        if lacks.is_empty() {
            let listed = session.run(MONGO_ADMIN, &json!({ "listDatabases": 1, "nameOnly": true }), &[])?;
            count = list(&listed["databases"]).iter().filter(|database| !is_of_server(&database["name"])).count();
        }
        let facts = Facts {
            product: "MongoDB",
            version,
            user: user.clone(),
            too_wide: wide.map(|role| format!("{user} has the role {role}. takk needs less: {}", role_statement())),
            is_encrypted: tls.is_some(),
            noun: "database",
            holdings: BTreeMap::from([(String::new(), count)]),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks,
        };
        Ok(Ok((session, facts)))
    }
}

/// The elements of an array.
pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn is_supported(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) >= OLDEST
}

fn is_of_server(name: &Value) -> bool {
    ["admin", "config", "local"].iter().any(|own| name == own)
}

/// What an admin may not do that it needs.
fn lack(privileges: &Value, user: &str) -> Option<Lack> {
    let may = |action: &str, resource: &Value| {
        list(privileges).iter().any(|one| {
            let is_here = one["resource"] == *resource || one["resource"]["anyResource"] == true;
            is_here && list(&one["actions"]).iter().any(|known| known == action || known == "anyAction")
        })
    };
    let databases = ON_DATABASES.iter().filter(|action| !may(action, &json!({ "db": "", "collection": "" })));
    let server = ON_SERVER.iter().filter(|action| !may(action, &json!({ "cluster": true })));
    let missing: Vec<&str> = databases.chain(server).copied().collect();
    (!missing.is_empty()).then(|| Lack {
        right: missing.join(", "),
        remedy: format!(
            "as an administrator: {}; db.getSiblingDB(\"admin\").grantRolesToUser(\"{user}\", [\"takk_admin\"])",
            role_statement()
        ),
    })
}

/// What creates a role with the rights that an admin needs.
fn role_statement() -> String {
    let role = json!({
        "role": "takk_admin",
        "privileges": [
            { "resource": { "db": "", "collection": "" }, "actions": ON_DATABASES },
            { "resource": { "cluster": true }, "actions": ON_SERVER },
        ],
        "roles": [],
    });
    format!("db.getSiblingDB(\"admin\").createRole({role})")
}

/// What went wrong with a server, and what helps.
pub(super) fn failed(doing: &str, error: &MongoError) -> Error {
    match error {
        MongoError::Said { code, message } => {
            let failure = Error::usage(format!("{doing}: {message}"));
            match *code {
                AUTHENTICATION_FAILED => failure.hint(
                    "check user, password and the database of the user (authSource=admin); the user needs the mechanism SCRAM-SHA-256",
                ),
                MECHANISM_UNAVAILABLE => failure.hint("enable SCRAM-SHA-256 on the server, in authenticationMechanisms"),
                UNAUTHORIZED => failure.hint(format!("as an administrator, for the admin: {}", role_statement())),
                _ => failure,
            }
        }
        MongoError::Lost(NotReady::NoAnswer(_) | NotReady::Starting(_)) => Error::system(format!("{doing}: {}", lost(error)))
            .hint(
                "check host and port, whether the server runs, and whether it has TLS (tls=true) or not; what was begun continues with the \
                 same command",
            ),
        MongoError::Lost(NotReady::OtherServer(why)) if why.starts_with("TLS") => Error::usage(format!("{doing}: {why}"))
            .hint("use the host name in the certificate, and name the CA that signed it: tlsCAFile=/path/to/ca.pem"),
        MongoError::Lost(_) => Error::usage(format!("{doing}: {}", lost(error))),
    }
}

fn lost(error: &MongoError) -> String {
    NotReady::from(error.clone()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_counts_where_it_is_for_every_database() {
        let everywhere = json!({ "db": "", "collection": "" });
        let whole = json!([
            { "resource": everywhere, "actions": ON_DATABASES },
            { "resource": { "cluster": true }, "actions": ON_SERVER },
        ]);
        assert_eq!(lack(&whole, "adm"), None);
        assert_eq!(lack(&json!([{ "resource": { "anyResource": true }, "actions": ["anyAction"] }]), "adm"), None);
        let of_one = json!([{ "resource": { "db": "shop", "collection": "" }, "actions": ON_DATABASES }]);
        let lack = lack(&of_one, "adm").expect("it lacks rights");
        assert!(lack.right.starts_with("changeCustomData, changePassword") && lack.right.ends_with("listDatabases"));
    }

    #[test]
    fn old_servers_are_refused() {
        for (version, is_good) in [("4.2.24", false), ("4.4.0", true), ("8.3.1", true), ("10.0", true), ("", false)] {
            assert_eq!(is_supported(version), is_good, "{version}");
        }
    }
}
