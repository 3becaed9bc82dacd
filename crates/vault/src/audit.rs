//! A tamper-evident audit log: each row is authenticated together with the previous one, and the last row also on its own, so that
//! changing, removing, moving or inserting a row is detected. An attacker with a complete copy of an earlier store can still restore it;
//! recording the end of the log elsewhere reveals that.

use super::state::is_master;
use super::{MasterKey, Random, Result, SecretsError, Vault};
use crate::store::{AuditEntry, AuditHead, AuditLog, AuditRow, Durability, Transaction};
use takk_crypto::{Key, open, seal};
use takk_crypto::{framed, mac};

/// The name under which the store keeps the log's key, wrapped by the master key. A rekey does not change it.
const AUDIT_KEY: &str = "audit key";
/// How many rows to read at a time.
const PAGE: usize = 1000;

/// The key of the audit log.
pub(super) struct AuditKey(Key);

/// The result of verifying the whole audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditVerified {
    /// How many rows were read.
    pub rows: usize,
    /// The number of the last row.
    pub last: i64,
    /// The code that authenticates the last row and all rows before it, in hexadecimal.
    pub link: String,
    /// The defects, one sentence each.
    pub wrong: Vec<String>,
}

impl AuditKey {
    fn unwrapped(wrapped: &[u8], master: &MasterKey) -> Option<Self> {
        let plain = open(&master.wrapping(), AUDIT_KEY.as_bytes(), wrapped)?;
        Key::from_slice(&plain).map(Self)
    }

    fn wrapped(&self, master: &MasterKey, random: &dyn Random) -> Result<Vec<u8>> {
        Ok(self.0.with(|key| seal(&master.wrapping(), AUDIT_KEY.as_bytes(), key, random))?)
    }

    /// The code that authenticates a row, given that of the previous one.
    fn link(&self, previous: &[u8], number: i64, entry: &AuditEntry) -> Vec<u8> {
        let token = entry.token.map(i64::to_be_bytes);
        let items: Vec<&[u8]> = entry.items.iter().map(String::as_bytes).collect();
        let optional = |text: &Option<String>| text.as_ref().map_or_else(Vec::new, |text| framed(&[text.as_bytes()]));
        let (project, environment) = (optional(&entry.project), optional(&entry.environment));
        let (items, request) = (framed(&items), optional(&entry.request));
        let bounds = entry.bounds.as_deref().map(str::as_bytes);
        let (number, at) = (number.to_be_bytes(), entry.at.to_be_bytes());
        let mut parts: Vec<&[u8]> = vec![
            b"audit row",
            previous,
            &number,
            &at,
            entry.actor.as_bytes(),
            token.as_ref().map_or(&[], |token| token.as_slice()),
            entry.action.as_bytes(),
            // Distinguishes a missing value from an empty one.
            &project,
            &environment,
            &items,
            &request,
        ];
        // Rows from before bounds existed keep their codes.
        parts.extend(bounds);
        self.0.with(|key| mac(key, &[&framed(&parts)]).to_vec())
    }

    /// The code that authenticates the end of the log.
    fn end(&self, number: i64, link: &[u8]) -> Vec<u8> {
        self.0.with(|key| mac(key, &[&framed(&[b"audit head", &number.to_be_bytes(), link])]).to_vec())
    }
}

/// Adds rows to the log in a transaction, creating the log's key if it has none. Call it last: it blocks others from adding rows until the
/// end of the transaction.
pub(super) fn record(
    transaction: &mut dyn Transaction,
    key: &mut Option<AuditKey>,
    master: &MasterKey,
    random: &dyn Random,
    entries: Vec<AuditEntry>,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let head = transaction.audit().head()?;
    if key.is_none() {
        *key = kept_key(transaction, master)?;
    }
    // A new key is not cached before the transaction is committed.
    let made = if key.is_none() { Some(new_key(transaction, &head, master, random)?) } else { None };
    let is_new = made.is_some();
    let key = key.as_ref().or(made.as_ref()).expect("it is kept, or made");
    // The key is created with the first row, so a log with a key has an end.
    if !is_new && head.seal != key.end(head.number, &head.link) {
        return Err(SecretsError::AuditTampered);
    }
    let AuditHead { mut number, mut link, .. } = head;
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        number += 1;
        link = key.link(&link, number, &entry);
        rows.push(AuditRow { number, entry, link: link.clone() });
    }
    let seal = key.end(number, &link);
    Ok(transaction.audit().append(&rows, &AuditHead { number, link, seal })?)
}

/// The key of the log.
fn kept_key(transaction: &mut dyn Transaction, master: &MasterKey) -> Result<Option<AuditKey>> {
    let Some(wrapped) = transaction.fact(AUDIT_KEY)? else { return Ok(None) };
    match AuditKey::unwrapped(&wrapped, master) {
        Some(key) => Ok(Some(key)),
        None if is_master(transaction, master)? => Err(SecretsError::AuditTampered),
        None => Err(SecretsError::Rekeyed),
    }
}

