//! `takk up`: creates the servers that an environment lacks, with credentials that nobody typed or saw, and sets the variables that lead to
//! them. Each resource is created by a thread of its own; the ledger and the values are written by the caller's alone.

pub(super) mod copying;
pub(super) mod down;
mod lease;
pub(super) mod ledger;
mod machine;
mod need;
pub(super) mod publish;
mod status;
mod tls_parameters;
mod work;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::time::Instant;

pub use self::down::{Removal, down, is_in_use, removal};
pub use self::lease::is_at_work;
pub use self::ledger::{Kept, ledger};
pub use self::machine::{EngineChoice, Machine};
pub(in crate::ops) use self::need::has_address;
pub use self::need::{Fate, Need, needs, server_of, sets};
pub use self::status::{Values, logs_of, seen, values};
pub use crate::platform::{Event, Outcome, Seen};

use self::ledger::entries;
use self::need::generable;
use self::work::{Message, Run, Worker, is_as_described};
use crate::config::{Home, Level};
use crate::ops::project::ReadProject;
use crate::ops::secrets::generate;
use crate::platform::{Platform, now};
use takk_model::error::{Error, Result};
use takk_model::nearest::nearest;
use takk_model::{Environment, EnvironmentName, Held, Origin};
use takk_plan::{EnvironmentPlan, plan};
use takk_provision::copy::Source;
use takk_provision::{Blueprint, Entry, Ports, Provisioner, Status, check};
use takk_vault::{Random, SystemRandom, Update};
use zeroize::Zeroizing;

/// What to create.
pub struct Wanted<'w> {
    /// Only these resources, as `kind/name` or `kind`; if empty, all that the environment lacks.
    pub resources: &'w [String],
    /// Only what this service reads.
    pub service: Option<&'w str>,
    pub engine: Option<EngineChoice>,
    /// Whether to replace values of the named resources that a person set.
    pub adopt: bool,
    /// The environment with whose data new databases begin; empty without one.
    pub from: Option<&'w EnvironmentName>,
    /// The user who runs takk, for the leases.
    pub home: &'w Home,
    /// Set when the user interrupts.
    pub cancelled: &'w AtomicBool,
}

/// The plan of an environment with its ledger: what would be created.
pub struct Intent {
    pub plan: EnvironmentPlan,
    /// The versions of the stored values.
    pub held: Vec<Held>,
    pub kept: Vec<(String, Kept)>,
}

impl Intent {
    /// Reads what is stored for an environment.
    pub fn read(platform: &mut dyn Platform, project: &ReadProject, environment: &Environment) -> Result<Self> {
        let name = environment.name.as_str();
        let held = platform.held(name)?;
        Ok(Self { plan: plan(&project.manifest, environment, &held), held, kept: ledger(platform, name)? })
    }

    /// The wanted resources, with what to do about each.
    pub fn needs<'p>(&'p self, wanted: &Wanted<'_>) -> Result<Vec<Need<'p>>> {
        let entries = entries(&self.kept);
        let mut needs = needs(&self.plan, &entries, wanted.resources, wanted.adopt);
        check_names(&needs, wanted.resources)?;
        if let Some(service) = wanted.service {
            needs.retain(|need| need.resource.services.iter().any(|name| name == service));
        }
        if !wanted.resources.is_empty() {
            let is_wanted =
                |need: &Need<'_>| wanted.resources.iter().any(|name| *name == need.key() || *name == need.resource.kind);
            let hosts: Vec<String> =
                needs.iter().filter(|need| is_wanted(need)).filter_map(|need| host_of(&need.fate)).collect();
            needs.retain(|need| is_wanted(need) || hosts.contains(&need.key()));
        }
        Ok(needs)
    }
}

fn host_of(fate: &Fate) -> Option<String> {
    if let Fate::Inside { host, .. } = fate { Some(host.clone()) } else { None }
}

