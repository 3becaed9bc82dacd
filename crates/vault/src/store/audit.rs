//! The rows of the audit log: who did what, each with a link that authenticates it together with the previous one. The store does not
//! create links.

use super::Result;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditEntry {
    /// The time, in milliseconds since 1970.
    pub at: i64,
    /// The name of the user.
    pub actor: String,
    pub token: Option<i64>,
    /// The action: `values.read`, `values.change`, `token.add`, ...
    pub action: String,
    pub project: Option<String>,
    pub environment: Option<String>,
    /// What the action affected: `NAME@VERSION` for a value, otherwise names.
    pub items: Vec<String>,
    /// The ID of the request in the server's log.
    pub request: Option<String>,
    /// The user's ID and the bounds of the token, as JSON; `None` for access without the network.
    pub bounds: Option<String>,
}

/// A row of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// The number, counted from 1 without gaps.
    pub number: i64,
    pub entry: AuditEntry,
    /// The code that authenticates the row and all rows before it.
    pub link: Vec<u8>,
}

/// The end of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of the last row; 0 if there is none.
    pub number: i64,
    /// The code of the last row.
    pub link: Vec<u8>,
    pub seal: Vec<u8>,
}

/// Selects rows of the audit log. A field that is `None` selects all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub project: Option<String>,
    pub actor: Option<String>,
    /// The action, or its first part, such as `values`.
    pub action: Option<String>,
    pub environment: Option<String>,
    /// Only these environments; excludes rows that concern none.
    pub within: Option<Vec<String>>,
    /// The affected name, in any version.
    pub item: Option<String>,
    /// From this time on, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Before this time, in milliseconds since 1970.
    pub until: Option<i64>,
    /// Only numbers greater than this.
    pub after: Option<i64>,
}

impl AuditFilter {
    /// Whether no index can find the rows, so that each has to be read.
    pub fn is_a_search(&self) -> bool {
        let words = [&self.actor, &self.action, &self.environment, &self.item];
        words.into_iter().any(Option::is_some) || self.since.is_some() || self.until.is_some()
    }
}

/// The audit log of a store.
pub trait AuditLog {
    /// The end of the log. In a transaction, this blocks others from adding rows.
    fn head(&mut self) -> Result<AuditHead>;

    fn append(&mut self, rows: &[AuditRow], head: &AuditHead) -> Result<()>;

    /// Rows after `after`, oldest first.
    fn rows_after(&mut self, after: i64, limit: usize) -> Result<Vec<AuditRow>>;

    /// Rows before `before` that match the filter, newest first.
    fn rows_before(&mut self, before: Option<i64>, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRow>>;

    /// The number of the project's row that is `rows` rows before `before`; `None` if there are not that many.
    fn row_back(&mut self, before: Option<i64>, project: &str, rows: usize) -> Result<Option<i64>>;
}
