//! The strings of a file that are data of the program: without docstrings, comments, and strings with replacement fields in them.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprFString, FStringPart, InterpolatedStringElement, Stmt};
use ruff_text_size::Ranged;

use super::file::SourceFile;
use takk_model::Place;

/// A string, as Python reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its value. A replacement field of an f-string, whose value is unknown, is the character U+FFFD.
    pub value: String,
    /// Its literal in the source.
    pub source: String,
    pub place: Place,
}

/// The strings of a file, in order.
pub fn strings(file: &SourceFile) -> Vec<Text> {
    let mut finder = Finder { file, found: Vec::new() };
    file.body().iter().for_each(|statement| finder.visit_stmt(statement));
    finder.found
}

struct Finder<'f> {
    file: &'f SourceFile,
    found: Vec<Text>,
}

impl Finder<'_> {
    fn add(&mut self, value: String, at: &impl Ranged) {
        let place = self.file.place_at(at.start());
        self.found.push(Text { value, source: self.file.source_of(at).to_owned(), place });
    }
}

impl<'f> Visitor<'f> for Finder<'f> {
    fn visit_stmt(&mut self, statement: &'f Stmt) {
        // A docstring, or a string that nothing uses.
        if !matches!(statement, Stmt::Expr(expression) if expression.value.is_string_literal_expr()) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'f Expr) {
        match expression {
            Expr::StringLiteral(text) => self.add(text.value.to_str().to_owned(), expression),
            Expr::FString(text) => self.add(formatted(text), expression),
            _ => walk_expr(self, expression),
        }
    }
}

/// The text of an f-string.
fn formatted(text: &ExprFString) -> String {
    let mut value = String::new();
    for part in &text.value {
        match part {
            FStringPart::Literal(literal) => value.push_str(literal),
            FStringPart::FString(inner) => {
                for element in &inner.elements {
                    match element {
                        InterpolatedStringElement::Literal(literal) => value.push_str(literal),
                        InterpolatedStringElement::Interpolation(_) => value.push(char::REPLACEMENT_CHARACTER),
                    }
                }
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Origin;

    fn of(text: &str) -> Vec<String> {
        let file = SourceFile::parse("a.py".to_owned(), String::new(), false, Origin::Project, text.as_bytes());
        strings(&file).into_iter().map(|text| format!("{} {}", text.place.line, text.value)).collect()
    }

    #[test]
    fn docstrings_and_comments_are_no_data() {
        let text = "\"\"\"about\"\"\"\ndef f():\n    'about f'\n    # 'comment'\n    op.execute('a' \"b\\\"\")\nX = [f\"c {name}\", r'\\d']\n";
        assert_eq!(of(text), ["5 ab\"", "6 c \u{fffd}", "6 \\d"]);
        assert_eq!(
            of("class A:\n    'about'\n    x = 'y'\n('z'"),
            ["3 y"],
            "a statement that is only a string, even if it is cut"
        );
    }
}
