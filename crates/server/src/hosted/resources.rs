//! Resources of an environment on servers that exist: created, shown and removed by the verbs of `takk provision`, with the admin addresses
//! of this server. Whoever may change the values of an environment may create its databases; at the level `full` that is for operators,
//! and what is protected is only an owner's to remove.

use std::sync::atomic::AtomicBool;

use super::authorize::{self, AuthorizedAccess, Need};
use super::described::Described;
use super::own_platform::{Behalf, OwnPlatform};
use super::{Hosted, Refusal, Result};
use takk_api::{
    LiveResource, MigrationValue, MigrationValues, Plain, PlannedStatements, ProvisionPreview, ProvisionPreviewRequest,
    ProvisionRequest, ResourceEvent, ResourceFailure, ResourceInfo, ResourceList, SessionInfo, SessionList, Unprotected,
};
use takk_model::EnvironmentName;
use takk_model::error::Error;
use takk_project::config::{Home, Level};
use takk_project::ops::provision::{self, Sessions};
use takk_project::ops::up::{self, Event, Kept, Machine, Wanted};
use takk_project::platform::{Platform, Seen};
use takk_provision::server::OpenSession;
use takk_provision::{Entry, Phase, Status};
use takk_vault::SecretValue;

/// A request that may be carried out: for whom, and for what.
pub struct Prepared {
    visit: AuthorizedAccess,
    described: Described,
    /// The resources: for a removal, one key.
    resources: Vec<String>,
    adopt: bool,
    from: Option<EnvironmentName>,
}

/// Receives what happens.
pub type Report<'r> = dyn FnMut(ResourceEvent) + 'r;

/// How many resources a request may name.
const MOST: usize = 100;

/// Whether the caller may create what they ask for, and whether anybody has said what the code needs.
pub fn prepare(hosted: &mut Hosted, visit: AuthorizedAccess, asked: ProvisionRequest) -> Result<Prepared> {
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    prepared(hosted, visit, described, asked)
}

/// The same for a preview, which may say itself what the code needs. Nothing of that is stored.
pub fn prepare_preview(hosted: &mut Hosted, visit: AuthorizedAccess, asked: ProvisionPreviewRequest) -> Result<Prepared> {
    let ProvisionPreviewRequest { resources, adopt, from, manifest } = asked;
    let asked = ProvisionRequest { resources, adopt, from };
    let Some(manifest) = manifest else { return prepare(hosted, visit, asked) };
    let declaration = super::manifests::read(manifest.get().as_bytes())?;
    super::manifests::check(&declaration)?;
    let described = Described::of(hosted, &visit.project, &visit.environment, Some(declaration))?;
    prepared(hosted, visit, described, asked)
}

fn prepared(hosted: &mut Hosted, visit: AuthorizedAccess, described: Described, asked: ProvisionRequest) -> Result<Prepared> {
    let is_for_operators = asked.adopt || described.level() == Level::Full;
    let visit = if is_for_operators { at_least(hosted, visit, Need::Operation)? } else { visit };
    if !described.has_manifest {
        return Err(super::manifests::none(&visit));
    }
    if asked.resources.len() > MOST {
        return Err(Refusal::invalid(format!("a request can name at most {MOST} resources")));
    }
    if asked.adopt && asked.resources.is_empty() {
        return Err(Refusal::invalid("`adopt` requires the resources to take over"));
    }
    let from = asked.from.map(|from| source(hosted, &visit, &from)).transpose()?;
    Ok(Prepared { visit, described, resources: asked.resources, adopt: asked.adopt, from })
}

/// The environment whose data is to be copied, if the caller may read it and it is not production.
fn source(hosted: &mut Hosted, visit: &AuthorizedAccess, from: &str) -> Result<EnvironmentName> {
    let name = EnvironmentName::parse(from).map_err(|error| Refusal::invalid(error.to_string()))?;
    authorize::enter(hosted, visit.caller.clone(), Need::Values, visit.project.clone(), Some(from.to_owned()))?;
    let row = hosted.accounts()?.project(&visit.project)?;
    let is_production = row.is_none_or(|row| authorize::is_production(&row, from));
    if is_production || Described::read(hosted, &visit.project, from)?.level() == Level::Full {
        return Err(Refusal::invalid(format!("`{name}` is production: its data is not copied into other environments"))
            .hint("put what developers may see into another environment, and copy from there"));
    }
    Ok(name)
}

