//! The messages of `takk run` before a command starts.

use takk_model::EnvironmentName;
use takk_model::age::age;
use takk_model::visible::one_line;

/// The note that values come from the cache.
pub fn from_cache(environment: &EnvironmentName, server: &str, read_at: i64, offline: bool, now: i64) -> String {
    let why = if offline { "the server was not asked" } else { "the server is unreachable" };
    format!("using the values of {environment} that {server} returned {}: {why}", age(read_at, now))
}

/// The note about stored values that are withheld because their names affect other programs.
pub fn withheld(names: &[String]) -> Option<String> {
    let first = names.first()?;
    let all: Vec<String> = names.iter().map(|name| one_line(name)).collect();
    Some(format!(
        "not set, because the system or other programs use these names: {}. Pass --allow-name {} to set it; see `takk explain TK026`",
        all.join(", "),
        one_line(first)
    ))
}
