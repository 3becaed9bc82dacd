//! Parses the text of a type as an annotation, for documents that contain nothing else: manifests of earlier versions of takk
//! omit what a type accepts if its text implies it, and a project compiled by takk 0.1.40 contains only texts. takk itself
//! writes [`Annotation`]s, and never parses its own text.

use super::{Annotation, LibraryType, SourceType};

/// The maximum nesting of a type.
const DEEPEST: usize = 24;

/// Parses an annotation from its text; `None` if it has more than names, arguments and unions. A name that neither Python nor pydantic has
/// becomes [`Annotation::Source`].
pub fn older_annotation(text: &str) -> Option<Annotation> {
    let mut reader = Reader { rest: text, depth: 0 };
    reader.union().filter(|_| reader.rest.is_empty())
}

struct Reader<'n> {
    rest: &'n str,
    depth: usize,
}

impl Reader<'_> {
    fn union(&mut self) -> Option<Annotation> {
        let mut members = vec![self.one()?];
        while self.take(" | ") {
            members.push(self.one()?);
        }
        Some(Annotation::union(members))
    }

    fn one(&mut self) -> Option<Annotation> {
        let length = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        if name.is_empty() {
            return None;
        }
        let of = if self.take("[") { self.arguments()? } else { Vec::new() };
        Some(match name {
            "None" | "NoneType" => Annotation::None,
            name => named(name, of),
        })
    }

    /// The arguments in brackets.
    fn arguments(&mut self) -> Option<Vec<Annotation>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut arguments = vec![self.union()?];
        while self.take(", ") {
            arguments.push(if self.take("...") { Annotation::Ellipsis } else { self.union()? });
        }
        self.depth -= 1;
        self.take("]").then_some(arguments)
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

/// The type of that name, which may be pydantic's if Python has none.
fn named(name: &str, of: Vec<Annotation>) -> Annotation {
    let module = match name {
        "str" | "int" | "float" | "bool" | "bytes" | "object" | "list" | "set" | "frozenset" | "tuple" | "dict" => "builtins",
        "Any" | "Text" => "typing",
        "Sequence" | "Mapping" | "MutableMapping" | "AbstractSet" | "MutableSet" | "Set" | "FrozenSet" => "collections",
        "OrderedDict" | "defaultdict" | "Counter" => "collections",
        "Decimal" => "decimal",
        "UUID" => "uuid",
        "Path" | "PurePath" | "PosixPath" | "PurePosixPath" => "pathlib",
        "date" | "time" | "datetime" | "timedelta" => "datetime",
        "Pattern" => "re",
        name if name.starts_with("IPv4") || name.starts_with("IPv6") => "ipaddress",
        _ => "pydantic",
    };
    let library = LibraryType::new(&format!("{module}.{name}"), of.clone());
    let is_known = module != "pydantic" || Annotation::Library(library.clone()).accepts().is_some();
    if is_known { Annotation::Library(library) } else { Annotation::Source(SourceType { source: name.to_owned(), of }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ValueType;

    fn accepts(text: &str) -> Option<ValueType> {
        older_annotation(text).and_then(|annotation| annotation.accepts())
    }

    #[test]
    fn texts_are_read() {
        use ValueType as T;
        let secret = || T::Secret(Box::new(T::Str));
        for (text, expected) in [
            ("int", T::Int),
            ("SecretStr | None", T::Union(vec![secret(), T::None])),
            ("dict[str, list[int]]", T::Dict(Box::new(T::Str), Box::new(T::List(Box::new(T::Int))))),
            ("tuple[int, ...]", T::TupleOf(Box::new(T::Int))),
            ("tuple[int, str]", T::Tuple(vec![T::Int, T::Str])),
            ("list[SecretStr]", T::List(Box::new(secret()))),
            ("Secret[int]", T::Secret(Box::new(T::Int))),
            ("Set[int]", T::Set(Box::new(T::Int))),
            ("timedelta", T::TimeDelta),
        ] {
            assert_eq!(accepts(text), Some(expected), "{text}");
            assert_eq!(older_annotation(text).expect("read").to_string(), text);
        }
    }

    #[test]
    fn what_no_type_is_known_of_is_left_open() {
        let deep = "list[".repeat(5000);
        for text in
            ["", "Own", "list[Own]", "int |", "int]", "list[int", "list[]", "int | | str", "Literal['a']", deep.as_str()]
        {
            assert_eq!(accepts(text), None, "{text}");
        }
        assert!(older_annotation("dict[str, Own]").expect("read").is_dictionary(false));
        assert!(!older_annotation("Mapping[str, Own]").expect("read").is_dictionary(true));
    }
}
