//! The types of Python and pydantic by name.

use super::{Constraints, IpForm, IpRule, UrlRule, ValueType};

/// What the type with that path accepts.
pub fn plain_type(path: &str) -> ValueType {
    use ValueType as T;
    let (root, name) = (path.split('.').next().unwrap_or(path), path.rsplit('.').next().unwrap_or(path));
    let any = || Box::new(T::Any);
    match (root, name) {
        ("builtins" | "typing" | "typing_extensions", "str" | "Text") => T::Str,
        ("builtins", "int") => T::Int,
        ("builtins", "float") => T::Float,
        ("builtins", "bool") => T::Bool,
        ("builtins", "bytes") => T::Bytes,
        ("builtins" | "typing" | "typing_extensions", "Any" | "object") => T::Any,
        ("types" | "builtins", "NoneType") => T::None,
        (_, "list" | "List" | "Sequence") if is_standard(root) => T::List(any()),
        ("builtins", "set") => T::Set(any()),
        ("typing" | "collections", "Set" | "AbstractSet" | "MutableSet") => T::Set(any()),
        (_, "frozenset" | "FrozenSet") if is_standard(root) => T::FrozenSet(any()),
        (_, "tuple" | "Tuple") if is_standard(root) => T::TupleOf(any()),
        (_, "dict" | "Dict" | "Mapping" | "MutableMapping") if is_standard(root) => T::Dict(any(), any()),
        ("decimal", "Decimal") => T::Decimal,
        ("uuid", "UUID") => T::Uuid(None),
        ("pathlib", "Path" | "PurePath" | "PosixPath" | "PurePosixPath") => T::Path,
        ("datetime", "date") => T::Date,
        ("datetime", "time") => T::Time,
        ("datetime", "datetime") => T::DateTime,
        ("datetime", "timedelta") => T::TimeDelta,
        ("re" | "typing", "Pattern") => T::Pattern,
        ("ipaddress", name) => ip_type(name),
        ("pydantic", name) => pydantic_type(path, name),
        _ => T::unchecked(format!("`{name}` does its own validation")),
    }
}

fn is_standard(root: &str) -> bool {
    matches!(root, "builtins" | "typing" | "typing_extensions" | "collections")
}

fn ip_type(name: &str) -> ValueType {
    let version = match name.get(..4) {
        Some("IPv4") => 4,
        Some("IPv6") => 6,
        _ => return ValueType::unchecked(format!("`{name}` does its own validation")),
    };
    match form(&name[4..]) {
        Some(form) => ValueType::Ip(IpRule { form, version: Some(version) }),
        None => ValueType::unchecked(format!("`{name}` does its own validation")),
    }
}

fn form(name: &str) -> Option<IpForm> {
    match name {
        "Address" => Some(IpForm::Address),
        "Interface" => Some(IpForm::Interface),
        "Network" => Some(IpForm::Network),
        _ => None,
    }
}

