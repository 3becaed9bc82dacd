//! What an annotation means: how it is written, whether it allows `None`, whether it holds a secret, which values it allows.

use std::rc::Rc;

use super::field::typing_name;
use takk_python::{Class, Evaluator, Value};

/// What is known of a type.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Default)]
pub struct TypeFacts<'a> {
    /// The type as Python writes it, aliases resolved.
    pub display: String,
    /// Whether `None` is allowed.
    pub optional: bool,
    /// Whether it is `Any` or `object`, or a union with one of them.
    pub anything: bool,
    /// Whether `None` is among the values of a `Literal`.
    pub literal_none: bool,
    /// Whether a secret type or an address with a password is in it.
    pub secret: bool,
    /// Names of the address types in it: `PostgresDsn`.
    pub addresses: Vec<String>,
    /// The values that `Literal` or an enum allow, as text.
    pub choices: Vec<String>,
    /// What stands in `Annotated` inside the type.
    pub metadata: Vec<Value<'a>>,
    /// What could not be resolved: expression, reason, import.
    pub unresolved: Vec<Rc<takk_python::Unknown>>,
    /// Names of pydantic that do not exist.
    pub unknown_names: Vec<String>,
    /// Models and dataclasses in it, outermost first, with their type arguments.
    pub models: Vec<Value<'a>>,
    /// How many types were looked at.
    walked: u32,
}

/// How deep types may nest before the rest is not looked into.
const DEEPEST: u32 = 24;
/// How many types one annotation may be made of before the rest is not looked into: aliases of aliases can name each other many times.
const MOST: u32 = 2_000;

impl<'a> TypeFacts<'a> {
    pub fn of(evaluator: &Evaluator<'a>, value: &Value<'a>) -> Self {
        let mut facts = Self::default();
        facts.display = facts.walk(evaluator, value, true, 0);
        facts
    }

    /// Reads one type and gives its text. `outer`: the value itself has this type, rather than its elements.
    fn walk(&mut self, evaluator: &Evaluator<'a>, value: &Value<'a>, outer: bool, depth: u32) -> String {
        self.walked += 1;
        if depth > DEEPEST || self.walked > MOST {
            return "...".to_owned();
        }
        match value {
            Value::None => {
                self.optional |= outer;
                "None".to_owned()
            }
            Value::External(path) => self.external(path, outer),
            Value::Class(class) => self.class(evaluator, class, value, outer),
            Value::Union(members) => self.union(evaluator, members, outer, depth),
            Value::Subscript(generic) => self.generic(evaluator, value, &generic.0, &generic.1, outer, depth),
            Value::Alias(alias) => {
                let target = evaluator.alias_target(alias);
                self.walk(evaluator, &target, outer, depth + 1)
            }
            Value::TypeVar(name) => name.to_string(),
            Value::Call(call) => match &call.callee {
                Value::External(path) => self.constrained(path, call),
                _ => call.source.to_string(),
            },
            Value::Unknown(unknown) => {
                self.unresolved.push(Rc::clone(unknown));
                unknown.expression.clone()
            }
            Value::Str(text) => text.to_string(),
            Value::Ellipsis => "...".to_owned(),
            Value::List(items) => {
                let inner: Vec<String> = items.iter().map(|item| self.walk(evaluator, item, false, depth + 1)).collect();
                format!("[{}]", inner.join(", "))
            }
            _ => "Any".to_owned(),
        }
    }

    fn external(&mut self, path: &str, outer: bool) -> String {
        let name = path.rsplit('.').next().unwrap_or(path);
        if matches!(name, "NoneType") {
            self.optional |= outer;
        }
        self.anything |= outer && matches!(name, "Any" | "object");
        self.secret |= is_secret_name(name);
        if is_credential_url(name) {
            self.addresses.push(name.to_owned());
        } else if path.starts_with("pydantic.") && !path.starts_with("pydantic.v1") && looks_like_address(name) {
            self.unknown_names.push(name.to_owned());
            // What was meant is plain enough to go on with.
            let known = takk_catalog::catalog().dsn_types().map(|dsn| dsn.name);
            if let Some(meant) = takk_model::nearest::nearest(name, known) {
                self.secret = true;
                self.addresses.push(meant.to_owned());
            }
        }
        match name {
            "List" | "Dict" | "Set" | "FrozenSet" | "Tuple" | "Type" if path.starts_with("typing") => name.to_lowercase(),
            _ => name.to_owned(),
        }
    }

