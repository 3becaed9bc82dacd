//! The values that the variables of a resource get.

use std::cell::Cell;
use std::collections::HashMap;

use takk_catalog::{Server, fill};
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_model::{Manifest, Origin};
use takk_plan::{PlannedVariable, State};
use takk_provision::Entry;
use takk_vault::{SecretValue, Update};

use super::need::{Need, described};
use super::tls_parameters::{self, tls_parameters};
use crate::ops::secrets::accepted::{Accepted, accepted};

/// A placeholder port for checks before the real port is chosen.
const ANY_PORT: u16 = 65_000;

/// The values to publish for a resource.
pub(super) struct Published {
    pub updates: Vec<Update>,
    /// The variables of the updates and of values that are already correct, each with its version if it has one.
    pub unchanged: Vec<(String, i64)>,
}

/// The values of a resource's variables that differ from the stored ones. `stored` has the current values by name, with their versions.
pub(super) fn published(
    need: &Need<'_>,
    entry: &Entry,
    stored: &HashMap<String, (Option<SecretValue>, i64)>,
    packages: &dyn Fn(&str) -> bool,
) -> Published {
    let mut published = Published { updates: Vec::new(), unchanged: Vec::new() };
    for (name, value) in values(need, entry, packages) {
        match stored.get(&name) {
            Some((Some(known), version)) if known.expose() == value.expose() => published.unchanged.push((name, *version)),
            other => {
                let expected = Some(other.map_or(0, |(_, version)| *version));
                published.updates.push(Update { name, value: Some(value), expected, origin: Origin::Provisioned });
            }
        }
    }
    published
}

/// Whether the program would accept the values that takk sets, checked before anything is created.
pub(super) fn would_be_accepted(
    need: &Need<'_>,
    entry: &Entry,
    manifest: &Manifest,
    packages: &dyn Fn(&str) -> bool,
) -> Result<()> {
    let mut entry = entry.clone();
    let (_, server) = described(&entry.kind).ok_or_else(|| Error::internal("a kind without a server"))?;
    entry.port.get_or_insert(ANY_PORT);
    for extra in server.ports {
        entry.ports.entry(extra.name.to_owned()).or_insert(ANY_PORT);
    }
    for (name, value) in values(need, &entry, packages) {
        if let Accepted::No(refused) = accepted(manifest, &name, value.expose()) {
            let (key, word) = (need.key(), shell_word(&name));
            return Err(Error::usage(format!("{key}: `{name}` must be {}: {}", refused.type_name, refused.sentence()))
                .about(refused.place.short())
                .hint(format!("takk cannot set it; set it with `takk secrets set {word}`, and takk leaves {key} alone")));
        }
    }
    Ok(())
}

pub(in crate::ops) fn values(need: &Need<'_>, entry: &Entry, packages: &dyn Fn(&str) -> bool) -> Vec<(String, SecretValue)> {
    let Some((_, server)) = described(&entry.kind) else { return Vec::new() };
    let variables = need.variables.iter().filter(|variable| is_wanted(variable, entry));
    variables.filter_map(|variable| Some((variable.declared.name.clone(), value(server, entry, variable, packages)?))).collect()
}

/// Whether takk sets the variable. A server that takk runs ignores the region, so the code's own value stays.
fn is_wanted(variable: &PlannedVariable, entry: &Entry) -> bool {
    let part = variable.declared.resource.as_ref().map(|part| part.part.as_str());
    match variable.state {
        State::Missing | State::Set | State::Optional => true,
        State::Default | State::Resolved => entry.is_on_server() || part != Some("region"),
        State::Inherited | State::Path | State::Source | State::Computed => false,
    }
}

fn value(server: &Server, entry: &Entry, variable: &PlannedVariable, packages: &dyn Fn(&str) -> bool) -> Option<SecretValue> {
    let part = variable.declared.resource.as_ref()?;
    let schemes = takk_catalog::catalog().kind(&part.kind).map(|kind| kind.schemes).unwrap_or_default();
    let scheme = variable.declared.driver.as_ref().map(|driver| driver.scheme.as_str()).or_else(|| schemes.first().copied());
    let scheme = tls_parameters::scheme(entry, scheme);
    let text = match takk_provision::server::part_of(entry, &part.part) {
        Some(text) => text,
        None => server.part(&part.part, scheme, packages)?.value,
    };
    let is_url = text.contains("://");
    if entry.is_on_server() && part.part == "ssl" {
        return Some(SecretValue::new(entry.ssl_mode.clone().unwrap_or_else(|| "prefer".to_owned())));
    }
    let is_known = Cell::new(true);
    let text = fill(text, &|name| {
        let known = entry.placeholder(name, is_url);
        let known = if name == "scheme" { known.or_else(|| scheme.map(str::to_owned)) } else { known };
        is_known.set(is_known.get() && known.is_some());
        known
    });
    // A service that generates the credentials itself has not returned them yet.
    if entry.is_on_server() && !is_known.get() {
        return None;
    }
    let tls = if is_url { tls_parameters(entry, scheme.unwrap_or_default(), &text) } else { String::new() };
    Some(SecretValue::new(text + &tls))
}
