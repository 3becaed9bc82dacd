//! Operators, comparisons and indexing.

use std::rc::Rc;

use ruff_python_ast::{CmpOp, Expr, ExprCompare, Operator};

use super::bounds::LONGEST_TEXT;
use super::path::{ancestor, is_made_path, joined};
use super::{Evaluator, Scope};
use crate::eval::value::{Call, Value};

impl<'a> Evaluator<'a> {
    /// `left op right`; `None` if the result is undecided.
    pub(super) fn binary(&self, left: &Value<'a>, op: Operator, right: &Value<'a>) -> Option<Value<'a>> {
        use Value as V;
        // A member of a string or integer enum behaves like its value.
        if let V::Member(member) = left
            && !matches!(op, Operator::BitOr)
        {
            return self.binary(&member.value, op, right);
        }
        if let V::Member(member) = right
            && !matches!(op, Operator::BitOr | Operator::Mod)
        {
            return self.binary(left, op, &member.value);
        }
        match (left, op, right) {
            (V::Int(_) | V::Float(_) | V::Bool(_), _, V::Int(_) | V::Float(_) | V::Bool(_)) => arithmetic(left, op, right),
            (V::Str(a), Operator::Add, V::Str(b)) => (a.len() + b.len() <= LONGEST_TEXT).then(|| V::str(format!("{a}{b}"))),
            (V::Str(text), Operator::Mod, _) => super::text::percent(text, right).map(V::str),
            (V::Str(a), Operator::Mult, V::Int(n)) | (V::Int(n), Operator::Mult, V::Str(a)) => {
                let times = usize::try_from(*n).unwrap_or(0);
                (a.len().saturating_mul(times) <= LONGEST_TEXT).then(|| V::str(a.repeat(times)))
            }
            (V::List(a), Operator::Add, V::List(b)) => Some(V::List(Rc::new([a.as_slice(), b].concat()))),
            (V::Tuple(a), Operator::Add, V::Tuple(b)) => Some(V::Tuple(Rc::new([a.as_slice(), b].concat()))),
            (V::List(a), Operator::Mult, V::Int(n))
                if *n >= 0 && i64::try_from(a.len()).unwrap_or(i64::MAX).saturating_mul(*n) < 100_000 =>
            {
                Some(V::List(Rc::new(
                    std::iter::repeat_n(a.as_slice(), usize::try_from(*n).ok()?).flatten().cloned().collect(),
                )))
            }
            (V::Set(a), Operator::BitOr, V::Set(b)) => {
                let mut all = a.to_vec();
                all.extend(b.iter().filter(|x| !a.iter().any(|y| y.equals(x) == Some(true))).cloned());
                Some(V::Set(Rc::new(all)))
            }
            (V::Set(a), Operator::Sub, V::Set(b)) => {
                Some(V::Set(Rc::new(a.iter().filter(|x| !b.iter().any(|y| y.equals(x) == Some(true))).cloned().collect())))
            }
            (V::Dict(a), Operator::BitOr, V::Dict(b)) => {
                let mut all = a.to_vec();
                b.iter().cloned().for_each(|(key, value)| super::expression::insert(&mut all, key, value));
                Some(V::Dict(Rc::new(all)))
            }
            (_, Operator::Div, V::Str(_) | V::Call(_)) if is_path(left) => Some(path_join(left, right)),
            (V::Attribute(_) | V::Call(_), Operator::Div, V::Str(_) | V::Call(_)) if is_made_path(left) => {
                Some(joined(left, right))
            }
            (_, Operator::BitOr, _) if is_type(left) && is_type(right) => Some(union(left, right)),
            _ => None,
        }
    }

    /// `a < b <= c`.
    pub(super) fn compare(&self, compare: &'a ExprCompare, whole: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let mut left = self.eval(&compare.left, scope);
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            let right = self.eval(right, scope);
            match self.compare_one(&left, *op, &right) {
                Some(true) => left = right,
                Some(false) => return Value::Bool(false),
                None => return self.unknown(whole, scope, "it is only known at run time"),
            }
        }
        Value::Bool(true)
    }

    fn compare_one(&self, left: &Value<'a>, op: CmpOp, right: &Value<'a>) -> Option<bool> {
        match op {
            CmpOp::Eq => left.equals(right),
            CmpOp::NotEq => left.equals(right).map(|equal| !equal),
            CmpOp::Is | CmpOp::IsNot => {
                let same = match (left, right) {
                    (Value::None, Value::Call(_) | Value::Class(_)) | (Value::Call(_) | Value::Class(_), Value::None) => false,
                    _ => left.equals(right)?,
                };
                Some(same == (op == CmpOp::Is))
            }
            CmpOp::In | CmpOp::NotIn => Some(self.contains(right, left)? == (op == CmpOp::In)),
            CmpOp::Lt => Some(order(left, right)?.is_lt()),
            CmpOp::LtE => Some(order(left, right)?.is_le()),
            CmpOp::Gt => Some(order(left, right)?.is_gt()),
            CmpOp::GtE => Some(order(left, right)?.is_ge()),
        }
    }

    fn contains(&self, whole: &Value<'a>, part: &Value<'a>) -> Option<bool> {
        if let (Value::Str(whole), Value::Str(part)) = (whole, part) {
            return Some(whole.contains(&**part));
        }
        let mut decided = true;
        for item in self.iterate(whole)? {
            match item.equals(part) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => decided = false,
            }
        }
        decided.then_some(false)
    }

    /// `value[index]`: an element, or a type with arguments.
    pub(super) fn subscript(&self, value: &Value<'a>, index: Value<'a>, whole: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let found = match value {
            Value::List(items) | Value::Tuple(items) => element(items, &index, matches!(value, Value::List(_))),
            Value::Str(text) => character(text, &index),
            Value::Dict(items) => {
                items.iter().rev().find(|(key, _)| key.equals(&index) == Some(true)).map(|(_, value)| value.clone())
            }
            Value::Class(class) if self.is_enum(class) => index
                .as_str()
                .and_then(|name| self.members(class).iter().find(|m| &*m.name == name).cloned())
                .map(Value::Member),
            Value::External(path) if matches!(&**path, "os.environ" | "environ") => None,
            Value::External(_)
            | Value::Class(_)
            | Value::Alias(_)
            | Value::Union(_)
            | Value::Subscript(_)
            | Value::TypeVar(_) => {
                let arguments = match index {
                    Value::Tuple(items) => items.to_vec(),
                    other => vec![other],
                };
                Some(Value::Subscript(Rc::new((value.clone(), arguments))))
            }
            Value::Unknown(_) => return value.clone(),
            Value::Attribute(_) => {
                if let Value::Int(at) = index {
                    ancestor(value, at)
                } else {
                    None
                }
            }
            _ => None,
        };
        found.unwrap_or_else(|| self.unknown(whole, scope, "it is only known at run time"))
    }
}

