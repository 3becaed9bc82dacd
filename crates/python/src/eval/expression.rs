//! Expressions.

use std::rc::Rc;

use hashbrown::HashMap;
use ruff_python_ast::{BoolOp, Comprehension, Expr, Number, UnaryOp};

use super::{Evaluator, Scope};
use crate::eval::value::{Code, Function, FunctionKind, Value};

impl<'a> Evaluator<'a> {
    /// Evaluates an expression in a scope.
    pub(crate) fn eval(&self, expr: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let Some(_guard) = self.enter() else { return self.unknown(expr, scope, "it takes too many steps to compute") };
        let value = self.eval_unbounded(expr, scope);
        self.bounded(value, expr, scope)
    }

    fn eval_unbounded(&self, expr: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        match expr {
            Expr::NoneLiteral(_) => Value::None,
            Expr::EllipsisLiteral(_) => Value::Ellipsis,
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(int) => {
                    int.as_i64().map_or_else(|| self.unknown(expr, scope, "it does not fit in 64 bits"), Value::Int)
                }
                Number::Float(float) => Value::Float(*float),
                Number::Complex { .. } => self.unknown(expr, scope, "it is a complex number"),
            },
            Expr::StringLiteral(literal) => Value::str(literal.value.to_str()),
            Expr::BytesLiteral(literal) => Value::Bytes(literal.value.bytes().collect::<Vec<u8>>().into()),
            Expr::FString(text) => {
                self.f_string(text, scope).unwrap_or_else(|| self.unknown(expr, scope, "a part of it is unknown"))
            }
            Expr::Name(name) => self.name(expr, name.id.as_str(), scope),
            Expr::Attribute(attribute) => {
                let value = self.eval(&attribute.value, scope);
                self.attribute(&value, &attribute.attr, expr, scope)
            }
            Expr::Subscript(subscript) => {
                let value = self.eval(&subscript.value, scope);
                let index = self.eval(&subscript.slice, scope);
                self.subscript(&value, index, expr, scope)
            }
            Expr::Call(call) => self.call(call, expr, scope),
            Expr::List(list) => self.elements(&list.elts, expr, scope, Value::List),
            Expr::Tuple(tuple) => self.elements(&tuple.elts, expr, scope, Value::Tuple),
            Expr::Set(set) => self.elements(&set.elts, expr, scope, Value::Set),
            Expr::Dict(dict) => self.dict(dict, expr, scope),
            Expr::BinOp(op) => self.binary_chain(op, expr, scope),
            Expr::BoolOp(op) => self.bool_op(op.op, &op.values, expr, scope),
            Expr::UnaryOp(op) => self.unary(op.op, &op.operand, expr, scope),
            Expr::Compare(compare) => self.compare(compare, expr, scope),
            Expr::If(choice) => match self.truth_of(&choice.test, scope) {
                Some(true) => self.eval(&choice.body, scope),
                Some(false) => self.eval(&choice.orelse, scope),
                None => self.unknown(expr, scope, "its condition is only known at run time"),
            },
            Expr::Lambda(lambda) => Value::Function(Rc::new(Function {
                name: Rc::from("<lambda>"),
                file: scope.file(),
                place: self.place(lambda, scope),
                decorated: false,
                kind: FunctionKind::Plain,
                parameters: lambda.parameters.as_deref(),
                code: Code::Expression(&lambda.body),
                scope: scope.clone(),
                is_async: false,
                docstring: None,
            })),
            Expr::ListComp(comp) => self.comprehension(&comp.elt, &comp.generators, expr, scope, Value::List),
            Expr::SetComp(comp) => self.comprehension(&comp.elt, &comp.generators, expr, scope, Value::Set),
            Expr::Generator(comp) => self.comprehension(&comp.elt, &comp.generators, expr, scope, Value::Tuple),
            Expr::DictComp(comp) => self.dict_comprehension(comp.key.as_deref(), &comp.value, &comp.generators, expr, scope),
            Expr::Named(named) => {
                let value = self.eval(&named.value, scope);
                if let (Expr::Name(name), Some(variables)) = (named.target.as_ref(), scope.variables()) {
                    self.cycles.frame(&scope.0);
                    variables.borrow_mut().insert(Rc::from(name.id.as_str()), value.clone());
                }
                value
            }
            Expr::Slice(slice) => {
                let part = |part: &'a Option<Box<Expr>>| part.as_deref().map_or(Value::None, |part| self.eval(part, scope));
                Value::Tuple(Rc::new(vec![
                    Value::external("builtins.slice"),
                    part(&slice.lower),
                    part(&slice.upper),
                    part(&slice.step),
                ]))
            }
            Expr::Starred(_)
            | Expr::Await(_)
            | Expr::Yield(_)
            | Expr::YieldFrom(_)
            | Expr::TString(_)
            | Expr::IpyEscapeCommand(_) => self.unknown(expr, scope, "it is only known at run time"),
        }
    }

    /// Evaluates an expression that is assigned to `name`. The name is unused: a type variable gets its name as an argument.
    pub(super) fn eval_named(&self, expr: &'a Expr, _name: &str, scope: &Scope<'a>) -> Value<'a> {
        self.eval(expr, scope)
    }

    fn name(&self, expr: &'a Expr, name: &str, scope: &Scope<'a>) -> Value<'a> {
        if let Some(value) = self.lookup(name, scope) {
            return value;
        }
        match name {
            "__name__" => Value::str(&self.file(scope.file()).module),
            "__debug__" => Value::Bool(true),
            "__file__" => super::path::file_of(scope.file()),
            _ if super::builtin::is_builtin(name) => Value::external(format!("builtins.{name}")),
            _ => self.unknown(expr, scope, format!("`{name}` is not defined")),
        }
    }

    fn elements(
        &self,
        elements: &'a [Expr],
        whole: &'a Expr,
        scope: &Scope<'a>,
        make: fn(Rc<Vec<Value<'a>>>) -> Value<'a>,
    ) -> Value<'a> {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            if let Expr::Starred(starred) = element {
                match self.iterate(&self.eval(&starred.value, scope)) {
                    Some(more) => values.extend(more),
                    None => return self.unknown(whole, scope, "a starred part is only known at run time"),
                }
            } else {
                values.push(self.eval(element, scope));
            }
        }
        make(Rc::new(values))
    }

    fn dict(&self, dict: &'a ruff_python_ast::ExprDict, whole: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let mut items: Vec<(Value<'a>, Value<'a>)> = Vec::with_capacity(dict.items.len());
        for item in &dict.items {
            let value = self.eval(&item.value, scope);
            match &item.key {
                Some(key) => insert(&mut items, self.eval(key, scope), value),
                None => match value {
                    Value::Dict(more) => more.iter().cloned().for_each(|(key, value)| insert(&mut items, key, value)),
                    _ => return self.unknown(whole, scope, "a `**` part is only known at run time"),
                },
            }
        }
        Value::Dict(Rc::new(items))
    }

    /// Evaluates `a + b + c + ...` from the left and without recursion, because generated code chains thousands of operands.
    fn binary_chain(&self, op: &'a ruff_python_ast::ExprBinOp, whole: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let mut chain = vec![op];
        let mut left = op.left.as_ref();
        while let Expr::BinOp(inner) = left {
            chain.push(inner);
            left = inner.left.as_ref();
        }
        let mut value = self.eval(left, scope);
        for op in chain.into_iter().rev() {
            if self.steps.get() == 0 {
                return self.unknown(whole, scope, "it takes too many steps to compute");
            }
            let right = self.eval(&op.right, scope);
            let Some(result) = self.binary(&value, op.op, &right) else {
                let cause = [&value, &right].into_iter().find_map(|side| match side {
                    Value::Unknown(unknown) => Some(unknown.reason.clone()),
                    _ => None,
                });
                return self.unknown(whole, scope, cause.unwrap_or_else(|| "it is only known at run time".to_owned()));
            };
            value = self.bounded(result, whole, scope);
        }
        value
    }

    fn bool_op(&self, op: BoolOp, values: &'a [Expr], whole: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let stops_at = op == BoolOp::Or;
        let mut last = Value::None;
        for value in values {
            last = self.eval(value, scope);
            match last.truth() {
                Some(truth) if truth == stops_at => return last,
                Some(_) => {}
                None => return self.unknown(whole, scope, "it is only known at run time"),
            }
        }
        last
    }

    fn unary(&self, op: UnaryOp, operand: &'a Expr, whole: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        let value = self.eval(operand, scope);
        let result = match (op, &value) {
            (UnaryOp::Not, value) => value.truth().map(|truth| Value::Bool(!truth)),
            (UnaryOp::USub, Value::Int(int)) => int.checked_neg().map(Value::Int),
            (UnaryOp::USub, Value::Float(float)) => Some(Value::Float(-float)),
            (UnaryOp::UAdd, Value::Int(_) | Value::Float(_)) => Some(value.clone()),
            (UnaryOp::Invert, Value::Int(int)) => Some(Value::Int(!int)),
            (UnaryOp::USub | UnaryOp::Invert, Value::Bool(truth)) => {
                Some(Value::Int(if op == UnaryOp::USub { -i64::from(*truth) } else { !i64::from(*truth) }))
            }
            _ => None,
        };
        result.unwrap_or_else(|| self.unknown(whole, scope, "it is only known at run time"))
    }

    fn comprehension(
        &self,
        element: &'a Expr,
        generators: &'a [Comprehension],
        whole: &'a Expr,
        scope: &Scope<'a>,
        make: fn(Rc<Vec<Value<'a>>>) -> Value<'a>,
    ) -> Value<'a> {
        let frame = Scope::frame(scope, HashMap::new());
        let mut values = Vec::new();
        let done = self.generate(generators, &frame, &mut |frame| values.push(self.eval(element, frame)));
        done.map_or_else(
            || self.unknown(whole, scope, "what it iterates over is only known at run time"),
            |()| make(Rc::new(values)),
        )
    }

    fn dict_comprehension(
        &self,
        key: Option<&'a Expr>,
        value: &'a Expr,
        generators: &'a [Comprehension],
        whole: &'a Expr,
        scope: &Scope<'a>,
    ) -> Value<'a> {
        let frame = Scope::frame(scope, HashMap::new());
        let mut items = Vec::new();
        let done = self.generate(generators, &frame, &mut |frame| match key {
            Some(key) => insert(&mut items, self.eval(key, frame), self.eval(value, frame)),
            None => {
                if let Value::Dict(more) = self.eval(value, frame) {
                    more.iter().cloned().for_each(|(key, value)| insert(&mut items, key, value));
                }
            }
        });
        done.map_or_else(
            || self.unknown(whole, scope, "what it iterates over is only known at run time"),
            |()| Value::Dict(Rc::new(items)),
        )
    }

    /// Calls `each` for every combination of the generators that meets their conditions. `None`: one of them is undecided.
    fn generate(&self, generators: &'a [Comprehension], frame: &Scope<'a>, each: &mut dyn FnMut(&Scope<'a>)) -> Option<()> {
        let Some((first, rest)) = generators.split_first() else {
            each(frame);
            return Some(());
        };
        for item in self.iterate(&self.eval(&first.iter, frame))? {
            let _guard = self.enter()?;
            self.assign(&first.target, item, frame);
            let mut passes = true;
            for condition in &first.ifs {
                passes = passes && self.truth_of(condition, frame)?;
            }
            if passes {
                self.generate(rest, frame, each)?;
            }
        }
        Some(())
    }

    /// The values over which an iteration goes, in order.
    pub(super) fn iterate(&self, value: &Value<'a>) -> Option<Vec<Value<'a>>> {
        const LONGEST: usize = 10_000;
        Some(match value {
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.to_vec(),
            Value::Dict(items) => items.iter().map(|(key, _)| key.clone()).collect(),
            Value::Str(text) => text.chars().map(|c| Value::str(c.to_string())).collect(),
            Value::Class(class) if self.is_enum(class) => self.members(class).iter().cloned().map(Value::Member).collect(),
            Value::Call(call) if matches!(&call.callee, Value::External(path) if &**path == "builtins.range") => {
                let ints: Option<Vec<i64>> =
                    call.positional.iter().map(|v| if let Value::Int(i) = v { Some(*i) } else { None }).collect();
                let (first, end, step) = match ints?.as_slice() {
                    [end] => (0, *end, 1),
                    [first, end] => (*first, *end, 1),
                    [first, end, step] if *step != 0 => (*first, *end, *step),
                    _ => return None,
                };
                let inside = |at: &i64| if step > 0 { *at < end } else { *at > end };
                let mut values = Vec::new();
                let mut at = first;
                while inside(&at) {
                    if values.len() >= LONGEST {
                        return None;
                    }
                    values.push(Value::Int(at));
                    at = at.checked_add(step)?;
                }
                values
            }
            _ => return None,
        })
    }
}

/// Inserts an item into a dictionary: an equal key keeps its position and gets the new value.
pub(super) fn insert<'a>(items: &mut Vec<(Value<'a>, Value<'a>)>, key: Value<'a>, value: Value<'a>) {
    match items.iter_mut().find(|(known, _)| known.equals(&key) == Some(true)) {
        Some(item) => item.1 = value,
        None => items.push((key, value)),
    }
}
