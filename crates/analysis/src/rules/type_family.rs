//! Which texts a type accepts, as far as types can be compared by name.

use takk_catalog::catalog;
use takk_model::Setting;

/// What a value from the environment must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeFamily {
    Text,
    Number,
    Boolean,
    /// An address of a kind of resource that its schemes name.
    Address(&'static str),
    Url,
    /// Known to the program only: an enum, a model, a container.
    Other,
}

impl TypeFamily {
    /// The family of a field's type.
    pub fn of(field: &Setting) -> Self {
        let name = normalised(&field.type_name);
        match name.as_str() {
            "str" | "SecretStr" | "SecretBytes" | "bytes" | "Path" | "Any" => Self::Text,
            "int" | "float" | "Decimal" | "PositiveInt" | "NonNegativeInt" | "PositiveFloat" | "NonNegativeFloat" => {
                Self::Number
            }
            "bool" | "StrictBool" => Self::Boolean,
            "AnyUrl" | "HttpUrl" | "AnyHttpUrl" => Self::Url,
            name => catalog().dsn_type(name).map_or(Self::Other, |(kind, _)| Self::Address(kind.name)),
        }
    }

    /// Whether no text is a value of both.
    pub fn excludes(self, other: Self) -> bool {
        let fit = |one: Self, two: Self| match (one, two) {
            // Numbers and truth values share 0 and 1.
            (Self::Text | Self::Other, _) | (Self::Url, Self::Address(_)) | (Self::Number, Self::Boolean) => true,
            (one, two) => one == two,
        };
        !fit(self, other) && !fit(other, self)
    }
}

/// A type as text without `None`, its alternatives in alphabetical order.
pub fn normalised(type_name: &str) -> String {
    let mut members: Vec<&str> = type_name.split(" | ").map(str::trim).filter(|member| *member != "None").collect();
    members.sort_unstable();
    members.join(" | ")
}
