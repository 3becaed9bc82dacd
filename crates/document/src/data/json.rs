//! JSON. Only outermost names have a line of their own; nested ones share the line of the outermost value.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Fault, Mapping, Scalar, Shape};

pub(super) fn read(text: &str) -> Result<Mapping, Fault> {
    if text.trim().is_empty() {
        return Ok(Mapping::new());
    }
    let top: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|error| fault(&error, 1))?;
    let mut found = Mapping::new();
    let lines: Vec<usize> = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
    for (name, value) in top {
        let offset = (value.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let line = u32::try_from(lines.partition_point(|at| *at < offset) + 1).unwrap_or(u32::MAX);
        let Lineless(shape) = serde_json::from_str(value.get()).map_err(|error| fault(&error, line))?;
        found.insert(name, (line, Rc::new(at_line(shape, line))));
    }
    Ok(found)
}

fn fault(error: &serde_json::Error, from: u32) -> Fault {
    if error.to_string().starts_with("recursion limit") {
        return Fault::Unread("it is nested too deeply");
    }
    let line = u32::try_from(error.line().saturating_sub(1)).unwrap_or_default().saturating_add(from);
    match error.classify() {
        serde_json::error::Category::Data => Fault::broken(line, "it must be an object with names and values"),
        _ => Fault::broken(line, "this is not JSON"),
    }
}

fn at_line(shape: Shape, line: u32) -> Shape {
    match shape {
        Shape::Mapping(inner) => Shape::Mapping(
            inner
                .into_iter()
                .map(|(name, (_, value))| (name, (line, Rc::new(at_line(Rc::unwrap_or_clone(value), line)))))
                .collect(),
        ),
        other => other,
    }
}

/// A shape whose lines are unknown.
struct Lineless(Shape);

impl<'de> Deserialize<'de> for Lineless {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shapes).map(Self)
    }
}

struct Shapes;

impl<'de> Visitor<'de> for Shapes {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Shape, E> {
        Ok(Shape::Scalar(Scalar::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Shape, E> {
        Ok(Shape::Scalar(Scalar::Int(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Shape, E> {
        Ok(Shape::Scalar(i64::try_from(value).map_or(Scalar::Other, Scalar::Int)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Shape, E> {
        Ok(Shape::Scalar(Scalar::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Shape, E> {
        Ok(Shape::Scalar(Scalar::Text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::Sequence(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut found = Mapping::new();
        while let Some((name, Lineless(shape))) = items.next_entry::<String, Lineless>()? {
            found.insert(name, (1, Rc::new(shape)));
        }
        Ok(Shape::Mapping(found))
    }
}
