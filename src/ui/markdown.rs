//! Text in GitHub Flavoured Markdown: escaped, so that it is shown and does nothing.
//!
//! Besides the special characters of Markdown and HTML, this covers what GitHub interprets in text: mentions, which notify people;
//! references to issues, which appear there; URLs, which become links; and formulas. None of this happens in code.

use super::value_text::{Piece, pieces};
use takk_model::visible::one_line;

/// An invisible character that breaks up what GitHub would recognize.
const BREAK: &str = "&#8203;";

/// A heading of that level.
pub(super) fn heading(level: usize, content: &str) -> String {
    format!("\n{} {content}\n\n", "#".repeat(level))
}

/// A table of cells in Markdown, without the columns whose cells are all empty; nothing if it has no rows.
pub(super) fn table(titles: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let used = |column: &usize| rows.iter().any(|row| row.get(*column).is_some_and(|cell| !cell.is_empty()));
    let columns: Vec<usize> = (0..titles.len()).filter(used).collect();
    let titles: Vec<&str> = columns.iter().map(|column| titles[*column]).collect();
    let mut text = format!("| {} |\n|{}\n", titles.join(" | "), " --- |".repeat(titles.len()));
    for row in rows {
        // A bar separates cells even within code, unless it is escaped.
        let cells: Vec<String> = columns.iter().map(|column| row[*column].replace('|', "\\|")).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// A text on one line, in which `code` stays in backticks.
pub(super) fn prose(text: &str) -> String {
    let text = one_line(text);
    let mut written = String::with_capacity(text.len());
    for piece in pieces(&text) {
        match piece {
            Piece::Words(words) => escape(words, &mut written),
            Piece::Code(text) => written.push_str(&code(text)),
        }
    }
    written
}

/// A paragraph that starts no heading, list or quotation.
pub(super) fn paragraph(text: &str) -> String {
    let text = prose(text);
    let marker = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = marker.len() < text.len() && marker.starts_with(['.', ')']);
    if is_numbered {
        let digits = text.len() - marker.len();
        return format!("{}\\{marker}", &text[..digits]);
    }
    if text.starts_with(['#', '+', '-', '=', ':']) { format!("\\{text}") } else { text }
}

/// Text as code. If it contains backticks or backslashes, as HTML with special characters as numbers.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return text;
    }
    if !text.contains(['`', '\\']) {
        return format!("`{text}`");
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            escaped.push_str(&format!("&#{};", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    format!("<code>{escaped}</code>")
}

/// The words as code, separated by commas.
pub(super) fn code_list(words: &[String]) -> String {
    words.iter().map(|word| code(word)).collect::<Vec<_>>().join(", ")
}

/// Writes `text` so that nothing in it is special to Markdown, HTML or GitHub.
fn escape(text: &str, written: &mut String) {
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            // GitHub's own advice for a dollar sign that does not start a formula.
            '$' => written.push_str("<span>$</span>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' => written.extend(['\\', c]),
            '@' | '#' if next.is_some_and(char::is_alphanumeric) => written.extend([&c.to_string(), BREAK]),
            ':' if next == Some('/') => written.extend([":", BREAK]),
            '.' if written.get(written.len().saturating_sub(3)..).is_some_and(|www| www.eq_ignore_ascii_case("www")) => {
                written.extend([BREAK, "."]);
            }
            _ => written.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_does_nothing() {
        assert_eq!(prose("<b> & \\ *a* _b_ [c](d) ~e~"), "&lt;b&gt; &amp; \\\\ \\*a\\* \\_b\\_ \\[c\\](d) \\~e\\~");
        assert_eq!(
            prose("@octocat, a#12 $x$ https://a.example www.b.example"),
            "@&#8203;octocat, a#&#8203;12 <span>$</span>x<span>$</span> https:&#8203;//a.example www&#8203;.b.example"
        );
        assert_eq!(prose("two\nlines \u{202e}"), "two lines \\\\u202e");
    }

    #[test]
    fn backticks_in_prose_are_code_where_they_come_in_pairs() {
        assert_eq!(prose("`a@b` and `c"), "`a@b` and \\`c");
        assert_eq!(prose("no `` code"), "no \\`\\` code");
        assert_eq!(prose("`<x>` <x>"), "`<x>` &lt;x&gt;");
    }

    #[test]
    fn a_paragraph_begins_with_text() {
        assert_eq!(paragraph("# x"), "\\# x");
        assert_eq!(paragraph("12. x"), "12\\. x");
        assert_eq!(paragraph("- x"), "\\- x");
        assert_eq!(paragraph("::error::x"), "\\::error::x");
        assert_eq!(paragraph("2 x"), "2 x");
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(code("a | b"), "`a | b`");
        assert_eq!(code("a`|\\<b"), "<code>a&#96;&#124;&#92;&#60;b</code>");
        assert_eq!(code(""), "");
    }

    #[test]
    fn a_table_leaves_empty_columns_out_and_escapes_bars() {
        let rows = vec![vec![code("a | b"), String::new(), prose("c | d")], vec![code("e"), String::new(), String::new()]];
        assert_eq!(table(&["X", "Y", "Z"], &rows), "| X | Z |\n| --- | --- |\n| `a \\| b` | c \\| d |\n| `e` |  |\n");
        assert_eq!(table(&["X"], &[]), "");
    }
}
