//! Secret paths in the backend that an environment selects: whether they exist, what they contain, and whether that fits the
//! field.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use takk_backends::{Backend, Deadline, Error as BackendError, ErrorKind, Key, Process, Proof, Trust, check_cast};
use takk_model::error::{Error, Result};
use takk_model::{CastRule, Environment, Held, Origin};
use takk_plan::{EnvironmentPlan, LivePath, LiveState, PlannedPath, PlannedVariable, State, StoredVersion, plan};
use takk_vault::SecretValue;

use super::project::ReadProject;
use super::stored_paths::StoredPaths;
use crate::config;
use crate::platform::{Snapshot, now};

/// How long all requests together may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to ask the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Whether the paths exist and may be read, without reading values.
    Prove,
    /// Also the values, to check whether each can be converted to the type of its field.
    Read,
}

/// Asks the backend about every complete path of an environment, in as few requests as possible, and records the answers in the plan.
/// Returns why some paths could not be checked. Does nothing for an environment without a backend.
///
/// # Errors
///
/// If the backend is misconfigured.
pub fn look(project: &ReadProject, environment: &Environment, plan: &mut EnvironmentPlan, look: Look) -> Result<Option<Error>> {
    let is_asked = |variable: &&PlannedVariable| key_of(variable).is_some();
    let stored = StoredPaths::of(plan.variables.iter().filter(is_asked).filter_map(|variable| variable.stored.as_ref()));
    let asked = plan.variables.iter_mut().filter_map(|variable| {
        let cast = variable.declared.path.as_ref().map(|path| path.cast);
        Some((variable.secret_path.as_mut().filter(|path| path.unknown.is_empty())?, cast))
    });
    ask(project, environment, stored, asked.collect(), look)
}

/// Like [`Look::Prove`], for some paths of an environment, each with the version that takk stores.
///
/// # Errors
///
/// If the backend is misconfigured.
pub fn prove<'a>(
    project: &ReadProject,
    environment: &Environment,
    paths: impl IntoIterator<Item = (&'a mut PlannedPath, Option<&'a StoredVersion>)>,
) -> Result<Option<Error>> {
    let (asked, stored): (Vec<_>, Vec<_>) = paths.into_iter().filter(|(path, _)| path.unknown.is_empty()).unzip();
    let asked = asked.into_iter().map(|path| (path, None)).collect();
    ask(project, environment, StoredPaths::of(stored.into_iter().flatten()), asked, Look::Prove)
}

/// The name of an environment's backend in messages: its address and the identity. `None` if the environment has none.
///
/// # Errors
///
/// If the backend is misconfigured.
pub fn backend_name(project: &ReadProject, environment: &Environment) -> Result<Option<String>> {
    Ok(backend(project, environment, StoredPaths::default())?.map(|backend| backend.name()))
}

/// Asks about complete paths, each with the type that it has to be converted to. Returns why some of them could not be checked.
fn ask(
    project: &ReadProject,
    environment: &Environment,
    stored: StoredPaths,
    asked: Vec<(&mut PlannedPath, Option<CastRule>)>,
    look: Look,
) -> Result<Option<Error>> {
    if asked.is_empty() {
        return Ok(None);
    }
    let Some(backend) = backend(project, environment, stored)? else { return Ok(None) };
    let keys: Vec<Key> = asked.iter().map(|(path, _)| key(path)).collect();
    let proofs = backend.prove(&keys, Deadline::after(PATIENCE));
    let texts = if look == Look::Read { backend.fetch_many(&keys, Deadline::after(PATIENCE)) } else { Vec::new() };
    let is_every_value_read = texts.iter().all(Result::is_ok);
    let mut texts = texts.into_iter();
    for ((path, cast), proof) in asked.into_iter().zip(&proofs) {
        let mut live = live(proof);
        if let Some(Ok(read)) = texts.next() {
            if let Some(Err(error)) = cast.map(|cast| check_cast(cast, "this field", read.text.expose())) {
                let (reason, hints) = (Some(error.message().to_owned()), error.hints().to_vec());
                live = LivePath { state: LiveState::Refused, reason, hints, ..live };
            } else if live.state == LiveState::NotChecked {
                // A path that can be read exists, even if its metadata may not be read.
                live = LivePath {
                    state: LiveState::There,
                    version: read.version,
                    changed_at: None,
                    reason: None,
                    hints: Vec::new(),
                };
            }
        }
        path.live = Some(live);
    }
    if look == Look::Read && is_every_value_read {
        return Ok(None);
    }
    Ok(out_of_reach(&proofs).map(|error| unreachable(&*backend, error)))
}

