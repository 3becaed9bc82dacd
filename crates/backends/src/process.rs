//! What a backend may read from its process: variables and the time. The caller passes both, so that tests can replace them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The variables of a process and its clock.
#[derive(Clone)]
pub struct Process {
    variable: Arc<Variable>,
    clock: Arc<Clock>,
}

type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;
type Clock = dyn Fn() -> SystemTime + Send + Sync;

impl Process {
    /// From a function that reads a variable (`None` if it is not set or not UTF-8), and a clock.
    pub fn new(
        variable: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Self {
        Self { variable: Arc::new(variable), clock: Arc::new(clock) }
    }

    /// A variable.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }

    /// A variable, unless it is empty.
    pub fn set(&self, name: &str) -> Option<String> {
        self.variable(name).filter(|value| !value.is_empty())
    }

    /// A variable of Vault, such as `VAULT_ADDR`, or its OpenBao equivalent, `BAO_ADDR`. `name` is the common part: `ADDR`.
    pub fn vault(&self, name: &str) -> Option<String> {
        self.set(&format!("VAULT_{name}")).or_else(|| self.set(&format!("BAO_{name}")))
    }

    /// The time of day.
    pub fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Seconds since 1970.
    pub fn seconds(&self) -> i64 {
        let since = self.now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// A path with `~` replaced by `HOME`.
    pub(crate) fn path(&self, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), self.set("HOME")) {
            (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
            _ => PathBuf::from(text),
        }
    }
}

/// Parses a time in RFC 3339 format, as Vault and AWS write it.
pub(crate) fn moment(text: &str) -> Option<SystemTime> {
    // The parser does not support nanoseconds, and they do not matter here.
    let text = match text.split_once('.') {
        Some((whole, rest)) => format!("{whole}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => text.to_owned(),
    };
    let parsed = speedate::DateTime::parse_str(&text).ok()?;
    let seconds = u64::try_from(parsed.timestamp_tz()).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_in_the_home_directory() {
        let process = Process::new(|name| (name == "HOME").then(|| "/home/ada".to_owned()), || UNIX_EPOCH);
        assert_eq!(process.path("~/.aws/config"), PathBuf::from("/home/ada/.aws/config"));
        assert_eq!(process.path("/etc/~/x"), PathBuf::from("/etc/~/x"));
        assert_eq!((process.set("NONE"), process.seconds()), (None, 0));
    }

    #[test]
    fn moments_are_those_of_rfc_3339() {
        let at = |seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        assert_eq!(moment("1970-01-01T00:01:00.123456789Z"), at(60));
        assert_eq!(moment("1970-01-01T02:00:00+02:00"), at(0));
        assert_eq!(moment("yesterday"), None);
    }
}
