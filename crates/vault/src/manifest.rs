//! The manifest of an environment, sealed like its values. Only the last one is stored: it can be generated again from the code.

use std::fmt::Write;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::access::Caller;
use super::change::Location;
use super::state::Opened;
use super::unit_of_work::UnitOfWork;
use super::{Result, SecretsError, Vault, request_digest};
use crate::store::{ManifestRow, Transaction};
use takk_crypto::framed;
use takk_crypto::{open, seal};

/// A stored manifest.
pub struct KeptManifest {
    pub text: Zeroizing<Vec<u8>>,
    pub author: String,
    /// When it was stored, in milliseconds since 1970.
    pub stored_at: i64,
}

/// The tag of a manifest, by which a caller asks whether its copy is current.
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
}

impl UnitOfWork<'_> {
    /// Replaces the manifest of an environment, which is created if it does not exist. Returns whether anything changed: storing the same
    /// text again does not.
    pub fn keep_manifest(&mut self, caller: &Caller, (project, environment): (&str, &str), text: &[u8]) -> Result<bool> {
        let at = Location { project, environment };
        match self.look(at).map(Arc::clone) {
            Err(SecretsError::NoEnvironment(_)) => {
                self.create_missing(at, &caller.name, &[])?;
                self.entries.push(caller.entry(at, "environment.create", Vec::new(), self.now));
            }
            found => {
                if is_kept(self.transaction.as_mut(), found?.as_ref(), text)? {
                    return Ok(false);
                }
            }
        }
        let opened = self.hold(at)?;
        let sealed = seal(&opened.key.manifests(), &about(project, environment), text, self.random)?;
        let (environment, author, stored_at) = (opened.row.id, caller.name.clone(), self.now);
        self.transaction.set_manifest(&ManifestRow { environment, sealed, author, stored_at })?;
        self.entries.push(caller.entry(at, "manifest.change", Vec::new(), stored_at));
        Ok(true)
    }
}

/// Whether the text is already stored. One that cannot be decrypted is replaced.
fn is_kept(transaction: &mut dyn Transaction, opened: &Opened, text: &[u8]) -> Result<bool> {
    let Some(row) = transaction.manifest(opened.row.id)? else { return Ok(false) };
    Ok(opened_manifest(opened, row).is_ok_and(|kept| kept.text.as_slice() == text))
}

pub(super) fn opened_manifest(opened: &Opened, row: ManifestRow) -> Result<KeptManifest> {
    let text = open(&opened.key.manifests(), &about(&opened.row.project, &opened.row.name), &row.sealed);
    let tampered = || SecretsError::Tampered { environment: opened.row.name.clone(), name: "the manifest".to_owned() };
    Ok(KeptManifest { text: text.ok_or_else(tampered)?, author: row.author, stored_at: row.stored_at })
}

/// The associated data of a manifest's encryption.
fn about(project: &str, environment: &str) -> Vec<u8> {
    framed(&[b"manifest", project.as_bytes(), environment.as_bytes()])
}
