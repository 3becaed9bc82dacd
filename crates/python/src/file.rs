//! A parsed Python file: its text, its syntax tree, and the place of each offset.

use std::cell::OnceCell;

use ruff_python_ast::{ModModule, PySourceType, Stmt};
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::encoding::{Undecodable, decode};
use takk_model::Place;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Project,
    /// A package in the virtual environment.
    Installed,
    /// takk's built-in description of the `takk` package.
    Builtin,
}

#[derive(Clone, Debug)]
pub struct SyntaxError {
    pub message: String,
    pub place: Place,
}

/// A Python file as text and syntax tree. The tree exists even if the file has syntax errors.
pub struct SourceFile {
    /// Relative to the project root, or absolute for an installed package.
    pub path: String,
    pub module: String,
    /// Whether it is an `__init__.py`.
    pub is_package: bool,
    pub origin: Origin,
    pub text: String,
    /// Why its bytes could not be decoded, if so.
    pub undecodable: Option<Undecodable>,
    tree: ModModule,
    errors: Vec<(String, TextRange)>,
    lines: OnceCell<Vec<u32>>,
}

impl SourceFile {
    /// Decodes and parses `bytes`. Never fails: errors are stored in the file.
    pub fn parse(path: String, module: String, is_package: bool, origin: Origin, bytes: &[u8]) -> Self {
        let (mut text, undecodable) = decode(bytes);
        let mut errors = Vec::new();
        // The parser counts offsets in 32 bits.
        if u32::try_from(text.len()).is_err() {
            text.clear();
            errors.push(("file is larger than 4 GiB".to_owned(), TextRange::default()));
        }
        let parsed = parse_unchecked_source(&text, PySourceType::Python);
        errors.extend(parsed.errors().iter().map(|e| (e.error.to_string(), e.location)));
        let tree = parsed.into_syntax();
        Self { path, module, is_package, origin, text, undecodable, tree, errors, lines: OnceCell::new() }
    }

    pub(super) fn body(&self) -> &[Stmt] {
        &self.tree.body
    }

    pub(super) fn source_of(&self, node: &impl Ranged) -> &str {
        self.text.get(node.range().to_std_range()).unwrap_or_default()
    }

    pub(super) fn place_at(&self, offset: TextSize) -> Place {
        let lines = self.lines.get_or_init(|| {
            let mut starts = vec![0];
            starts.extend(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)));
            starts
        });
        let offset = offset.to_u32();
        let line = lines.partition_point(|&start| start <= offset);
        let start = lines[line - 1] as usize;
        let column = self.text.get(start..offset as usize).map_or(0, |s| s.chars().count());
        Place::new(self.path.clone(), u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column + 1).unwrap_or(u32::MAX))
    }

    /// The syntax errors, in order.
    pub fn syntax_errors(&self) -> Vec<SyntaxError> {
        self.errors
            .iter()
            .map(|(message, range)| SyntaxError { message: message.clone(), place: self.place_at(range.start()) })
            .collect()
    }

    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Whether a text can be a name in Python: `str.isidentifier()`, and not a keyword.
pub fn is_identifier(text: &str) -> bool {
    let parsed = ruff_python_parser::parse_expression(text);
    parsed.is_ok_and(|parsed| parsed.expr().as_name_expr().is_some_and(|name| name.id.as_str() == text))
}

#[cfg(test)]
mod tests {
    use super::is_identifier;

    #[test]
    fn keywords_and_texts_with_other_characters_are_no_names() {
        for name in ["db", "_db2", "größe", "match"] {
            assert!(is_identifier(name), "{name}");
        }
        for text in ["", "2db", "my-db", "class", "None", " db", "db ", "(db)", "db.x"] {
            assert!(!is_identifier(text), "{text}");
        }
    }
}
