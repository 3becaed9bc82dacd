//! The same component in several environments → one service whose values may differ between them.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Reading, distinct};
use takk_model::{ClassRef, PerEnvironment, Service, ServiceKind};

/// A component in each environment that has it, by name of the environment, `default` first.
pub(super) type Readings = Vec<(&'static str, Reading)>;

/// The service that the readings describe; `None` for a resource. `options` are the arguments as written, `environments` those that were
/// evaluated separately, besides `default`.
pub(super) fn service(
    readings: &Readings,
    options: BTreeMap<String, String>,
    environments: &[&'static str],
) -> Option<Service> {
    let (_, first) = readings.first()?;
    let scheduled = readings.iter().find(|(_, reading)| reading.kind == Some(ServiceKind::Cron));
    let port = values(readings, |reading| reading.port);
    Some(Service {
        name: first.name.clone(),
        component: first.definition.name.split('.').next_back().map_or_else(String::new, component_name),
        present: present(readings, environments),
        kind: scheduled.map_or(first.kind, |(_, reading)| reading.kind)?,
        port: readings.iter().any(|(_, reading)| reading.port.is_some()).then_some(port),
        external: readings.iter().any(|(_, reading)| reading.external),
        domains: some(readings, |reading| !reading.domains.is_empty(), |reading| reading.domains.clone()),
        schedule: some(readings, |reading| reading.schedule.is_some(), |reading| reading.schedule.clone()),
        listens_to: readings.iter().find_map(|(_, reading)| reading.listens_to.clone()),
        image: some(readings, |reading| reading.image.is_some(), |reading| reading.image.clone()),
        settings: settings(readings),
        variables: variables(readings),
        tags: first.tags.clone(),
        description: first.description.clone(),
        options,
        place: first.place.clone(),
    })
}

/// `PubSub.subscriber(...)` creates a `Subscriber`.
fn component_name(name: &str) -> String {
    if name == "subscriber" { "Subscriber".to_owned() } else { name.to_owned() }
}

/// Which environments have a component. If nothing depends on the environment, only `default` was evaluated, and applies to all.
fn present(readings: &Readings, environments: &[&'static str]) -> PerEnvironment<bool> {
    let has = |name: &str| readings.iter().any(|(environment, _)| *environment == name);
    let default = has(super::DEFAULT);
    let differ = environments.iter().filter(|name| has(name) != default);
    PerEnvironment::new(default, differ.map(|name| ((*name).to_owned(), !default)).collect())
}

/// Merges the values of all environments: that of `default`, or else of the first environment with the component, and the others as
/// exceptions.
pub(super) fn values<T: Clone + PartialEq>(readings: &Readings, value: impl Fn(&Reading) -> T) -> PerEnvironment<T> {
    let all: Vec<(&str, T)> = readings.iter().map(|(environment, reading)| (*environment, value(reading))).collect();
    let default = all[0].1.clone();
    let differ = all.into_iter().filter(|(_, value)| *value != default);
    let exceptions = differ.map(|(name, value)| (name.to_owned(), value)).collect();
    PerEnvironment::new(default, exceptions)
}

fn some<T: Clone + PartialEq>(
    readings: &Readings,
    present: impl Fn(&Reading) -> bool,
    value: impl Fn(&Reading) -> T,
) -> Option<PerEnvironment<T>> {
    readings.iter().any(|(_, reading)| present(reading)).then(|| values(readings, value))
}

fn settings(readings: &Readings) -> Vec<ClassRef> {
    distinct(readings.iter().flat_map(|(_, reading)| reading.settings.iter().cloned()))
}

fn variables(readings: &Readings) -> BTreeMap<String, PerEnvironment<Option<String>>> {
    let names: BTreeSet<&String> = readings.iter().flat_map(|(_, reading)| reading.variables.keys()).collect();
    let value = |name: &String| values(readings, |reading| reading.variables.get(name).cloned().flatten());
    names.into_iter().map(|name| (name.clone(), value(name))).collect()
}