fn pydantic_type(path: &str, name: &str) -> ValueType {
    use ValueType as T;
    let strict = |of| with(of, |constraints| constraints.strict = Some(true));
    let zero = || Some(serde_json::Value::from(0));
    let int = |set: fn(&mut Constraints, Option<serde_json::Value>)| with(T::Int, |constraints| set(constraints, zero()));
    let float = |set: fn(&mut Constraints, Option<serde_json::Value>)| with(T::Float, |constraints| set(constraints, zero()));
    if path.starts_with("pydantic.v1") {
        return T::unchecked("a type of pydantic 1");
    }
    if let Some(rule) = UrlRule::named(name).filter(|rule| rule.name != "Url") {
        return T::Url(rule);
    }
    match name {
        "SecretStr" => T::Secret(Box::new(T::Str)),
        "SecretBytes" => T::Secret(Box::new(T::Bytes)),
        "StrictStr" => strict(T::Str),
        "StrictInt" => strict(T::Int),
        "StrictFloat" => strict(T::Float),
        "StrictBool" => strict(T::Bool),
        "StrictBytes" => strict(T::Bytes),
        "PositiveInt" => int(|constraints, zero| constraints.gt = zero),
        "NegativeInt" => int(|constraints, zero| constraints.lt = zero),
        "NonNegativeInt" => int(|constraints, zero| constraints.ge = zero),
        "NonPositiveInt" => int(|constraints, zero| constraints.le = zero),
        "PositiveFloat" => float(|constraints, zero| constraints.gt = zero),
        "NegativeFloat" => float(|constraints, zero| constraints.lt = zero),
        "NonNegativeFloat" => float(|constraints, zero| constraints.ge = zero),
        "NonPositiveFloat" => float(|constraints, zero| constraints.le = zero),
        "FiniteFloat" => with(T::Float, |constraints| constraints.allow_inf_nan = Some(false)),
        "UUID1" => T::Uuid(Some(1)),
        "UUID3" => T::Uuid(Some(3)),
        "UUID4" => T::Uuid(Some(4)),
        "UUID5" => T::Uuid(Some(5)),
        "UUID6" => T::Uuid(Some(6)),
        "UUID7" => T::Uuid(Some(7)),
        "UUID8" => T::Uuid(Some(8)),
        "Json" => T::Json(Box::new(T::Any)),
        "EmailStr" => T::Email,
        "NameEmail" => T::NameEmail,
        "IPvAnyAddress" => T::Ip(IpRule { form: IpForm::Address, version: None }),
        "IPvAnyInterface" => T::Ip(IpRule { form: IpForm::Interface, version: None }),
        "IPvAnyNetwork" => T::Ip(IpRule { form: IpForm::Network, version: None }),
        "ByteSize" => T::ByteSize,
        "FilePath" | "DirectoryPath" | "NewPath" | "SocketPath" => T::Path.checked("the file system decides"),
        "PastDate" | "FutureDate" => T::Date.checked("the clock decides"),
        "PastDatetime" | "FutureDatetime" => T::DateTime.checked("the clock decides"),
        "AwareDatetime" | "NaiveDatetime" => T::DateTime.checked("its time zone is not checked"),
        _ => T::unchecked(format!("`{name}` does its own validation")),
    }
}

fn with(of: ValueType, set: impl FnOnce(&mut Constraints)) -> ValueType {
    let mut constraints = Constraints::default();
    set(&mut constraints);
    ValueType::Constrained(Box::new(constraints), Box::new(of))
}

/// A type with arguments.
pub fn generic_type(path: &str, mut arguments: Vec<ValueType>, endless: bool) -> ValueType {
    use ValueType as T;
    let name = path.rsplit('.').next().unwrap_or(path);
    let plain = if path.ends_with("pydantic.Secret") || path.ends_with("types.Secret") {
        T::Secret(Box::new(T::Any))
    } else {
        plain_type(path)
    };
    match (plain, arguments.len()) {
        (T::List(_), 1) => T::List(Box::new(arguments.swap_remove(0))),
        (T::Set(_), 1) => T::Set(Box::new(arguments.swap_remove(0))),
        (T::FrozenSet(_), 1) => T::FrozenSet(Box::new(arguments.swap_remove(0))),
        (T::TupleOf(_), 1) if endless => T::TupleOf(Box::new(arguments.swap_remove(0))),
        (T::TupleOf(_), _) if !endless => T::Tuple(arguments),
        (T::Json(_), 1) => T::Json(Box::new(arguments.swap_remove(0))),
        (T::Secret(_), 1) => T::Secret(Box::new(arguments.swap_remove(0))),
        (T::Pattern, _) => T::Pattern,
        (T::Dict(..), 2) => {
            let value = arguments.swap_remove(1);
            T::Dict(Box::new(arguments.swap_remove(0)), Box::new(value))
        }
        (unchecked @ T::Unchecked(_), _) => unchecked,
        _ => T::unchecked(format!("`{name}` does its own validation")),
    }
}
