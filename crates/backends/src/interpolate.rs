//! The placeholders of a path, filled in from the context: the root model's own fields.

use takk_model::nearest::nearest;
use takk_model::{PathFault, PathPiece, path_pieces};

use super::error::{Error, Result};

/// Fills in the `{var}` placeholders of a path; `{{` and `}}` are literal braces. `context` returns a field of the root model as text.
///
/// # Errors
///
/// `MissingContextVariable` for a field that does not exist, for a placeholder without a name (`{}`, `{0}`), and for attributes and
/// indexes, which are not supported; `Config` for an unmatched brace, for conversions and for format specifications.
pub fn interpolate(template: &str, context: impl Fn(&str) -> Option<String>) -> Result<String> {
    let mut path = String::with_capacity(template.len());
    for piece in path_pieces(template) {
        match piece {
            PathPiece::Text(text) => path.push_str(&text),
            PathPiece::Variable(name) => path.push_str(&context(name).ok_or_else(|| missing(template, name, &[]))?),
            PathPiece::Fault(fault) => return Err(faulty(template, &fault)),
        }
    }
    Ok(path)
}

/// Checks whether a root model with these fields can fill in a path, which happens when a model is defined, before anything is read. The
/// errors are those of [`interpolate`].
pub fn check_template(template: &str, fields: &[&str]) -> Result<()> {
    for piece in path_pieces(template) {
        match piece {
            PathPiece::Variable(name) if !fields.contains(&name) => return Err(missing(template, name, fields)),
            PathPiece::Fault(fault) => return Err(faulty(template, &fault)),
            PathPiece::Text(_) | PathPiece::Variable(_) => {}
        }
    }
    Ok(())
}

fn missing(template: &str, name: &str, fields: &[&str]) -> Error {
    let message =
        format!("cannot fill in the path `{template}`: `{{{name}}}` is not a field of the root model that can fill in a path");
    let error = Error::missing_variable(message);
    match nearest(name, fields.iter().copied()) {
        Some(field) => error.hint(format!("did you mean `{{{field}}}`?")),
        None => error.hint(format!("add a field `{name}` to the root model, or write `{{{{{name}}}}}` for the text itself")),
    }
}

fn faulty(template: &str, fault: &PathFault) -> Error {
    let message = format!("cannot fill in the path `{template}`: {fault}");
    let error = if fault.is_about_a_variable() { Error::missing_variable(message) } else { Error::config(message) };
    error.hint("write `{name}` for a field of the root model, and `{{` and `}}` for braces")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn filled(template: &str) -> Result<String> {
        interpolate(template, |name| ["stage", "region"].contains(&name).then(|| format!("the {name}")))
    }

    #[test]
    fn a_path_is_filled_in() {
        assert_eq!(filled("/{stage}/{region}/{{x}}").ok().as_deref(), Some("/the stage/the region/{x}"));
        assert_eq!(filled("/plain").ok().as_deref(), Some("/plain"));
        // Placeholders in a value are not expanded.
        assert_eq!(interpolate("/{a}", |_| Some("{b}".to_owned())).ok().as_deref(), Some("/{b}"));
    }

    #[test]
    fn what_cannot_be_filled_in_has_a_kind_and_says_what_to_write() {
        for (template, kind, says) in [
            ("/{stge}/db", ErrorKind::MissingContextVariable, "did you mean `{stage}`?"),
            ("/{x.attr}", ErrorKind::MissingContextVariable, "refers to an attribute"),
            ("/{x[0]}", ErrorKind::MissingContextVariable, "refers to an index"),
            ("/{0}", ErrorKind::MissingContextVariable, "has no name"),
            ("/{}", ErrorKind::MissingContextVariable, "has no name"),
            ("/{stage!r}", ErrorKind::Config, "has a conversion or a format"),
            ("/{stage", ErrorKind::Config, "a `{` has no `}`"),
        ] {
            let error = check_template(template, &["stage", "region"]).expect_err(template);
            assert_eq!(error.kind(), kind, "{template}");
            assert!(error.to_string().contains(says) && error.to_string().contains(template), "{error}");
            assert_eq!(filled(template).expect_err(template).kind(), kind);
        }
        assert!(check_template("/{stage}/{{x}}", &["stage"]).is_ok());
    }
}
