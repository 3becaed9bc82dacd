//! The rows of the audit log: who did what, each with a link that authenticates it together with the previous one. The store does not
//! create links.

use super::Result;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditEntry {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The name of the user.
    pub actor: String,
    pub token: Option<i64>,
    /// What: `values.read`, `values.change`, `token.add`, ...
    pub action: String,
    pub project: Option<String>,
    pub environment: Option<String>,
    /// What it was done to: `NAME@VERSION` for a value, else names.
    pub items: Vec<String>,
    /// The request, as the server's log names it.
    pub request: Option<String>,
    /// Who the user is by number, and what the token could do, as JSON; `None` where nobody asked over the network.
    pub bounds: Option<String>,
}

/// A row of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Counts from 1, with no gap.
    pub number: i64,
    pub entry: AuditEntry,
    /// What authenticates it and the row before.
    pub link: Vec<u8>,
}

/// The end of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of the last row; 0 for none.
    pub number: i64,
    /// The link of the last row.
    pub link: Vec<u8>,
    pub seal: Vec<u8>,
}

/// Which rows of the audit log are asked for. What is `None` is not asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub project: Option<String>,
    pub actor: Option<String>,
    /// What: the whole word, or its beginning, such as `values`.
    pub action: Option<String>,
    pub environment: Option<String>,
    /// In which environments at most; rows that are about none are left out then.
    pub within: Option<Vec<String>>,
    /// What it was done to, in whatever version.
    pub item: Option<String>,
    /// From this moment on, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Before this moment, in milliseconds since 1970.
    pub until: Option<i64>,
    /// With a greater number than this.
    pub after: Option<i64>,
}

impl AuditFilter {
    /// Whether rows are asked about that no index finds: then each has to be looked at.
    pub fn is_a_search(&self) -> bool {
        let words = [&self.actor, &self.action, &self.environment, &self.item];
        words.into_iter().any(Option::is_some) || self.since.is_some() || self.until.is_some()
    }
}

/// The audit log of a store.
pub trait AuditLog {
    /// The end of the log. In a transaction nobody else adds rows until its end.
    fn head(&mut self) -> Result<AuditHead>;

    fn append(&mut self, rows: &[AuditRow], head: &AuditHead) -> Result<()>;

    /// Rows from the one after `after` on, the oldest first.
    fn rows_after(&mut self, after: i64, limit: usize) -> Result<Vec<AuditRow>>;

    /// Rows before `before`, the newest first: those that the filter leaves.
    fn rows_before(&mut self, before: Option<i64>, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditRow>>;

    /// The number of the row of a project that is so many rows before `before`; `None` where the log begins earlier than that.
    fn row_back(&mut self, before: Option<i64>, project: &str, rows: usize) -> Result<Option<i64>>;
}
