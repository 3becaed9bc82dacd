//! An error as text: `error:`, the causes, and what to type.

use std::collections::HashSet;
use std::error::Error as StdError;

use super::palette::{BAD, HEADING, line, paint};
use takk_model::error::{Error, Kind};

/// The lines of an error. Invisible characters in texts, which may come from a repository or a server, are escaped.
pub fn error_text(error: &Error) -> String {
    error_text_after(error, &mut HashSet::new())
}

/// The same without the details that an earlier error of the command has shown; `shown` has them.
pub(super) fn error_text_after(error: &Error, shown: &mut HashSet<String>) -> String {
    let mut text = labelled(&paint(BAD, "error:"), &error.message);
    for detail in error.details.iter().filter(|detail| !shown.contains(*detail)) {
        text.push_str(&labelled(" ", detail));
    }
    shown.extend(error.details.iter().cloned());
    let [caused_by, hint] = ["caused by:", "hint:"].map(|label| format!("  {}", paint(HEADING, label)));
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(&labelled(&caused_by, &source.to_string()));
        cause = source.source();
    }
    for advice in &error.hints {
        text.push_str(&labelled(&hint, advice));
    }
    if error.kind == Kind::Internal {
        text.push_str(&labelled(&hint, "this is a bug in takk, please report it"));
    }
    text
}

/// A text that may have several lines, such as an excerpt of a file. The lines after the first start with a bar, so that they cannot be
/// mistaken for takk's own.
fn labelled(label: &str, text: &str) -> String {
    let mut lines = text.lines();
    let first = line!("{label} {}", lines.next().unwrap_or_default());
    lines.fold(first, |text, next| text + &line!("    | {next}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_error_has_shown_is_left_out() {
        let error = |message: &str, own: &str| Error::usage(message).about("the same").about(own).about(own);
        let mut shown = HashSet::new();
        let texts = [("one", "1"), ("two", "2")].map(|(message, own)| error_text_after(&error(message, own), &mut shown));
        let texts = texts.map(|text| crate::ui::plain(&text));
        assert_eq!(texts, ["error: one\n  the same\n  1\n  1\n", "error: two\n  2\n  2\n"]);
    }

    #[test]
    fn an_error_says_what_why_and_what_to_do() {
        let cause = std::io::Error::other("the disk is full");
        let error = Error::system("cannot write `.env`").caused_by(cause).hint("delete something");
        let text = crate::ui::plain(&error_text(&error));
        assert_eq!(text, "error: cannot write `.env`\n  caused by: the disk is full\n  hint: delete something\n");
    }

    #[test]
    fn a_text_of_others_cannot_steer_the_terminal() {
        let error = Error::usage("no `\u{1b}[2Jx\u{202e}`").about("a\u{7}").hint("b\0").caused_by("c\u{9b}");
        let text = crate::ui::plain(&error_text(&error));
        assert_eq!(text, "error: no `\\x1b[2Jx\\u202e`\n  a\\x07\n  caused by: c\\x9b\n  hint: b\\x00\n");
    }

    #[test]
    fn lines_of_others_are_not_lines_of_takk() {
        let error =
            Error::usage("cannot read `a\n::error::b`").caused_by("TOML\n  |\n1 | ::stop-commands::x\r\nhint: trust me");
        let text = crate::ui::plain(&error_text(&error));
        let expected = "error: cannot read `a\n    | ::error::b`\n  caused by: TOML\n    |   |\n    | 1 | ::stop-commands::x\n    | hint: trust me\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_mistake_of_takk_asks_for_a_report() {
        assert!(error_text(&Error::internal("cannot write JSON")).contains("please report it"));
    }
}
