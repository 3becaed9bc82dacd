//! Which texts a type accepts, as far as two types can be compared without their constraints.

use takk_catalog::catalog;
use takk_model::{Annotation, Setting};

/// The form of a value in the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeFamily {
    Text,
    Number,
    Boolean,
    /// A URL of a kind of resource that its schemes identify.
    Address(&'static str),
    Url,
    /// Only the program knows: an enum, a model, a container.
    Other,
}

impl TypeFamily {
    /// The family of a field's type.
    pub(super) fn of(field: &Setting) -> Self {
        let Some(library) = field.annotation.as_ref().and_then(Annotation::only_library).filter(|only| only.of.is_empty())
        else {
            return Self::Other;
        };
        match (library.package.as_str(), library.name.as_str()) {
            ("builtins", "str" | "bytes") | ("typing", "Text" | "Any") | ("pathlib", "Path") => Self::Text,
            ("pydantic", "SecretStr" | "SecretBytes") => Self::Text,
            ("builtins", "int" | "float") | ("decimal", "Decimal") => Self::Number,
            ("pydantic", "PositiveInt" | "NonNegativeInt" | "PositiveFloat" | "NonNegativeFloat") => Self::Number,
            ("builtins", "bool") | ("pydantic", "StrictBool") => Self::Boolean,
            ("pydantic", "AnyUrl" | "HttpUrl" | "AnyHttpUrl") => Self::Url,
            (_, name) => catalog().dsn_type(name).map_or(Self::Other, |(kind, _)| Self::Address(kind.name)),
        }
    }

    /// Whether no text is valid for both.
    pub(super) fn excludes(self, other: Self) -> bool {
        let fit = |one: Self, two: Self| match (one, two) {
            // 0 and 1 are both numbers and booleans.
            (Self::Text | Self::Other, _) | (Self::Url, Self::Address(_)) | (Self::Number, Self::Boolean) => true,
            (one, two) => one == two,
        };
        !fit(self, other) && !fit(other, self)
    }
}
