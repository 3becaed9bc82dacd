//! `takk export compose`: the servers of a project as a Compose file. Its texts are as Compose interpolates them: `${NAME}` is a variable,
//! `$$` a dollar sign.

use std::collections::BTreeSet;

use super::{Runnable, is_optional, names, source};
use crate::ops::project::ReadProject;
use takk_catalog::{ExtraPort, Server, catalog, default_version, fill};
use takk_model::Environment;
use takk_model::error::{Error, Result};
use takk_model::visible;
use takk_plan::{EnvironmentPlan, PlannedResource};

/// The address on which servers listen.
const HOST: &str = "127.0.0.1";
/// What Compose prints if a variable is not set.
const UNSET: &str = "takk run --parts has no value for it";

/// The servers of a project in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeFile {
    /// The name of the Compose project.
    pub name: String,
    pub project: String,
    pub environment: String,
    pub services: Vec<Service>,
    pub left_out: Vec<LeftOut>,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub name: String,
    /// The resource, and the reason for the version.
    pub about: String,
    pub image: String,
    pub environment: Vec<(String, String)>,
    /// Empty to use the image's own.
    pub command: Vec<String>,
    /// Pairs of a port of this machine and one in the container.
    pub ports: Vec<(String, u16)>,
    pub files: Vec<File>,
    /// The data directory; `None` if the server stores nothing.
    pub data: Option<&'static str>,
    /// The command of the health check; empty if the image has none.
    pub health: Vec<String>,
}

/// A file inside the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the Compose file.
    pub name: String,
    pub path: &'static str,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The content of this variable.
    Variable(String),
    Text(String),
}

/// A resource that has no service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub resource: String,
    /// The reason, as a clause.
    pub why: String,
}

/// The servers that a project needs in an environment.
pub fn compose_file(project: &ReadProject, environment: &Environment, plan: &EnvironmentPlan) -> Result<ComposeFile> {
    let (code, environment) = (&project.manifest.project.name, environment.name.as_str());
    let mut file = ComposeFile {
        name: names::project(code, environment),
        project: code.clone(),
        environment: environment.to_owned(),
        services: Vec::new(),
        left_out: Vec::new(),
    };
    let mut ports = BTreeSet::new();
    for resource in &plan.resources {
        match runnable(resource, plan) {
            Some(Ok(runnable)) => file.services.push(service(&runnable, &mut ports)?),
            Some(Err(why)) => file.left_out.push(LeftOut { resource: shown(resource), why }),
            None => {}
        }
    }
    Ok(file)
}

/// The resource with its server, or why it has none here; `None` for a kind without a server that takk can run.
fn runnable<'p>(resource: &'p PlannedResource, plan: &'p EnvironmentPlan) -> Option<Result<Runnable<'p>, String>> {
    let runnable = Runnable::new(resource, plan)?;
    Some(match runnable.without_variable() {
        Some(name) => Err(format!("the program has no variable for its {name}")),
        None if runnable.is_wanted() => Ok(runnable),
        None => Err("no value is set, and the program runs without one".to_owned()),
    })
}

