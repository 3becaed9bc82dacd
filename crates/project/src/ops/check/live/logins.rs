//! Which stored values are logins to databases and brokers, and whether the user chose the server that gets them.
//!
//! A server that a stored value names is the choice of whoever stored it. One that the code names is not: a repository could name a server
//! of its own, and get the password.

use std::collections::{BTreeMap, HashMap};

use takk_catalog::catalog;
use takk_model::Origin;
use takk_plan::{EnvironmentPlan, PlannedResource, PlannedVariable};
use takk_provision::login::{LoginAddress, NotReady};
use takk_provision::provider::{PATIENCE, Verdict};
use takk_vault::SecretValue;

use super::{default_of, stored};

/// The parts of a resource that make a login.
const DSN: &str = "dsn";
const PASSWORD: &str = "password";
const PARTS: [&str; 6] = ["host", "port", "username", PASSWORD, "database", "ssl"];

/// A stored login.
pub(super) struct StoredLogin<'c> {
    /// The variable with the URL or the password.
    pub name: &'c str,
    pub variable: &'c PlannedVariable,
    /// What it is a login to: `PostgreSQL`.
    pub server: &'static str,
    /// Where; or why takk cannot tell.
    pub address: Result<LoginAddress, String>,
    /// The server that the code names, as `host:port`: nobody has chosen it.
    pub named_by_code: Option<String>,
    /// Whether takk created the credentials.
    pub is_created: bool,
}

/// The stored logins of an environment, in the order of the plan.
pub(super) fn find<'c>(plan: &'c EnvironmentPlan, values: &'c HashMap<String, SecretValue>) -> Vec<StoredLogin<'c>> {
    let known = plan.resources.iter().filter(|resource| LoginAddress::has(&resource.kind));
    known.flat_map(|resource| of_resource(plan, values, resource)).collect()
}

fn of_resource<'c>(
    plan: &'c EnvironmentPlan,
    values: &'c HashMap<String, SecretValue>,
    resource: &'c PlannedResource,
) -> Vec<StoredLogin<'c>> {
    let Some(kind) = catalog().kind(&resource.kind) else { return Vec::new() };
    let login = |name: &'c str, variable: &'c PlannedVariable, address, named_by_code| StoredLogin {
        name,
        variable,
        server: kind.display,
        address,
        named_by_code,
        is_created: variable.stored.as_ref().is_some_and(|stored| stored.origin == Origin::Provisioned.as_str()),
    };
    let mut found = Vec::new();
    let mut parts: BTreeMap<&str, &PlannedVariable> = BTreeMap::new();
    for variable in plan.variables.iter().filter(|variable| resource.variables.contains(&variable.declared.name)) {
        let part = variable.declared.resource.as_ref().filter(|part| part.kind == resource.kind);
        match part.map(|part| part.part.as_str()) {
            Some(DSN) => {
                if let Some((name, value)) = stored(variable, values) {
                    let address = LoginAddress::of_url(kind.name, value.expose()).map_err(|why| format!("its URL {why}"));
                    found.push(login(name, variable, address, None));
                }
            }
            Some(part) if PARTS.contains(&part) => {
                parts.entry(part).or_insert(variable);
            }
            _ => {}
        }
    }
    // A login has a password, unless the program reads none: then the server is what a person has set.
    let secret = parts.get(PASSWORD).or_else(|| parts.get("host"));
    let Some((variable, (name, _))) = secret.and_then(|variable| Some((*variable, stored(variable, values)?))) else {
        return found;
    };
    let part = |name: &str| {
        let variable = parts.get(name)?;
        stored(variable, values).map(|(_, value)| value.expose().to_owned()).or_else(|| default_of(variable))
    };
    if let Some(address) = LoginAddress::of_parts(kind.name, &part) {
        let address = address.map_err(|why| format!("the login {why}"));
        let is_chosen = |name: &str| parts.get(name).is_some_and(|variable| stored(variable, values).is_some());
        let named = address.as_ref().ok().filter(|address| {
            !is_chosen("host") || (!is_chosen("port") && address.port != LoginAddress::usual_port(kind.name))
        });
        let named = named.map(|address| format!("{}:{}", address.host, address.port));
        found.push(login(name, variable, address, named));
    }
    found
}

/// Logs in, and says what that proves.
pub(super) fn prove(server: &str, address: &LoginAddress) -> Verdict {
    match address.log_in(PATIENCE) {
        Ok(_) => Verdict::Works,
        Err(NotReady::Refused(why)) => Verdict::Refused(format!("{server} refuses the login: {why}")),
        Err(NotReady::Open) => {
            Verdict::NotProved(format!("{server} has no password: it accepts everyone, which proves nothing"))
        }
        Err(NotReady::NoAnswer(why)) => Verdict::NotProved(format!("{server} cannot be reached: {why}")),
        Err(NotReady::Starting(why)) => Verdict::NotProved(format!("{server} is not ready: {why}")),
        Err(NotReady::OtherServer(why)) => {
            Verdict::NotProved(format!("what answers is no {server} that the login could be sent to: {why}"))
        }
    }
}
