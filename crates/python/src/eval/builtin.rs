//! Built-in functions, and the functions and constants of external packages whose result is known.

use std::rc::Rc;

use super::call::{Site, known_by_call};
use super::{Evaluator, text};
use crate::eval::value::{Alias, AliasTarget, Call, Value};

/// Whether Python has a built-in of that name.
pub(super) fn is_builtin(name: &str) -> bool {
    const NAMES: [&str; 60] = [
        "ArithmeticError",
        "AttributeError",
        "BaseException",
        "Exception",
        "ImportError",
        "IndexError",
        "KeyError",
        "LookupError",
        "NotImplemented",
        "NotImplementedError",
        "OSError",
        "RuntimeError",
        "TypeError",
        "ValueError",
        "abs",
        "all",
        "any",
        "bool",
        "bytearray",
        "bytes",
        "callable",
        "chr",
        "classmethod",
        "complex",
        "dict",
        "dir",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "frozenset",
        "getattr",
        "globals",
        "hasattr",
        "hash",
        "id",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "object",
        "open",
        "ord",
        "print",
        "property",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "slice",
        "sorted",
        "staticmethod",
    ];
    NAMES.contains(&name)
        || ["str", "sum", "super", "tuple", "type", "vars", "zip", "pow", "memoryview", "setattr", "__import__"].contains(&name)
}

