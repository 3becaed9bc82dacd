//! Which stored values are credentials of outside services, and where each belongs.

use std::collections::{HashMap, HashSet};

use takk_catalog::{Provider, catalog};
use takk_plan::{EnvironmentPlan, PlannedVariable};
use takk_vault::SecretValue;
use url::Url;

use super::{default_of, stored};

/// The parts of a resource that hold the URL of an API: with its version (`/v1`), and without.
const BASE_API: &str = "base_api";
const BASE_URL: &str = "base_url";
/// The parts that hold credentials.
const TOKEN: &str = "token";
const WEBHOOK: &str = "webhook_url";

/// A stored credential.
pub(super) struct Credential<'c> {
    /// The variable under which it is stored.
    pub name: &'c str,
    pub value: &'c SecretValue,
    pub variable: &'c PlannedVariable,
    /// Who gave it out. `None` if nothing says so.
    pub provider: Option<&'static Provider>,
    pub destination: Destination,
}

/// Where a credential can be proved.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// At the provider, whose URL the catalog has.
    Own(String),
    /// At a URL that a value or the code names.
    Other { host: String, base: String, is_encrypted: bool },
    /// Nowhere, for this reason.
    Nowhere(String),
}

/// Which API a URL is of, as the variable that holds it says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Api {
    /// That of OpenAI, with its version (`/v1`).
    Compatible,
    /// One whose paths begin with the version.
    WithoutVersion,
    /// That of the provider of the key.
    Own,
}

/// What the program has as the URL of an API.
enum Named {
    Nothing,
    Text {
        text: String,
        api: Api,
    },
    /// The code computes it.
    Computed,
}

/// The stored credentials of an environment, in the order of the plan.
pub(super) fn find<'c>(plan: &'c EnvironmentPlan, values: &'c HashMap<String, SecretValue>) -> Vec<Credential<'c>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for variable in &plan.variables {
        let Some((name, value)) = stored(variable, values).filter(|(name, _)| seen.insert(*name)) else {
            continue;
        };
        let Some((provider, destination)) = belongs(plan, values, variable, name, value.expose()) else { continue };
        found.push(Credential { name, value, variable, provider, destination });
    }
    found
}

fn belongs(
    plan: &EnvironmentPlan,
    values: &HashMap<String, SecretValue>,
    variable: &PlannedVariable,
    name: &str,
    value: &str,
) -> Option<(Option<&'static Provider>, Destination)> {
    let part = variable.declared.resource.as_ref();
    let Some(part) = part.filter(|part| matches!(part.part.as_str(), TOKEN | WEBHOOK)) else {
        let (provider, prefix) = catalog().provider_of(name)?;
        let is_base =
            |name: &str| provider.base_variables.iter().any(|usual| name.eq_ignore_ascii_case(&format!("{prefix}{usual}")));
        let named = named(plan, values, |variable| variable.declared.names().any(is_base).then_some(Api::Own));
        return Some(at(Some(provider), named, value));
    };
    let kind = catalog().kind(&part.kind)?;
    if part.part == WEBHOOK {
        return kind.providers.iter().any(Provider::is_webhook).then(|| webhook(kind.providers, value));
    }
    if kind.providers.is_empty() {
        return None;
    }
    let named = named(plan, values, |other| {
        let sibling = other.declared.resource.as_ref().filter(|sibling| sibling.kind == part.kind)?;
        let same = plan.resources.iter().filter(|resource| resource.kind == part.kind).any(|resource| {
            resource.variables.contains(&variable.declared.name) && resource.variables.contains(&other.declared.name)
        });
        match sibling.part.as_str() {
            BASE_API if same => Some(Api::Compatible),
            BASE_URL if same => Some(Api::WithoutVersion),
            _ => None,
        }
    });
    let by_name = || catalog().provider_of(name).map(|(provider, _)| provider);
    let provider = kind.providers.iter().find(|provider| provider.is_key(value)).or_else(by_name);
    Some(at(provider, named, value))
}

