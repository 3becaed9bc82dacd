//! Which resources of a plan takk can create: those that lack values, those that a person has set, and those that nothing
//! needs.

use std::collections::HashMap;

use crate::ops::secrets::generate;
use takk_catalog::{Kind, Server, catalog};
use takk_model::{DefaultValue, Manifest};
use takk_plan::{EnvironmentPlan, PlannedResource, PlannedVariable, State, StoredVersion};
use takk_provision::server::made_by_api;
use takk_provision::{Entry, key};

/// A resource of the plan, and what to do about it.
pub struct Need<'p> {
    pub resource: &'p PlannedResource,
    /// The variables that hold its parts.
    pub variables: Vec<&'p PlannedVariable>,
    pub fate: Fate,
}

/// What to do about a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// takk runs a server for it.
    Create { kind: &'static str },
    /// It has no address of its own: it is part of the server of another resource of its kind.
    Inside { kind: &'static str, host: String },
    /// A person has set one of its variables, so takk leaves it alone.
    SetByHand { stored: StoredVersion, missing: Vec<String> },
    /// The program runs without it, or its defaults point to it.
    NotNeeded,
    /// takk cannot create it. Holds the reason and the variables to set.
    Impossible { why: String, missing: Vec<String> },
}

impl Need<'_> {
    /// The name of the resource for users and in the ledger.
    pub fn key(&self) -> String {
        key(&self.resource.kind, &self.resource.name)
    }

    /// Whether such a server has the part that a variable holds.
    pub fn can_set(&self, variable: &PlannedVariable) -> bool {
        let part = variable.declared.resource.as_ref().map(|part| part.part.as_str());
        self.server().is_some_and(|(_, server)| server.parts.iter().any(|row| Some(row.part) == part))
    }

    /// The server that takk would run: of the kind itself, or of the compatible kind that replaces it.
    pub fn server(&self) -> Option<(&'static Kind, &'static Server)> {
        described(&self.resource.kind)
    }
}

/// What the variables of a kind hold: of a server that takk can run, or of an outside service that makes keys.
pub(super) fn described(kind: &str) -> Option<(&'static Kind, &'static Server)> {
    server_of(kind).or_else(|| Some((catalog().kind(kind)?, made_by_api(kind)?)))
}

/// The kind of a resource, and how its server runs.
pub fn server_of(kind: &str) -> Option<(&'static Kind, &'static Server)> {
    let kind = catalog().kind(kind)?;
    Some((kind, kind.server.as_ref()?))
}

/// How many of the missing variables of an environment `takk up` sets: those of the servers that it creates, and the program's own secrets. 0 if
/// it has no server to create.
pub fn sets(manifest: &Manifest, plan: &EnvironmentPlan) -> usize {
    let needs = needs(plan, &HashMap::new(), &[], false);
    let created = needs.iter().filter(|need| matches!(need.fate, Fate::Create { .. } | Fate::Inside { .. }));
    let of_servers = created.flat_map(|need| &need.variables).filter(|variable| variable.state == State::Missing).count();
    if of_servers == 0 { 0 } else { of_servers + generable(manifest, plan).count() }
}

/// The missing secrets that are the program's own, so that takk can generate them.
pub(super) fn generable<'p>(manifest: &'p Manifest, plan: &'p EnvironmentPlan) -> impl Iterator<Item = &'p str> {
    let missing =
        plan.variables.iter().filter(|variable| variable.state == State::Missing && variable.declared.resource.is_none());
    missing.map(|variable| variable.declared.name.as_str()).filter(|name| generate::is_generable(manifest, name))
}

/// The resources of an environment, in the order of the plan. `entries` is the ledger, by resource. Resources in `wanted` are created even
/// if nothing needs them and, with `adopt`, even if a person has set their variables.
#[expect(clippy::implicit_hasher, reason = "a map with the standard hasher is what there is")]
pub fn needs<'p>(plan: &'p EnvironmentPlan, entries: &HashMap<String, Entry>, wanted: &[String], adopt: bool) -> Vec<Need<'p>> {
    let mut needs: Vec<Need<'p>> = plan.resources.iter().map(|resource| need(plan, resource, entries, wanted, adopt)).collect();
    settle_guests(&mut needs);
    // Nothing to create or report for the name of the environment, or for an optional key of an external service.
    needs.retain(|need| need.fate != Fate::NotNeeded || server_of(&need.resource.kind).is_some());
    needs
}