fn service(runnable: &Runnable<'_>, used: &mut BTreeSet<u16>) -> Result<Service> {
    let Runnable { resource, kind, server, .. } = runnable;
    let answer = resource.version.clone().or_else(|| default_version(kind));
    let version = answer.as_ref().map_or("latest", |answer| &answer.version);
    let extensions =
        resource.extensions.iter().filter(|extension| !extension.ambiguous).map(|extension| extension.name.as_str());
    let image = kind.container_image_with(version, extensions).filter(|_| is_tag(version));
    let (image, _) = image.ok_or_else(|| no_image(runnable, version))?;
    let name = runnable.service();
    let own = kind.port.unwrap_or_default();
    let port = published(&name, runnable.has_one_port().then_some("port"), own, used);
    let extra: Vec<_> = server.ports.iter().map(|extra| (extra, published(&name, None, extra.port, used))).collect();
    let texts = Texts { server, service: &name, version, port: &port, extra: &extra };
    let environment = server.environment.iter().filter_map(|variable| variable.split_once('='));
    let why = answer.as_ref().map(|answer| format!(": {}", answer.reason)).unwrap_or_default();
    Ok(Service {
        about: format!("{}{why}", shown(resource)),
        image,
        environment: environment.map(|(name, value)| (name.to_owned(), texts.filled(value, is_optional))).collect(),
        command: texts.command(server.command_of(version)),
        files: server.files.iter().map(|file| texts.file(file)).collect(),
        data: server.volume(version),
        health: texts.command(server.health),
        ports: [(port.clone(), own)].into_iter().chain(extra.iter().map(|(extra, port)| (port.clone(), extra.port))).collect(),
        name,
    })
}

fn no_image(runnable: &Runnable<'_>, version: &str) -> Error {
    let (version, kind) = (visible::shown(version), runnable.kind.display);
    let name = visible::shown(&runnable.resource.name);
    Error::usage(format!("`{version}` is not a version of {kind} `{name}` that an image can have"))
        .hint(format!("it is declared in {}", runnable.resource.place.short()))
}

/// The values of the placeholders in the texts of a server.
struct Texts<'t> {
    server: &'static Server,
    service: &'t str,
    version: &'t str,
    port: &'t str,
    extra: &'t [(&'static ExtraPort, String)],
}

impl Texts<'_> {
    fn filled(&self, text: &str, can_lack: impl Fn(&str) -> bool) -> String {
        fill(&text.replace('$', "$$"), &|placeholder| match placeholder {
            "version" => Some(self.version.to_owned()),
            "host" => Some(HOST.to_owned()),
            "port" => Some(self.port.to_owned()),
            credential if self.server.credentials.contains(&credential) => {
                let variable = names::variable(self.service, source(credential));
                Some(if can_lack(credential) { format!("${{{variable}:-}}") } else { format!("${{{variable}:?{UNSET}}}") })
            }
            other => {
                let named = other.strip_prefix("port:")?;
                self.extra.iter().find(|(extra, _)| extra.name == named).map(|(_, port)| port.clone())
            }
        })
    }

    fn command(&self, words: &[&str]) -> Vec<String> {
        words.iter().map(|word| self.filled(word, |_| false)).collect()
    }

    fn file(&self, file: &takk_catalog::File) -> File {
        let last = file.path.rsplit('/').next().unwrap_or_default();
        let alone = self.server.credentials.iter().find(|name| file.text == format!("{{{name}}}"));
        let content = match alone {
            Some(credential) => Content::Variable(names::variable(self.service, source(credential))),
            None => Content::Text(self.filled(file.text.trim_start_matches('\n'), |_| false)),
        };
        File { name: format!("{}-{last}", self.service), path: file.path, content }
    }
}

/// The port on this machine: the one in the program's values, else the container's port, or the next free one if another service has it.
fn published(service: &str, part: Option<&str>, wanted: u16, used: &mut BTreeSet<u16>) -> String {
    let free = (wanted..=u16::MAX).find(|port| !used.contains(port)).unwrap_or(wanted);
    used.insert(free);
    match part {
        Some(part) => format!("${{{}:-{free}}}", names::variable(service, part)),
        None => free.to_string(),
    }
}

/// A resource in words: "PostgreSQL `warehouse`".
fn shown(resource: &PlannedResource) -> String {
    let kind = catalog().kind(&resource.kind).map_or(resource.kind.as_str(), |kind| kind.display);
    if resource.name == "default" { kind.to_owned() } else { format!("{kind} `{}`", resource.name) }
}

/// Whether a version is valid in an image tag (<https://github.com/distribution/reference>).
fn is_tag(version: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=100).contains(&version.len()) && version.bytes().all(plain) && !version.starts_with(['.', '-'])
}