impl<'a> Evaluator<'a> {
    /// A member of an external module: a known constant, or else its dotted path.
    pub(super) fn external_member(&self, path: &str, name: &str) -> Value<'a> {
        let full = format!("{path}.{name}");
        match full.as_str() {
            "typing.TYPE_CHECKING" | "typing_extensions.TYPE_CHECKING" => Value::Bool(self.type_checking.get()),
            "sys.version_info" => {
                let (major, minor) = self.assumptions.python;
                Value::Tuple(Rc::new(vec![
                    Value::Int(major),
                    Value::Int(minor),
                    Value::Int(0),
                    Value::str("final"),
                    Value::Int(0),
                ]))
            }
            "sys.platform" => Value::str("linux"),
            "os.name" => Value::str("posix"),
            "os.sep" => Value::str("/"),
            "sys.maxsize" => Value::Int(i64::MAX),
            "pydantic.VERSION" | "pydantic.__version__" | "pydantic.version.VERSION" => Value::str(&self.assumptions.pydantic),
            "logging.CRITICAL" | "logging.FATAL" => Value::Int(50),
            "logging.ERROR" => Value::Int(40),
            "logging.WARNING" | "logging.WARN" => Value::Int(30),
            "logging.INFO" => Value::Int(20),
            "logging.DEBUG" => Value::Int(10),
            "logging.NOTSET" => Value::Int(0),
            "math.pi" => Value::Float(std::f64::consts::PI),
            "math.inf" => Value::Float(f64::INFINITY),
            "string.ascii_letters" => Value::str("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            "string.ascii_lowercase" => Value::str("abcdefghijklmnopqrstuvwxyz"),
            "string.ascii_uppercase" => Value::str("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            "string.digits" => Value::str("0123456789"),
            _ => Value::external(full),
        }
    }

    /// The result of calling an external function. `None`: undecided.
    pub(super) fn call_external(
        &self,
        path: &Rc<str>,
        positional: Vec<Value<'a>>,
        keywords: Vec<(Rc<str>, Value<'a>)>,
        site: Option<&Site>,
    ) -> Option<Value<'a>> {
        let name = path.strip_prefix("builtins.");
        if let Some(name) = name
            && let Some(value) = self.builtin_function(name, &positional, &keywords)
        {
            return Some(value);
        }
        let last = path.rsplit('.').next().unwrap_or(path);
        match (&**path, last) {
            ("builtins.type", _) if positional.len() == 3 => return self.make_class(&positional, site),
            (_, "create_model") if path.starts_with("pydantic") => return self.create_model(&positional, &keywords, site),
            ("dataclasses.make_dataclass", _) => return self.make_dataclass(&positional, &keywords, site),
            (_, "settings_customise_sources") if path.ends_with(".BaseSettings.settings_customise_sources") => {
                return inherited_sources(&positional, &keywords);
            }
            (_, "SettingsConfigDict" | "ConfigDict") if path.starts_with("pydantic") => {
                let items = keywords.into_iter().map(|(key, value)| (Value::Str(key), value)).collect();
                return Some(Value::Dict(Rc::new(items)));
            }
            (_, "cast") if path.starts_with("typing") => return positional.into_iter().nth(1),
            (_, "TypeVar" | "ParamSpec") if path.starts_with("typing") => {
                return Some(Value::TypeVar(Rc::from(positional.first()?.as_str()?)));
            }
            (_, "NewType") if path.starts_with("typing") => return positional.into_iter().nth(1),
            (_, "TypeAliasType") if path.starts_with("typing") => {
                let parameters = keywords.iter().find(|(key, _)| &**key == "type_params").map(|(_, value)| value.clone());
                let parameters = parameters.iter().filter_map(Value::elements).flatten();
                let parameters =
                    parameters.filter_map(|p| if let Value::TypeVar(name) = p { Some(Rc::clone(name)) } else { None });
                let target = AliasTarget::Known(
                    positional
                        .get(1)
                        .cloned()
                        .or_else(|| keywords.iter().find(|(key, _)| &**key == "value").map(|(_, value)| value.clone()))?,
                );
                let name = Rc::from(positional.first()?.as_str()?);
                return Some(Value::Alias(Rc::new(Alias { name, parameters: parameters.collect(), target })));
            }
            ("os.path.join" | "posixpath.join", _) => {
                let parts: Option<Vec<&str>> = positional.iter().map(Value::as_str).collect();
                match parts {
                    Some(parts) => return Some(Value::str(join_path(&parts))),
                    None if positional.first().is_none_or(|first| !super::path::is_made_path(first)) => return None,
                    None => {}
                }
            }
            ("os.getenv" | "os.environ.get", _) => return None,
            ("importlib.metadata.version", _) => {
                return (positional.first()?.as_str()? == "pydantic").then(|| Value::str(&self.assumptions.pydantic));
            }
            ("builtins.staticmethod" | "builtins.classmethod", _) => return positional.into_iter().next(),
            // A method accessed through its type: `str.upper`.
            (_, method) if path.starts_with("builtins.str.") => {
                let (receiver, rest) = positional.split_first()?;
                return super::method::call(self, receiver, method, rest, &keywords);
            }
            ("enum.auto" | "functools.partial", _) => {}
            ("functools.lru_cache" | "functools.cache", _) => return positional.into_iter().next(),
            ("copy.copy" | "copy.deepcopy", _) => return positional.into_iter().next(),
            ("textwrap.dedent" | "inspect.cleandoc", _) => return positional.into_iter().next(),
            ("types.MappingProxyType" | "collections.OrderedDict", _) if positional.len() == 1 => {
                return positional.into_iter().next();
            }
            (_, "value_for") if path.starts_with("takk.") => {
                if let Some(value) = self.value_for(&positional, &keywords) {
                    return Some(value);
                }
            }
            (_, "current_env") if path.starts_with("takk.") => {
                if let Some(environment) = self.assumed_environment() {
                    return Some(Value::str(&environment));
                }
            }
            _ => {}
        }
        Some(known_by_call(&Value::External(Rc::clone(path)), positional, keywords, site))
    }

    /// The assumed environment, if any. Records that the current result depends on it.
    fn assumed_environment(&self) -> Option<String> {
        self.asked_environment.set(true);
        self.environment.borrow().clone()
    }

    /// `value_for(default, prod=..., dev=...)` in the assumed environment, if any.
    fn value_for(&self, positional: &[Value<'a>], keywords: &[(Rc<str>, Value<'a>)]) -> Option<Value<'a>> {
        const ORDER: [&str; 5] = ["default", "prod", "test", "dev", "qa"];
        let environment = self.assumed_environment()?;
        let given = |name: &str| {
            let at = ORDER.iter().position(|known| *known == name);
            let by_name = keywords.iter().find(|(key, _)| &**key == name).map(|(_, value)| value.clone());
            by_name.or_else(|| at.and_then(|at| positional.get(at).cloned()))
        };
        Some(given(&environment).or_else(|| given("default")).unwrap_or(Value::None))
    }

    fn builtin_function(&self, name: &str, positional: &[Value<'a>], keywords: &[(Rc<str>, Value<'a>)]) -> Option<Value<'a>> {
        let first = positional.first();
        Some(match (name, positional) {
            ("str", [value @ (Value::Attribute(_) | Value::Call(_))]) if super::path::is_made_path(value) => value.clone(),
            ("str", [value]) => Value::str(text::display(value)?),
            ("str", []) => Value::str(""),
            ("repr", [value]) => Value::str(text::repr(value)?),
            ("int", [Value::Str(text)]) => Value::Int(text.trim().replace('_', "").parse().ok()?),
            ("int", [Value::Int(int)]) => Value::Int(*int),
            ("int", [Value::Bool(truth)]) => Value::Int(i64::from(*truth)),
            #[allow(clippy::cast_possible_truncation, reason = "Python truncates the same way")]
            ("int", [Value::Float(float)]) if float.abs() < 1e15 => Value::Int(*float as i64),
            ("float", [Value::Float(float)]) => Value::Float(*float),
            #[allow(clippy::cast_precision_loss, reason = "Python converts the same way")]
            ("float", [Value::Int(int)]) => Value::Float(*int as f64),
            ("float", [Value::Str(text)]) => Value::Float(text.trim().parse().ok()?),
            ("bool", [value]) => Value::Bool(value.truth()?),
            ("len", [Value::Str(text)]) => Value::Int(i64::try_from(text.chars().count()).ok()?),
            ("len", [value]) => Value::Int(i64::try_from(self.iterate(value)?.len()).ok()?),
            ("list", []) => Value::List(Rc::default()),
            ("list", [value]) => Value::List(Rc::new(self.iterate(value)?)),
            ("tuple", []) => Value::Tuple(Rc::default()),
            ("tuple", [value]) => Value::Tuple(Rc::new(self.iterate(value)?)),
            ("set" | "frozenset", []) => Value::Set(Rc::default()),
            ("set" | "frozenset", [value]) => {
                let mut items: Vec<Value<'a>> = Vec::new();
                for item in self.iterate(value)? {
                    if !items.iter().any(|known| known.equals(&item) == Some(true)) {
                        items.push(item);
                    }
                }
                Value::Set(Rc::new(items))
            }
            ("dict", _) => self.dict_of(first, keywords)?,
            ("sorted", [value]) if keywords.is_empty() => {
                let mut texts: Vec<String> =
                    self.iterate(value)?.iter().map(|v| v.as_str().map(str::to_owned)).collect::<Option<_>>()?;
                texts.sort();
                Value::List(Rc::new(texts.iter().map(Value::str).collect()))
            }
            ("reversed", [value]) => Value::List(Rc::new(self.iterate(value)?.into_iter().rev().collect())),
            ("enumerate", [value]) => {
                let pairs = (0..).zip(self.iterate(value)?).map(|(at, item)| Value::Tuple(Rc::new(vec![Value::Int(at), item])));
                Value::List(Rc::new(pairs.collect()))
            }
            ("zip", [a, b]) => {
                let pairs = self.iterate(a)?.into_iter().zip(self.iterate(b)?).map(|(a, b)| Value::Tuple(Rc::new(vec![a, b])));
                Value::List(Rc::new(pairs.collect()))
            }
            ("map", [function, items]) => {
                let mapped = self.iterate(items)?.into_iter().map(|item| self.apply(function, vec![item], Vec::new(), None));
                Value::List(Rc::new(mapped.collect::<Option<_>>()?))
            }
            ("any" | "all", [value]) => {
                let truths: Option<Vec<bool>> = self.iterate(value)?.iter().map(Value::truth).collect();
                let truths = truths?;
                Value::Bool(if name == "any" { truths.contains(&true) } else { !truths.contains(&false) })
            }
            ("max" | "min", [Value::Int(a), Value::Int(b)]) => Value::Int(if name == "max" { *a.max(b) } else { *a.min(b) }),
            ("abs", [Value::Int(int)]) => Value::Int(int.checked_abs()?),
            ("getattr", [value, name, default @ ..]) => match self.member(value, name.as_str()?) {
                Some(found) => found,
                None => default.first()?.clone(),
            },
            ("hasattr", [value @ (Value::Class(_) | Value::Module(_)), name]) => {
                Value::Bool(self.member(value, name.as_str()?).is_some())
            }
            ("isinstance", [value, kinds]) => Value::Bool(self.is_instance(value, kinds)?),
            ("type", [Value::Call(call)]) => call.callee.clone(),
            _ => return None,
        })
    }

    /// `isinstance`, for values whose type is decided.
    fn is_instance(&self, value: &Value<'a>, kinds: &Value<'a>) -> Option<bool> {
        if let Some(kinds) = kinds.elements() {
            let answers: Option<Vec<bool>> = kinds.iter().map(|kind| self.is_instance(value, kind)).collect();
            return answers.map(|answers| answers.contains(&true));
        }
        let names: &[&str] = match value {
            Value::None => &["NoneType"],
            Value::Bool(_) => &["bool", "int"],
            Value::Int(_) => &["int"],
            Value::Float(_) => &["float"],
            Value::Str(_) => &["str"],
            Value::Bytes(_) => &["bytes"],
            Value::List(_) => &["list"],
            Value::Tuple(_) => &["tuple"],
            Value::Set(_) => &["set", "frozenset"],
            Value::Dict(_) => &["dict"],
            _ => return None,
        };
        match kinds {
            Value::External(path) => Some(names.contains(&path.strip_prefix("builtins.")?)),
            Value::Class(_) => Some(false),
            _ => None,
        }
    }

    fn dict_of(&self, first: Option<&Value<'a>>, keywords: &[(Rc<str>, Value<'a>)]) -> Option<Value<'a>> {
        let mut items: Vec<(Value<'a>, Value<'a>)> = match first {
            None => Vec::new(),
            Some(Value::Dict(items)) => items.to_vec(),
            Some(pairs) => {
                let pair = |item: Value<'a>| match item.elements() {
                    Some([key, value]) => Some((key.clone(), value.clone())),
                    _ => None,
                };
                self.iterate(pairs)?.into_iter().map(pair).collect::<Option<_>>()?
            }
        };
        for (key, value) in keywords {
            super::expression::insert(&mut items, Value::Str(Rc::clone(key)), value.clone());
        }
        Some(Value::Dict(Rc::new(items)))
    }
}

