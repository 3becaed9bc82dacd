//! Whether the text of a secret can be converted to the type of its field: the cast rules of the second seed. Python converts; this
//! only says whether it can, with an error that has nothing of the text in it.

use takk_model::CastRule;
use takk_value::{Verdict, check_cast};

use super::error::{Error, Result};

pub use takk_value::cast_bool;

/// Checks whether a rule can convert a text. `subject` names the field in the error: `field App.port (port of the proxy)`.
///
/// | annotation | rule | conversion |
/// |---|---|---|
/// | `str` | `Text` | passthrough |
/// | `int`, `float` | `Int`, `Float` | as Python reads them |
/// | `bool` | `Bool` | true/1/yes/on, false/0/no/off, without regard to case and outer space ([`cast_bool`]) |
/// | `dict`, `list` | `Json` | `json.loads` |
/// | `T \| None` | that of `T` | |
/// | anything else | `Text` | raw string |
/// | any, with `transform=` | `Transform` | the program's own: only it knows |
///
/// # Errors
///
/// Returns a `Config` error if the text cannot be cast. Text that only the program can judge is not an error.
pub fn check(rule: CastRule, subject: &str, text: &str) -> Result<()> {
    match check_cast(rule, text) {
        Verdict::Refused(refusal) => {
            let error = Error::config(format!("cannot convert the value for {subject}: it {}", refusal.reason));
            Err(error.hint("correct the stored value, or the annotation of the field"))
        }
        Verdict::Accepted | Verdict::Unchecked(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn the_table_of_the_seed() {
        use CastRule::{Bool, Float, Int, Json, Text, Transform};
        for (rule, good, bad) in [
            (Text, vec!["", "anything", " as it is "], vec![]),
            (Int, vec!["42", " -1_000\n"], vec!["", "1.5", "hunter2"]),
            (Float, vec!["1.5", "1e3", "nan"], vec!["", "hunter2"]),
            (Bool, vec!["true", "1", "yes", "on", "FALSE", "0", "No", "oFF", " true "], vec!["", "y", "hunter2"]),
            (Json, vec!["{\"a\": [1]}", "[]", "NaN"], vec!["", "{'a': 1}", "hunter2"]),
            (Transform, vec!["", "hunter2"], vec![]),
        ] {
            for text in good {
                assert!(check(rule, "field App.x", text).is_ok(), "{rule:?} {text:?}");
            }
            for text in bad {
                let error = check(rule, "field App.x", text).expect_err(text);
                assert_eq!(error.kind(), ErrorKind::Config);
                assert!(error.to_string().contains("App.x") && !error.to_string().contains("hunter2"), "{error}");
            }
        }
    }
}
