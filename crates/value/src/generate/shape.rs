//! The parts of a type that determine the form of a text for it.

use takk_model::{Constraints, ValueType};

/// A type that accepts a generated text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Text {
        /// The minimum and maximum length, in characters.
        length: (usize, usize),
        pattern: Option<String>,
    },
    Uuid,
}

const OF_PARTS: &str = "it has several parts, and you have to choose them";

/// The requirements of the type, or why nothing can be generated for it.
pub(super) fn shape(accepts: &ValueType) -> Result<Shape, &'static str> {
    shape_within(accepts, (0, usize::MAX), None)
}

fn shape_within(accepts: &ValueType, length: (usize, usize), pattern: Option<&str>) -> Result<Shape, &'static str> {
    use ValueType as T;
    match accepts {
        T::Str | T::Bytes | T::Any => Ok(Shape::Text { length, pattern: pattern.map(str::to_owned) }),
        T::Uuid(None | Some(4)) => Ok(Shape::Uuid),
        T::Uuid(Some(_)) => Err("takk can generate only version 4 UUIDs"),
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
            let first = shapes.first().cloned().unwrap_or(Err("the only allowed value is None"));
            shapes.into_iter().find(Result::is_ok).unwrap_or(first)
        }
        T::Unchecked(_) | T::Preceded(..) => Err("only the program knows what it accepts"),
        T::Url(_) => Err("takk cannot generate a URL"),
        T::Email | T::NameEmail => Err("takk cannot generate an email address"),
        T::Ip(_) => Err("takk cannot generate an IP address"),
        T::Int | T::Float | T::Decimal | T::ByteSize => Err("you have to choose a number"),
        T::Bool => Err("you have to choose true or false"),
        T::Literal(_) | T::Enum(_) => Err("you have to choose one of the allowed values"),
        T::Date | T::DateTime | T::Time | T::TimeDelta => Err("you have to choose a date or time"),
        T::Path => Err("a path must point to something that exists"),
        T::Pattern => Err("you have to choose a pattern"),
        T::None => Err("the only allowed value is None"),
        T::List(_) | T::Set(_) | T::FrozenSet(_) | T::Tuple(_) | T::TupleOf(_) | T::Dict(..) | T::Json(_) => Err(OF_PARTS),
        T::Model(_) | T::Tagged(_) | T::Enclosing(_) | T::Part(..) | T::Merged(_) => Err(OF_PARTS),
    }
}
