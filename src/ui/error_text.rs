//! An error as text: `error:`, why, and what to type.

use std::error::Error as StdError;

use super::palette::{BAD, HEADING, paint};
use crate::error::{Error, Kind};
use crate::visible::visible;

/// The lines of an error. What is not seen in a text, which may be that of a repository or a server, is made visible.
pub fn error_text(error: &Error) -> String {
    let mut text = format!("{} {}\n", paint(BAD, "error:"), visible(&error.message));
    for detail in &error.details {
        text.push_str(&format!("  {}\n", visible(detail)));
    }
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(&format!("  {} {}\n", paint(HEADING, "caused by:"), visible(&source.to_string())));
        cause = source.source();
    }
    for hint in &error.hints {
        text.push_str(&format!("  {} {}\n", paint(HEADING, "hint:"), visible(hint)));
    }
    if error.kind == Kind::Internal {
        text.push_str(&format!("  {} this is a mistake in takk, please report it\n", paint(HEADING, "hint:")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_why_and_what_to_do() {
        let cause = std::io::Error::other("the disk is full");
        let error = Error::environment("cannot write `.env`").caused_by(cause).hint("delete something");
        let text = anstream::adapter::strip_str(&error_text(&error)).to_string();
        assert_eq!(text, "error: cannot write `.env`\n  caused by: the disk is full\n  hint: delete something\n");
    }

    #[test]
    fn a_text_of_others_cannot_steer_the_terminal() {
        let error = Error::usage("no `\u{1b}[2Jx\u{202e}`").about("a\u{7}").hint("b\0").caused_by("c\u{9b}");
        let text = anstream::adapter::strip_str(&error_text(&error)).to_string();
        assert_eq!(text, "error: no `\\x1b[2Jx\\u202e`\n  a\\x07\n  caused by: c\\x9b\n  hint: b\\x00\n");
    }

    #[test]
    fn a_mistake_of_takk_asks_for_a_report() {
        assert!(error_text(&Error::internal("cannot write JSON")).contains("please report it"));
    }
}
