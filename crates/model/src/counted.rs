//! Numbers of things in sentences.

use std::fmt::Display;

/// `1 variable`, `3 variables`, `2 classes`, `2 indices`. The number may be one that a server printed.
pub fn counted(count: impl Display, noun: &str) -> String {
    let count = count.to_string();
    match (count.as_str(), noun) {
        ("1", _) => format!("1 {noun}"),
        (_, "index") => format!("{count} indices"),
        _ if noun.ends_with('s') => format!("{count} {noun}es"),
        _ => format!("{count} {noun}s"),
    }
}

/// The verb after that number: `1 value is`, `2 values are`.
pub fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_thing_is_singular() {
        assert_eq!([counted(0, "table"), counted(1, "table"), counted(2, "table")], ["0 tables", "1 table", "2 tables"]);
        assert_eq!([counted("1", "index"), counted("11", "index")], ["1 index", "11 indices"]);
        assert_eq!(counted(2, "settings class"), "2 settings classes");
        assert_eq!([0, 1, 2].map(are), ["are", "is", "are"]);
    }
}
