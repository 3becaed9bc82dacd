//! The container of a server. What identifies it is its configuration without secrets: these are files, written before it starts.

use std::collections::HashMap;

use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, ContainerStateStatusEnum, HostConfig, Mount, MountType, PortBinding, PortMap,
};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, InspectContainerOptions, RemoveContainerOptionsBuilder, StartContainerOptions,
    StopContainerOptionsBuilder, UploadToContainerOptionsBuilder,
};
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::failure::{is_conflict, is_missing, is_port_taken};
use super::labels::{CONFIGURATION, Labels};
use super::{Engine, step};
use crate::blueprint::{Blueprint, Written};
use crate::choose_ports::choose_ports;
use crate::ledger::{Entry, HOST};
use crate::ports::{Ports, in_use};
use crate::provisioner::{Journal, Phase, Status};

/// How many ports to try before giving up.
const ATTEMPTS: usize = 20;
/// How many seconds a server may take to end before it is killed.
const GRACE: i32 = 10;

/// The configuration of a container.
struct Configuration {
    environment: Vec<String>,
    command: Vec<String>,
    bindings: Vec<(u16, u16)>,
    mount: Option<(String, &'static str)>,
    image: String,
}

impl Configuration {
    fn of(blueprint: &Blueprint, entry: &Entry) -> Self {
        let mount = entry.volume.clone().zip(blueprint.server.volume(&blueprint.version));
        let extra = blueprint.server.ports.iter().filter_map(|extra| Some((extra.port, *entry.ports.get(extra.name)?)));
        let bindings = entry.port.map(|port| (blueprint.inner_port(), port)).into_iter().chain(extra).collect();
        let image = entry.image.clone().unwrap_or_default();
        Self { environment: blueprint.environment(entry), command: blueprint.command(entry), bindings, mount, image }
    }

    /// The texts that distinguish it from another configuration.
    fn parts(&self) -> Vec<String> {
        let mount = self.mount.as_ref().map(|(name, path)| format!("{name}:{path}")).unwrap_or_default();
        let bindings = self.bindings.iter().map(|(inner, outer)| format!("{inner}:{outer}"));
        let lists = [&self.environment, &self.command].into_iter().flat_map(|list| list.iter().cloned().chain([String::new()]));
        [self.image.clone(), mount].into_iter().chain(bindings).chain([String::new()]).chain(lists).collect()
    }