/// Creates what the environment lacks.
pub fn create(hosted: &mut Hosted, prepared: &Prepared, cancelled: &AtomicBool, report: &mut Report<'_>) -> Result<()> {
    let home = hosted.home(&prepared.visit.caller.user.name);
    let mut platform = OwnPlatform::new(hosted, &prepared.visit.project, Behalf::Caller(&prepared.visit));
    let Described { project, environment, .. } = &prepared.described;
    let wanted = prepared.wanted(&home, cancelled);
    let outcome = provision::provision(&mut platform, project, environment, &wanted, &mut |event| report(told(&event)));
    let outcome = outcome.map_err(|error| platform.refusal(error))?;
    let live = outcome.live.into_iter().map(|(resource, changed)| LiveResource { resource, changed }).collect();
    report(ResourceEvent::End { live });
    Ok(())
}

/// What creating them would do, without doing it.
pub fn preview(hosted: &mut Hosted, prepared: &Prepared) -> Result<ProvisionPreview> {
    let home = hosted.home(&prepared.visit.caller.user.name);
    let cancelled = AtomicBool::new(false);
    let mut platform = OwnPlatform::new(hosted, &prepared.visit.project, Behalf::Caller(&prepared.visit));
    let Described { project, environment, .. } = &prepared.described;
    let all = provision::preview(&mut platform, project, environment, &prepared.wanted(&home, &cancelled));
    let all = all.map_err(|error| platform.refusal(error))?.into_iter();
    let resources = all.map(|one| PlannedStatements { resource: one.key, statements: one.lines, variables: one.variables });
    Ok(ProvisionPreview { resources: resources.collect() })
}

/// The resources of the environment. With `looks`, this server logs in to each of them.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, looks: bool) -> Result<ResourceList> {
    let resources = if looks {
        let described = Described::read(hosted, &visit.project, &visit.environment)?;
        let machine = Machine::new(&described.project, &hosted.home(&visit.caller.user.name));
        let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
        let seen = up::seen(&mut platform, &visit.environment, &machine, true);
        seen.map_err(|error| platform.refusal(error))?.iter().map(seen_info).collect()
    } else {
        // The manifest, which takes a while to read, is not needed for what is stored.
        let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
        let kept = up::ledger(&mut platform, &visit.environment).map_err(|error| platform.refusal(error))?;
        kept.iter().map(|(key, kept)| info(key, &kept.entry)).collect()
    };
    Ok(ResourceList { resources })
}

/// How many sessions a response has.
const MOST_SESSIONS: usize = 500;

/// Whether the caller may see who is connected with the logins of a resource.
pub fn prepare_sessions(hosted: &mut Hosted, visit: AuthorizedAccess, key: String) -> Result<Prepared> {
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    let entry = known(hosted, &visit, &key)?.entry;
    let is_for_operators = described.level() == Level::Full || Level::parse(&entry.level) == Some(Level::Full);
    let visit = at_least(hosted, visit, if is_for_operators { Need::Operation } else { Need::Values })?;
    Ok(Prepared { visit, described, resources: vec![key], adopt: false, from: None })
}

/// The open sessions of a resource, as its server tells the admin.
pub fn sessions(hosted: &mut Hosted, prepared: &Prepared) -> Result<SessionList> {
    let home = hosted.home(&prepared.visit.caller.user.name);
    let Described { project, environment, .. } = &prepared.described;
    let key = prepared.resources.first().map(String::as_str).unwrap_or_default();
    let mut platform = OwnPlatform::new(hosted, &prepared.visit.project, Behalf::Caller(&prepared.visit));
    let found = provision::sessions(&mut platform, project, &environment.name, &home, key);
    let Sessions { resource, open } = found.map_err(|error| platform.refusal(error))?;
    let total = open.as_ref().map(Vec::len);
    let sessions = open.unwrap_or_default().into_iter().take(MOST_SESSIONS).map(session_info).collect();
    Ok(SessionList { resource, total, sessions })
}

