//! The verdict, and how verdicts on parts combine into one on the whole.

/// Whether a text would be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    Refused(Refusal),
    /// Only the program decides, for that reason.
    Unchecked(String),
}

/// Why a text is rejected. Does not contain any of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The type of pydantic's error: `int_parsing`.
    pub error: &'static str,
    /// What the value must be, as the rest of a sentence: `must be an integer`.
    pub reason: String,
    /// Where the fault is within the value, by index and field name: `[0].port`. Keys of a dictionary are part of the value, and not shown.
    pub place: String,
}

impl Refusal {
    /// The requirement on the value, or on the part at fault: ``value must be an integer``, ``` `[0].port` is required ```.
    pub fn sentence(&self) -> String {
        match self.place.strip_prefix('.').unwrap_or(&self.place) {
            "" => format!("value {}", self.reason),
            place => format!("`{place}` {}", self.reason),
        }
    }
}

/// Why a value is not known to be accepted.
#[derive(Debug)]
pub(super) enum Fault {
    Refused(Refusal),
    Unchecked(String),
}

/// Whether a value is accepted.
pub(super) type Check = Result<(), Fault>;

impl From<Check> for Verdict {
    fn from(check: Check) -> Self {
        match check {
            Ok(()) => Self::Accepted,
            Err(Fault::Refused(refusal)) => Self::Refused(refusal),
            Err(Fault::Unchecked(reason)) => Self::Unchecked(reason),
        }
    }
}

/// A rejection: the type of pydantic's error, and what the value must be.
pub(super) fn refused<T>(error: &'static str, expected: impl AsRef<str>) -> Result<T, Fault> {
    refused_as(error, format!("must be {}", expected.as_ref()))
}

/// The same for a requirement that does not start with "be": `must have at least 8 characters`.
pub(super) fn refused_as<T>(error: &'static str, reason: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Refused(Refusal { error, reason: reason.into(), place: String::new() }))
}

/// Undecided, for that reason.
pub(super) fn unchecked<T>(reason: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unchecked(reason.into()))
}

/// Adds where the fault is within the value.
pub(super) fn within(check: Check, step: &str) -> Check {
    match check {
        Err(Fault::Refused(mut refusal)) => {
            refusal.place.insert_str(0, step);
            Err(Fault::Refused(refusal))
        }
        other => other,
    }
}

/// All parts must be accepted: a single rejection decides, wherever it is.
pub(super) fn all(checks: impl IntoIterator<Item = Check>) -> Check {
    let mut open = Ok(());
    for check in checks {
        match check {
            Ok(()) => {}
            Err(Fault::Refused(refusal)) => return Err(Fault::Refused(refusal)),
            unchecked @ Err(Fault::Unchecked(_)) => {
                if open.is_ok() {
                    open = unchecked;
                }
            }
        }
    }
    open
}