fn need<'p>(
    plan: &'p EnvironmentPlan,
    resource: &'p PlannedResource,
    entries: &HashMap<String, Entry>,
    wanted: &[String],
    adopt: bool,
) -> Need<'p> {
    // Matched by variables, since an instance that the code declares has its own name.
    let is_of = |variable: &&PlannedVariable| {
        let is_part = variable.declared.resource.as_ref().is_some_and(|part| part.kind == resource.kind);
        is_part && resource.variables.contains(&variable.declared.name)
    };
    let variables: Vec<&PlannedVariable> = plan.variables.iter().filter(is_of).collect();
    let key = key(&resource.kind, &resource.name);
    let entry = entries.get(&key);
    let is_ours =
        |stored: &StoredVersion| entry.is_some_and(|entry| entry.published.get(&stored.name) == Some(&stored.version));
    let is_wanted = wanted.iter().any(|name| *name == key || *name == resource.kind);
    let by_hand = variables.iter().filter_map(|variable| variable.stored.as_ref()).find(|stored| !is_ours(stored));
    let by_hand = by_hand.filter(|_| !(adopt && is_wanted));
    let missing: Vec<String> = variables
        .iter()
        .filter(|variable| variable.state == State::Missing)
        .map(|variable| variable.declared.name.clone())
        .collect();
    let is_needed =
        !missing.is_empty() || entry.is_some() || is_wanted || variables.iter().any(|variable| is_on_this_machine(variable));
    let fate = match server_of(&resource.kind) {
        _ if let Some(stored) = by_hand => Fate::SetByHand { stored: stored.clone(), missing },
        _ if !is_needed => Fate::NotNeeded,
        None => Fate::Impossible { why: "only its provider can create it".to_owned(), missing },
        Some((kind, server)) => match lacking(server, &variables) {
            Some(why) => Fate::Impossible { why, missing },
            None => Fate::Create { kind: kind.name },
        },
    };
    Need { resource, variables, fate }
}

/// A part that the program needs but such a server does not have.
fn lacking(server: &Server, variables: &[&PlannedVariable]) -> Option<String> {
    let missing = variables.iter().filter(|variable| variable.state == State::Missing);
    let mut parts = missing.filter_map(|variable| variable.declared.resource.as_ref());
    parts.find_map(|part| Some(server.lacks.iter().find(|lack| lack.part == part.part)?.why.to_owned()))
}

/// Whether the code's default says that the server is on this machine: then it is needed, even though the program starts without it.
fn is_on_this_machine(variable: &PlannedVariable) -> bool {
    let Some(DefaultValue::Value(serde_json::Value::String(text))) = &variable.declared.default else { return false };
    let host = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest.rsplit_once('@').map_or(rest, |(_, rest)| rest));
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|here| host.strip_prefix(here).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?'])))
}

/// Resources without an address are part of another server of their kind, and share its fate.
fn settle_guests(needs: &mut [Need<'_>]) {
    let hosts: Vec<(String, String, Fate)> = needs
        .iter()
        .filter(|need| has_address(need))
        .map(|need| (need.resource.kind.clone(), need.key(), need.fate.clone()))
        .collect();
    for need in needs.iter_mut().filter(|need| !has_address(need)) {
        let Fate::Create { kind } = need.fate else { continue };
        let host = hosts.iter().find(|(of, ..)| *of == need.resource.kind);
        let missing = || need.variables.iter().map(|variable| variable.declared.name.clone()).collect();
        need.fate = match host {
            Some((_, key, Fate::Create { .. })) => Fate::Inside { kind, host: key.clone() },
            Some((_, key, _)) => {
                Fate::Impossible { why: format!("it is a part of {key}, which takk does not create"), missing: missing() }
            }
            None => Fate::Impossible { why: "no variable holds its address".to_owned(), missing: missing() },
        };
    }
}

/// Whether one of the variables holds the server's address.
pub(in crate::ops) fn has_address(need: &Need<'_>) -> bool {
    let Some((_, server)) = need.server() else { return true };
    let tells = |part: &str| server.parts.iter().any(|row| row.part == part && row.value.contains("{host}"));
    need.variables.iter().any(|variable| variable.declared.resource.as_ref().is_some_and(|part| tells(&part.part)))
}
