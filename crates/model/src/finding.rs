//! A finding about the project: its code, its place and its help.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Place;

/// The stable number of a finding, shown as `TK001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TK{:03}", self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^TK[0-9]{3}$"})
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The program cannot work like this, or a secret is exposed.
    Error,
    /// Probably a mistake, or something that takk cannot decide.
    Warning,
    /// A proposal.
    Info,
}

/// One observation about the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Its stable code; `takk explain CODE` prints the long form.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence without a full stop, in lower case.
    pub message: String,
    /// Where the first character is that it is about; `null` for the project as a whole.
    pub place: Option<Place>,
    /// The last line and the column after the last character, both counted from 1.
    pub end: Option<(u32, u32)>,
    /// How to fix it, as one sentence.
    pub help: Option<String>,
    /// The other places that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Place>,
}

impl Finding {
    /// Keeps only the places that are `wanted`; `None` if there are none left. A finding without a place is about the whole project and
    /// stays.
    pub fn at_places(mut self, mut wanted: impl FnMut(&Self, &Place, Option<(u32, u32)>) -> bool) -> Option<Self> {
        let Some(first) = &self.place else { return Some(self) };
        let keeps_first = wanted(&self, first, self.end);
        let mut others: Vec<Place> = self.also.iter().filter(|place| wanted(&self, place, None)).cloned().collect();
        if !keeps_first {
            if others.is_empty() {
                return None;
            }
            self.place = Some(others.remove(0));
            self.end = None;
        }
        self.also = others;
        Some(self)
    }

    /// Sorts by file, line and code, with proposals last: the order of every output.
    pub fn sort(findings: &mut Vec<Self>) {
        let is_proposal = |finding: &Self| finding.severity == Severity::Info;
        findings.sort_by(|a, b| {
            (is_proposal(a), &a.place, a.code, &a.message).cmp(&(is_proposal(b), &b.place, b.code, &b.message))
        });
        findings.dedup();
    }
}
