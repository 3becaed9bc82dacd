//! The value that a validator gets: the text itself, the JSON decoded from it, or a default of the program.

use super::number::Number;
use takk_model::EnumMixin;

#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `None`
    Null,
    /// `True`, `False`
    Bool(bool),
    /// An `int` of any size.
    Int(Number),
    /// A `float`.
    Float(f64),
    /// A `str`.
    Text(String),
    /// A `str` with an unpaired surrogate, which pydantic does not accept as text.
    BrokenText,
    /// A `list`.
    List(Vec<Data>),
    /// A `dict`. pydantic's own parser keeps duplicate keys.
    Object(Vec<(Data, Data)>),
    /// A `tuple`. JSON has no equivalent of this and the following variants.
    Tuple(Vec<Data>),
    /// A `set` or `frozenset`.
    Set(Vec<Data>),
    /// `bytes`
    Bytes(Vec<u8>),
    /// A member of an enum, given by its value.
    Member(Box<Data>, Option<EnumMixin>),
    /// `SecretStr("x")` and the like, with the name of the class.
    Secret(String, Box<Data>),
    /// An object that can be written as a string, with the name of its class: `Path`, `UUID`, `HttpUrl`, `Decimal`.
    Written(String, String),
    /// An object of another class of the standard library, with its name: `timedelta`.
    Instance(String),
    /// A value that the source does not determine, with the reason.
    Unknown(String),
}

impl Data {
    pub fn int(value: i64) -> Self {
        Self::Int(Number::int(value))
    }
}
