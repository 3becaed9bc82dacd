//! `takk provision`: databases on servers that exist, with credentials that nobody typed or saw. The order, the ledger and the
//! leases are those of `takk up`.

pub mod admin;
mod keys;
mod migrations;
mod parts;
mod protection;

pub use self::migrations::{for_migrations, migrations};
pub use self::protection::unprotect;
pub use crate::platform::Statements;

use std::sync::atomic::Ordering;

use crate::config::{Home, Level};
use crate::ops::project::ReadProject;
use crate::ops::push::declaration;
use crate::ops::up::{self, EngineChoice, Event, Fate, Intent, Machine, Need, Outcome, Wanted};
use crate::platform::{Platform, ToCreate};
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_model::{Environment, EnvironmentName};
use takk_provision::copy::can_copy;
use takk_provision::server::{ExistingServer, KINDS, made_by_api};

/// Creates what an environment lacks on its servers. A resource that fails leaves the others as they are.
pub fn provision(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome> {
    up::copying::is_allowed(project, &environment.name, wanted)?;
    if platform.provisioning().is_some() {
        return by_server(platform, project, environment, wanted, report);
    }
    let intent = Intent::read(platform, project, environment)?;
    let mut needs = chosen(&intent, wanted)?;
    for need in &needs {
        if let Fate::SetByHand { stored, .. } = &need.fate {
            let text = format!("{} is set by hand (v{}, {}): left alone", stored.name, stored.version, stored.author);
            report(Event::Note { key: &need.key(), text: &text });
        }
    }
    let machine = with_admin(platform, project, environment, wanted, &mut needs)?;
    up::create_on(platform, project, environment, wanted, &machine, &intent, &needs, report)
}

/// In a linked checkout: declares to the server what the code needs, and has the server create it.
fn by_server(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome> {
    let name = environment.name.as_str();
    platform.declare(name, &declaration(project, environment))?;
    let none = || Error::internal("a server that provisions does not");
    platform.provisioning().ok_or_else(none)?.create(name, &to_create(wanted, &|| is_cancelled(wanted)), report)
}

fn to_create<'t>(wanted: &Wanted<'t>, is_cancelled: &'t dyn Fn() -> bool) -> ToCreate<'t> {
    ToCreate { resources: wanted.resources, adopt: wanted.adopt, from: wanted.from.map(EnvironmentName::as_str), is_cancelled }
}

fn is_cancelled(wanted: &Wanted<'_>) -> bool {
    wanted.cancelled.load(Ordering::Relaxed)
}

/// What creating them would do, without doing it. A server learns what the code needs, and does not store it.
pub fn preview(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
) -> Result<Vec<Statements>> {
    up::copying::is_allowed(project, &environment.name, wanted)?;
    if let Some(server) = platform.provisioning() {
        let is_cancelled = || is_cancelled(wanted);
        return server.preview(
            environment.name.as_str(),
            &to_create(wanted, &is_cancelled),
            &declaration(project, environment),
        );
    }
    let intent = Intent::read(platform, project, environment)?;
    let mut needs = chosen(&intent, wanted)?;
    let machine = with_admin(platform, project, environment, wanted, &mut needs)?;
    let mut all = Vec::new();
    for need in needs.iter().filter(|need| matches!(need.fate, Fate::Create { .. })) {
        let entry = up::planned(platform, project, environment, wanted, &machine, &intent, need)?;
        let server = machine.server(&need.resource.kind);
        let server = server.ok_or_else(|| Error::internal(format!("nothing creates {} on a server", need.key())))?;
        let can_be_set = need.variables.iter().filter(|variable| parts::can_set(need, variable));
        let variables = can_be_set.map(|variable| variable.declared.name.clone()).collect();
        let mut lines = server.preview(&entry)?;
        if let Some(from) = wanted.from.filter(|_| can_copy(&entry.kind) && entry.live_at.is_none()) {
            lines.push(format!("-- then copies the data of `{from}` into it, by dump and restore"));
        }
        all.push(Statements { key: need.key(), lines, variables });
    }
    Ok(all)
}

/// A machine that can remove the resources of an environment: with an admin if one of them is on a server that takk does not
/// run.
pub fn machine(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &EnvironmentName,
    home: &Home,
) -> Result<Machine> {
    let mut machine = Machine::new(project, home);
    let kept = up::ledger(platform, environment.as_str())?;
    for kind in KINDS {
        if kept.iter().any(|(_, kept)| kept.entry.provisioner == kind.ledger_name) {
            let admin = admin::find(platform, project, environment, kind)?;
            machine = machine.with_server(ExistingServer { kind, admin, adopts: false });
        }
    }
    Ok(machine)
}

/// The selected resources, of the kinds that takk can create on servers that exist.
fn chosen<'p>(intent: &'p Intent, wanted: &Wanted<'_>) -> Result<Vec<Need<'p>>> {
    let mut needs = intent.needs(wanted)?;
    let is_known = |need: &Need<'_>| KINDS.iter().any(|kind| kind.creates(&need.resource.kind));
    if let Some(other) = needs.iter().find(|need| !wanted.resources.is_empty() && !is_known(need)) {
        let key = other.key();
        return Err(Error::usage(format!("takk cannot create {key} on a server that exists"))
            .hint(format!("`takk up {}` runs a server for it on this machine", shell_word(&key)))
            .hint(format!("on existing servers, it can create {}", admin::kinds())));
    }
    needs.retain(is_known);
    // Only its provider can create a key, and does so with an admin key.
    for need in needs.iter_mut().filter(|need| matches!(need.fate, Fate::Impossible { .. })) {
        if let Some((kind, _)) = need.server().filter(|_| made_by_api(&need.resource.kind).is_some()) {
            need.fate = Fate::Create { kind: kind.name };
        }
    }
    needs.iter_mut().for_each(parts::settle);
    for need in needs.iter_mut().filter(|need| matches!(need.fate, Fate::Inside { .. })) {
        let missing = need.variables.iter().map(|variable| variable.declared.name.clone()).collect();
        need.fate = Fate::Impossible { why: "no variable says where it is".to_owned(), missing };
    }
    Ok(needs)
}

/// Adds the admins for the resources to create. A resource without one cannot be created; if there is none at all, nothing
/// starts.
fn with_admin(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
    needs: &mut [Need<'_>],
) -> Result<Machine> {
    let name = &environment.name;
    let is_full = project.config.policy(name.as_str()).level == Level::Full;
    let mut machine = Machine::new(project, wanted.home);
    let mut without = Vec::new();
    if let Some(server) = keys::with_admin_key(platform, project, name, wanted, needs)? {
        machine = machine.with_server(server);
    }
    for kind in KINDS.iter().filter(|kind| !kind.makes_keys()) {
        let is_of = |need: &Need<'_>| need.resource.kind == kind.name && matches!(need.fate, Fate::Create { .. });
        if !needs.iter().any(is_of) {
            continue;
        }
        let Some(admin) = admin::find(platform, project, name, kind)? else {
            for need in needs.iter_mut().filter(|need| is_of(need)) {
                let missing = need.variables.iter().map(|variable| variable.declared.name.clone()).collect();
                let why = format!("`{name}` has no admin address of a {} server", kind.name);
                need.fate = Fate::Impossible { why, missing };
            }
            without.push(kind.name);
            continue;
        };
        if is_full && !admin.address().requires_tls {
            return Err(admin::without_tls(name, kind));
        }
        machine = machine.with_server(ExistingServer { kind, admin: Some(admin), adopts: wanted.adopt });
    }
    if without.is_empty() || needs.iter().any(|need| matches!(need.fate, Fate::Create { .. })) {
        return Ok(machine);
    }
    let error = Error::usage(format!("`{name}` has no admin address of a {} server", without.join(" or ")));
    Err(without.iter().fold(error, |error, kind| error.hint(format!("takk provision admin set {kind} --env {name}"))))
}

/// The engine with which `takk provision` creates new resources.
pub const ENGINE: EngineChoice = EngineChoice::Server;