/// The URL in the first variable that `api_of` recognizes and that has one.
fn named(
    plan: &EnvironmentPlan,
    values: &HashMap<String, SecretValue>,
    api_of: impl Fn(&PlannedVariable) -> Option<Api>,
) -> Named {
    let mut is_computed = false;
    for variable in &plan.variables {
        let Some(api) = api_of(variable) else { continue };
        let text = stored(variable, values).map(|(_, value)| value.expose().to_owned());
        if let Some(text) = text.or_else(|| default_of(variable)) {
            return Named::Text { text, api };
        }
        is_computed |= variable.declared.has_default;
    }
    if is_computed { Named::Computed } else { Named::Nothing }
}

/// The provider of a key, and where it is: `provider` is the one that the key or its variable tells.
fn at(provider: Option<&'static Provider>, named: Named, key: &str) -> (Option<&'static Provider>, Destination) {
    let nowhere = |why: &str| (provider, Destination::Nowhere(why.to_owned()));
    let (text, api) = match named {
        Named::Computed => return nowhere("the code computes the URL of its API"),
        Named::Text { text, api } => (text, api),
        Named::Nothing => {
            return match provider {
                Some(known) if let Some(base) = known.base => own(known, base, key),
                Some(_) => nowhere("no variable holds the URL of its API"),
                None => nowhere("no variable holds the URL of its API, and neither its name nor the key tells whose it is"),
            };
        }
    };
    let Some(url) = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return nowhere("the URL of its API is not valid");
    };
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return nowhere("the URL of its API has more than a host and a path");
    }
    let known = catalog().providers().find_map(|known| {
        let base = known.base.filter(|base| Url::parse(base).is_ok_and(|base| base.origin() == url.origin()))?;
        Some((known, base))
    });
    if let Some((known, base)) = known {
        return own(known, base, key);
    }
    let Some(host) = authority(&url) else { return nowhere("the URL of its API names no host") };
    let speaker = speaks_like(provider.filter(|_| api != Api::Compatible));
    let has_version = |provider: &Provider| provider.probe.as_ref().is_some_and(|probe| probe.path.starts_with("/v1/"));
    let version = if api == Api::WithoutVersion && !speaker.is_some_and(has_version) { "/v1" } else { "" };
    let base = format!("{}{version}", url.as_str().trim_end_matches('/'));
    (speaker, Destination::Other { host, base, is_encrypted: url.scheme() == "https" })
}

/// A key goes to a host that the catalog has, unless it is recognizably another provider's.
fn own(known: &'static Provider, base: &str, key: &str) -> (Option<&'static Provider>, Destination) {
    match catalog().providers().find(|other| other.is_key(key) && other.name != known.name) {
        Some(other) => {
            let why = format!("it begins like a key of {}, so takk does not send it to {}", other.name, known.name);
            (Some(known), Destination::Nowhere(why))
        }
        None => (Some(known), Destination::Own(base.to_owned())),
    }
}

/// Who answers at a host that the catalog does not have: a server that takes the same request as the provider, if there are such.
fn speaks_like(provider: Option<&'static Provider>) -> Option<&'static Provider> {
    let request = |provider: &Provider| provider.probe.as_ref().map(|probe| (probe.method, probe.path, probe.headers));
    let mut compatible = catalog().providers().filter(|other| other.compatible);
    match provider {
        None => compatible.next(),
        Some(provider) => compatible.find(|other| request(other) == request(provider)).or(Some(provider)),
    }
}

/// A webhook, whose URL is the credential.
fn webhook(providers: &'static [Provider], value: &str) -> (Option<&'static Provider>, Destination) {
    let first = providers.iter().find(|provider| provider.is_webhook());
    let url = Url::parse(value).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some((url, host)) = url.and_then(|url| Some((url.clone(), authority(&url)?))) else {
        return (first, Destination::Nowhere("it is not the URL of a webhook".to_owned()));
    };
    let is_encrypted = url.scheme() == "https";
    match providers.iter().find(|provider| provider.has_host(&host)).filter(|_| is_encrypted) {
        Some(known) => (Some(known), Destination::Own(value.to_owned())),
        None => (first, Destination::Other { host, base: value.to_owned(), is_encrypted }),
    }
}

/// The host of a URL, with its port unless it is the usual one.
fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}