fn element<'a>(items: &Rc<Vec<Value<'a>>>, index: &Value<'a>, list: bool) -> Option<Value<'a>> {
    match index {
        Value::Int(at) => {
            let at = if *at < 0 { at.checked_add(i64::try_from(items.len()).ok()?)? } else { *at };
            items.get(usize::try_from(at).ok()?).cloned()
        }
        Value::Tuple(slice) => {
            let (from, to) = bounds(slice, items.len())?;
            let part = Rc::new(items.get(from..to).unwrap_or_default().to_vec());
            Some(if list { Value::List(part) } else { Value::Tuple(part) })
        }
        _ => None,
    }
}

fn character<'a>(text: &str, index: &Value<'a>) -> Option<Value<'a>> {
    let characters: Vec<char> = text.chars().collect();
    match index {
        Value::Int(at) => {
            let at = if *at < 0 { at.checked_add(i64::try_from(characters.len()).ok()?)? } else { *at };
            characters.get(usize::try_from(at).ok()?).map(|c| Value::str(c.to_string()))
        }
        Value::Tuple(slice) => {
            let (from, to) = bounds(slice, characters.len())?;
            Some(Value::str(characters.get(from..to).unwrap_or_default().iter().collect::<String>()))
        }
        _ => None,
    }
}

