//! TOML.

use std::rc::Rc;

use super::{DEEPEST, Fault, Mapping, Scalar, Shape};
use crate::Text;
use crate::toml::{DeValue, Table, parse};

pub(super) fn read(text: &Text<'_>) -> Result<Mapping, Fault> {
    let (table, fault) = parse(text);
    match fault {
        Some(crate::Fault::Syntax(position, message)) => {
            let first = message.lines().next().unwrap_or_default();
            Err(Fault::broken(position.line, format!("this is not TOML: {first}")))
        }
        Some(_) => Err(Fault::broken(1, "this is not TOML")),
        None => mapping(&table, text, 0),
    }
}

fn mapping(table: &Table<'_>, text: &Text<'_>, depth: usize) -> Result<Mapping, Fault> {
    if depth > DEEPEST {
        return Err(Fault::Unread("it is nested too deeply"));
    }
    let mut found = Mapping::new();
    for (key, value) in table {
        let line = text.position(key.span().start).line;
        found.insert(key.get_ref().to_string(), (line, Rc::new(shape(value.get_ref(), text, depth + 1)?)));
    }
    Ok(found)
}

fn shape(value: &DeValue<'_>, text: &Text<'_>, depth: usize) -> Result<Shape, Fault> {
    Ok(match value {
        DeValue::Table(table) => Shape::Mapping(mapping(table, text, depth)?),
        DeValue::Array(_) => Shape::Sequence(Vec::new()),
        DeValue::String(text) => Shape::Scalar(Scalar::Text(text.to_string())),
        DeValue::Boolean(truth) => Shape::Scalar(Scalar::Bool(*truth)),
        DeValue::Integer(number) => Shape::Scalar(integer(number.as_str(), number.radix())),
        DeValue::Float(number) => Shape::Scalar(number.as_str().parse().map_or(Scalar::Other, Scalar::Float)),
        DeValue::Datetime(_) => Shape::Scalar(Scalar::Other),
    })
}

fn integer(text: &str, radix: u32) -> Scalar {
    let decimal = || text.parse().ok().filter(|_| radix == 10);
    decimal().map_or(Scalar::Other, Scalar::Int)
}
