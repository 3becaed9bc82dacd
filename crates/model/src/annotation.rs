//! The declared type of a field: its annotation as a structure. Its text, for people, is printed from it; nothing parses the
//! text. `{:#}` prints classes of the project with their modules.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{ClassRef, ValueType, generic_type, plain_type};

/// A resolved annotation: aliases are followed, and the metadata of `Annotated` is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Annotation {
    /// `None`
    None,
    /// `...` after another type, as in `tuple[int, ...]`: any number of items.
    Ellipsis,
    /// A type of Python or of a library.
    Library(LibraryType),
    /// A class of the project.
    Class(ClassType),
    /// A union: each member once, in source order.
    Union(Vec<Annotation>),
    /// `Literal[...]`
    Literal(Vec<Json>),
    /// `NewType("Id", int)`: a distinct type for type checkers, and its base type at run time.
    NewType(NewType),
    /// A bracketed list of types: the parameters of a `Callable`.
    List(Vec<Annotation>),
    /// An expression that could not be resolved: only its source is known.
    Source(SourceType),
}

/// A type of Python or of a library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LibraryType {
    /// The package, or the module of the standard library: `builtins`, `typing`, `pydantic`. Types that both `typing` and `collections`
    /// export count as `typing`'s; `typing.List` is `list` of `builtins`.
    pub package: String,
    /// Its name in that package, without the submodules in between.
    pub name: String,
    /// Its type arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Annotation>,
}

/// A class of the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassType {
    /// The class.
    #[serde(flatten)]
    pub class: ClassRef,
    /// Its type arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Annotation>,
}

/// A `NewType`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewType {
    /// The source of the call.
    pub source: String,
    /// The base type.
    pub of: Box<Annotation>,
}

/// A type of which only the source is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceType {
    /// The source of the expression.
    pub source: String,
    /// Its type arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Annotation>,
}

impl LibraryType {
    /// The type with that dotted path and those arguments.
    pub fn new(path: &str, of: Vec<Annotation>) -> Self {
        let (root, name) = (path.split('.').next().unwrap_or(path), path.rsplit('.').next().unwrap_or(path));
        let (package, name) = match (root, name) {
            ("typing" | "typing_extensions", "List") => ("builtins", "list"),
            ("typing" | "typing_extensions", "Dict") => ("builtins", "dict"),
            ("typing" | "typing_extensions", "Set") => ("builtins", "set"),
            ("typing" | "typing_extensions", "FrozenSet") => ("builtins", "frozenset"),
            ("typing" | "typing_extensions", "Tuple") => ("builtins", "tuple"),
            ("typing" | "typing_extensions", "Type") => ("builtins", "type"),
            ("typing" | "typing_extensions", "Pattern") => ("re", "Pattern"),
            ("typing_extensions" | "collections", name) => ("typing", name),
            (root, name) => (root, name),
        };
        Self { package: package.to_owned(), name: name.to_owned(), of }
    }

    /// Whether it is this type of Python or pydantic, with any arguments.
    pub fn is(&self, package: &str, name: &str) -> bool {
        self.package == package && self.name == name
    }
}

impl Annotation {
    /// The type with that dotted path, which does not belong to the project.
    pub fn library(path: &str) -> Self {
        Self::Library(LibraryType::new(path, Vec::new()))
    }

    /// An annotation of which only the source is known.
    pub fn source(source: impl Into<String>) -> Self {
        Self::Source(SourceType { source: source.into(), of: Vec::new() })
    }

    /// A union of `members`. Nested unions are flattened, and duplicates dropped.
    pub fn union(members: Vec<Self>) -> Self {
        let mut found: Vec<Self> = Vec::with_capacity(members.len());
        let mut add = |member: Self| {
            if !found.contains(&member) {
                found.push(member);
            }
        };
        for member in members {
            match member {
                Self::Union(inner) => inner.into_iter().for_each(&mut add),
                other => add(other),
            }
        }
        match found.len() {
            0 => Self::source(""),
            1 => found.swap_remove(0),
            _ => Self::Union(found),
        }
    }

    /// `self | None`.
    #[must_use]
    pub fn or_none(self) -> Self {
        if self.allows_none() { self } else { Self::union(vec![self, Self::None]) }
    }