/// The indices of `[from:to]`; a slice with a step is undecided.
fn bounds(slice: &[Value<'_>], length: usize) -> Option<(usize, usize)> {
    let [Value::External(kind), from, to, Value::None] = slice else { return None };
    if &**kind != "builtins.slice" {
        return None;
    }
    let at = |value: &Value<'_>, default: usize| match value {
        Value::None => Some(default),
        Value::Int(at) if *at < 0 => Some(length.saturating_sub(usize::try_from(at.unsigned_abs()).ok()?)),
        Value::Int(at) => Some(length.min(usize::try_from(*at).ok()?)),
        _ => None,
    };
    let (from, to) = (at(from, 0)?, at(to, length)?);
    Some((from, to.max(from)))
}

#[allow(clippy::cast_precision_loss, reason = "Python converts an int operand of a float operation the same way")]
fn arithmetic<'a>(left: &Value<'a>, op: Operator, right: &Value<'a>) -> Option<Value<'a>> {
    let int = |value: &Value<'a>| match value {
        Value::Int(int) => Some(*int),
        Value::Bool(truth) => Some(i64::from(*truth)),
        _ => None,
    };
    let float = |value: &Value<'a>| match value {
        Value::Float(float) => Some(*float),
        other => int(other).map(|int| int as f64),
    };
    if let (Some(a), Some(b)) = (int(left), int(right)) {
        return Some(Value::Int(match op {
            Operator::Add => a.checked_add(b)?,
            Operator::Sub => a.checked_sub(b)?,
            Operator::Mult => a.checked_mul(b)?,
            Operator::FloorDiv if b != 0 => a.checked_div_euclid(b).filter(|_| b > 0)?,
            Operator::Mod if b > 0 => a.checked_rem_euclid(b)?,
            Operator::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
            Operator::LShift => a.checked_mul(1_i64.checked_shl(u32::try_from(b).ok().filter(|b| *b < 62)?)?)?,
            Operator::RShift => a.checked_shr(u32::try_from(b).ok()?)?,
            Operator::BitOr => a | b,
            Operator::BitAnd => a & b,
            Operator::BitXor => a ^ b,
            Operator::Div if b != 0 => return Some(Value::Float(a as f64 / b as f64)),
            _ => return None,
        }));
    }
    let (a, b) = (float(left)?, float(right)?);
    Some(Value::Float(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => a * b,
        Operator::Div if b != 0.0 => a / b,
        Operator::FloorDiv if b != 0.0 => (a / b).floor(),
        Operator::Pow => a.powf(b),
        _ => return None,
    }))
}

#[allow(clippy::cast_precision_loss, reason = "numbers in configuration are far below 2^53")]
fn order(left: &Value<'_>, right: &Value<'_>) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Float(b)) => (*a as f64).partial_cmp(b),
        (Value::Float(a), Value::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
            for (x, y) in a.iter().zip(b.iter()) {
                let by = order(x, y)?;
                if by.is_ne() {
                    return Some(by);
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        _ => None,
    }
}

/// Whether a value can be part of a type expression.
pub(super) fn is_type(value: &Value<'_>) -> bool {
    matches!(
        value,
        Value::None
            | Value::Class(_)
            | Value::External(_)
            | Value::Subscript(_)
            | Value::Union(_)
            | Value::TypeVar(_)
            | Value::Alias(_)
            | Value::Str(_)
            | Value::Quoted(_)
            | Value::Unknown(_)
            | Value::Call(_)
            | Value::Attribute(_)
    )
}

fn union<'a>(left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let mut members = Vec::new();
    for side in [left, right] {
        match side {
            Value::Union(inner) => members.extend(inner.iter().cloned()),
            other => members.push(other.clone()),
        }
    }
    Value::Union(Rc::new(members))
}

fn is_path(value: &Value<'_>) -> bool {
    value.call_of().is_some_and(|(path, _)| path.starts_with("pathlib."))
}

/// `Path("a") / "b"` is `Path("a", "b")`.
fn path_join<'a>(left: &Value<'a>, right: &Value<'a>) -> Value<'a> {
    let Value::Call(call) = left else { return left.clone() };
    let mut positional = call.positional.clone();
    positional.push(right.clone());
    Value::Call(Rc::new(Call {
        callee: call.callee.clone(),
        positional,
        keywords: call.keywords.clone(),
        partial: call.partial,
        source: Rc::clone(&call.source),
        place: call.place.clone(),
    }))
}
