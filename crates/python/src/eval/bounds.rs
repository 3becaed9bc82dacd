//! Limits on evaluation: steps, depth, and the size of values. A few lines can double a value over and over (`a = [a, a]`) with shared
//! parts, and make it too large to traverse.

use ruff_python_ast::Expr;

use super::{Evaluator, Scope};
use crate::eval::value::Value;

/// The steps for one lookup. They suffice for any configuration: a program that computes for longer is not configuration.
pub(super) const STEPS: u32 = 100_000;
/// The maximum nesting of evaluations.
pub(super) const DEPTH: u32 = 120;
/// The steps for all lookups together, after which each one gets only [`STEPS_AFTER`]. The packages of a whole corpus take
/// 50,000.
pub(super) const STEPS_IN_ALL: u64 = 1_000_000;
/// Enough for a name, a constant or a simple call.
pub(super) const STEPS_AFTER: u32 = 2_000;
/// The maximum length of a string that is assembled from parts, in bytes.
pub(super) const LONGEST_TEXT: usize = 1 << 18;
/// The maximum number and nesting of a value's parts. A shared part counts each time it is reached.
const MOST_PARTS: u32 = 50_000;
const DEEPEST_PARTS: u32 = 100;
/// How many visited parts or copied bytes cost one step.
const PER_STEP: usize = 64;

impl<'a> Evaluator<'a> {
    /// Charges the steps for work on that many parts or bytes.
    pub(super) fn spend(&self, work: usize) {
        let steps = u32::try_from(work / PER_STEP).unwrap_or(u32::MAX);
        self.steps.set(self.steps.get().saturating_sub(steps));
        self.steps_in_all.set(self.steps_in_all.get().saturating_sub(u64::from(steps)));
    }

    /// The value of `expr`, or unknown if it is too large.
    pub(super) fn bounded(&self, value: Value<'a>, expr: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let makes =
            matches!(
                expr,
                Expr::BinOp(_)
                    | Expr::Call(_)
                    | Expr::Subscript(_)
                    | Expr::FString(_)
                    | Expr::List(_)
                    | Expr::Tuple(_)
                    | Expr::Set(_)
            ) || matches!(expr, Expr::Dict(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_));
        if makes && self.is_too_large(&value) {
            return self.unknown(expr, scope, "its value is too large to compute");
        }
        value
    }

    /// Whether a value has more parts than code that traverses it can handle.
    pub(super) fn is_too_large(&self, value: &Value<'a>) -> bool {
        let mut left = MOST_PARTS;
        let fits = count(value, &mut left, DEEPEST_PARTS).is_some();
        self.spend((MOST_PARTS - left) as usize);
        !fits
    }
}

/// Subtracts the parts of a value from `left`; `None` if there are more. A long string counts as several parts.
fn count(value: &Value<'_>, left: &mut u32, depth: u32) -> Option<()> {
    let own = match value {
        Value::Str(text) => 1 + text.len() / PER_STEP,
        Value::Bytes(bytes) => 1 + bytes.len() / PER_STEP,
        _ => 1,
    };
    *left = left.checked_sub(u32::try_from(own).ok()?)?;
    let depth = depth.checked_sub(1)?;
    let mut all = |items: &[Value<'_>]| items.iter().try_for_each(|item| count(item, left, depth));
    match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Union(items) => all(items),
        Value::Dict(items) => {
            items.iter().try_for_each(|(key, value)| count(key, left, depth).and_then(|()| count(value, left, depth)))
        }
        Value::Subscript(generic) => all(&generic.1).and_then(|()| count(&generic.0, left, depth)),
        Value::Call(call) => {
            all(&call.positional)?;
            call.keywords.iter().try_for_each(|(_, value)| count(value, left, depth))?;
            count(&call.callee, left, depth)
        }
        Value::Attribute(attribute) => count(&attribute.0, left, depth),
        Value::Method(method) => count(&method.receiver, left, depth),
        _ => Some(()),
    }
}
