//! What the code says that an environment needs, sealed like its values. Only the last one is kept: it can be made again from the code.

use std::fmt::Write;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::access::Caller;
use super::change::Location;
use super::state::Opened;
use super::unit_of_work::UnitOfWork;
use super::{Result, SecretsError, Vault, request_digest};
use crate::store::{Accounts, AuditEntry, Durability, ManifestRow, StoreError, Transaction};
use takk_crypto::framed;
use takk_crypto::{open, seal};

/// How often it is tried again after somebody else was faster.
const ATTEMPTS: u32 = 16;

/// A manifest that was stored.
pub struct KeptManifest {
    pub text: Zeroizing<Vec<u8>>,
    pub author: String,
    /// When, in milliseconds since 1970.
    pub stored_at: i64,
}

/// What tells a manifest from another one, for whoever has it and asks whether it is the one that is kept.
pub fn manifest_tag(text: &[u8]) -> String {
    request_digest(&[b"manifest", text]).iter().fold(String::new(), |mut tag, byte| {
        write!(tag, "{byte:02x}").expect("a String takes all text");
        tag
    })
}

impl Vault {
    /// The manifest of an environment, if one was stored.
    pub fn manifest(&mut self, project: &str, environment: &str) -> Result<Option<KeptManifest>> {
        let opened = self.load(project, environment)?;
        let row = self.store.manifest(opened.row.id)?;
        row.map(|row| opened_manifest(&opened, row)).transpose()
    }

    /// Stores a manifest in the place of the one before; an environment that is not there is made. Whether that changed anything: the same
    /// text a second time does not. `admit` says in the same transaction, and at its moment, who stores it, or why they may not.
    pub fn keep_manifest<E: From<SecretsError>>(
        &mut self,
        (project, environment): (&str, &str),
        text: &[u8],
        admit: impl Fn(&mut dyn Accounts, i64) -> Result<Caller, E>,
    ) -> Result<bool, E> {
        let at = Location { project, environment };
        let mut attempt = 0;
        loop {
            let mut unit = self.unit_of_work(Durability::Synced)?;
            let now = unit.now;
            let caller = admit(unit.accounts().as_mut(), now)?;
            match keep(unit, &caller, at, text) {
                Err(SecretsError::Store(StoreError::Conflict | StoreError::Exists { .. })) if attempt < ATTEMPTS => {
                    attempt += 1;
                }
                other => return Ok(other?),
            }
        }
    }
}

fn keep(mut unit: UnitOfWork<'_>, caller: &Caller, at: Location, text: &[u8]) -> Result<bool> {
    let mut entries = Vec::new();
    let opened = match unit.look(at).map(Arc::clone) {
        Err(SecretsError::NoEnvironment(_)) => {
            unit.create(at, None, &caller.name, &[])?;
            entries.push(entry(caller, at, "environment.create", unit.now));
            unit.hold(at)?
        }
        Ok(opened) if is_kept(unit.transaction.as_mut(), &opened, text)? => return Ok(false),
        Ok(_) => unit.hold(at)?,
        Err(error) => return Err(error),
    };
    let sealed = seal(&opened.key.manifests(), &about(at.project, at.environment), text, unit.random)?;
    let (environment, author, stored_at) = (opened.row.id, caller.name.clone(), unit.now);
    unit.transaction.set_manifest(&ManifestRow { environment, sealed, author, stored_at })?;
    entries.push(entry(caller, at, "manifest.change", stored_at));
    unit.commit(entries)?;
    Ok(true)
}

/// Whether that text is what is kept. One that cannot be read is replaced.
fn is_kept(transaction: &mut dyn Transaction, opened: &Opened, text: &[u8]) -> Result<bool> {
    let Some(row) = transaction.manifest(opened.row.id)? else { return Ok(false) };
    Ok(opened_manifest(opened, row).is_ok_and(|kept| kept.text.as_slice() == text))
}

pub(super) fn opened_manifest(opened: &Opened, row: ManifestRow) -> Result<KeptManifest> {
    let text = open(&opened.key.manifests(), &about(&opened.row.project, &opened.row.name), &row.sealed);
    let tampered = || SecretsError::Tampered { environment: opened.row.name.clone(), name: "the manifest".to_owned() };
    Ok(KeptManifest { text: text.ok_or_else(tampered)?, author: row.author, stored_at: row.stored_at })
}

/// What a manifest is bound to.
fn about(project: &str, environment: &str) -> Vec<u8> {
    framed(&[b"manifest", project.as_bytes(), environment.as_bytes()])
}

fn entry(caller: &Caller, at: Location, action: &str, now: i64) -> AuditEntry {
    AuditEntry {
        at: now,
        actor: caller.name.clone(),
        token: caller.token,
        action: action.to_owned(),
        project: Some(at.project.to_owned()),
        environment: Some(at.environment.to_owned()),
        items: Vec::new(),
        request: caller.request.clone(),
        bounds: caller.bounds.clone(),
    }
}
