//! Which server version is compatible with the client packages of a project, and why.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use super::number::{server_number, specifiers};
use super::{Client, Component, Kind, VersionRule, catalog};
use takk_model::{Package, Packages, Place, VersionAnswer};

/// A client library of a kind in the project, and what its version means for the server.
#[derive(Clone, Debug)]
pub struct ClientUse<'p> {
    pub client: &'static Client,
    /// The package that installs it.
    pub package: &'p Package,
    pub standing: Standing,
}

/// What a client's version means for the server's.
#[derive(Clone, Debug)]
pub enum Standing {
    /// No file pins the client's version.
    NotPinned,
    /// Nothing is known about how this client's versions relate to the server's.
    NoRule,
    /// No row of the client's table covers this version, or it is not a version.
    NoMatch { version: String },
    /// The compatible servers are known.
    Fits(Fit),
}

/// The servers that are compatible with one version of a client.
#[derive(Clone, Debug)]
pub struct Fit {
    pub version: String,
    /// The server version to run.
    pub run: String,
    /// All compatible server versions.
    pub server: VersionSpecifiers,
    pub why: &'static str,
}

/// A client that does not work with a server version.
#[derive(Clone, Debug)]
pub struct Rejection<'p> {
    pub package: &'p Package,
    /// Why, as one phrase: `mlflow 3.1.4 is locked; client and server must be the same version`.
    pub reason: String,
}

/// The server version that is compatible with all client packages of the project, with the reason. `None` if no client has a
/// known version that determines it; [`clients_in_use`] explains why.
pub fn server_version(kind: &Kind, packages: &Packages) -> Option<VersionAnswer> {
    let rule = provided(kind).version_rule?;
    let clients = clients_in_use(kind, packages);
    let fits: Vec<(&Package, &Fit)> = clients.iter().filter_map(|client| Some((client.package, client.fit()?))).collect();
    let suits_all = |server: &str| fits.iter().all(|(_, fit)| !fit.rejects(server));
    // In a tie, or if no server suits all clients, the client that comes first in the catalog decides.
    let newest = fits
        .iter()
        .filter(|(_, fit)| suits_all(&fit.run))
        .reduce(|best, next| if server_number(&next.1.run) > server_number(&best.1.run) { next } else { best });
    let (package, fit) = newest.or(fits.first())?;
    Some(VersionAnswer {
        version: fit.run.clone(),
        reason: fit.reason(package),
        rule: rule.name().to_owned(),
        package: Some(package.name.clone()),
        package_version: Some(fit.version.clone()),
        place: Some(package.place.clone()),
    })
}

/// The server version if no client decides: the kind's own default.
pub fn default_version(kind: &Kind) -> Option<VersionAnswer> {
    let version = kind.default_version?;
    let software = kind.server.as_ref().and_then(|server| server.software).unwrap_or(kind.display);
    Some(VersionAnswer {
        version: version.to_owned(),
        reason: match kind.looked_up {
            Some(day) => {
                format!("no client package determines it; {version} was the latest stable version of {software} known on {day}")
            }
            None => format!("no client package determines it; {version} is the default for {software}"),
        },
        rule: "default".to_owned(),
        package: None,
        package_version: None,
        place: None,
    })
}

/// The server version that a component declares: `written`, the version argument, or else the component's default. `None` if
/// there is neither, so that the client decides.
pub fn declared_version(component: &Component, written: Option<&str>, place: &Place) -> Option<VersionAnswer> {
    let default = component.instance.as_ref()?.version;
    let (version, rule, reason) = match (written, default) {
        (Some(version), _) => (version, "declared", format!("{} declares version {version}", component.name)),
        (None, Some(version)) => (version, "default", format!("{} has version {version} by default", component.name)),
        (None, None) => return None,
    };
    Some(VersionAnswer {
        version: version.to_owned(),
        reason,
        rule: rule.to_owned(),
        package: None,
        package_version: None,
        place: Some(place.clone()),
    })
}

/// The first client package whose version is known but not covered by its compatibility table.
pub fn client_without_match<'p>(kind: &Kind, packages: &'p Packages) -> Option<&'p Package> {
    first_with(kind, packages, |standing| matches!(standing, Standing::NoMatch { .. }))
}

