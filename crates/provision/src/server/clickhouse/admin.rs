//! An admin address, and what the server says about the login that it names.

use std::collections::{BTreeMap, BTreeSet};

use takk_model::error::{Error, Result};

use super::super::http::HttpAddress;
use super::super::{Facts, Lack};
use super::api::{self, Api, Refusal};
use super::rights::{ALL, OWN, Rights, list};
use super::{HTTP, SECURE};
use crate::ledger::Entry;

/// How an address is written.
pub(super) const FORM: &str =
    "https://user:password@host:8443, with ?native=9440 if programs use another port for the native protocol";
/// The parameter with the port of the native protocol.
const NATIVE: &str = "native";
/// The oldest server on which what is done here works: before, logins do not end by themselves.
const OLDEST: (u32, u32) = (23, 9);
/// The databases of the server itself.
const SYSTEM: &str = "('INFORMATION_SCHEMA', 'information_schema', 'system')";

/// A login that may create users and databases.
pub(super) struct ClickhouseAdmin {
    pub address: HttpAddress,
    pub api: Api,
    /// The port of the native protocol.
    native: u16,
}

impl ClickhouseAdmin {
    /// Reads an address. No error contains a part of its password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let address = HttpAddress::parse(text, &[NATIVE], FORM)?;
        let wrong = |why: &str| Error::usage(why.to_owned()).hint(format!("write it as {FORM}"));
        if address.base.matches('/').count() > 2 {
            return Err(wrong("the address of a ClickHouse server has no path"));
        }
        let native = match address.parameter(NATIVE) {
            Some(port) => {
                port.parse().ok().filter(|port| *port != 0).ok_or_else(|| wrong("`native` of the address is not a port"))?
            }
            None if address.is_https => 9440,
            None => 9000,
        };
        let api = Api::new(&address.base, address.roots.as_deref(), &address.user, &address.password)?;
        Ok(Self { address, api, native })
    }

    /// Writes where programs reach the server into an entry.
    pub(super) fn write_place(&self, entry: &mut Entry) {
        entry.port = Some(self.native);
        entry.ports.insert(HTTP.to_owned(), self.address.port);
        entry.ssl_mode = self.address.is_https.then(|| SECURE.to_owned());
    }

    /// Whether an entry has it.
    pub(super) fn is_place_of(&self, entry: &Entry) -> bool {
        entry.port == Some(self.native) && entry.ports.get(HTTP) == Some(&self.address.port)
    }

    /// What the server says, if the admin may do what is needed.
    pub(super) fn open(&self) -> Result<Facts> {
        let facts = self.look()?;
        facts.refuse_lacks(&self.address.shown)?;
        Ok(facts)
    }

    /// Logs in and looks around.
    pub(super) fn look(&self) -> Result<Facts> {
        let doing = format!("cannot use {}", self.address.shown);
        let facts = self.read().map_err(|refusal| refusal.error(&doing))?;
        facts.map_err(|(why, hint)| Error::usage(format!("{doing}: {why}")).hint(hint))
    }

    /// What the server says; or why nothing can be created on it, and what helps.
    fn read(&self) -> Result<Result<Facts, (String, String)>, Refusal> {
        let rows = self.api.rows("SELECT version(), currentUser(), getSetting('readonly')")?;
        let [version, user, read_only] = rows.into_iter().next().and_then(|row| row.try_into().ok()).unwrap_or_default();
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
        if (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) < OLDEST {
            return Ok(Err((format!("it is ClickHouse {version}"), "use ClickHouse 23.9 or later".to_owned())));
        }
        if read_only != "0" {
            let hint = "use one whose settings have `readonly = 0`".to_owned();
            return Ok(Err((format!("the login {user} is read-only"), hint)));
        }
        let lacks = match self.rights() {
            Ok(rights) => lacks(&rights, &user),
            // It may not even ask what it may.
            Err(refusal) if refusal.code() == Some(api::ACCESS_DENIED) => {
                let none = Rights { granted: BTreeSet::new(), groups: BTreeMap::new() };
                lacks(&none, &user)
            }
            Err(refusal) => return Err(refusal),
        };
        let count = self.api.rows(&format!("SELECT count() FROM system.databases WHERE name NOT IN {SYSTEM}"))?;
        let count = count.first().and_then(|row| row.first()?.parse().ok()).unwrap_or_default();
        Ok(Ok(Facts {
            product: "ClickHouse",
            version,
            user,
            too_wide: None,
            is_encrypted: self.address.is_https,
            noun: "database",
            holdings: BTreeMap::from([(String::new(), count)]),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks,
        }))
    }

    fn rights(&self) -> Result<Rights, Refusal> {
        let granted = self.api.rows(
            "SELECT access_type, grant_option FROM system.grants WHERE (user_name = currentUser() OR role_name IN (SELECT \
             role_name FROM system.enabled_roles)) AND database IS NULL AND table IS NULL AND column IS NULL AND \
             is_partial_revoke = 0",
        )?;
        let groups = self.api.rows("SELECT privilege, parent_group FROM system.privileges")?;
        let pair = |row: Vec<String>| <[String; 2]>::try_from(row).ok();
        Ok(Rights {
            granted: granted.into_iter().filter_map(pair).map(|[right, passes]| (right, passes == "1")).collect(),
            groups: groups.into_iter().filter_map(pair).map(|[right, group]| (right, group)).collect(),
        })
    }
}

fn lacks(rights: &Rights, user: &str) -> Vec<Lack> {
    let (own, passed_on) = (rights.missing(OWN, false), rights.missing(ALL, true));
    let user = quoted(user);
    let mut lacks = Vec::new();
    if !own.is_empty() {
        let remedy = format!("as an administrator: GRANT {} ON *.* TO {user}", list(OWN));
        lacks.push(Lack { right: own.join(" and "), remedy });
    }
    if !passed_on.is_empty() {
        let remedy = format!("as an administrator: GRANT {} ON *.* TO {user} WITH GRANT OPTION", list(ALL));
        lacks.push(Lack { right: format!("the right to grant {}", passed_on.join(", ")), remedy });
    }
    lacks
}

/// A name.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// A text.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
