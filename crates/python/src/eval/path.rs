//! Paths relative to the file of a module: `Path(__file__).parent / "config.toml"`. The location of a checkout is unknown, so
//! such a path stays symbolic; [`path_in_project`] resolves it inside the project.

use std::rc::Rc;

use super::Evaluator;
use crate::eval::fold;
use crate::eval::value::{Call, Value};
use crate::file::Origin;
use crate::modules::FileId;
use takk_model::Place;

const FILE: &str = "__file__";
/// The maximum number of operations in a path.
const LONGEST: usize = 64;

/// `__file__` of a module.
pub(super) fn file_of<'a>(file: FileId) -> Value<'a> {
    Value::Attribute(Rc::new((Value::Module(file), Box::from(FILE))))
}

/// Whether a value is a symbolic path: built by path functions from `__file__`, the working directory or strings.
pub(super) fn is_made_path(value: &Value<'_>) -> bool {
    let mut value = value;
    for _ in 0..LONGEST {
        value = match value {
            Value::Attribute(attribute) if matches!(attribute.0, Value::Module(_)) => return &*attribute.1 == FILE,
            Value::Attribute(attribute) => &attribute.0,
            Value::Call(call) => match (&call.callee, call.positional.first()) {
                (Value::External(path), Some(first)) if is_path_function(path) => first,
                (Value::External(path), None) => return is_path_function(path),
                (Value::Attribute(_), _) => &call.callee,
                _ => return false,
            },
            Value::Str(_) => return true,
            _ => return false,
        };
    }
    false
}

fn is_path_function(path: &str) -> bool {
    path.starts_with("pathlib.") || path.starts_with("os.path.") || path == "os.getcwd"
}

/// `left / right`, where `left` is a symbolic path.
pub(super) fn joined<'a>(left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    Value::Call(Rc::new(Call {
        callee: Value::external("pathlib.Path"),
        positional: vec![left.clone(), right.clone()],
        keywords: Vec::new(),
        partial: false,
        source: Rc::from(""),
        place: Place::new("", 1, 1),
    }))
}

/// `path.parents[at]`.
pub(super) fn ancestor<'a>(value: &Value<'a>, at: i64) -> Option<Value<'a>> {
    let Value::Attribute(attribute) = value else { return None };
    if &*attribute.1 != "parents" || !is_made_path(&attribute.0) {
        return None;
    }
    let steps = usize::try_from(at).ok().filter(|steps| *steps < LONGEST)? + 1;
    let above = |path, _| Value::Attribute(Rc::new((path, Box::from("parent"))));
    Some((0..steps).fold(attribute.0.clone(), above))
}

impl<'a> Evaluator<'a> {
    /// Where a path leads, relative to the root of the project, which is the working directory: `""` is the root itself, `../x`
    /// is above it, and a leading slash or `~` is outside. `None`: only known at run time.
    pub fn path_in_project(&self, value: &Value<'a>) -> Option<String> {
        self.followed(value, 0).map(|path| normal(&path))
    }

    fn followed(&self, value: &Value<'a>, depth: usize) -> Option<String> {
        if depth > LONGEST {
            return None;
        }
        let inner = |value: &Value<'a>| self.followed(value, depth + 1);
        match value {
            Value::Attribute(attribute) => match (&attribute.0, &*attribute.1) {
                (Value::Module(file), FILE) => {
                    let file = self.file(*file);
                    (file.origin == Origin::Project).then(|| file.path.clone())
                }
                (path, "parent") => inner(path).map(|path| parent(&path)),
                _ => None,
            },
            Value::Call(call) => match &call.callee {
                Value::External(path) if call.keywords.is_empty() && !call.partial => match &**path {
                    "pathlib.Path.cwd" | "os.getcwd" => Some(String::new()),
                    "os.path.dirname" => inner(call.positional.first()?).map(|path| parent(&path)),
                    "os.path.abspath" | "os.path.realpath" | "os.path.normpath" => inner(call.positional.first()?),
                    path if path == "os.path.join" || (path.starts_with("pathlib.") && path.ends_with("Path")) => {
                        let parts = call.positional.iter().map(inner);
                        parts.collect::<Option<Vec<String>>>().map(|parts| join(&parts))
                    }
                    _ => None,
                },
                Value::Attribute(method) => match &*method.1 {
                    "resolve" | "absolute" | "expanduser" => inner(&method.0),
                    "joinpath" => {
                        let mut parts = vec![inner(&method.0)?];
                        for part in &call.positional {
                            parts.push(inner(part)?);
                        }
                        Some(join(&parts))
                    }
                    "with_name" => {
                        let name = call.positional.first()?.as_str()?;
                        inner(&method.0).map(|path| join(&[parent(&path), name.to_owned()]))
                    }
                    _ => None,
                },
                _ => None,
            },
            other => other.as_str().map(str::to_owned).or_else(|| fold::path_text(other)),
        }
    }
}

fn join(parts: &[String]) -> String {
    parts.iter().fold(String::new(), |whole, part| match part {
        part if part.starts_with(['/', '~']) || whole.is_empty() => part.clone(),
        part if part.is_empty() => whole,
        part => format!("{whole}/{part}"),
    })
}

/// The directory that contains a path.
fn parent(path: &str) -> String {
    let path = normal(path);
    match path.rsplit_once('/') {
        _ if path.is_empty() || path == ".." || path.ends_with("/..") => join(&[path, "..".to_owned()]),
        Some((directory, _)) => directory.to_owned(),
        None => String::new(),
    }
}

/// A path without `.`, and without any `..` that can be resolved.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match (part, parts.last()) {
            ("..", Some(last)) if *last != ".." && *last != "~" => {
                parts.pop();
            }
            ("..", None) if path.starts_with('/') => {}
            _ => parts.push(part),
        }
    }
    let whole = parts.join("/");
    if path.starts_with('/') { format!("/{whole}") } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normal() {
        for (path, expected) in [
            ("./a/../b//c", "b/c"),
            ("a/..", ""),
            ("../a", "../a"),
            ("../../a/../b", "../../b"),
            ("/../etc/./passwd", "/etc/passwd"),
            ("~/../x", "~/../x"),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
        for (path, expected) in [("a/b.py", "a"), ("b.py", ""), ("", ".."), ("..", "../.."), ("../a", "..")] {
            assert_eq!(parent(path), expected, "{path}");
        }
        assert_eq!(join(&["a".to_owned(), String::new(), "b".to_owned(), "/c".to_owned()]), "/c");
    }
}
