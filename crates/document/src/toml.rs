//! A TOML parser that recovers from errors, and the path to a value.

use std::ops::Range;

pub use toml::de::{DeTable as Table, DeValue};

use super::{Fault, Text};

/// A value with its span in the text.
pub type Value<'t> = toml::Spanned<DeValue<'t>>;

/// Parses `text` as far as possible, and returns the first error in it.
///
/// With a merge conflict no error is reported: it would only be about the conflict again.
pub fn parse<'t>(text: &'t Text<'_>) -> (Table<'t>, Option<Fault>) {
    let (table, errors) = Table::parse_recoverable(text.as_str());
    let fault = errors.first().filter(|_| !text.has_conflict()).map(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        Fault::Syntax(text.position(offset), error.message().to_owned())
    });
    (table.into_inner(), fault)
}

/// The value at a key path.
pub fn value_at<'v, 't>(table: &'v Table<'t>, path: &[&str]) -> Option<&'v Value<'t>> {
    let (last, tables) = path.split_last()?;
    table_at(table, tables)?.get(*last)
}

/// The table at a key path.
pub fn table_at<'v, 't>(table: &'v Table<'t>, path: &[&str]) -> Option<&'v Table<'t>> {
    path.iter().try_fold(table, |table, key| table.get(*key)?.get_ref().as_table())
}

/// The string at a key path.
pub fn string_at<'v>(table: &'v Table<'_>, path: &[&str]) -> Option<&'v str> {
    value_at(table, path)?.get_ref().as_str()
}

/// The strings of the array at a key path, each with its span; a lone string is an array of one. Other elements are ignored.
pub fn strings_at<'v>(table: &'v Table<'_>, path: &[&str]) -> Vec<(&'v str, Range<usize>)> {
    let Some(value) = value_at(table, path) else { return Vec::new() };
    match value.get_ref() {
        DeValue::Array(items) => items.iter().filter_map(|item| Some((item.get_ref().as_str()?, item.span()))).collect(),
        DeValue::String(text) => vec![(text.as_ref(), value.span())],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Position;
    use super::*;

    #[test]
    fn values_are_found_with_their_places() {
        let text = Text::decode(b"[a.b]\nc = ['x', 1, \"y\"]\nd = 'z'\n");
        let (table, fault) = parse(&text);
        assert_eq!(fault, None);
        assert_eq!(strings_at(&table, &["a", "b", "c"]), [("x", 11..14), ("y", 19..22)]);
        assert_eq!(strings_at(&table, &["a", "b", "d"]), [("z", 28..31)]);
        assert_eq!(string_at(&table, &["a", "b", "d"]), Some("z"));
        assert_eq!(string_at(&table, &["a", "d"]), None);
    }

    #[test]
    fn one_mistake_leaves_the_rest() {
        let text = Text::decode(b"[project]\nname = \"demo\nversion = '1'\n");
        let (table, fault) = parse(&text);
        assert!(matches!(fault, Some(Fault::Syntax(Position { line: 2, .. }, _))), "{fault:?}");
        assert_eq!(string_at(&table, &["project", "version"]), Some("1"));
    }

    #[test]
    fn a_conflict_is_one_fault() {
        let text = Text::decode(b"a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = \n>>>>>>> other\n");
        let (table, fault) = parse(&text);
        assert_eq!(fault, None);
        assert_eq!(text.faults(), [Fault::MergeConflict(Position { line: 2, column: 1 })]);
        assert!(table.contains_key("b"));
    }
}
