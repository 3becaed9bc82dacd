//! The assignments of a dotenv file, as python-dotenv reads them, with their values as written.

/// `NAME=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    /// The name.
    pub name: String,
    /// What follows the `=`, quotes and comments included; several lines where a quoted value spans them.
    pub value: String,
}

/// All assignments in order; of several for one name the last one, which is the one that counts.
pub(super) fn assignments(text: &str) -> Vec<Assignment> {
    let mut found: Vec<Assignment> = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while !rest.is_empty() {
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        let mut length = line.len();
        if let Some((name, start)) = name_of(line) {
            length = start + value_length(&rest[start..]);
            let value = rest[start..length].trim().to_owned();
            found.retain(|assignment| assignment.name != name);
            found.push(Assignment { name: name.to_owned(), value });
        }
        rest = &rest[length..];
    }
    found
}

/// The name that a line sets and where its value begins.
fn name_of(line: &str) -> Option<(&str, usize)> {
    let equals = line.find('=')?;
    let before = line[..equals].trim();
    let name = before.strip_prefix("export ").map_or(before, str::trim_start);
    let plain = |c: char| !c.is_whitespace() && !"#'\"=".contains(c);
    (!name.is_empty() && name.chars().all(plain)).then_some((name, equals + 1))
}

/// How many bytes the value at the start of `text` takes, to the end of its last line.
fn value_length(text: &str) -> usize {
    let end_of_line = |from: usize| text[from..].find('\n').map_or(text.len(), |newline| from + newline + 1);
    let first_line = end_of_line(0);
    let start = text.len() - text.trim_start_matches([' ', '\t']).len();
    let Some(quote) = text[start..].chars().next().filter(|c| *c == '"' || *c == '\'') else { return first_line };
    let mut escaped = false;
    for (offset, c) in text[start + 1..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return end_of_line(start + 1 + offset),
            _ => {}
        }
    }
    first_line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        assignments(text).into_iter().map(|assignment| (assignment.name, assignment.value)).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn names_and_values_are_kept_as_written() {
        let text = "# A=1\nexport B = 'two words' # why\n\nC=\nnot an assignment\nB=3\r\n";
        assert_eq!(read(text), [pair("C", ""), pair("B", "3")]);
        assert_eq!(read("A='x' # why"), [pair("A", "'x' # why")]);
    }

    #[test]
    fn a_quoted_value_spans_lines() {
        assert_eq!(read("KEY=\"one\ntwo=2\n\"\nB=1"), [pair("KEY", "\"one\ntwo=2\n\""), pair("B", "1")]);
        assert_eq!(read("KEY=\"a\\\"b\nc\"\n"), [pair("KEY", "\"a\\\"b\nc\"")]);
    }

    #[test]
    fn an_open_quote_ends_with_its_line() {
        assert_eq!(read("A=\"open\nB=1"), [pair("A", "\"open"), pair("B", "1")]);
    }
}
