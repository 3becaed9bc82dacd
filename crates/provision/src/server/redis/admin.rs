//! An admin address, and what the server says about the login that it names.

use std::collections::BTreeMap;

use takk_model::error::{Error, Result};

use super::super::{Facts, Lack};
use super::address::Address;
use super::session::{Reply, Session, SessionError};

/// The oldest server: the first whose users have patterns for channels.
const OLDEST: (u32, u32) = (6, 2);
/// The first that has functions, read-only sorting, and tells what a user may do.
pub(super) const SEVEN: u32 = 7;

/// What the admin needs: a rule, and a command that needs it.
const NEEDS: &[(&str, &[&str])] = &[
    ("+acl", &["ACL", "SETUSER", "takk"]),
    ("+client", &["CLIENT", "KILL", "USER", "takk"]),
    ("+config|get", &["CONFIG", "GET", "aclfile"]),
    ("+config|rewrite", &["CONFIG", "REWRITE"]),
    ("+info", &["INFO"]),
    ("+select", &["SELECT", "0"]),
    ("+scan", &["SCAN", "0"]),
    ("+get", &["GET", "takk:owner:takk"]),
    ("+set", &["SET", "takk:owner:takk", "takk"]),
    ("+unlink", &["UNLINK", "takk", "other"]),
];

/// A login that may create users.
pub(super) struct RedisAdmin {
    pub(super) address: Address,
}

/// What a server says about itself and an admin.
pub(super) struct Server {
    pub about: Facts,
    pub major: u32,
}

impl RedisAdmin {
    /// A session that may do what is needed.
    pub(super) fn open(&self) -> Result<(Session, Server)> {
        let (session, server) = self.look()?;
        server.about.refuse_lacks(&self.address.shown)?;
        Ok((session, server))
    }

    /// Logs in and looks around.
    pub(super) fn look(&self) -> Result<(Session, Server)> {
        let doing = format!("cannot use {}", self.address.shown);
        let mut session = Session::open(&self.address).map_err(|error| failed(&doing, &error))?;
        let server = self.read(&mut session).map_err(|error| failed(&doing, &error))?;
        server.map(|server| (session, server)).map_err(|why| Error::usage(format!("{doing}: {}", why.0)).hint(why.1))
    }

    /// What the server says; or why nothing can be created on it, and what helps.
    fn read(&self, session: &mut Session) -> Result<Result<Server, (String, String)>, SessionError> {
        let information = session.ask(&["INFO"])?;
        let (product, version) = product(information.text());
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
        let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
        if (major, minor) < OLDEST {
            return Ok(Err((format!("it is {product} {version}"), "use Redis 6.2 or later, or Valkey".to_owned())));
        }
        if value(information.text(), "role") == Some("slave") {
            return Ok(Err(("it is a replica".to_owned(), "use the primary".to_owned())));
        }
        if let Some(mode @ ("cluster" | "sentinel")) = value(information.text(), "redis_mode") {
            let hint = "takk creates users on a server that is none of several".to_owned();
            return Ok(Err((format!("it runs as {mode}"), hint)));
        }
        let user = self.address.user.clone();
        let lacks = if major < SEVEN { Vec::new() } else { lacks(session, &user)? };
        let users = if lacks.is_empty() { session.ask(&["ACL", "LIST"])? } else { Reply::Nothing };
        let is_open = users.list().iter().any(|rule| is_open(rule.text()));
        let flush = if lacks.is_empty() && major >= SEVEN { may(session, &user, &["FLUSHALL"])? } else { user == "default" };
        let wide =
            flush.then(|| format!("{user} may do everything. takk needs less: ACL SETUSER takk_admin on >... {}", rules()));
        let open = is_open.then(|| {
            "the user default has no password: whoever reaches the server may read everything. ACL SETUSER default resetpass >..."
                .to_owned()
        });
        let warnings: Vec<String> = open.into_iter().chain(wide).collect();
        let about = Facts {
            product,
            version,
            user,
            too_wide: (!warnings.is_empty()).then(|| warnings.join("; ")),
            is_encrypted: self.address.tls.is_some(),
            noun: "user",
            holdings: BTreeMap::from([(String::new(), users.list().len())]),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks,
        };
        Ok(Ok(Server { about, major }))
    }
}

/// Whether a rule of `ACL LIST` lets everybody in who knows no password.
fn is_open(rule: &str) -> bool {
    rule.starts_with("user default on") && rule.split(' ').any(|word| word == "nopass")
}

/// The rules that an admin needs.
fn rules() -> String {
    let commands: Vec<&str> = NEEDS.iter().map(|(rule, _)| *rule).collect();
    format!("~* &* {}", commands.join(" "))
}

/// Whether a user may run a command.
fn may(session: &mut Session, user: &str, command: &[&str]) -> Result<bool, SessionError> {
    match session.ask(&[&["ACL", "DRYRUN", user], command].concat()) {
        Ok(reply) => Ok(reply.text() == "OK"),
        Err(error) if error.is("NOPERM") => Ok(false),
        Err(error) => Err(error),
    }
}

fn lacks(session: &mut Session, user: &str) -> Result<Vec<Lack>, SessionError> {
    let mut missing = Vec::new();
    for (rule, command) in NEEDS {
        if !may(session, user, command)? {
            missing.push(*rule);
        }
    }
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    // Whoever may not ask for its rights may have some of the others.
    let right = if missing.len() == NEEDS.len() { "+acl".to_owned() } else { missing.join(" ") };
    Ok(vec![Lack { right, remedy: format!("as an administrator: ACL SETUSER {user} {}", rules()) }])
}

/// The product and its version. Valkey reports the version of Redis that it is compatible with, and its own.
pub(super) fn product(information: &str) -> (&'static str, String) {
    match value(information, "valkey_version") {
        Some(version) => ("Valkey", version.to_owned()),
        None => ("Redis", value(information, "redis_version").unwrap_or_default().to_owned()),
    }
}

/// A value of `INFO`.
pub(super) fn value<'i>(information: &'i str, name: &str) -> Option<&'i str> {
    information.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// What went wrong with a server, and what helps.
pub(super) fn failed(doing: &str, error: &SessionError) -> Error {
    match error {
        SessionError::Refused(said) => {
            let failure = Error::usage(format!("{doing}: {said}"));
            match said.split(' ').next().unwrap_or_default() {
                "WRONGPASS" | "NOAUTH" => failure.hint("check user and password"),
                "DENIED" => failure.hint("the server has no password, and accepts connections of its own machine alone"),
                "READONLY" => failure.hint("the server is a replica: use the primary"),
                "NOPERM" => failure.hint(format!("as an administrator, for the admin: ACL SETUSER ... {}", rules())),
                _ => failure,
            }
        }
        SessionError::Unavailable(_) => Error::system(format!("{doing}: {error}")).hint(
            "check host and port, whether the server runs, and whether it has TLS (rediss://) or not (redis://); what was begun continues \
             with the same command",
        ),
        SessionError::Untrusted(_) => Error::usage(format!("{doing}: {error}"))
            .hint("use the host name in the certificate, and name the CA that signed it: rediss://...?ssl_ca_certs=/path/to/ca.pem"),
    }
}