/// Reads every complete path without a stored value, in one batch, and adds it to the stored values under the name that the environment
/// uses for it.
///
/// # Errors
///
/// If any of them cannot be read: a program that started without it would fail later.
pub fn resolve(project: &ReadProject, environment: &Environment, stored: &mut Snapshot) -> Result<()> {
    let plan = plan(&project.manifest, environment, &stored.held);
    let wanted: Vec<(&PlannedPath, Key)> = plan
        .variables
        .iter()
        .filter(|variable| variable.state == State::Path)
        .filter_map(|variable| Some((variable.secret_path.as_ref()?, key_of(variable)?)))
        .collect();
    let keys: Vec<Key> = wanted.iter().map(|(_, key)| key.clone()).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let name = &environment.name;
    // Stored values are set already, so takk's own store has nothing to add.
    let backend = backend(project, environment, StoredPaths::default())?.ok_or_else(|| {
        Error::usage(format!("no backend is configured for the secret paths of `{name}`"))
            .hint("write `[tool.takk.secrets]` with `backend = \"vault\"`, or set TAKK_SECRETS_BACKEND")
    })?;
    let mut failed = Vec::new();
    for ((path, _), fetched) in wanted.into_iter().zip(backend.fetch_many(&keys, Deadline::after(PATIENCE))) {
        match fetched {
            Ok(fetched) if stored.values.iter().all(|(name, _)| *name != path.env) => {
                stored.held.push(held(path));
                stored.values.push((path.env.clone(), SecretValue::new(fetched.text.expose().to_owned())));
            }
            Ok(_) => {}
            Err(error) => failed.push(error),
        }
    }
    // A snapshot is sorted by name, and looked up by binary search.
    stored.held.sort_by(|one, other| one.name.cmp(&other.name));
    stored.values.sort_by(|(one, _), (other, _)| one.cmp(other));
    let Some(first) = failed.first() else { return Ok(()) };
    let message = match failed.len() {
        1 => "one secret path cannot be read".to_owned(),
        count => format!("{count} secret paths cannot be read"),
    };
    let error = failed.iter().fold(Error::usage(message), |error, failure| error.about(failure.message()));
    Err(first.hints().iter().fold(error, Error::hint))
}

/// The backend of an environment: the one in `TAKK_SECRETS_BACKEND`, or else the project's. `None` if there is none, or if it is the
/// program's own environment or takk itself, whose values the plan already has.
fn backend(project: &ReadProject, environment: &Environment, stored: StoredPaths) -> Result<Option<Arc<dyn Backend>>> {
    let process = Process::new(config::backend_variable, clock);
    let trust = Trust { root: Some(project.root.clone()), takk: Some(Arc::new(stored)), ..Trust::default() };
    if config::names_backend() {
        return takk_backends::backend_from_env(&process, &trust).map(Some).map_err(|error| unusable(&error));
    }
    let named = project.config.secrets.of(environment.name.as_str()).filter(|config| !config.is_of_the_program());
    named.map(|config| takk_backends::backend(config, &process, &trust).map_err(|error| unusable(&error))).transpose()
}

fn clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(now()).unwrap_or_default())
}

fn unusable(error: &BackendError) -> Error {
    error.hints().iter().fold(Error::usage(error.message()), Error::hint)
}

/// The metadata of a value that was just read.
fn held(path: &PlannedPath) -> Held {
    Held {
        name: path.env.clone(),
        version: path.version.as_ref().and_then(|version| version.parse().ok()).unwrap_or(1),
        set_at: 0,
        fingerprint: Vec::new(),
        origin: Origin::Set.as_str().to_owned(),
        author: String::new(),
    }
}

/// The key to request for a variable; `None` if it has no path, or one with unfilled placeholders.
fn key_of(variable: &PlannedVariable) -> Option<Key> {
    let path = variable.secret_path.as_ref().filter(|path| path.unknown.is_empty())?;
    Some(key(path))
}

fn key(path: &PlannedPath) -> Key {
    Key::pinned(path.path.clone(), path.version.clone())
}

fn live(proof: &Proof) -> LivePath {
    let state = match proof {
        Proof::Exists { .. } => LiveState::There,
        Proof::Missing(_) => LiveState::Missing,
        Proof::VersionMissing(_) => LiveState::VersionMissing,
        Proof::Destroyed(_) => LiveState::Destroyed,
        Proof::NotReadable(_) => LiveState::NotReadable,
        Proof::Unknown(_) => LiveState::NotChecked,
    };
    let (version, changed_at) = match proof {
        Proof::Exists { version, changed } => (version.clone(), changed.and_then(milliseconds)),
        _ => (None, None),
    };
    let reason = proof.error().map(|error| error.message().to_owned());
    let hints = proof.error().map(|error| error.hints().to_vec()).unwrap_or_default();
    LivePath { state, version, changed_at, reason, hints }
}

fn milliseconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// The error, if the backend cannot be reached or answers for no path. A backend that withholds some answers from this identity is
/// different: those paths are reported as not checked.
fn out_of_reach(proofs: &[Proof]) -> Option<&BackendError> {
    let unknown = || proofs.iter().filter(|proof| matches!(proof, Proof::Unknown(_)));
    let is_all = unknown().count() == proofs.len();
    unknown().filter_map(Proof::error).find(|error| is_all || error.is_transient())
}

fn unreachable(backend: &dyn Backend, error: &BackendError) -> Error {
    let message = format!("secret paths cannot be checked in {}", backend.name());
    let failed = match error.kind() {
        ErrorKind::Transient => Error::system(message),
        _ => Error::usage(message),
    };
    error.hints().iter().fold(failed.about(error.message()), Error::hint).hint("--offline leaves them out")
}
