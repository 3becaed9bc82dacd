//! The value that a validator is given: the text itself, or what was decoded from it as JSON.

use super::number::Number;

/// A value of Python as `json.loads` makes them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
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
}