    /// Whether it is `None`, or a union that contains `None`.
    pub fn allows_none(&self) -> bool {
        match self {
            Self::None => true,
            Self::Union(members) => members.contains(&Self::None),
            _ => false,
        }
    }

    /// The members of the union, or the type itself, without `None`.
    pub fn alternatives(&self) -> impl Iterator<Item = &Self> {
        let members = if let Self::Union(members) = self { members.as_slice() } else { std::slice::from_ref(self) };
        members.iter().filter(|member| **member != Self::None)
    }

    /// The only member besides `None`, if there is exactly one.
    pub fn only(&self) -> Option<&Self> {
        let mut alternatives = self.alternatives();
        alternatives.next().filter(|_| alternatives.next().is_none())
    }

    /// The only member besides `None`, if it is a type of Python or of a library.
    pub fn only_library(&self) -> Option<&LibraryType> {
        if let Some(Self::Library(library)) = self.only() { Some(library) } else { None }
    }

    /// Whether both have the same members besides `None`, in any order.
    pub fn is_like(&self, other: &Self) -> bool {
        let all_in =
            |one: &Self, other: &Self| one.alternatives().all(|member| other.alternatives().any(|same| same == member));
        all_in(self, other) && all_in(other, self)
    }

    /// Whether it mentions the class anywhere.
    pub fn names(&self, class: &ClassRef) -> bool {
        match self {
            Self::Class(own) => own.class == *class || own.of.iter().any(|inner| inner.names(class)),
            Self::NewType(new) => new.of.names(class),
            Self::Library(LibraryType { of, .. }) | Self::Source(SourceType { of, .. }) | Self::Union(of) | Self::List(of) => {
                of.iter().any(|inner| inner.names(class))
            }
            Self::None | Self::Ellipsis | Self::Literal(_) => false,
        }
    }

    /// Whether pydantic-settings treats it as a dictionary. It decides by the annotation's form, so that a `Mapping` does not count.
    /// `knows_bare`: a `dict` without arguments counts too.
    pub fn is_dictionary(&self, knows_bare: bool) -> bool {
        let Self::Library(library) = self else { return false };
        let is_dict = library.is("builtins", "dict");
        let derives = ["OrderedDict", "defaultdict", "DefaultDict", "Counter"].iter().any(|name| library.is("typing", name));
        if library.of.is_empty() { is_dict && knows_bare } else { is_dict || derives }
    }

    /// What it accepts, if it consists only of types of Python and pydantic.
    pub fn accepts(&self) -> Option<ValueType> {
        let accepts = match self {
            Self::None => ValueType::None,
            Self::Union(members) => ValueType::Union(members.iter().map(Self::accepts).collect::<Option<_>>()?),
            Self::Library(LibraryType { package, name, of }) => {
                let path = format!("{package}.{name}");
                let inner =
                    of.iter().filter(|inner| **inner != Self::Ellipsis).map(Self::accepts).collect::<Option<Vec<_>>>()?;
                let endless = inner.len() < of.len();
                if of.is_empty() { plain_type(&path) } else { generic_type(&path, inner, endless) }
            }
            _ => return None,
        };
        (!matches!(accepts, ValueType::Unchecked(_))).then_some(accepts)
    }
}

impl Display for Annotation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Ellipsis => f.write_str("..."),
            Self::Library(LibraryType { name, of, .. }) => named(f, name, of),
            Self::Class(ClassType { class, of }) if f.alternate() => {
                named(f, &format!("{}.{}", class.module, class.qualname), of)
            }
            Self::Class(ClassType { class, of }) => named(f, class.name(), of),
            Self::Union(members) => listed(f, members, " | "),
            Self::Literal(values) => {
                f.write_str("Literal[")?;
                for (at, value) in values.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    literal(f, value)?;
                }
                f.write_str("]")
            }
            Self::NewType(new) => f.write_str(&new.source),
            Self::List(types) => bracketed(f, types),
            Self::Source(SourceType { source, of }) => named(f, source, of),
        }
    }
}

fn named(f: &mut Formatter<'_>, name: &str, of: &[Annotation]) -> fmt::Result {
    f.write_str(name)?;
    if of.is_empty() { Ok(()) } else { bracketed(f, of) }
}