    fn class(&mut self, evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>, value: &Value<'a>, outer: bool) -> String {
        if evaluator.is_enum(class) {
            if outer {
                let members = evaluator.members(class);
                let texts = members.iter().filter_map(|member| takk_python::fold::json(&member.value));
                self.choices.extend(texts.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
            }
            return class.name.to_string();
        }
        let external = evaluator.external_bases(class);
        let is_secret = external.iter().any(|base| is_secret_name(base.rsplit('.').next().unwrap_or(base)));
        let address = external.iter().map(|base| base.rsplit('.').next().unwrap_or(base)).find(|name| is_credential_url(name));
        self.secret |= is_secret || address.is_some() || class.name.ends_with("Dsn");
        self.addresses.extend(address.map(str::to_owned));
        if !is_secret && address.is_none() {
            self.models.push(value.clone());
        }
        class.name.to_string()
    }

    fn union(&mut self, evaluator: &Evaluator<'a>, members: &[Value<'a>], outer: bool, depth: u32) -> String {
        let mut texts: Vec<String> = Vec::new();
        for member in members {
            let text = self.walk(evaluator, member, outer, depth + 1);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts.join(" | ")
    }

    fn generic(
        &mut self,
        evaluator: &Evaluator<'a>,
        whole: &Value<'a>,
        base: &Value<'a>,
        arguments: &[Value<'a>],
        outer: bool,
        depth: u32,
    ) -> String {
        match typing_name(base) {
            Some("Annotated") => {
                self.metadata.extend(arguments.iter().skip(1).cloned());
                return arguments.first().map_or_else(String::new, |inner| self.walk(evaluator, inner, outer, depth + 1));
            }
            Some("Optional") => {
                self.optional |= outer;
                let inner = arguments.first().map_or_else(String::new, |inner| self.walk(evaluator, inner, outer, depth + 1));
                return if inner.ends_with("None") { inner } else { format!("{inner} | None") };
            }
            Some("Union") => return self.union(evaluator, arguments, outer, depth),
            Some("Final" | "Required" | "NotRequired" | "ReadOnly" | "ClassVar" | "InitVar" | "TypeAlias") => {
                return arguments.first().map_or_else(String::new, |inner| self.walk(evaluator, inner, outer, depth + 1));
            }
            Some("Literal") => return self.literal(arguments, outer),
            _ => {}
        }
        if let Some(target) = generic_target(evaluator, base, arguments) {
            return self.walk(evaluator, &target, outer, depth + 1);
        }
        let head = match base {
            Value::Class(class) => {
                let name = self.class(evaluator, class, whole, outer);
                if self.models.last().is_some_and(|last| matches!(last, Value::Class(_))) {
                    self.models.pop();
                    self.models.push(whole.clone());
                }
                name
            }
            other => self.walk(evaluator, other, outer, depth + 1),
        };
        let inner: Vec<String> = arguments.iter().map(|argument| self.walk(evaluator, argument, false, depth + 1)).collect();
        format!("{head}[{}]", inner.join(", "))
    }

    fn literal(&mut self, arguments: &[Value<'a>], outer: bool) -> String {
        let mut texts = Vec::new();
        let mut queue: Vec<&Value<'a>> = arguments.iter().rev().collect();
        while let Some(argument) = queue.pop() {
            if let Value::Subscript(inner) = argument
                && typing_name(&inner.0) == Some("Literal")
            {
                queue.extend(inner.1.iter().rev());
                continue;
            }
            let value = match argument {
                Value::Member(member) => takk_python::fold::json(&member.value),
                other => takk_python::fold::json(other),
            };
            let Some(value) = value else { continue };
            match &value {
                serde_json::Value::Null => self.literal_none |= outer,
                serde_json::Value::String(text) if outer => self.choices.push(text.clone()),
                other if outer => self.choices.push(other.to_string()),
                _ => {}
            }
            texts.push(python_literal(&value));
        }
        format!("Literal[{}]", texts.join(", "))
    }

    /// `conint(ge=1)`, `constr(...)`, `conlist(int)` and their like.
    fn constrained(&mut self, path: &str, call: &takk_python::Call<'a>) -> String {
        let name = path.rsplit('.').next().unwrap_or(path);
        let plain = match name {
            "conint" => "int",
            "confloat" => "float",
            "constr" => "str",
            "conbytes" => "bytes",
            "condecimal" => "Decimal",
            "condate" => "date",
            "conlist" => "list",
            "conset" => "set",
            "confrozenset" => "frozenset",
            _ => return call.source.to_string(),
        };
        self.metadata.push(Value::Call(Rc::new(takk_python::Call {
            callee: call.callee.clone(),
            positional: Vec::new(),
            keywords: call.keywords.clone(),
            partial: call.partial,
            source: Rc::clone(&call.source),
            place: call.place.clone(),
        })));
        plain.to_owned()
    }
}

fn python_literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "None".to_owned(),
        serde_json::Value::Bool(true) => "True".to_owned(),
        serde_json::Value::Bool(false) => "False".to_owned(),
        serde_json::Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        other => other.to_string(),
    }
}

fn is_secret_name(name: &str) -> bool {
    matches!(name, "SecretStr" | "SecretBytes" | "Secret") || name.ends_with("Dsn")
}

/// Whether a type of pydantic is an address that carries credentials: its name ends in `Dsn`.
pub fn is_credential_url(name: &str) -> bool {
    name.ends_with("Dsn") && takk_catalog::catalog().dsn_type(name).is_some()
}

/// Whether a name that pydantic does not have is meant to be one of its address types: `PostgresDns`, `NatsDSN`.
fn looks_like_address(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    (lower.ends_with("dsn") || lower.ends_with("dns")) && !matches!(name, "Dsn" | "MultiHostDsn")
}

/// What a generic alias stands for with these arguments; `None` where the base is no alias.
pub fn generic_target<'a>(evaluator: &Evaluator<'a>, base: &Value<'a>, arguments: &[Value<'a>]) -> Option<Value<'a>> {
    match base {
        Value::Alias(alias) => {
            let map: Vec<(Rc<str>, Value<'a>)> = alias.parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
            Some(substitute(&evaluator.alias_target(alias), &map))
        }
        // A generic alias of plain assignment: `Tagged = Annotated[T, x]`, used as `Tagged[int]`.
        Value::Subscript(_) | Value::Union(_) => {
            let mut names = Vec::new();
            type_variables(base, &mut names, &mut { MOST });
            let map: Vec<(Rc<str>, Value<'a>)> = names.into_iter().zip(arguments.iter().cloned()).collect();
            Some(substitute(base, &map))
        }
        _ => None,
    }
}

pub fn substitute<'a>(value: &Value<'a>, map: &[(Rc<str>, Value<'a>)]) -> Value<'a> {
    fill(value, map, DEEPEST, &mut { MOST })
}

/// Fills in as many types as are `left`.
/// The members of a union, those of unions in it included; what is no union is its own only member.
pub fn union_members<'a>(annotation: &Value<'a>) -> Vec<Value<'a>> {
    let all = |members: &[Value<'a>]| members.iter().flat_map(union_members).collect();
    match annotation {
        Value::Union(members) => all(members),
        Value::Subscript(generic) => match typing_name(&generic.0) {
            Some("Union") => all(&generic.1),
            Some("Optional") => [all(&generic.1), vec![Value::None]].concat(),
            _ => vec![annotation.clone()],
        },
        _ => vec![annotation.clone()],
    }
}

fn fill<'a>(value: &Value<'a>, map: &[(Rc<str>, Value<'a>)], depth: u32, left: &mut u32) -> Value<'a> {
    if depth == 0 || *left == 0 {
        return value.clone();
    }
    *left -= 1;
    let mut all = |items: &[Value<'a>]| items.iter().map(|item| fill(item, map, depth - 1, left)).collect::<Vec<_>>();
    match value {
        Value::TypeVar(name) => {
            map.iter().find(|(known, _)| known == name).map_or_else(|| value.clone(), |(_, filled)| filled.clone())
        }
        Value::Subscript(generic) => {
            let arguments = all(&generic.1);
            Value::Subscript(Rc::new((fill(&generic.0, map, depth - 1, left), arguments)))
        }
        Value::Union(members) => Value::Union(Rc::new(all(members))),
        _ => value.clone(),
    }
}

fn type_variables(value: &Value<'_>, names: &mut Vec<Rc<str>>, left: &mut u32) {
    *left = left.saturating_sub(1);
    if *left == 0 {
        return;
    }
    match value {
        Value::TypeVar(name) if !names.contains(name) => names.push(Rc::clone(name)),
        Value::Subscript(generic) => generic.1.iter().for_each(|argument| type_variables(argument, names, left)),
        Value::Union(members) => members.iter().for_each(|member| type_variables(member, names, left)),
        _ => {}
    }
}
