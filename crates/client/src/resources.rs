//! What the server creates, shows and removes itself.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::failure::{Failure, FailureKind};
use super::{Remote, failure};
use takk_api::{
    AdminAddressInfo, AdminAddressList, CheckedAdminAddress, MigrationValues, NewAdminAddress, Plain, ProvisionPreview,
    ProvisionPreviewRequest, ProvisionRequest, ResourceEvent, ResourceFailure, ResourceInfo, ResourceList, Unprotected,
};
use takk_model::error::{Error, Result};
use takk_model::{Declaration, EnvironmentName};
use takk_project::platform::address::segment;
use takk_project::platform::{
    Address, Checked, CheckedFacts, Event, Listed, Outcome, Provisioning, Seen, Statements, ToCreate,
};
use takk_provision::{Entry, Phase, State, Status};
use takk_vault::SecretValue;

impl Remote<'_> {
    /// Sends a request whose response tells what happens. Returns whether the server has said that this is the end.
    fn told(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&ProvisionRequest>,
        is_cancelled: &dyn Fn() -> bool,
        report: &mut dyn FnMut(ResourceEvent),
    ) -> Result<bool, Failure> {
        let connection = self.connection()?;
        let (mut has_ended, mut stopped) = (false, None);
        connection.lines(method, path, body, &mut |line| {
            if is_cancelled() {
                return Ok(false);
            }
            if line.is_empty() {
                return Ok(true);
            }
            match serde_json::from_slice(line).map_err(|_| failure::foreign(connection.address()))? {
                ResourceEvent::Stopped { failure } => stopped = Some(failure),
                event => {
                    has_ended |= matches!(event, ResourceEvent::End { .. });
                    report(event);
                }
            }
            Ok(true)
        })?;
        match stopped {
            Some(told) => Err(Failure { error: error(connection.address(), told), kind: FailureKind::Answered(200) }),
            None => Ok(has_ended),
        }
    }

    fn resource_path(&self, environment: &str, key: &str) -> String {
        self.path(environment, &format!("/resources/{}", segment(key)))
    }

    fn admin_path(&self, environment: &str, kind: &str) -> String {
        self.path(environment, &format!("/admin-addresses/{}", segment(kind)))
    }
}

impl Provisioning for Remote<'_> {
    fn create(&mut self, environment: &str, wanted: &ToCreate<'_>, report: &mut dyn FnMut(Event<'_>)) -> Result<Outcome> {
        let address = self.project.address().clone();
        let mut outcome = Outcome { live: Vec::new(), failed: Vec::new(), generated: Vec::new() };
        let (path, request) = (self.path(environment, "/provision"), request(wanted));
        let has_ended = self.told("POST", &path, Some(&request), wanted.is_cancelled, &mut |event| {
            pass_on(&address, event, report, &mut outcome);
        })?;
        if has_ended || (wanted.is_cancelled)() { Ok(outcome) } else { Err(interrupted(&address)) }
    }

    fn preview(&mut self, environment: &str, wanted: &ToCreate<'_>, declaration: &Declaration) -> Result<Vec<Statements>> {
        let path = self.path(environment, "/provision/preview");
        let manifest = String::from_utf8(declaration.written()).ok().and_then(|text| RawValue::from_string(text).ok());
        let request = ProvisionPreviewRequest { resources: wanted.resources.to_vec(), adopt: wanted.adopt, manifest };
        let answer = self.connection()?.send_for_long(&path, &request)?;
        let preview: ProvisionPreview = self.connection()?.read(&answer)?;
        let all = preview.resources.into_iter();
        Ok(all.map(|one| Statements { key: one.resource, lines: one.statements, variables: one.variables }).collect())
    }

    fn resources(&mut self, environment: &str, log_in: bool) -> Result<Vec<Seen>> {
        let path = self.path(environment, &format!("/resources?check={log_in}"));
        let list: Option<ResourceList> = self.if_there(self.connection()?.get(&path))?;
        Ok(list.map(|list| list.resources).unwrap_or_default().into_iter().map(seen).collect())
    }

    fn remove(&mut self, environment: &str, key: &str) -> Result<()> {
        let path = self.resource_path(environment, key);
        if self.told("DELETE", &path, None, &|| false, &mut |_| ())? {
            return Ok(());
        }
        Err(interrupted(self.project.address()))
    }

    fn unprotect(&mut self, environment: &str, key: &str) -> Result<i64> {
        let path = format!("{}/unprotect", self.resource_path(environment, key));
        let answer = self.connection()?.send("POST", &path, &serde_json::json!({}), false)?;
        Ok(self.connection()?.read::<Unprotected>(&answer)?.until)
    }

    fn migrations(&mut self, environment: &str) -> Result<Vec<(String, SecretValue)>> {
        let list: Option<MigrationValues> = self.if_there(self.connection()?.get(&self.path(environment, "/migrations")))?;
        let values = list.map(|list| list.values).unwrap_or_default().into_iter();
        Ok(values.map(|one| (one.name, SecretValue::from(one.value.expose()))).collect())
    }

    fn set_admin(&mut self, environment: &EnvironmentName, kind: &str, address: &SecretValue) -> Result<Checked> {
        let path = self.admin_path(environment.as_str(), kind);
        let new = NewAdminAddress { address: Plain::new(address.expose().to_owned()) };
        let answer = self.connection()?.send("PUT", &path, &new, false);
        let answer = answer.map_err(|failure| self.no_project(failure))?;
        Ok(checked(environment, self.connection()?.read(&answer)?))
    }

    fn admins(&mut self, environment: &str) -> Result<Vec<Listed>> {
        let path = self.path(environment, "/admin-addresses");
        let list: Option<AdminAddressList> = self.if_there(self.connection()?.get(&path))?;
        Ok(list.map(|list| list.addresses).unwrap_or_default().into_iter().map(listed).collect())
    }

    fn unset_admin(&mut self, environment: &str, kind: &str) -> Result<bool> {
        let path = self.admin_path(environment, kind);
        Ok(self.if_there(self.connection()?.delete(&path))?.is_some())
    }
}

