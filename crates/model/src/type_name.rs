//! Parses the name of a type in a manifest: `list[int] | None`. Used only for what a manifest omits because the name implies it
//! ([`written_beside`]), and where there is nothing but a name: the compiled manifest of another program.

use super::{ValueType, generic_type, plain_type};

/// How deep a name may nest.
const DEEPEST: usize = 24;

/// What the type of that name accepts; what the name does not decide is left open.
pub fn type_named(name: &str) -> ValueType {
    let mut reader = Reader { rest: name, depth: 0 };
    match reader.union() {
        Some(read) if reader.rest.is_empty() && !is_open(&read) => read,
        _ => ValueType::unchecked(format!("`{name}` does its own validation")),
    }
}

/// What a type of that name accepts, as a manifest writes it. It leaves out what is plain, so that it is to be read back from the name: a
/// type with a name that says something else or nothing, `NewType("Port", int)` or a class derived from `AnyUrl`, is written as one that
/// nothing constrains.
pub fn written_beside(name: &str, accepts: ValueType) -> ValueType {
    if !accepts.is_plain() || says(name, &accepts) {
        return accepts;
    }
    ValueType::Constrained(Box::default(), Box::new(accepts))
}

/// Whether the type of that name accepts just that, which is plain. Most types are simple, and need no reading.
fn says(name: &str, accepts: &ValueType) -> bool {
    use ValueType as T;
    match (name, accepts) {
        ("str", T::Str) | ("int", T::Int) | ("bool", T::Bool) | ("float", T::Float) => true,
        ("SecretStr", T::Secret(inner)) if **inner == T::Str => true,
        (name, T::Url(rule)) if rule.name == name => true,
        (name, T::Union(members)) if members.len() == 2 && members[1] == T::None => {
            matches!(name.strip_suffix(" | None"), Some(inner) if says(inner, &members[0])) || type_named(name) == *accepts
        }
        (name, accepts) => type_named(name) == *accepts,
    }
}

/// Whether a part of it is unknown: what the whole accepts is not known then.
fn is_open(read: &ValueType) -> bool {
    use ValueType as T;
    match read {
        T::Unchecked(_) => true,
        T::Union(members) | T::Tuple(members) => members.iter().any(is_open),
        T::List(inner) | T::Set(inner) | T::FrozenSet(inner) | T::TupleOf(inner) | T::Json(inner) | T::Secret(inner) => {
            is_open(inner)
        }
        T::Dict(key, value) => is_open(key) || is_open(value),
        _ => false,
    }
}

struct Reader<'n> {
    rest: &'n str,
    depth: usize,
}

impl Reader<'_> {
    fn union(&mut self) -> Option<ValueType> {
        let first = self.one()?;
        let mut members = vec![first];
        while self.take(" | ") {
            members.push(self.one()?);
        }
        if members.len() == 1 { members.pop() } else { Some(ValueType::Union(members)) }
    }

    fn one(&mut self) -> Option<ValueType> {
        let length = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        if name.is_empty() {
            return None;
        }
        let path = path_of(name);
        if !self.take("[") {
            return Some(plain_type(&path));
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut arguments = vec![self.union()?];
        let mut endless = false;
        while self.take(", ") {
            if self.take("...") {
                endless = true;
            } else {
                arguments.push(self.union()?);
            }
        }
        self.depth -= 1;
        self.take("]").then(|| generic_type(&path, arguments, endless))
    }

    fn take(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

/// Where the type of that name is defined. A name that is none of Python's own is pydantic's.
fn path_of(name: &str) -> String {
    let module = match name {
        "str" | "int" | "float" | "bool" | "bytes" | "object" | "list" | "set" | "frozenset" | "tuple" | "dict" => "builtins",
        "Any" | "Text" => "typing",
        "None" | "NoneType" => return "types.NoneType".to_owned(),
        "Sequence" | "Mapping" | "MutableMapping" | "AbstractSet" | "MutableSet" | "Set" | "FrozenSet" => "collections",
        "Decimal" => "decimal",
        "UUID" => "uuid",
        "Path" | "PurePath" | "PosixPath" | "PurePosixPath" => "pathlib",
        "date" | "time" | "datetime" | "timedelta" => "datetime",
        "Pattern" => "re",
        name if name.starts_with("IPv4") || name.starts_with("IPv6") => "ipaddress",
        _ => "pydantic",
    };
    format!("{module}.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        use ValueType as T;
        let secret = || T::Secret(Box::new(T::Str));
        for (name, expected) in [
            ("int", T::Int),
            ("SecretStr | None", T::Union(vec![secret(), T::None])),
            ("dict[str, list[int]]", T::Dict(Box::new(T::Str), Box::new(T::List(Box::new(T::Int))))),
            ("tuple[int, ...]", T::TupleOf(Box::new(T::Int))),
            ("tuple[int, str]", T::Tuple(vec![T::Int, T::Str])),
            ("list[SecretStr]", T::List(Box::new(secret()))),
            ("timedelta", T::TimeDelta),
        ] {
            assert_eq!(type_named(name), expected, "{name}");
            assert!(type_named(name).is_plain(), "{name}");
        }
    }

    #[test]
    fn what_a_name_does_not_say_is_written_beside_it() {
        use ValueType as T;
        let left_out = |name: &str, accepts: T| written_beside(name, accepts).is_plain();
        assert!(left_out("int | None", T::Union(vec![T::Int, T::None])));
        for (name, accepts) in [
            ("NewType('Port', int)", T::Int),
            ("list", T::List(Box::new(T::Int))),
            ("int", T::Union(vec![T::Int, T::Int])),
            ("SecretStr", T::Str),
        ] {
            assert!(!left_out(name, accepts), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_left_open() {
        let deep = "list[".repeat(5000);
        for name in ["", "Own", "list[Own]", "int |", "int]", "list[int", "list[]", "int | | str", deep.as_str()] {
            assert!(matches!(type_named(name), ValueType::Unchecked(_)), "{name}");
        }
    }
}