fn bracketed(f: &mut Formatter<'_>, types: &[Annotation]) -> fmt::Result {
    f.write_str("[")?;
    listed(f, types, ", ")?;
    f.write_str("]")
}

fn listed(f: &mut Formatter<'_>, types: &[Annotation], between: &str) -> fmt::Result {
    types.iter().enumerate().try_for_each(|(at, of)| {
        f.write_str(if at == 0 { "" } else { between })?;
        of.fmt(f)
    })
}

/// A value in Python syntax.
fn literal(f: &mut Formatter<'_>, value: &Json) -> fmt::Result {
    match value {
        Json::Null => f.write_str("None"),
        Json::Bool(true) => f.write_str("True"),
        Json::Bool(false) => f.write_str("False"),
        Json::String(text) => {
            f.write_str("'")?;
            for c in text.chars() {
                if matches!(c, '\\' | '\'') {
                    f.write_str("\\")?;
                }
                write!(f, "{c}")?;
            }
            f.write_str("'")
        }
        other => other.fmt(f),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str, of: Vec<Annotation>) -> Annotation {
        Annotation::Library(LibraryType::new(path, of))
    }

    fn own(module: &str, name: &str) -> Annotation {
        let class = ClassRef { module: module.to_owned(), qualname: name.to_owned() };
        Annotation::Class(ClassType { class, of: Vec::new() })
    }

    #[test]
    fn a_type_is_printed_as_python_writes_it() {
        let int = || Annotation::library("builtins.int");
        let union = Annotation::union(vec![int(), Annotation::None, Annotation::union(vec![int(), own("a", "Outer.Mode")])]);
        assert_eq!(format!("{union:#}"), "int | None | a.Outer.Mode");
        for (annotation, text) in [
            (union, "int | None | Mode"),
            (named("typing.Dict", vec![int(), named("collections.abc.Sequence", vec![int()])]), "dict[int, Sequence[int]]"),
            (named("builtins.tuple", vec![int(), Annotation::Ellipsis]), "tuple[int, ...]"),
            (Annotation::Literal(vec!["it's".into(), Json::Null, true.into(), 1.into()]), r"Literal['it\'s', None, True, 1]"),
            (named("typing.Callable", vec![Annotation::List(vec![int()]), int()]), "Callable[[int], int]"),
            (int().or_none().or_none(), "int | None"),
        ] {
            assert_eq!(annotation.to_string(), text);
            let json = serde_json::to_string(&annotation).expect("JSON");
            assert_eq!(serde_json::from_str::<Annotation>(&json).expect("it is read back"), annotation, "{json}");
        }
    }

    #[test]
    fn types_are_alike_by_what_they_are() {
        let (text, int) = (|| Annotation::library("builtins.str"), || Annotation::library("builtins.int"));
        assert!(Annotation::union(vec![Annotation::None, text(), int()]).is_like(&Annotation::union(vec![int(), text()])));
        assert!(!text().is_like(&int()) && !text().is_like(&Annotation::union(vec![text(), int()])));
        assert!(!own("a", "Mode").is_like(&own("b", "Mode")));
        assert!(named("typing_extensions.Deque", vec![int()]).is_like(&named("typing.Deque", vec![int()])));
        let literal = |text: &str| Annotation::Literal(vec![text.into()]);
        assert!(!literal("a | None").is_like(&literal("a")));
        let class = |module: &str| ClassRef { module: module.to_owned(), qualname: "Mode".to_owned() };
        let inside = named("builtins.list", vec![own("a", "Mode").or_none()]);
        assert!(inside.names(&class("a")) && !inside.names(&class("b")) && !literal("Mode").names(&class("a")));
    }

    #[test]
    fn dictionaries_are_known_by_their_form() {
        let of = |path: &str, count: usize| named(path, vec![Annotation::library("builtins.str"); count]);
        assert!(of("builtins.dict", 2).is_dictionary(false) && of("typing.Dict", 2).is_dictionary(false));
        assert!(of("builtins.dict", 0).is_dictionary(true) && !of("builtins.dict", 0).is_dictionary(false));
        assert!(of("collections.OrderedDict", 2).is_dictionary(false) && !of("collections.OrderedDict", 0).is_dictionary(true));
        assert!(!of("typing.Mapping", 2).is_dictionary(true) && !of("builtins.dict", 2).or_none().is_dictionary(true));
    }
}
