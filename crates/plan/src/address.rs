//! The internal and external address of a component, per environment.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use serde::Serialize;

use super::resolve_component_name;
use takk_model::{Environment, Manifest, Service, ServiceUrlRef, UrlKind};

/// A URL, or why it is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Address {
    /// The URL.
    Url(String),
    /// Why it is unknown.
    Unresolved(String),
}

/// The number of names without a component that get a suggestion: each is compared with all components.
const PROPOSALS: usize = 20;

/// The components of a project by their names.
pub struct Components<'m> {
    manifest: &'m Manifest,
    known: Vec<&'m str>,
    by_name: HashMap<&'m str, &'m Service>,
    /// The names that were resolved already, and how many of them were unknown.
    resolved: RefCell<HashMap<String, Result<&'m str, String>>>,
    unknown: Cell<usize>,
}

impl<'m> Components<'m> {
    /// The components of a manifest.
    pub fn new(manifest: &'m Manifest) -> Self {
        let mut by_name = HashMap::new();
        for service in &manifest.services {
            by_name.entry(service.name.as_str()).or_insert(service);
        }
        let known = manifest.services.iter().map(|service| service.name.as_str()).collect();
        Self { manifest, known, by_name, resolved: RefCell::default(), unknown: Cell::default() }
    }

    /// The URL that a `ServiceUrl` refers to in `environment`. `readers` are the services that read the field: `self` is the one that reads
    /// it.
    pub fn address(&self, reference: &ServiceUrlRef, readers: &[String], environment: &Environment) -> Address {
        let has_self = self.by_name.contains_key("self");
        let name = match (reference.name.as_str(), readers) {
            ("self", [one]) if !has_self => one.as_str(),
            ("self", _) if !has_self => {
                return Address::Unresolved("`self` is a different URL for each service that reads it".to_owned());
            }
            (name, _) => name,
        };
        let full = match self.resolve(name) {
            Ok(full) => full,
            Err(error) => return Address::Unresolved(error),
        };
        let Some(service) = self.by_name.get(full) else {
            return Address::Unresolved(format!("no component is named `{full}`"));
        };
        if !service.present.value_in(environment.name.as_str()) {
            return Address::Unresolved(format!("`{}` has no `{full}`", environment.name));
        }
        match reference.url {
            UrlKind::Internal => internal(service, &self.manifest.project.name, environment, &reference.protocol),
            UrlKind::External => external(service, environment, &reference.protocol),
        }
    }

    /// The full name of the component that a name refers to, or why there is none.
    fn resolve(&self, name: &str) -> Result<&'m str, String> {
        if let Some(resolved) = self.resolved.borrow().get(name) {
            return resolved.clone();
        }
        let resolved = match resolve_component_name(&self.known, name, self.unknown.get() < PROPOSALS) {
            Ok(full) => Ok(full),
            Err(error) => {
                self.unknown.update(|unknown| unknown + 1);
                Err(error.to_string())
            }
        };
        self.resolved.borrow_mut().insert(name.to_owned(), resolved.clone());
        resolved
    }
}

/// `http://<service>.<project>-<environment>.svc.cluster.local:<port>`; in `dev` the port on this machine.
pub(super) fn internal(service: &Service, project: &str, environment: &Environment, protocol: &str) -> Address {
    let Some(port) = port_in(service, environment) else {
        return Address::Unresolved(format!("`{}` does not listen on a port", service.name));
    };
    let environment = environment.name.as_str();
    let host = if environment == "dev" {
        "localhost".to_owned()
    } else {
        format!("{}.{}-{}.svc.cluster.local", label(&service.name), label(project), label(environment))
    };
    Address::Url(with_scheme(protocol, &format!("{host}:{port}")))
}

/// The component's first domain, else `<service>.<base domain>`. If the component only accepts HTTPS, which is the default unless
/// `https_only=False`, the URL is `https` even if the field asks for `http`.
pub(super) fn external(service: &Service, environment: &Environment, protocol: &str) -> Address {
    if !service.external {
        return Address::Unresolved(format!("`{}` is not reachable from outside", service.name));
    }
    let protocol = if protocol == "http" && is_https_only(service) { "https" } else { protocol };
    if let Some(domain) = domains_in(service, environment).first() {
        return Address::Url(with_scheme(protocol, domain));
    }
    match &environment.domain {
        Some(base) => Address::Url(with_scheme(protocol, &format!("{}.{base}", label(&service.name)))),
        None => Address::Unresolved(format!("`{}` has no domain and `{}` has no base domain", service.name, environment.name)),
    }
}

/// The port of a component in an environment.
pub(super) fn port_in(service: &Service, environment: &Environment) -> Option<u16> {
    *service.port.as_ref()?.value_in(environment.name.as_str())
}

/// The domain names of a component in an environment.
pub(super) fn domains_in<'s>(service: &'s Service, environment: &Environment) -> &'s [String] {
    service.domains.as_ref().map_or(&[], |domains| domains.value_in(environment.name.as_str()))
}

fn is_https_only(service: &Service) -> bool {
    service.options.get("https_only").is_none_or(|written| written != "False")
}

fn with_scheme(protocol: &str, host: &str) -> String {
    if protocol == "none" { host.to_owned() } else { format!("{protocol}://{host}") }
}

/// The name as a single DNS label.
fn label(name: &str) -> String {
    name.to_lowercase().replace(['.', '_', '/'], "-")
}
