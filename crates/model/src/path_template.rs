//! The path of a `Secret(...)`: `{var}` placeholders, `{{` and `}}` for braces, and nothing else of Python's format strings.

use std::fmt;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathPiece<'t> {
    /// Literal text, with doubled braces replaced by single ones.
    Text(String),
    /// `{name}`.
    Variable(&'t str),
    /// An invalid placeholder.
    Fault(PathFault),
}

/// What is wrong with a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// `{x.attr}`: attributes are not supported.
    Attribute(String),
    /// `{x[0]}`: indexes are not supported.
    Index(String),
    /// `{}` and `{0}`: a path has no positional arguments.
    Positional(String),
    /// `{x!r}` and `{x:>8}`: values are inserted unchanged.
    Format(String),
    /// `{` without `}`.
    Unclosed,
    /// `}` without `{`.
    Unopened,
}

impl PathFault {
    /// Its source text.
    pub fn source(&self) -> String {
        match self {
            Self::Attribute(text) | Self::Index(text) | Self::Positional(text) | Self::Format(text) => format!("{{{text}}}"),
            Self::Unclosed => "{".to_owned(),
            Self::Unopened => "}".to_owned(),
        }
    }

    /// Whether it concerns the name of a variable rather than the syntax of the template.
    pub fn is_about_a_variable(&self) -> bool {
        matches!(self, Self::Attribute(_) | Self::Index(_) | Self::Positional(_))
    }
}

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(text) => write!(f, "`{{{text}}}` refers to an attribute, which a path cannot"),
            Self::Index(text) => write!(f, "`{{{text}}}` refers to an index, which a path cannot"),
            Self::Positional(text) => write!(f, "`{{{text}}}` has no name"),
            Self::Format(text) => write!(f, "`{{{text}}}` has a conversion or a format, which a path cannot have"),
            Self::Unclosed => f.write_str("a `{` has no `}`"),
            Self::Unopened => f.write_str("a `}` has no `{`"),
        }
    }
}

/// The pieces of a template, in order. Invalid placeholders are pieces too, so that nothing is lost.
pub fn path_pieces(template: &str) -> Vec<PathPiece<'_>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = rest[at..].chars().next().expect("a brace was found");
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            text.push(brace);
            rest = after;
            continue;
        }
        if !text.is_empty() {
            pieces.push(PathPiece::Text(std::mem::take(&mut text)));
        }
        if brace == '}' {
            pieces.push(PathPiece::Fault(PathFault::Unopened));
            continue;
        }
        match rest.find(['{', '}']).filter(|end| rest.as_bytes()[*end] == b'}') {
            Some(end) => {
                pieces.push(placeholder(&rest[..end]));
                rest = &rest[end + 1..];
            }
            None => pieces.push(PathPiece::Fault(PathFault::Unclosed)),
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(PathPiece::Text(text));
    }
    pieces
}

fn placeholder(inner: &str) -> PathPiece<'_> {
    let fault = |fault: fn(String) -> PathFault| PathPiece::Fault(fault(inner.to_owned()));
    if inner.contains(['!', ':']) {
        fault(PathFault::Format)
    } else if inner.is_empty() || inner.bytes().all(|byte| byte.is_ascii_digit()) {
        fault(PathFault::Positional)
    } else {
        match inner.find(['.', '[']).map(|at| inner.as_bytes()[at]) {
            Some(b'.') => fault(PathFault::Attribute),
            Some(_) => fault(PathFault::Index),
            None => PathPiece::Variable(inner),
        }
    }
}

/// The names of its variables, without duplicates.
pub fn path_variables(template: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in path_pieces(template) {
        if let PathPiece::Variable(name) = piece
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// The variable that holds a path if the environment is the backend, computed as `EnvBackend` does: `path.strip("/").replace("/",
/// "_").upper()`. `-`, `.` and `:` stay.
pub fn path_env_name(path: &str) -> String {
    path.trim_matches('/').replace('/', "_").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(template: &str) -> Vec<PathFault> {
        let fault = |piece| if let PathPiece::Fault(fault) = piece { Some(fault) } else { None };
        path_pieces(template).into_iter().filter_map(fault).collect()
    }

    #[test]
    fn a_template_has_texts_and_variables() {
        let text = |text: &str| PathPiece::Text(text.to_owned());
        assert_eq!(path_pieces("/{stage}/db"), [text("/"), PathPiece::Variable("stage"), text("/db")]);
        assert_eq!(path_pieces("/{{x}}/{{{y}}}"), [text("/{x}/{"), PathPiece::Variable("y"), text("}")]);
        assert_eq!(path_pieces(""), []);
        assert_eq!(path_variables("{a}/{b}/{a}/{{c}}"), ["a", "b"]);
    }

    #[test]
    fn the_rest_of_pythons_format_strings_is_a_fault() {
        for (template, fault) in [
            ("/{x.attr}", PathFault::Attribute("x.attr".to_owned())),
            ("/{x[0]}", PathFault::Index("x[0]".to_owned())),
            ("/{x[0].y}", PathFault::Index("x[0].y".to_owned())),
            ("/{0}", PathFault::Positional("0".to_owned())),
            ("/{}", PathFault::Positional(String::new())),
            ("/{x!r}", PathFault::Format("x!r".to_owned())),
            ("/{x:>8}", PathFault::Format("x:>8".to_owned())),
            ("/{x", PathFault::Unclosed),
            ("/{x{y", PathFault::Unclosed),
            ("/x}", PathFault::Unopened),
        ] {
            let found = faults(template);
            assert_eq!(found.first(), Some(&fault), "{template}");
            assert!(!found[0].to_string().is_empty());
        }
    }

    #[test]
    fn no_template_is_too_strange() {
        let alphabet = ["{", "}", "x", "/", ".", "[0]", "ä"];
        let mut templates = vec![String::new()];
        for _ in 0..5 {
            templates = templates.iter().flat_map(|start| alphabet.iter().map(move |next| format!("{start}{next}"))).collect();
            for template in &templates {
                let doubled = template.replace('{', "{{").replace('}', "}}");
                let pieces = path_pieces(&doubled);
                assert!(pieces == [PathPiece::Text(template.clone())], "{template}: {pieces:?}");
                path_pieces(template);
            }
        }
    }

    #[test]
    fn the_name_in_the_environment_keeps_what_envbackend_keeps() {
        for (path, name) in [
            ("/db/prod/password", "DB_PROD_PASSWORD"),
            ("//db/my-app.key:field/", "DB_MY-APP.KEY:FIELD"),
            ("db//password", "DB__PASSWORD"),
            ("/straße", "STRASSE"),
            ("/", ""),
        ] {
            assert_eq!(path_env_name(path), name, "{path}");
        }
    }
}
