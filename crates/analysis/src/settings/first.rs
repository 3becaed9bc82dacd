//! The fields of pydantic 1: the constraints of `Field(...)`, which fields allow `None`, and the types by its rules.

use super::constraint::{self, Said, constrain};
use super::field::FieldFacts;
use takk_model::{Constraints, EnumMixin, ValueType};
use takk_python::{Call, Value};

/// The reason for uncertainty under pydantic 1.
const FIRST: &str = "pydantic 1 may treat it differently";

/// A type by the rules of pydantic 1.
pub(super) fn first(read: ValueType) -> ValueType {
    use ValueType as T;
    let inner = |of: Box<T>| Box::new(first(*of));
    let each = |of: Vec<T>| of.into_iter().map(first).collect::<Vec<T>>();
    let by_its_rules = match read {
        T::None | T::Unchecked(_) | T::Enclosing(_) => return read,
        T::Constrained(of, on) => {
            return match first(*on) {
                unchecked @ T::Unchecked(_) => unchecked,
                on => T::Constrained(of, Box::new(on)),
            };
        }
        T::Checked(reason, of) => return first(*of).checked(reason),
        T::Preceded(reason, of) => return first(*of).preceded(reason),
        T::Union(members) => T::Union(each(members)),
        T::List(of) => T::List(inner(of)),
        T::Set(of) => T::Set(inner(of)),
        T::FrozenSet(of) => T::FrozenSet(inner(of)),
        // A bare `tuple` is not decoded, a bare `Tuple` is.
        T::TupleOf(of) if *of == T::Any => return T::unchecked(FIRST),
        T::TupleOf(of) => T::TupleOf(inner(of)),
        T::Tuple(of) => T::Tuple(each(of)),
        T::Dict(key, value) => T::Dict(inner(key), inner(value)),
        T::Json(of) => T::Json(inner(of)),
        T::Model(mut rule) => {
            for field in &mut rule.fields {
                field.accepts = first(std::mem::replace(&mut field.accepts, T::Any));
            }
            T::Model(rule)
        }
        T::Tagged(_) | T::NameEmail => return T::unchecked(FIRST),
        plain => plain,
    };
    T::First(Box::new(by_its_rules))
}

/// The type with the constraints of `Field(...)`, on the field or around its type (`get_annotation_with_constraints`), and with `None` if
/// that is the default (`ModelField._set_default_and_type`).
pub(super) fn of_field(accepts: ValueType, field: &FieldFacts<'_>) -> ValueType {
    let given = || field.attributes.iter().map(|(name, value)| (&**name, value));
    let accepts = put(accepts, &of_values(given()), &of_items(given()));
    let accepts = match field.attribute("const") {
        None | Some(Value::None | Value::Bool(false)) => accepts,
        Some(_) => accepts.checked("`const`"),
    };
    if matches!(field.default(), Some(Value::None)) { or_none(accepts) } else { accepts }
}

fn or_none(accepts: ValueType) -> ValueType {
    match accepts {
        ValueType::Union(members) if members.contains(&ValueType::None) => ValueType::Union(members),
        ValueType::Union(mut members) => {
            members.push(ValueType::None);
            ValueType::Union(members)
        }
        ValueType::Any | ValueType::Unchecked(_) | ValueType::Preceded(..) => accepts,
        ValueType::Checked(reason, inner) => or_none(*inner).checked(reason),
        ValueType::Json(of) => ValueType::Json(Box::new(or_none(*of))),
        other => ValueType::Union(vec![other, ValueType::None]),
    }
}

/// The constraints on a text or number.
fn of_values<'v, 'a: 'v>(given: impl Iterator<Item = (&'v str, &'v Value<'a>)>) -> Said {
    const NAMES: [&str; 10] =
        ["gt", "ge", "lt", "le", "multiple_of", "allow_inf_nan", "max_digits", "decimal_places", "min_length", "max_length"];
    let named = given.filter_map(|(name, value)| match name {
        "regex" => Some(("pattern", value)),
        name => NAMES.contains(&name).then_some((name, value)),
    });
    looked_for_by_python(constraint::keywords(named))
}