fn request(wanted: &ToCreate<'_>) -> ProvisionRequest {
    ProvisionRequest { resources: wanted.resources.to_vec(), adopt: wanted.adopt, from: wanted.from.map(str::to_owned) }
}

fn interrupted(address: &Address) -> Error {
    Error::system(format!("{address} was interrupted")).hint("run the command again: it continues where this stopped")
}

/// Passes an event of the server on, and notes the results.
fn pass_on(address: &Address, event: ResourceEvent, report: &mut dyn FnMut(Event<'_>), outcome: &mut Outcome) {
    let mut phase = |key: &str, phase: Phase| report(Event::Phase { key, phase });
    match event {
        ResourceEvent::Creating { resource } => phase(&resource, Phase::Creating),
        ResourceEvent::Starting { resource } => phase(&resource, Phase::Starting),
        ResourceEvent::LoggingIn { resource } => phase(&resource, Phase::LoggingIn),
        ResourceEvent::Note { resource, text } => report(Event::Note { key: &resource, text: &text }),
        ResourceEvent::Ready { resource, milliseconds, server } => {
            report(Event::Ready { key: &resource, entry: &entry(*server), milliseconds });
        }
        ResourceEvent::Failed { resource, failure } => {
            let error = error(address, failure);
            report(Event::Failed { key: &resource, error: &error });
            outcome.failed.push((resource, error));
        }
        ResourceEvent::Interrupted { resource } => report(Event::Interrupted { key: &resource }),
        ResourceEvent::End { live } => outcome.live = live.into_iter().map(|one| (one.resource, one.changed)).collect(),
        ResourceEvent::Removing { .. } | ResourceEvent::Removed { .. } | ResourceEvent::Stopped { .. } => {}
    }
}

/// A failure that the server tells of, as it would be told here.
fn error(address: &Address, failure: ResourceFailure) -> Error {
    let ResourceFailure { detail, about, hints } = failure;
    let error = Error::usage(failure::shown(&detail)).about(format!("as {address} says"));
    let error = about.iter().fold(error, |error, line| error.about(failure::shown(line)));
    hints.iter().fold(error, |error, hint| error.hint(failure::shown(hint)))
}

fn seen(info: ResourceInfo) -> Seen {
    let error = info.error.clone();
    let status = match (info.status.as_deref(), &error) {
        (Some("running"), _) => Ok(Status::Running),
        (Some("stopped"), _) => Ok(Status::Stopped(None)),
        (Some("missing"), _) => Ok(Status::Missing),
        (_, Some(error)) => Err(error.clone()),
        (_, None) => Err("the server was not asked".to_owned()),
    };
    let refusal = error.filter(|_| status.is_ok());
    Seen { key: info.resource.clone(), entry: entry(info), status, refusal }
}

/// What the server tells of an entry of its ledger.
fn entry(info: ResourceInfo) -> Entry {
    let state = match info.state.as_str() {
        "live" => State::Live,
        "retiring" => State::Retiring,
        "creating" => State::Creating,
        _ => State::Reserved,
    };
    Entry {
        admin: None,
        kind: info.kind,
        name: info.name,
        state,
        step: None,
        provisioner: info.provisioner,
        generation: info.generation,
        credential_id: info.credential,
        credentials: BTreeMap::new(),
        level: info.level,
        version: info.version.clone(),
        server_version: info.version,
        extensions: Vec::new(),
        copy: None,
        host: info.host,
        ssl_mode: None,
        mark: None,
        ssl_roots: None,
        place: info.place,
        volume: None,
        image: None,
        port: info.port,
        ports: BTreeMap::new(),
        reserved_at: info.reserved_at,
        live_at: info.live_at,
        ends_at: info.ends_at,
        protected: info.protected,
        unprotected_until: info.unprotected_until,
        published: info.variables.into_iter().map(|name| (name, 0)).collect(),
        lease: None,
    }
}

fn checked(environment: &EnvironmentName, told: CheckedAdminAddress) -> Checked {
    let facts = CheckedFacts {
        product: told.product,
        version: told.version,
        user: told.user,
        too_wide: told.too_wide,
        is_encrypted: told.is_encrypted,
        noun: told.holds,
        holdings: told.holdings,
        open_to_all: told.open_to_all,
        open_hint: told.open_hint,
    };
    Checked { kind: told.kind, environment: environment.clone(), shown: told.address, facts }
}

fn listed(info: AdminAddressInfo) -> Listed {
    let AdminAddressInfo { kind, address, version, author, stored_at } = info;
    Listed { kind, shown: address, version, author, written_at: stored_at }
}
