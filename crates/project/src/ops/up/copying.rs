//! `--from`: the data of which environment a new database begins with.

use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};
use takk_provision::copy::{Source, can_copy};
use takk_provision::{DataCopy, Entry, State};

use super::ledger::Kept;
use super::work::Run;
use super::{Event, Wanted};
use crate::config::Level;
use crate::ops::project::ReadProject;

/// Fails if data must not be copied from the one environment into the other.
pub(in crate::ops) fn is_allowed(project: &ReadProject, environment: &EnvironmentName, wanted: &Wanted<'_>) -> Result<()> {
    let Some(from) = wanted.from else { return Ok(()) };
    let level = |name: &EnvironmentName| project.config.policy(name.as_str()).level;
    if from == environment {
        return Err(
            Error::usage(format!("`{from}` cannot begin with a copy of itself")).hint("name another environment: --from dev")
        );
    }
    if level(environment) == Level::Full {
        return Err(Error::usage(format!("`{environment}` has the level `full`: no data is copied into it"))
            .hint("omit --from, and restore a backup with `takk run --migrations`"));
    }
    if level(from) == Level::Full { Err(is_full(from.as_str())) } else { Ok(()) }
}

/// The error for data that stays where it is.
fn is_full(from: &str) -> Error {
    Error::usage(format!("`{from}` has the level `full`: its data is not copied into other environments"))
        .hint("put what developers may see into another environment, such as dev, and copy from there")
        .hint("to start empty, omit --from")
}

/// Decides what a resource begins with, and records it in its entry.
pub(super) fn decide(run: &mut Run<'_, '_>, kept: &mut Kept, report: &mut dyn FnMut(Event<'_>)) -> Result<Option<Source>> {
    let entry = &mut kept.entry;
    let key = entry.key();
    if entry.state == State::Live || entry.live_at.is_some() {
        exists(run.wanted, entry, report);
        return Ok(None);
    }
    let known = entry.copy.take();
    if known.as_ref().is_some_and(|copy| copy.is_done) {
        entry.copy = known;
        return Ok(None);
    }
    let has_begun = known.as_ref().is_some_and(|copy| copy.has_begun);
    let Some(from) = run.wanted.from.map(ToString::to_string).or(known.map(|copy| copy.from)) else { return Ok(None) };
    if !can_copy(&entry.kind) {
        report(Event::Note { key: &key, text: "starts empty: takk copies the data of PostgreSQL and MariaDB" });
        return Ok(None);
    }
    let source = run.entry_of(&from, &key)?.filter(|source| source.state == State::Live).ok_or_else(|| {
        Error::usage(format!("`{from}` has no {key} that takk created, so there is nothing to copy"))
            .hint(format!("takk ps --env {from}"))
            .hint("to start empty, omit --from")
    })?;
    if source.level == Level::Full.as_str() {
        return Err(is_full(&from));
    }
    entry.copy = Some(DataCopy { from, has_begun, is_done: false });
    Ok(Some(Source { entry: source, search: run.machine.search().clone() }))
}

/// Says that nothing is copied into what exists.
pub(super) fn exists(wanted: &Wanted<'_>, entry: &Entry, report: &mut dyn FnMut(Event<'_>)) {
    let Some(from) = wanted.from else { return };
    let text = match &entry.copy {
        Some(copy) if copy.from == from.as_str() => format!("began with the data of `{from}`: nothing is copied again"),
        _ => format!("exists already: nothing is copied from `{from}`; for that, remove it first"),
    };
    report(Event::Note { key: &entry.key(), text: &text });
}
