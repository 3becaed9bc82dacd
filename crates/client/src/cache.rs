//! The offline cache: the values that `takk run` last read from a server, for when it is unreachable. They are sealed with the master key
//! of this machine, and used only if the command allows it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::failure::{Failure, FailureKind};
use super::{Remote, TokenSource, convert};
use takk_api::ValueList;
use takk_model::error::{Error, Result};
use takk_project::config::Home;
use takk_project::platform::{
    Allowed, Freshness, ServerProject, Snapshot, directory, existing_file, made_store, now, unlocked,
};
use takk_vault::SealedFiles;

/// The directory of the cache in the data directory.
const DIRECTORY: &str = "cache";

/// What is cached of an environment.
#[derive(Serialize, Deserialize)]
struct Cached {
    read_at: i64,
    values: ValueList,
}

/// All values that are set in an environment: from the server in one request, or from the cache if allowed.
pub(super) fn snapshot(remote: &Remote, home: &Home, environment: &str, allowed: Allowed) -> Result<(Snapshot, Freshness)> {
    let about = About { project: &remote.project, environment };
    if allowed.offline {
        return about.cached(home, allowed);
    }
    match remote.value_list(environment) {
        Ok(Some(list)) => {
            // Nobody works offline in a CI job, and it must not leave values behind.
            let source = remote.connection()?.token_source();
            if !matches!(source, Some(TokenSource::Variable | TokenSource::Job)) {
                about.keep(home, &list);
            }
            Ok((convert::snapshot(remote.project.address(), list)?, Freshness::Current))
        }
        Ok(None) => Ok((Snapshot::default(), Freshness::Current)),
        Err(failure) if failure.is_unreachable() => about.instead(home, failure, allowed),
        Err(failure) => {
            if matches!(failure.kind, FailureKind::Answered(401 | 403 | 404)) {
                about.forget(home);
            }
            Err(failure.into())
        }
    }
}

/// Clears the whole cache.
pub fn clear(home: &Home) -> Result<()> {
    let Some(directory) = home.directory.as_deref().map(|directory| directory.join(DIRECTORY)) else { return Ok(()) };
    match std::fs::remove_dir_all(&directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::system(format!("cannot remove `{}`", directory.display())).caused_by(error))
        }
        _ => Ok(()),
    }
}

struct About<'a> {
    project: &'a ServerProject,
    environment: &'a str,
}

impl About<'_> {
    fn names(&self) -> [&str; 3] {
        [self.project.address().as_str(), self.project.name(), self.environment]
    }

    /// The cached values, unless they are too old.
    fn cached(&self, home: &Home, allowed: Allowed) -> Result<(Snapshot, Freshness)> {
        let Some(Cached { read_at, values }) = self.read(home)? else {
            return Err(Error::usage(format!("no values of `{}` are cached for offline use", self.environment))
                .hint("run it once with the server: `takk run` caches the values it reads"));
        };
        let age = age(read_at);
        if allowed.max_age.is_some_and(|most| age > most) {
            if age == Duration::MAX {
                let message = format!(
                    "according to the clock of this machine, the cached values of `{}` were read in the future",
                    self.environment
                );
                return Err(Error::usage(message).hint("set the clock, or leave out --offline"));
            }
            let message = format!("the cached values of `{}` are {} old", self.environment, words(age));
            return Err(Error::usage(message).hint("leave out --offline, or allow an older cache with --max-age"));
        }
        Ok((convert::snapshot(self.project.address(), values)?, Freshness::ReadAt(read_at)))
    }

    /// What to do without the server.
    fn instead(&self, home: &Home, failure: Failure, allowed: Allowed) -> Result<(Snapshot, Freshness)> {
        let kept = self.read(home).ok().flatten();
        match (allowed.max_age, kept) {
            (Some(most), Some(Cached { read_at, values })) if age(read_at) <= most => {
                Ok((convert::snapshot(self.project.address(), values)?, Freshness::ReadAt(read_at)))
            }
            (_, Some(Cached { read_at, .. })) => {
                let when = match age(read_at) {
                    Duration::MAX => "in the future, according to the clock of this machine".to_owned(),
                    age => format!("{} ago", words(age)),
                };
                Err(failure.error.hint(format!("pass `--offline` to use the values that were read {when}")))
            }
            (_, None) => Err(failure.into()),
        }
    }

    /// Caches what was read. A failure to do so does not fail the command.
    fn keep(&self, home: &Home, values: &ValueList) {
        let cached = Cached { read_at: now(), values: values.clone() };
        if let (Ok(text), Ok(aside)) = (serde_json::to_vec(&cached).map(Zeroizing::new), aside(home)) {
            let _ = aside.keep(&self.names(), &text);
        }
    }

    fn read(&self, home: &Home) -> Result<Option<Cached>> {
        if existing_file(home).is_none() {
            return Ok(None);
        }
        Ok(aside(home)?.read(&self.names()).and_then(|text| serde_json::from_slice(&text).ok()))
    }

    fn forget(&self, home: &Home) {
        let has_cache = home.directory.as_deref().is_some_and(|directory| directory.join(DIRECTORY).exists());
        if let (true, Ok(aside)) = (has_cache, aside(home)) {
            aside.remove(&self.names());
        }
    }
}

fn aside(home: &Home) -> Result<SealedFiles> {
    let opening = unlocked(home, made_store(home)?)?;
    Ok(opening.vault.aside(&directory(home)?.join(DIRECTORY)))
}

/// A time in the future comes from a wrong clock, and counts as infinitely old.
fn age(read_at: i64) -> Duration {
    u64::try_from(now() - read_at).map_or(Duration::MAX, Duration::from_millis)
}

fn words(age: Duration) -> String {
    match age.as_secs() {
        0..120 => format!("{} seconds", age.as_secs()),
        120..7200 => format!("{} minutes", age.as_secs() / 60),
        7200..172_800 => format!("{} hours", age.as_secs() / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}
