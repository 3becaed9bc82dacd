//! Copies the data of a database into a new one, by dump and restore with the programs of the database itself. The data passes
//! through a pipe and is in no file; passwords are in the environment of these programs, and not in their arguments.
//!
//! A copy that was interrupted is not continued: what there is of it is removed first. Until it is complete, the resource is not
//! live, so that no half of it is taken for the whole.

mod mysql;
mod pipe;
mod postgres;
mod programs;

use takk_model::error::{Error, Result};

use crate::ledger::{Entry, State};
use crate::local::Search;
use crate::provisioner::{Journal, Provisioner};

/// What is copied into a new database.
pub struct Source {
    /// The database with the data.
    pub entry: Entry,
    /// Where the programs are found that dump and restore.
    pub search: Search,
}

/// Copies the data of one entry into the database of another, which is empty.
type Copies = fn(&Source, &Entry, &dyn Journal) -> Result<()>;

/// The kinds whose data can be copied.
const KINDS: &[(&str, Copies)] = &[("mariadb", mysql::copy), ("mysql", mysql::copy), ("postgres", postgres::copy)];

/// Whether the data of a kind can be copied.
pub fn can_copy(kind: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == kind)
}

/// Removes what an interrupted copy has left, so that creating the resource begins anew.
pub(crate) fn begin_anew(provisioner: &dyn Provisioner, entry: &mut Entry, journal: &dyn Journal) -> Result<()> {
    let Some(copy) = entry.copy.as_mut().filter(|copy| copy.has_begun && !copy.is_done) else { return Ok(()) };
    copy.has_begun = false;
    journal.note(format!("the copy of the data of `{}` was interrupted, and begins anew", copy.from));
    provisioner.clear(entry)?;
    step(entry, "cleared", journal)
}

/// Copies the data that a new database begins with.
pub(crate) fn carry_out(source: Option<&Source>, entry: &mut Entry, journal: &dyn Journal) -> Result<()> {
    let Some(copy) = entry.copy.as_mut().filter(|copy| !copy.is_done && entry.state != State::Live) else { return Ok(()) };
    copy.has_begun = true;
    let (from, kind) = (copy.from.clone(), entry.kind.clone());
    let source = source.ok_or_else(|| Error::internal(format!("nothing is known of the data of {from}")))?;
    let copies = KINDS.iter().find(|(known, _)| *known == kind).map(|(_, copies)| copies);
    let copies = copies.ok_or_else(|| Error::internal(format!("takk cannot copy the data of {kind}")))?;
    step(entry, "copying", journal)?;
    journal.note(format!("copying the data of `{from}`"));
    copies(source, entry, journal).map_err(|error| {
        if journal.is_cancelled() {
            error
        } else {
            error.hint(format!("to begin without the data of `{from}`, remove it, and omit --from"))
        }
    })?;
    if let Some(copy) = &mut entry.copy {
        copy.is_done = true;
    }
    step(entry, "copied", journal)
}

fn step(entry: &mut Entry, name: &str, journal: &dyn Journal) -> Result<()> {
    entry.step = Some(name.to_owned());
    journal.store(entry)
}

/// One of the credentials of an entry.
fn credential<'e>(entry: &'e Entry, name: &str) -> Result<&'e str> {
    let value = entry.credentials.get(name).map(|value| value.as_str());
    value.ok_or_else(|| Error::internal(format!("{} has no {name}", entry.key())))
}