/// Creates the key of a log that never had one.
fn new_key(transaction: &mut dyn Transaction, head: &AuditHead, master: &MasterKey, random: &dyn Random) -> Result<AuditKey> {
    if *head != AuditHead::default() {
        return Err(SecretsError::AuditTampered);
    }
    if !is_master(transaction, master)? {
        return Err(SecretsError::Rekeyed);
    }
    let key = AuditKey(Key::generate(random)?);
    transaction.set_fact(AUDIT_KEY, &key.wrapped(master, random)?)?;
    Ok(key)
}

/// Wraps the log's key by another master key.
pub(super) fn rewrap(transaction: &mut dyn Transaction, old: &MasterKey, new: &MasterKey, random: &dyn Random) -> Result<()> {
    // Locks the end of the log, which a process that is creating the key holds.
    transaction.audit().head()?;
    let Some(wrapped) = transaction.fact(AUDIT_KEY)? else { return Ok(()) };
    let key = AuditKey::unwrapped(&wrapped, old).ok_or(SecretsError::AuditTampered)?;
    Ok(transaction.set_fact(AUDIT_KEY, &key.wrapped(new, random)?)?)
}

impl Vault {
    /// Adds rows to the audit log in one transaction.
    pub fn record(&mut self, entries: Vec<AuditEntry>) -> Result<()> {
        let mut transaction = self.store.begin(Durability::Synced)?;
        record(transaction.as_mut(), &mut self.audit, &self.master, self.random.as_ref(), entries)?;
        Ok(transaction.commit()?)
    }

    /// Read access to the audit log.
    pub fn audit_log(&mut self) -> Result<Box<dyn AuditLog + '_>> {
        Ok(self.store.audit()?)
    }

    /// The current time in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Verifies the whole audit log.
    pub fn verify_audit(&mut self) -> Result<AuditVerified> {
        let wrapped = self.store.fact(AUDIT_KEY)?;
        let mut log = self.store.audit()?;
        let head = log.head()?;
        let Some(wrapped) = wrapped else { return without_key(log.as_mut(), &head) };
        let Some(key) = AuditKey::unwrapped(&wrapped, &self.master) else {
            drop(log);
            return if self.is_current()? { Err(SecretsError::AuditTampered) } else { Err(SecretsError::Rekeyed) };
        };
        walk(log.as_mut(), &head, &key)
    }
}

/// A log without a key must have no rows.
fn without_key(log: &mut dyn AuditLog, head: &AuditHead) -> Result<AuditVerified> {
    let mut verified = AuditVerified::default();
    if *head != AuditHead::default() || !log.rows_after(0, 1)?.is_empty() {
        verified.wrong.push("the key of the audit log is missing".to_owned());
    }
    Ok(verified)
}

/// Reads the rows up to the end at the start of the verification, ignoring later ones.
fn walk(log: &mut dyn AuditLog, head: &AuditHead, key: &AuditKey) -> Result<AuditVerified> {
    let mut verified = AuditVerified { last: head.number, link: hex(&head.link), ..AuditVerified::default() };
    if head.seal != key.end(head.number, &head.link) {
        verified.wrong.push("the last entry of the audit log fails authentication".to_owned());
    }
    let (mut last, mut link) = (0, Vec::new());
    loop {
        let rows = log.rows_after(last, PAGE)?;
        let is_last = rows.len() < PAGE;
        for row in rows {
            if row.number > head.number {
                return Ok(ended(verified, head, last, &link));
            }
            verified.rows += 1;
            let follows = row.number == last + 1;
            if !follows {
                verified.wrong.push(missing(last + 1, row.number - 1));
            } else if row.link != key.link(&link, row.number, &row.entry) {
                verified.wrong.push(format!("row {} of the audit log fails authentication", row.number));
            }
            (last, link) = (row.number, row.link);
        }
        if is_last {
            return Ok(ended(verified, head, last, &link));
        }
    }
}

/// Whether the last row that was read is the end of the log.
fn ended(mut verified: AuditVerified, head: &AuditHead, last: i64, link: &[u8]) -> AuditVerified {
    if last < head.number {
        verified.wrong.push(missing(last + 1, head.number));
    } else if link != head.link {
        verified.wrong.push(format!("row {last} of the audit log is not the recorded last row"));
    }
    verified
}

fn missing(first: i64, last: i64) -> String {
    if first == last {
        format!("row {first} of the audit log is missing")
    } else {
        format!("rows {first} to {last} of the audit log are missing")
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).expect("it is below 16"));
    bytes.iter().flat_map(digits).collect()
}