fn session_info(session: OpenSession) -> SessionInfo {
    let OpenSession { user, address, application, opened_at, state, state_for } = session;
    SessionInfo { user, address, application, opened_at, state, state_for }
}

/// Whether the caller may remove a resource.
pub fn prepare_removal(hosted: &mut Hosted, visit: AuthorizedAccess, key: String) -> Result<Prepared> {
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    let entry = known(hosted, &visit, &key)?.entry;
    let visit = if entry.protected {
        at_least(hosted, visit, Need::Ownership)?
    } else if described.level() == Level::Full {
        at_least(hosted, visit, Need::Operation)?
    } else {
        visit
    };
    if !entry.is_on_server() {
        return Err(
            Refusal::invalid(format!("{key} runs on the machine of this server")).hint("remove it there: `takk down --data`")
        );
    }
    Ok(Prepared { visit, described, resources: vec![key], adopt: false, from: None })
}

/// Removes a resource, its data and its credentials.
pub fn remove(hosted: &mut Hosted, prepared: &Prepared, report: &mut Report<'_>) -> Result<()> {
    let home = hosted.home(&prepared.visit.caller.user.name);
    let mut platform = OwnPlatform::new(hosted, &prepared.visit.project, Behalf::Caller(&prepared.visit));
    let removed = carry_out(&mut platform, prepared, &home, report).map_err(|error| platform.refusal(error))?;
    for resource in removed {
        report(ResourceEvent::Removed { resource });
    }
    report(ResourceEvent::End { live: Vec::new() });
    Ok(())
}

fn carry_out(
    platform: &mut OwnPlatform<'_>,
    prepared: &Prepared,
    home: &Home,
    report: &mut Report<'_>,
) -> Result<Vec<String>, Error> {
    let name = &prepared.described.environment.name;
    let machine = provision::machine(platform, &prepared.described.project, name, home)?;
    let removal = up::removal(platform, name, &prepared.resources)?;
    removal.carry_out(platform, name, &machine, &mut |key| report(ResourceEvent::Removing { resource: key.to_owned() }))
}

/// Lifts the protection of a resource for an hour.
pub fn unprotect(hosted: &mut Hosted, visit: &AuthorizedAccess, key: String) -> Result<Unprotected> {
    known(hosted, visit, &key)?;
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
    let lifted = provision::unprotect(&mut platform, &described.environment.name, std::slice::from_ref(&key));
    let (_, until) = lifted.map_err(|error| platform.refusal(error))?;
    Ok(Unprotected { resource: key, until })
}

/// The values with the login for migrations. The audit log has a row of it before they are given.
pub fn migrations(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<MigrationValues> {
    let described = Described::read(hosted, &visit.project, &visit.environment)?;
    let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
    let given = recorded_migrations(&mut platform, &described, &visit.environment);
    let values = given.map_err(|error| platform.refusal(error))?.into_iter();
    let value = |(name, value): (String, SecretValue)| MigrationValue { name, value: Plain::new(value.expose().to_owned()) };
    Ok(MigrationValues { values: values.map(value).collect() })
}

fn recorded_migrations(
    platform: &mut OwnPlatform<'_>,
    described: &Described,
    environment: &str,
) -> Result<Vec<(String, SecretValue)>, Error> {
    let held = platform.held(environment)?;
    let values = provision::migrations(platform, &described.project, &described.environment, &held)?;
    let names: Vec<String> = values.iter().map(|(name, _)| name.clone()).collect();
    if !names.is_empty() {
        platform.record(environment, "migrations.read", &names)?;
    }
    Ok(values)
}

/// The entry of a resource.
fn known(hosted: &mut Hosted, visit: &AuthorizedAccess, key: &str) -> Result<Kept> {
    let mut platform = OwnPlatform::new(hosted, &visit.project, Behalf::Caller(visit));
    let kept = up::ledger(&mut platform, &visit.environment).map_err(|error| platform.refusal(error))?;
    let found = kept.into_iter().find(|(known, _)| known == key).map(|(_, kept)| kept);
    found.ok_or_else(|| {
        let shown: String = key.chars().filter(|c| !c.is_control()).take(super::names::LONGEST).collect();
        Refusal::not_found(format!("`{}` has no resource `{shown}`", visit.environment))
    })
}

/// The same access with a permission that needs a higher role.
fn at_least(hosted: &mut Hosted, visit: AuthorizedAccess, need: Need) -> Result<AuthorizedAccess> {
    let AuthorizedAccess { caller, project, environment, .. } = visit;
    authorize::enter(hosted, caller, need, project, Some(environment))
}

impl Prepared {
    /// For whom.
    pub fn visit(&self) -> &AuthorizedAccess {
        &self.visit
    }

    fn wanted<'w>(&'w self, home: &'w Home, cancelled: &'w AtomicBool) -> Wanted<'w> {
        let (engine, service) = (Some(provision::ENGINE), None);
        let from = self.from.as_ref();
        Wanted { resources: &self.resources, service, engine, adopt: self.adopt, from, home, cancelled }
    }
}

