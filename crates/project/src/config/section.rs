//! One table of settings: typed access to its keys, and a problem for each value of another type.

use std::ops::Range;

use takk_document::Text;
use takk_document::toml::{DeValue, Table, Value};
use takk_model::nearest::nearest;
use takk_model::{Problem, ProblemKind};

/// A table, with the list that collects its problems.
pub(super) struct Section<'c, 't> {
    file: &'c str,
    text: &'c Text<'c>,
    table: &'c Table<'t>,
    /// The table's name in messages: `[tool.takk]`, `takk.toml`.
    title: String,
    problems: &'c mut Vec<Problem>,
}

impl<'c, 't> Section<'c, 't> {
    /// The `table` in `text`, which is the content of `file`.
    pub(super) fn new(
        file: &'c str,
        text: &'c Text<'c>,
        table: &'c Table<'t>,
        title: &str,
        problems: &'c mut Vec<Problem>,
    ) -> Self {
        Self { file, text, table, title: title.to_owned(), problems }
    }

    /// Its keys with their places, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'c str, Range<usize>)> + use<'c, 't> {
        self.table.keys().map(|key| (key.get_ref().as_ref(), key.span()))
    }

    /// Reports every key that is not among `known`.
    pub(super) fn check_keys(&mut self, known: &[&str]) {
        for (key, span) in self.keys().filter(|(key, _)| !known.contains(key)) {
            let help = match nearest(key, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("known settings are {}", known.join(", ")),
            };
            self.bad(&span, format!("unknown setting `{key}` in {}", self.title), help);
        }
    }

    /// The string value of a key.
    pub(super) fn string(&mut self, key: &str) -> Option<(&'c str, Range<usize>)> {
        let value = self.table.get(key)?;
        let text = value.get_ref().as_str();
        self.expected(key, value, text, "a string", "\"...\"").map(|text| (text, value.span()))
    }

    /// The boolean value of a key.
    pub(super) fn boolean(&mut self, key: &str) -> Option<bool> {
        let value = self.table.get(key)?;
        self.expected(key, value, value.get_ref().as_bool(), "true or false", "true")
    }

    /// The value of a key that is an array of strings.
    pub(super) fn strings(&mut self, key: &str) -> Option<Vec<(&'c str, Range<usize>)>> {
        let value = self.table.get(key)?;
        let items = self.expected(key, value, value.get_ref().as_array(), "an array of strings", "[\"...\"]")?;
        let mut strings = Vec::new();
        for item in items {
            let text = self.expected(key, item, item.get_ref().as_str(), "an array of strings", "[\"...\"]");
            strings.extend(text.map(|text| (text, item.span())));
        }
        Some(strings)
    }

    /// The table of a key, as a section that reports to the same list.
    pub(super) fn table(&mut self, key: &str) -> Option<Section<'_, 't>> {
        let value = self.table.get(key)?;
        let table = self.expected(key, value, value.get_ref().as_table(), "a table", "{ ... }")?;
        let title = format!("`{key}` of {}", self.title);
        Some(Section { file: self.file, text: self.text, table, title, problems: self.problems })
    }

    /// The value of a key, of any type.
    pub(super) fn value(&self, key: &str) -> Option<&'c Value<'t>> {
        self.table.get(key)
    }

    pub(super) fn bad(&mut self, span: &Range<usize>, message: String, help: String) {
        self.problem(ProblemKind::BadSetting, span, message, help);
    }

    /// Reports a problem of any kind.
    pub(super) fn problem(&mut self, kind: ProblemKind, span: &Range<usize>, message: String, help: String) {
        let place = super::place(self.file, self.text, span.start);
        self.problems.push(Problem::new(kind, place, message, help));
    }

    fn expected<T>(&mut self, key: &str, value: &Value, wanted: Option<T>, kind: &str, example: &str) -> Option<T> {
        if wanted.is_none() {
            let message = format!("`{key}` must be {kind}, not {}", type_of(value.get_ref()));
            self.bad(&value.span(), message, format!("write `{key} = {example}`"));
        }
        wanted
    }
}

fn type_of(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
