//! What `takk provision` says, for people and as JSON.

use serde::Serialize;

use super::palette::{DIM, DOUBTFUL, GOOD, HEADING, NAME, line, paint};
use takk_model::EnvironmentName;
use takk_model::age::{age, until};
use takk_model::counted::counted;
use takk_project::ops::provision::Statements;
use takk_project::ops::provision::admin::{Checked, Listed};

/// An admin address that was checked and stored.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckedAddress {
    pub kind: String,
    pub environment: String,
    /// The address without its password.
    pub address: String,
    /// `PostgreSQL`
    pub product: String,
    pub version: String,
    /// The admin may do more than takk needs.
    pub is_too_wide: bool,
    pub is_encrypted: bool,
    /// What the server holds: `database`.
    pub holds: String,
    /// How many of these are there, by owner.
    pub holdings: std::collections::BTreeMap<String, usize>,
    /// Those that every login may use.
    pub open_to_all: Vec<String>,
}

pub fn checked_of(checked: &Checked) -> CheckedAddress {
    let facts = &checked.facts;
    CheckedAddress {
        kind: checked.kind.clone(),
        environment: checked.environment.to_string(),
        address: checked.shown.clone(),
        product: facts.product.clone(),
        version: facts.version.clone(),
        is_too_wide: facts.too_wide.is_some(),
        is_encrypted: facts.is_encrypted,
        holds: facts.noun.clone(),
        holdings: facts.holdings.clone(),
        open_to_all: facts.open_to_all.clone(),
    }
}

/// The product, the version, and what the server contains.
pub fn checked(checked: &Checked) -> String {
    let facts = &checked.facts;
    let tls = if facts.is_encrypted { "over TLS" } else { "without TLS" };
    let product = format!("{} {}", facts.product, facts.version);
    let mut text = line!("{} {} {tls}, as {}", paint(GOOD, "checked"), product.trim_end(), facts.user);
    let total: usize = facts.holdings.values().sum();
    let owned = facts.holdings.iter().filter(|(owner, _)| !owner.is_empty());
    let owners: Vec<String> = owned.map(|(owner, count)| format!("{count} of {owner}")).collect();
    let owners = if owners.is_empty() { String::new() } else { format!(" ({})", owners.join(", ")) };
    text.push_str(&line!("There: {}{owners}", counted(total, &facts.noun)));
    if !facts.open_to_all.is_empty() {
        let names = facts.open_to_all.join(", ");
        text.push_str(&line!("{}", paint(DOUBTFUL, &format!("Every login of this server may connect to: {names}"))));
        text.push_str(&line!("{}", paint(DIM, &format!("their owners can change that: {}", facts.open_hint))));
    }
    text.push_str(&line!("Stored the admin address of {} in `{}`.", checked.kind, checked.environment));
    text.push_str(&line!("{} takk provision --env {} --dry-run", paint(HEADING, "Next:"), checked.environment));
    text
}

/// An admin address, without its password.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedAddress {
    pub kind: String,
    pub address: String,
    pub version: i64,
    pub author: String,
    /// When it was stored, in milliseconds since 1970.
    pub stored_at: i64,
}

pub fn listed_of(listed: &[Listed]) -> Vec<ListedAddress> {
    let one = |listed: &Listed| ListedAddress {
        kind: listed.kind.clone(),
        address: listed.shown.clone(),
        version: listed.version,
        author: listed.author.clone(),
        stored_at: listed.written_at,
    };
    listed.iter().map(one).collect()
}

pub fn listed(listed: &[Listed], environment: &EnvironmentName, now: i64) -> String {
    if listed.is_empty() {
        let mut text = line!("`{environment}` has no admin address.");
        text.push_str(&line!("{} takk provision admin set postgres --env {environment}", paint(HEADING, "Next:")));
        return text;
    }
    let one = |one: &Listed| {
        let facts = format!("stored {} by {}", age(one.written_at, now), one.author);
        line!("{}  {}  {}", paint(NAME, &one.kind), one.shown, paint(DIM, &facts))
    };
    listed.iter().map(one).collect()
}

pub fn unset(kind: &str, environment: &EnvironmentName, was_set: bool) -> String {
    if was_set {
        line!("Removed the admin address of {kind} from `{environment}`. What was created with it stays.")
    } else {
        line!("`{environment}` has no admin address of {kind}.")
    }
}

pub fn unprotected(keys: &[String], environment: &EnvironmentName, end: i64, now: i64) -> String {
    line!("{} can be removed from `{environment}`: protected again {}.", keys.join(", "), until(end, now))
}

/// What would run for a resource.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatementsOf {
    pub resource: String,
    pub statements: Vec<String>,
    pub variables: Vec<String>,
}

pub fn statements_of(all: &[Statements]) -> Vec<StatementsOf> {
    let one = |one: &Statements| StatementsOf {
        resource: one.key.clone(),
        statements: one.lines.clone(),
        variables: one.variables.clone(),
    };
    all.iter().map(one).collect()
}

pub fn statements(all: &[Statements], environment: &EnvironmentName) -> String {
    if all.is_empty() {
        return line!("Nothing to create for `{environment}`.");
    }
    let mut text = String::new();
    for one in all {
        text.push_str(&line!("{}", paint(NAME, &format!("-- {}", one.key))));
        text.extend(one.lines.iter().map(|statement| line!("{statement}")));
        text.extend(one.variables.iter().map(|variable| line!("{}", paint(DIM, &format!("-- then sets {variable}")))));
    }
    text
}

pub fn interrupted() -> String {
    line!("Interrupted. `takk provision` continues where this stopped.")
}
