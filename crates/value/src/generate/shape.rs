//! What of a type decides how a text for it looks.

use takk_model::{Constraints, ValueType};

/// A type that holds a made-up text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// A text or bytes.
    Text {
        /// The least and the greatest length, in characters.
        length: (usize, usize),
        /// What it must match.
        pattern: Option<String>,
    },
    /// A UUID.
    Uuid,
}

const OF_PARTS: &str = "it has parts, and what they are is a choice";

/// What the type asks for, or why nothing can be made up for it.
pub(super) fn shape(accepts: &ValueType) -> Result<Shape, &'static str> {
    shape_within(accepts, (0, usize::MAX), None)
}

fn shape_within(accepts: &ValueType, length: (usize, usize), pattern: Option<&str>) -> Result<Shape, &'static str> {
    use ValueType as T;
    match accepts {
        T::Str | T::Bytes | T::Any => Ok(Shape::Text { length, pattern: pattern.map(str::to_owned) }),
        T::Uuid(None | Some(4)) => Ok(Shape::Uuid),
        T::Uuid(Some(_)) => Err("a UUID of that version is made from something, and only that of version 4 from nothing"),
        T::Secret(inner) | T::Checked(_, inner) | T::Undecoded(inner) | T::EmptyIsUnset(inner) => {
            shape_within(inner, length, pattern)
        }
        T::NoneText(_, inner) | T::Coerced(_, inner) | T::Usual(inner) | T::First(inner) => {
            shape_within(inner, length, pattern)
        }
        T::Constrained(constraints, inner) => {
            let Constraints { min_length, max_length, pattern: own, .. } = &**constraints;
            let bound = |of: &Option<u64>| of.and_then(|of| usize::try_from(of).ok());
            let least = bound(min_length).unwrap_or(0).max(length.0);
            let most = bound(max_length).unwrap_or(usize::MAX).min(length.1);
            shape_within(inner, (least, most), own.as_deref().or(pattern))
        }
        T::Union(members) => {
            let shapes: Vec<_> =
                members.iter().filter(|member| **member != T::None).map(|m| shape_within(m, length, pattern)).collect();
            let first = shapes.first().cloned().unwrap_or(Err("nothing is allowed but no value"));
            shapes.into_iter().find(Result::is_ok).unwrap_or(first)
        }
        T::Unchecked(_) | T::Preceded(..) => Err("only the program knows what it accepts"),
        T::Url(_) => Err("an address cannot be made up"),
        T::Email | T::NameEmail => Err("an address of e-mail cannot be made up"),
        T::Ip(_) => Err("an address of a network cannot be made up"),
        T::Int | T::Float | T::Decimal | T::ByteSize => Err("a number is a choice, and not made up"),
        T::Bool => Err("yes or no is a choice, and not made up"),
        T::Literal(_) | T::Enum(_) => Err("one of the allowed values has to be chosen"),
        T::Date | T::DateTime | T::Time | T::TimeDelta => Err("a time is a choice, and not made up"),
        T::Path => Err("a path leads to something that is there, and is not made up"),
        T::Pattern => Err("a pattern is a choice, and not made up"),
        T::None => Err("nothing is allowed but no value"),
        T::List(_) | T::Set(_) | T::FrozenSet(_) | T::Tuple(_) | T::TupleOf(_) | T::Dict(..) | T::Json(_) => Err(OF_PARTS),
        T::Model(_) | T::Tagged(_) | T::Enclosing(_) | T::Part(..) | T::Merged(_) => Err(OF_PARTS),
    }
}