    fn labels(&self, labels: &Labels) -> HashMap<String, String> {
        let parts = self.parts();
        labels.with_configuration(&parts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn body(&self, labels: &Labels) -> ContainerCreateBody {
        let name = |port: u16| format!("{port}/tcp");
        let bound = |port: u16| Some(vec![PortBinding { host_ip: Some(HOST.to_owned()), host_port: Some(port.to_string()) }]);
        let mounts = self.mount.as_ref().map(|(source, target)| {
            let (typ, target) = (Some(MountType::VOLUME), Some((*target).to_owned()));
            vec![Mount { typ, source: Some(source.clone()), target, ..Mount::default() }]
        });
        let port_bindings: PortMap = self.bindings.iter().map(|(inner, outer)| (name(*inner), bound(*outer))).collect();
        ContainerCreateBody {
            image: Some(self.image.clone()),
            env: Some(self.environment.clone()),
            cmd: (!self.command.is_empty()).then(|| self.command.clone()),
            labels: Some(self.labels(labels)),
            exposed_ports: Some(self.bindings.iter().map(|(inner, _)| name(*inner)).collect()),
            host_config: Some(HostConfig { port_bindings: Some(port_bindings), mounts, ..HostConfig::default() }),
            ..ContainerCreateBody::default()
        }
    }
}

impl Engine {
    /// Creates the container, unless it already exists with this configuration, and starts it.
    pub(super) fn run(
        &self,
        blueprint: &Blueprint,
        entry: &mut Entry,
        labels: &Labels,
        ports: &Ports,
        journal: &dyn Journal,
    ) -> Result<()> {
        let name = blueprint.container_name();
        for _ in 0..ATTEMPTS {
            let found = self.inspect(&name)?;
            if let Some(why) = found.as_ref().and_then(|found| labels.foreign(&labels_of(found))) {
                return Err(Error::usage(format!("{}: the container {name} exists, and {why}", blueprint.key()))
                    .hint(format!("`{} rm -f {name}` removes it; then run `takk up` again", self.flavour.name())));
            }
            let configuration = Configuration::of(blueprint, entry);
            let is_current = found.as_ref().is_some_and(|found| {
                let found = labels_of(found);
                entry.port.is_some()
                    && labels.has_credential(&found)
                    && found.get(CONFIGURATION) == configuration.labels(labels).get(CONFIGURATION)
            });
            if is_current && found.as_ref().is_some_and(is_running) {
                return Ok(());
            }
            if found.is_some() && !is_current {
                self.remove_container(entry)?;
            }
            if !is_current {
                choose_ports(blueprint, entry, ports, journal)?;
                step(entry, "ports", journal, |_| ())?;
                self.create(&name, &Configuration::of(blueprint, entry), labels)?;
                step(entry, "container", journal, |_| ())?;
            }
            self.write_files(&name, &blueprint.files(entry))?;
            step(entry, "files", journal, |_| ())?;
            journal.phase(Phase::Starting);
            match self.wait(self.docker.start_container(&name, None::<StartContainerOptions>)) {
                Ok(()) => return step(entry, "started", journal, |_| ()),
                Err(error) if is_port_taken(&error) => {
                    // The engine leaves a container behind that can no longer be started.
                    self.remove_container(entry)?;
                    journal.note(in_use(entry.port.unwrap_or_default()));
                    entry.port = None;
                    entry.ports.clear();
                }
                Err(error) => return Err(self.failed(&format!("cannot start the container {name}"), error)),
            }
        }
        Err(Error::system(format!("{}: no free port was found", blueprint.key())))
    }

    fn create(&self, name: &str, configuration: &Configuration, labels: &Labels) -> Result<()> {
        let options = CreateContainerOptionsBuilder::new().name(name).build();
        match self.wait(self.docker.create_container(Some(options), configuration.body(labels))) {
            Ok(_) => Ok(()),
            Err(error) if is_conflict(&error) => Err(self
                .failed(&format!("cannot create the container {name}"), error)
                .hint("another process created it at the same moment; run `takk up` again")),
            Err(error) => Err(self.failed(&format!("cannot create the container {name}"), error)),
        }
    }

    /// Writes files into a stopped container.
    fn write_files(&self, name: &str, files: &[Written]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let failed = |error: std::io::Error| Error::internal(format!("cannot pack the files of {name}")).caused_by(error);
        let archive = archive(files).map_err(failed)?;
        let options = UploadToContainerOptionsBuilder::new().path("/").build();
        let body = bollard::body_full(archive.to_vec().into());
        self.wait(self.docker.upload_to_container(name, Some(options), body))
            .map_err(|error| self.failed(&format!("cannot write the files of the container {name}"), error))
    }

    fn inspect(&self, name: &str) -> Result<Option<ContainerInspectResponse>> {
        match self.wait(self.docker.inspect_container(name, None::<InspectContainerOptions>)) {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed(&format!("cannot look for the container {name}"), error)),
        }
    }

    pub(super) fn status_of(&self, entry: &Entry) -> Result<Status> {
        let Some(name) = &entry.place else { return Ok(Status::Missing) };
        Ok(match self.inspect(name)? {
            None => Status::Missing,
            Some(found) if is_running(&found) => Status::Running,
            Some(found) => Status::Stopped(found.state.and_then(|state| state.exit_code)),
        })
    }

    pub(super) fn stop_container(&self, entry: &Entry) -> Result<()> {
        let Some(name) = &entry.place else { return Ok(()) };
        let options = StopContainerOptionsBuilder::new().t(GRACE).build();
        match self.wait(self.docker.stop_container(name, Some(options))) {
            Ok(()) => Ok(()),
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(self.failed(&format!("cannot stop the container {name}"), error)),
        }
    }

    pub(super) fn remove_container(&self, entry: &Entry) -> Result<()> {
        let Some(name) = &entry.place else { return Ok(()) };
        // Anonymous volumes come from the image and hold no data of ours.
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        match self.wait(self.docker.remove_container(name, Some(options))) {
            Ok(()) => Ok(()),
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(self.failed(&format!("cannot remove the container {name}"), error)),
        }
    }
}

fn labels_of(found: &ContainerInspectResponse) -> HashMap<String, String> {
    found.config.as_ref().and_then(|config| config.labels.clone()).unwrap_or_default()
}

fn is_running(found: &ContainerInspectResponse) -> bool {
    found.state.as_ref().and_then(|state| state.status) == Some(ContainerStateStatusEnum::RUNNING)
}

/// A tar archive of files that every user of the container may read.
fn archive(files: &[Written]) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut archive = tar::Builder::new(Vec::new());
    for file in files {
        let path = file.path.trim_start_matches('/');
        if let Some((directory, _)) = path.rsplit_once('/').filter(|(directory, _)| *directory == "run/takk") {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Directory);
            header.set_mode(0o755);
            header.set_size(0);
            archive.append_data(&mut header, format!("{directory}/"), std::io::empty())?;
        }
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o444);
        header.set_size(u64::try_from(file.text.len()).unwrap_or(u64::MAX));
        archive.append_data(&mut header, path, file.text.as_bytes())?;
    }
    archive.into_inner().map(Zeroizing::new)
}