fn check_names(needs: &[Need<'_>], wanted: &[String]) -> Result<()> {
    for name in wanted {
        if needs.iter().any(|need| *name == need.key() || *name == need.resource.kind) {
            continue;
        }
        let keys: Vec<String> = needs.iter().map(Need::key).collect();
        let error = Error::usage(format!("the code declares no resource `{name}`"));
        let error = match nearest(name, keys.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        };
        return Err(error.hint(format!("its resources are {}", keys.join(", "))));
    }
    Ok(())
}

/// Creates what an environment lacks, and calls `report` on progress. If one resource fails, the others continue.
pub fn up(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome> {
    is_allowed(platform, project, &environment.name)?;
    copying::is_allowed(project, &environment.name, wanted)?;
    let intent = Intent::read(platform, project, environment)?;
    let needs = intent.needs(wanted)?;
    let machine = Machine::new(project, wanted.home);
    let mut outcome = create_on(platform, project, environment, wanted, &machine, &intent, &needs, report)?;
    if wanted.resources.is_empty() {
        // Another process may have generated them at the same moment. Then none is missing the second time.
        let generated = generate_missing(platform, project, environment);
        outcome.generated = generated.or_else(|_| generate_missing(platform, project, environment))?;
    }
    Ok(outcome)
}

/// Creates the selected resources on a machine.
#[expect(clippy::too_many_arguments, reason = "each is a part of its own of what is to be done")]
pub(super) fn create_on(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
    machine: &Machine,
    intent: &Intent,
    needs: &[Need<'_>],
    report: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome> {
    let mut outcome = Outcome { live: Vec::new(), failed: impossible(needs), generated: Vec::new() };
    for (key, error) in &outcome.failed {
        report(Event::Failed { key, error });
    }
    if needs.iter().any(|need| matches!(need.fate, Fate::Create { .. } | Fate::Inside { .. })) {
        let mut run = Run::new(platform, project, environment, wanted, machine)?;
        create(&mut run, intent, needs, report, &mut outcome);
    }
    Ok(outcome)
}

/// The entry that a creation would use. Nothing is stored.
pub(super) fn planned(
    platform: &mut dyn Platform,
    project: &ReadProject,
    environment: &Environment,
    wanted: &Wanted<'_>,
    machine: &Machine,
    intent: &Intent,
    need: &Need<'_>,
) -> Result<Entry> {
    let run = Run::new(platform, project, environment, wanted, machine)?;
    let kept = intent.kept.iter().find(|(key, _)| *key == need.key()).map(|(_, kept)| kept.clone());
    let (blueprint, mut kept, _) = reserved(&run, need, kept)?;
    kept.entry.extensions = blueprint.extension_names();
    Ok(kept.entry)
}

/// The required resources that takk cannot create, with the reason.
fn impossible(needs: &[Need<'_>]) -> Vec<(String, Error)> {
    let failed = needs.iter().filter_map(|need| {
        let Fate::Impossible { why, missing } = &need.fate else { return None };
        // Keys of external services are asked for with the other missing values.
        server_of(&need.resource.kind)?;
        let error = Error::usage(format!("{}: takk cannot create it: {why}", need.key()));
        let error = missing.iter().fold(error, |error, name| error.about(format!("{name} has no value")));
        Some((need.key(), error.hint("set its variables with `takk secrets set`")))
    });
    failed.collect()
}

/// Servers on this machine are only for its user, not for production or a team.
pub(super) fn is_allowed(platform: &dyn Platform, project: &ReadProject, name: &EnvironmentName) -> Result<()> {
    if let Some(server) = platform.server() {
        return Err(Error::usage(format!(
            "`takk up` creates servers on this machine, and the values of this checkout are on {server}"
        ))
        .hint(format!("`takk provision --env {name}` has the server create databases on servers that exist"))
        .hint("the rest of the team could not use these servers; use a checkout that is not linked, or `takk secrets set`"));
    }
    if project.config.policy(name.as_str()).level == Level::Full {
        return Err(Error::usage(format!("`{name}` has the level `full`: its servers are not created on this machine"))
            .hint(format!("set the values of its servers: takk secrets set --env {name}"))
            .hint(format!("or create databases on a PostgreSQL that exists: takk provision --env {name}"))
            .hint(format!("if it is no production: level = \"low-privilege\" in [tool.takk.environments.{name}]")));
    }
    Ok(())
}

/// Creates the resources, each on its own thread.
fn create(
    run: &mut Run<'_, '_>,
    intent: &Intent,
    needs: &[Need<'_>],
    report: &mut dyn FnMut(Event<'_>),
    outcome: &mut Outcome,
) {
    let known = |key: &str| intent.kept.iter().find(|(known, _)| known == key).map(|(_, kept)| kept.clone());
    let entries = intent.kept.iter().map(|(_, kept)| &kept.entry);
    let ports = Ports::without(entries.flat_map(|entry| entry.port.into_iter().chain(entry.ports.values().copied())));
    let needs_by_key: HashMap<String, &Need<'_>> = needs.iter().map(|need| (need.key(), need)).collect();
    let answering = answering(run, needs, intent);
    let mut workers = Vec::new();
    for need in needs.iter().filter(|need| matches!(need.fate, Fate::Create { .. })) {
        let (key, begun) = (need.key(), Instant::now());
        if let Some(kept) = known(&key).filter(|_| answering.contains(&key)) {
            copying::exists(run.wanted, &kept.entry, report);
            match run.take(kept, report) {
                Ok(kept) => {
                    let done = Message::Done { key, entry: Box::new(kept.entry), result: Ok(false), lack: None, begun };
                    run.handle(done, &needs_by_key, report, outcome);
                }
                Err(error) => run.fail(key, error, report, outcome),
            }
            continue;
        }
        match prepare(run, need, known(&key), report) {
            Ok((blueprint, kept, source, provisioner)) => {
                workers.push(Worker { key, blueprint, kept, source, provisioner, begun });
            }
            Err(error) => run.fail(key, error, report, outcome),
        }
    }
    let cancelled = run.wanted.cancelled;
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel::<Message>();
        for worker in workers {
            let (sender, ports) = (sender.clone(), &ports);
            scope.spawn(move || worker.work(&sender, ports, cancelled));
        }
        drop(sender);
        for message in receiver {
            run.handle(message, &needs_by_key, report, outcome);
        }
    });
    for need in needs {
        if let Fate::Inside { host, .. } = &need.fate {
            let key = need.key();
            if let Err(error) = run.move_in(need, known(&key), host) {
                run.fail(key, error, report, outcome);
            } else {
                run.moved_in(&key, report, outcome);
            }
        }
    }
}

/// The live resources whose servers run and accept a login, so that there is nothing to do. Identifying the engine takes as long as the
/// logins, so both happen at the same time.
fn answering(run: &Run<'_, '_>, needs: &[Need<'_>], intent: &Intent) -> HashSet<String> {
    let is_asked =
        |entry: &Entry| run.wanted.engine.is_none_or(|engine| run.machine.name_of(engine, &entry.kind) == entry.provisioner);
    let is_live = |entry: &Entry| entry.state == takk_provision::State::Live && entry.lease.is_none() && is_asked(entry);
    let has_version =
        |entry: &Entry, need: &Need<'_>| run.blueprint(need).is_ok_and(|blueprint| is_as_described(entry, &blueprint));
    let candidates = needs.iter().filter(|need| matches!(need.fate, Fate::Create { .. })).filter_map(|need| {
        let (key, kept) = intent.kept.iter().find(|(key, _)| *key == need.key())?;
        (is_live(&kept.entry) && has_version(&kept.entry, need)).then_some((key, &kept.entry))
    });
    let is_running = |entry: &Entry| {
        let status = run.machine.of_entry(entry).and_then(|provisioner| provisioner.status(entry));
        matches!(status, Ok(Status::Running))
    };
    std::thread::scope(|scope| {
        let logins: Vec<_> = candidates.map(|(key, entry)| (key, entry, scope.spawn(|| check(entry).is_ok()))).collect();
        let mut answering = HashSet::new();
        for (key, entry, login) in logins {
            if is_running(entry) && login.join().unwrap_or(false) {
                answering.insert(key.clone());
            }
        }
        answering
    })
}

/// Prepares a worker: the blueprint, the entry with its credentials and this run's lease in the ledger, and the provisioner.
fn prepare<'p>(
    run: &mut Run<'_, 'p>,
    need: &Need<'_>,
    kept: Option<Kept>,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(Blueprint, Kept, Option<Source>, &'p dyn Provisioner)> {
    let is_known = kept.is_some();
    let (blueprint, mut kept, provisioner) = reserved(run, need, kept)?;
    if is_known && kept.entry.state != takk_provision::State::Live {
        let since = takk_model::age::age(kept.entry.reserved_at, now());
        report(Event::Note { key: &need.key(), text: &format!("continuing (credentials stored {since})") });
    }
    publish::would_be_accepted(need, &kept.entry, &run.project.manifest, &|package| run.has_package(package))?;
    let source = copying::decide(run, &mut kept, report)?;
    let kept = run.take(kept, report)?;
    Ok((blueprint, kept, source, provisioner))
}

/// Prepares an entry, without storing anything.
fn reserved<'p>(run: &Run<'_, 'p>, need: &Need<'_>, kept: Option<Kept>) -> Result<(Blueprint, Kept, &'p dyn Provisioner)> {
    let blueprint = run.blueprint(need)?;
    let existing = kept.as_ref().map(|kept| &kept.entry).filter(|entry| entry.may_exist());
    let provisioner = run.machine.provisioner(&blueprint, existing, run.wanted.engine)?;
    let kept = match kept {
        Some(kept) => kept,
        None => Kept { entry: new_entry(&blueprint, provisioner, run.ends_at())?, version: 0 },
    };
    Ok((blueprint, kept, provisioner))
}

fn new_entry(blueprint: &Blueprint, provisioner: &dyn Provisioner, ends_at: Option<i64>) -> Result<Entry> {
    let mut entry = Entry {
        kind: blueprint.kind.name.to_owned(),
        name: blueprint.name.clone(),
        state: takk_provision::State::Reserved,
        step: None,
        provisioner: provisioner.name().to_owned(),
        generation: 1,
        credential_id: random(16)?.to_string(),
        credentials: std::collections::BTreeMap::new(),
        level: blueprint.level.clone(),
        version: Some(blueprint.version.clone()).filter(|version| !version.is_empty()),
        server_version: None,
        extensions: blueprint.extension_names(),
        copy: None,
        host: None,
        admin: None,
        ssl_mode: None,
        mark: None,
        ssl_roots: None,
        place: None,
        volume: None,
        image: None,
        port: None,
        ports: std::collections::BTreeMap::new(),
        reserved_at: now(),
        live_at: None,
        ends_at,
        protected: false,
        unprotected_until: None,
        published: std::collections::BTreeMap::new(),
        lease: None,
    };
    provisioner.reserve(blueprint, &mut entry, &mut random)?;
    Ok(entry)
}

/// A random text of letters and digits with uniform distribution.
fn random(length: usize) -> Result<Zeroizing<String>> {
    const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    // Bytes from here on would favour the first letters.
    const END: u8 = 248;
    let mut text = Zeroizing::new(String::with_capacity(length));
    let mut bytes = Zeroizing::new([0_u8; 64]);
    while text.len() < length {
        SystemRandom.fill(bytes.as_mut_slice()).map_err(|error| Error::system(error.to_string()).hint("try again"))?;
        for byte in bytes.iter().filter(|byte| **byte < END).take(length - text.len()) {
            text.push(char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
        }
    }
    Ok(text)
}

/// Generates the missing secrets that belong to the program itself.
fn generate_missing(platform: &mut dyn Platform, project: &ReadProject, environment: &Environment) -> Result<Vec<String>> {
    let held = platform.held(environment.name.as_str())?;
    let plan = plan(&project.manifest, environment, &held);
    let mut updates = Vec::new();
    for name in generable(&project.manifest, &plan) {
        let value = generate::generate(&project.manifest, name)?;
        updates.push(Update { name: name.to_owned(), value: Some(value), expected: Some(0), origin: Origin::Generated });
    }
    let names: Vec<String> = updates.iter().map(|update| update.name.clone()).collect();
    if !updates.is_empty() {
        // A name that was unset has a version.
        let versions = platform.versions(environment.name.as_str())?;
        for update in &mut updates {
            update.expected = Some(versions.get(&update.name).copied().unwrap_or_default());
        }
        platform.update(environment.name.as_str(), &updates)?;
    }
    Ok(names)
}