/// The result of `BaseSettings.settings_customise_sources`: its arguments after the class, in this order.
fn inherited_sources<'a>(positional: &[Value<'a>], keywords: &[(Rc<str>, Value<'a>)]) -> Option<Value<'a>> {
    const SOURCES: [&str; 4] = ["init_settings", "env_settings", "dotenv_settings", "file_secret_settings"];
    let given = |(at, name): (usize, &&str)| {
        let by_name = || keywords.iter().find(|(key, _)| &**key == *name).map(|(_, value)| value);
        positional.get(at + 1).or_else(by_name).cloned()
    };
    SOURCES.iter().enumerate().map(given).collect::<Option<Vec<_>>>().map(|sources| Value::Tuple(Rc::new(sources)))
}

/// An attribute of a value that is represented by an external call.
pub(super) fn attribute_of_call<'a>(path: &str, call: &Rc<Call<'a>>, name: &str) -> Option<Value<'a>> {
    match (path, name) {
        ("pydantic.SecretStr" | "pydantic.SecretBytes", "get_secret_value") => None,
        ("http.HTTPStatus", "value") => call.positional.first().cloned(),
        _ => None,
    }
}

/// `os.path.join`.
fn join_path(parts: &[&str]) -> String {
    let mut whole = String::new();
    for part in parts {
        if part.starts_with('/') {
            whole.clear();
        } else if !whole.is_empty() && !whole.ends_with('/') {
            whole.push('/');
        }
        whole.push_str(part);
    }
    whole
}
