//! Where a container engine may be: the places that Docker's own client looks at, and those of Podman and of the usual desktop programs.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use bollard::models::SystemVersion;
use bollard::{API_DEFAULT_VERSION, ClientVersion, Docker};
use ring::digest::{SHA256, digest};
use takk_model::error::{Error, Result};

use super::{Engine, LONGEST_ANSWER};
use crate::name::hexadecimal;

/// The product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    Docker,
    Podman,
}

impl Flavour {
    /// Its name, which is also its command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
        }
    }
}

/// The variables that say where an engine is.
#[derive(Clone, Debug, Default)]
pub struct EnginePlaces {
    /// `DOCKER_HOST`.
    pub host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub context: Option<String>,
    /// `DOCKER_CONFIG`, else `~/.docker`.
    pub configuration: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime: Option<PathBuf>,
    pub home: Option<PathBuf>,
}

/// Why there is no engine: each address that was tried, with its failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoEngine {
    pub looked_at: Vec<(String, String)>,
}

impl NoEngine {
    /// Whether there is an engine that this user may not access.
    pub fn is_denied(&self) -> bool {
        self.looked_at.iter().any(|(_, why)| why.starts_with("permission denied"))
    }
}

/// The first engine that responds, of the requested flavour if there is one.
pub fn find(places: &EnginePlaces, wanted: Option<Flavour>) -> Result<Result<Engine, NoEngine>> {
    let mut none = NoEngine::default();
    for address in candidates(places) {
        let why = match open(&address)? {
            Ok(engine) if wanted.is_none_or(|wanted| wanted == engine.flavour) => return Ok(Ok(engine)),
            Ok(engine) => format!("it is {}", engine.flavour.name()),
            Err(why) => why,
        };
        none.looked_at.push((address, why));
    }
    Ok(Err(none))
}

/// The addresses to try, in order.
fn candidates(places: &EnginePlaces) -> Vec<String> {
    // An address that the user names is the only one to try.
    if let Some(host) = places.host.as_ref().filter(|host| !host.is_empty()) {
        return vec![host.clone()];
    }
    let mut found = Vec::new();
    found.extend(of_context(places));
    let mut paths = vec![PathBuf::from("/var/run/docker.sock")];
    if let Some(runtime) = &places.runtime {
        paths.extend([runtime.join("podman/podman.sock"), runtime.join("docker.sock")]);
    }
    paths.push(PathBuf::from("/run/podman/podman.sock"));
    if let Some(home) = &places.home {
        let below = [
            ".docker/run/docker.sock",
            ".docker/desktop/docker.sock",
            ".colima/default/docker.sock",
            ".rd/docker.sock",
            ".orbstack/run/docker.sock",
        ];
        paths.extend(below.map(|path| home.join(path)));
    }
    for path in paths {
        let address = format!("unix://{}", path.display());
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// The address of Docker's current context.
fn of_context(places: &EnginePlaces) -> Option<String> {
    let configuration = places.configuration.clone().or_else(|| Some(places.home.as_ref()?.join(".docker")))?;
    let name = match places.context.clone().filter(|name| !name.is_empty()) {
        Some(name) => name,
        None => read(&configuration.join("config.json"))?.get("currentContext")?.as_str()?.to_owned(),
    };
    if name == "default" {
        return None;
    }
    let directory = hexadecimal(digest(&SHA256, name.as_bytes()).as_ref());
    let meta = read(&configuration.join("contexts/meta").join(directory).join("meta.json"))?;
    Some(meta.pointer("/Endpoints/docker/Host")?.as_str()?.to_owned())
}

/// Reads a small file of Docker's configuration.
fn read(path: &Path) -> Option<serde_json::Value> {
    const LONGEST: u64 = 1 << 20;
    let is_small = fs::metadata(path).is_ok_and(|facts| facts.is_file() && facts.len() <= LONGEST);
    is_small.then(|| serde_json::from_slice(&fs::read(path).ok()?).ok()).flatten()
}

/// The newest API version of an engine.
fn api_version(answer: &SystemVersion) -> Option<ClientVersion> {
    let (major, minor) = answer.api_version.as_ref()?.split_once('.')?;
    Some(ClientVersion { major_version: major.parse().ok()?, minor_version: minor.parse().ok()? })
}

/// The engine at an address, or why it cannot be used.
fn open(address: &str) -> Result<Result<Engine, String>> {
    let Some(path) = address.strip_prefix("unix://") else {
        return Ok(Err("takk uses engines of this machine only, over a socket (unix://)".to_owned()));
    };
    if let Err(error) = UnixStream::connect(path) {
        return Ok(Err(match error.kind() {
            std::io::ErrorKind::NotFound => "not there".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied; you are not in its group".to_owned(),
            std::io::ErrorKind::ConnectionRefused => "the engine is not running".to_owned(),
            _ => error.to_string(),
        }));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Error::system("cannot start a thread to talk to the container engine").caused_by(error))?;
    let asked = runtime.block_on(async {
        let connect = |version| Docker::connect_with_unix(path, LONGEST_ANSWER, version);
        let newest = connect(API_DEFAULT_VERSION)?;
        // The library would send two requests, one to negotiate the version and one for these details; an engine takes 8 ms for each.
        let version = newest.version().await?;
        let docker = match api_version(&version).filter(|known| known < API_DEFAULT_VERSION) {
            Some(older) => connect(&older)?,
            None => newest,
        };
        Ok::<_, bollard::errors::Error>((docker, version))
    });
    let (docker, version) = match asked {
        Ok(answer) => answer,
        Err(error) => return Ok(Err(super::failure::shortened(&error.to_string()))),
    };
    let components = version.components.unwrap_or_default();
    let is_podman = components.iter().any(|component| component.name.contains("Podman"));
    let flavour = if is_podman { Flavour::Podman } else { Flavour::Docker };
    Ok(Ok(Engine { docker, runtime, flavour, address: address.to_owned() }))
}
