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
    /// A `str` with half of a surrogate pair, which pydantic takes for no text at all.
    BrokenText,
    /// A `list`.
    List(Vec<Data>),
    /// A `dict`. pydantic's own parser keeps keys that are given twice.
    Object(Vec<(Data, Data)>),
    /// A `tuple`, which JSON has not; nor does it have what follows.
    Tuple(Vec<Data>),
    /// A `set` or `frozenset`.
    Set(Vec<Data>),
    /// `bytes`
    Bytes(Vec<u8>),
    /// A member of an enum, by its value.
    Member(Box<Data>, Option<EnumMixin>),
    /// `SecretStr("x")` and its like, by the name of the class.
    Secret(String, Box<Data>),
    /// An object that is written as a text, by the name of its class: `Path`, `UUID`, `HttpUrl`, `Decimal`.
    Written(String, String),
    /// An object of another class of the standard library, by its name: `timedelta`.
    Instance(String),
    /// What the source does not decide, with the reason.
    Unknown(String),
}

impl Data {
    pub fn int(value: i64) -> Self {
        Self::Int(Number::int(value))
    }
}