/// What the caller learns of a failure as a whole.
pub fn failure(refusal: &Refusal) -> ResourceFailure {
    ResourceFailure { detail: refusal.detail.clone(), about: Vec::new(), hints: refusal.hints.clone() }
}

fn told(event: &Event<'_>) -> ResourceEvent {
    let of = |key: &str| key.to_owned();
    match event {
        Event::Phase { key, phase: Phase::Creating | Phase::Pulling { .. } } => ResourceEvent::Creating { resource: of(key) },
        Event::Phase { key, phase: Phase::Starting } => ResourceEvent::Starting { resource: of(key) },
        Event::Phase { key, phase: Phase::LoggingIn } => ResourceEvent::LoggingIn { resource: of(key) },
        Event::Note { key, text } => ResourceEvent::Note { resource: of(key), text: (*text).to_owned() },
        Event::Ready { key, entry, milliseconds } => {
            ResourceEvent::Ready { resource: of(key), milliseconds: *milliseconds, server: Box::new(info(key, entry)) }
        }
        Event::Failed { key, error } => ResourceEvent::Failed { resource: of(key), failure: failed(error) },
        Event::Interrupted { key } => ResourceEvent::Interrupted { resource: of(key) },
    }
}

/// An error of one resource. Its causes are what another server answered.
fn failed(error: &Error) -> ResourceFailure {
    let mut about = error.details.clone();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        about.push(source.to_string());
        cause = source.source();
    }
    ResourceFailure { detail: error.message.clone(), about, hints: error.hints.clone() }
}

fn seen_info(seen: &Seen) -> ResourceInfo {
    let status = match &seen.status {
        Ok(Status::Running) => "running",
        Ok(Status::Stopped(_)) => "stopped",
        Ok(Status::Missing) => "missing",
        Err(_) => "unknown",
    };
    let error = seen.refusal.clone().or_else(|| seen.status.as_ref().err().cloned());
    ResourceInfo { status: Some(status.to_owned()), error, ..info(&seen.key, &seen.entry) }
}

fn info(key: &str, entry: &Entry) -> ResourceInfo {
    ResourceInfo {
        resource: key.to_owned(),
        kind: entry.kind.clone(),
        name: entry.name.clone(),
        state: entry.state.as_str().to_owned(),
        provisioner: entry.provisioner.clone(),
        generation: entry.generation,
        credential: entry.credential_id.clone(),
        level: entry.level.clone(),
        version: entry.server_version.clone().or_else(|| entry.version.clone()),
        host: entry.host.clone(),
        port: entry.port,
        place: entry.place.clone(),
        reserved_at: entry.reserved_at,
        live_at: entry.live_at,
        ends_at: entry.ends_at,
        protected: entry.protected,
        unprotected_until: entry.unprotected_until,
        busy: up::is_at_work(entry),
        variables: entry.published.keys().cloned().collect(),
        status: None,
        error: None,
    }
}
