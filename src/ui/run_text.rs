//! What `takk run` says before a command starts.

use crate::age::age;
use crate::model::EnvironmentName;

/// That values were not read from the server just now.
pub fn from_cache(environment: &EnvironmentName, server: &str, read_at: i64, offline: bool, now: i64) -> String {
    let why = if offline { "it is not asked" } else { "it cannot be reached" };
    format!("the values of {environment} are those that {server} gave {}: {why}", age(read_at, now))
}
