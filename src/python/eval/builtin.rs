//! Built-in functions, and the functions and constants of other packages whose result is decided.

use std::cell::RefCell;
use std::rc::Rc;

use super::call::{Site, known_by_call};
use super::{Evaluator, text};
use crate::model::Place;
use crate::python::modules::FileId;
use crate::python::value::{Alias, AliasTarget, Call, Class, ClassCache, MadeField, Value};

/// Whether a name is built into Python.
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
    /// A member of a module that is not read: a constant that is known, else its dotted path.
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

    /// What calling something of another package gives. `None`: not decided.
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
                return Some(Value::str(join_path(&parts?)));
            }
            ("os.getenv" | "os.environ.get", _) => return None,
            ("importlib.metadata.version", _) => {
                return (positional.first()?.as_str()? == "pydantic").then(|| Value::str(&self.assumptions.pydantic));
            }
            ("builtins.staticmethod" | "builtins.classmethod", _) => return positional.into_iter().next(),
            // A method taken off its type: `str.upper`.
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

    /// The environment that is assumed, if one is.
    fn assumed_environment(&self) -> Option<String> {
        self.asked_environment.set(true);
        self.environment.borrow().clone()
    }

    /// `value_for(default, prod=..., dev=...)` in the environment that is assumed, if one is.
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

    /// `type("Name", (Base,), {...})`: the dictionary's `__annotations__` are its fields.
    fn make_class(&self, positional: &[Value<'a>], site: Option<&Site>) -> Option<Value<'a>> {
        let [name, bases, namespace] = positional else { return None };
        let Value::Dict(items) = namespace else { return None };
        let place = site.map_or_else(|| Place::new("", 1, 1), |site| site.place.clone());
        let default = |name: &str| namespace.item(name).cloned();
        let annotations = namespace.item("__annotations__").cloned();
        let made_fields = match &annotations {
            Some(Value::Dict(fields)) => fields
                .iter()
                .filter_map(|(key, annotation)| {
                    let name = key.as_str()?;
                    Some(MadeField {
                        name: Rc::from(name),
                        annotation: annotation.clone(),
                        default: default(name),
                        place: place.clone(),
                    })
                })
                .collect(),
            _ => Vec::new(),
        };
        let attributes = items.iter().filter_map(|(key, value)| Some((Rc::from(key.as_str()?), value.clone()))).collect();
        let bases = bases.elements()?.to_vec();
        Some(self.made_class(name.as_str()?, bases, attributes, made_fields, place))
    }

    /// `pydantic.create_model("Name", __base__=Base, field=(type, default), ...)`.
    fn create_model(
        &self,
        positional: &[Value<'a>],
        keywords: &[(Rc<str>, Value<'a>)],
        site: Option<&Site>,
    ) -> Option<Value<'a>> {
        let name = positional.first()?.as_str()?;
        let place = site.map_or_else(|| Place::new("", 1, 1), |site| site.place.clone());
        let keyword = |wanted: &str| keywords.iter().find(|(key, _)| &**key == wanted).map(|(_, value)| value);
        let bases = match keyword("__base__") {
            None | Some(Value::None) => vec![Value::external("pydantic.BaseModel")],
            Some(Value::Tuple(bases)) => bases.to_vec(),
            Some(base) => vec![base.clone()],
        };
        let attributes = keyword("__config__").map(|config| (Rc::from("model_config"), config.clone())).into_iter().collect();
        let fields = keywords.iter().filter(|(key, _)| !key.starts_with("__")).map(|(key, value)| {
            let (annotation, default) = match value {
                Value::Tuple(pair) if pair.len() == 2 => (pair[0].clone(), Some(pair[1].clone())),
                annotation => (annotation.clone(), None),
            };
            MadeField { name: Rc::clone(key), annotation, default, place: place.clone() }
        });
        Some(self.made_class(name, bases, attributes, fields.collect(), place.clone()))
    }

    fn made_class(
        &self,
        name: &str,
        bases: Vec<Value<'a>>,
        attributes: Vec<(Rc<str>, Value<'a>)>,
        made_fields: Vec<MadeField<'a>>,
        place: Place,
    ) -> Value<'a> {
        let text = |key: &str| {
            attributes.iter().find(|(known, _)| &**known == key).and_then(|(_, value)| value.as_str().map(Rc::from))
        };
        let file = self.modules.project_file(&place.file).unwrap_or(FileId(0));
        let module = text("__module__").unwrap_or_else(|| Rc::from(self.modules.module_name(&place.file)));
        Value::Class(Rc::new(Class {
            name: Rc::from(name),
            qualname: text("__qualname__").unwrap_or_else(|| Rc::from(name)),
            module,
            file,
            place,
            bases,
            keywords: Vec::new(),
            decorators: Vec::new(),
            definition: None,
            scope: None,
            attributes: RefCell::new(attributes),
            made_fields,
            found: ClassCache::default(),
        }))
    }
}

/// Attributes of values that are known by the external call that made them.
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