fn looked_for_by_python(mut said: Said) -> Said {
    said.constraints.python_pattern = said.constraints.pattern.is_some().then_some(true);
    said
}

/// The constraints on the number of items.
fn of_items<'v, 'a: 'v>(given: impl Iterator<Item = (&'v str, &'v Value<'a>)>) -> Said {
    constraint::keywords(given.filter_map(|(name, value)| match name {
        "min_items" => Some(("min_length", value)),
        "max_items" => Some(("max_length", value)),
        "unique_items" => Some((name, value)),
        _ => None,
    }))
}

/// The constraints of `constr(...)`, `conlist(...)` and the like.
pub(super) fn keywords_of(call: &Call<'_>) -> Said {
    let named = call.keywords.iter().map(|(name, value)| match &**name {
        "min_items" => ("min_length", value),
        "max_items" => ("max_length", value),
        "regex" => ("pattern", value),
        name => (name, value),
    });
    looked_for_by_python(constraint::keywords(named))
}

fn put(of: ValueType, values: &Said, items: &Said) -> ValueType {
    use ValueType as T;
    let inner = |of: Box<T>| Box::new(put(*of, values, items));
    let counted = |of: T| constrain(of, items.clone());
    match of {
        T::Union(members) => T::Union(members.into_iter().map(|member| put(member, values, items)).collect()),
        T::List(of) => counted(T::List(inner(of))),
        T::Set(of) => counted(T::Set(inner(of))),
        T::FrozenSet(of) => counted(T::FrozenSet(inner(of))),
        T::TupleOf(of) => T::TupleOf(inner(of)),
        T::Tuple(members) => T::Tuple(members.into_iter().map(|member| put(member, values, items)).collect()),
        T::Dict(key, value) => T::Dict(key, inner(value)),
        T::Checked(reason, of) => put(*of, values, items).checked(reason),
        // The constraints of the configuration on strings.
        T::Constrained(configured, of) if matches!(*of, T::Str | T::Bytes | T::Float) => {
            constrain(T::Constrained(configured, of.clone()), fit(&of, values))
        }
        plain => {
            let said = fit(&plain, values);
            constrain(plain, said)
        }
    }
}

/// The constraints that apply to a plain type.
fn fit(of: &ValueType, said: &Said) -> Said {
    use ValueType as T;
    let all = &said.constraints;
    let lengths = Constraints { min_length: all.min_length, max_length: all.max_length, ..Constraints::default() };
    let numbers = Constraints {
        gt: all.gt.clone(),
        ge: all.ge.clone(),
        lt: all.lt.clone(),
        le: all.le.clone(),
        multiple_of: all.multiple_of.clone(),
        ..Constraints::default()
    };
    let constraints = match of {
        T::Str => Constraints { pattern: all.pattern.clone(), python_pattern: all.python_pattern, ..lengths },
        T::Bytes if all.pattern.is_some() => {
            return Said { constraints: lengths, doubt: Some("a pattern on bytes".to_owned()) };
        }
        T::Bytes | T::Secret(_) => lengths,
        T::Int => numbers,
        T::Float => Constraints { allow_inf_nan: all.allow_inf_nan, ..numbers },
        T::Decimal => Constraints { max_digits: all.max_digits, decimal_places: all.decimal_places, ..numbers },
        _ => return Said { constraints: Constraints::default(), doubt: None },
    };
    Said { constraints, doubt: said.doubt.clone() }
}

/// The mixin of an enum: only an `IntEnum` accepts its members' values as integers (`pydantic.validators._VALIDATORS`).
pub(super) fn mixin(mixin: Option<EnumMixin>, bases: &[std::rc::Rc<str>]) -> Option<EnumMixin> {
    match mixin {
        Some(EnumMixin::Int) if bases.iter().any(|base| base.ends_with("IntEnum")) => mixin,
        Some(EnumMixin::Str) => mixin,
        _ => None,
    }
}