/// The first client package whose version would determine the server's if a lock file pinned it.
pub fn client_not_locked<'p>(kind: &Kind, packages: &'p Packages) -> Option<&'p Package> {
    first_with(kind, packages, |standing| matches!(standing, Standing::NotPinned))
}

/// The client packages that do not work with the server version `server`, such as one that the project declares.
pub fn clients_that_reject<'p>(kind: &Kind, packages: &'p Packages, server: &str) -> Vec<Rejection<'p>> {
    let rejection = |client: ClientUse<'p>| {
        let fit = client.fit().filter(|fit| fit.rejects(server))?;
        Some(Rejection { package: client.package, reason: fit.reason(client.package) })
    };
    clients_in_use(kind, packages).into_iter().filter_map(rejection).collect()
}

/// The client libraries of the kind in the project, in the order of the catalog.
pub fn clients_in_use<'p>(kind: &Kind, packages: &'p Packages) -> Vec<ClientUse<'p>> {
    let kind = provided(kind);
    let mut used = Vec::new();
    for client in kind.clients {
        if let Some(package) = client.packages.iter().find_map(|name| packages.find(name)) {
            used.push(ClientUse { client, package, standing: standing(kind, client, package) });
        }
    }
    used
}

fn first_with<'p>(kind: &Kind, packages: &'p Packages, wanted: impl Fn(&Standing) -> bool) -> Option<&'p Package> {
    clients_in_use(kind, packages).into_iter().find(|client| wanted(&client.standing)).map(|client| client.package)
}

/// The kind whose clients and rule apply: `postgres` for a `database`.
fn provided(kind: &Kind) -> &'static Kind {
    let name = kind.managed_as.unwrap_or(kind.name);
    catalog().kind(name).expect("a test looks up what every kind is managed as")
}

impl ClientUse<'_> {
    fn fit(&self) -> Option<&Fit> {
        match &self.standing {
            Standing::Fits(fit) => Some(fit),
            _ => None,
        }
    }
}

impl Fit {
    /// Whether the client is known not to work with a server. A version that is not a number (`latest`) is not rejected.
    fn rejects(&self, server: &str) -> bool {
        server_number(server).is_some_and(|number| !self.server.contains(&number))
    }

    fn reason(&self, package: &Package) -> String {
        let pinned = if package.is_locked() { "locked" } else { "pinned" };
        format!("{} {} is {pinned}; {}", package.name, self.version, self.why)
    }
}

fn standing(kind: &Kind, client: &Client, package: &Package) -> Standing {
    let rule = match kind.version_rule {
        None => return Standing::NoRule,
        Some(VersionRule::Range) if client.versions.is_empty() => return Standing::NoRule,
        Some(rule) => rule,
    };
    let Some(version) = pinned_version(package) else { return Standing::NotPinned };
    fitting(rule, client, version).map_or_else(|| Standing::NoMatch { version: version.to_owned() }, Standing::Fits)
}

/// The servers that are compatible with the client's version, by that rule.
fn fitting(rule: VersionRule, client: &Client, text: &str) -> Option<Fit> {
    let version = Version::from_str(text).ok()?.without_local();
    let (run, server, why) = match rule {
        VersionRule::Exact => (version.to_string(), format!("=={version}"), "client and server must be the same version"),
        VersionRule::SameRelease => {
            let release = version.only_release();
            (release.to_string(), format!("=={release}"), "client and server must be the same release")
        }
        VersionRule::SameMajor => {
            let major = version.release().first()?;
            (format!("{major}.x"), format!("=={major}.*"), "client and server must have the same major version")
        }
        VersionRule::Range => {
            let row = client.versions.iter().find(|row| specifiers(row.client).contains(&version))?;
            (row.run.to_owned(), row.server.to_owned(), row.why)
        }
    };
    Some(Fit { version: text.to_owned(), run, server: specifiers(&server), why })
}

/// The pinned version: from a lock file, or from a requirement that allows only one (`==3.1.4`, Poetry's bare `3.1.4`).
fn pinned_version(package: &Package) -> Option<&str> {
    package.version.as_deref().or_else(|| {
        let specifier = package.specifier.as_deref()?.trim();
        let version = specifier.trim_start_matches('=').trim();
        Version::from_str(version).is_ok().then_some(version)
    })
}

#[cfg(test)]
mod tests;
