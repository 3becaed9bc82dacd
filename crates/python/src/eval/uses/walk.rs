//! The walk over expressions: which of them use a class, and how.

use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{BoolOp, Expr, ExprCall, ExprDict, ExprIf, Operator, Parameters, Stmt};
use ruff_text_size::{Ranged, TextLen, TextRange};

use super::condition::last_name;
use super::statements::Frame;
use super::tables::{FROM_DATA, PLAIN};
use super::{Choice, ClassNames, ClassUse, Condition, FunctionKey, Given, How, Sought, Uses};
use crate::eval::attribute::class_of;
use crate::eval::value::{Class, Unknown, Value};
use crate::eval::{Evaluator, Scope};
use crate::file::SourceFile;
use crate::modules::FileId;
use takk_model::Place;

/// The maximum depth of functions into which a class is followed.
pub(super) const DEEPEST: u32 = 4;

/// The walk over a file, or over the body of a function with the arguments of a call.
pub(super) struct Walk<'w, 'a> {
    pub evaluator: &'w Evaluator<'a>,
    pub sought: &'w Sought<'w, 'a>,
    pub file: FileId,
    pub text: &'a SourceFile,
    /// The offsets of the names that matter.
    pub(super) spots: Vec<u32>,
    /// Names that also matter in this file or function.
    pub(super) more: Option<ClassNames>,
    /// The scope in which the walk starts.
    pub base: Scope<'a>,
    /// The enclosing functions and classes.
    pub frames: Vec<Frame<'a>>,
    /// The function that is being followed, if any: its parameters and body.
    pub(super) function: Option<(Option<&'a Parameters>, &'a [Stmt])>,
    pub conditions: Vec<Condition>,
    /// Whether a class that is only mentioned does not matter here, as in types and comparisons.
    pub ignoring: bool,
    /// The call through which the walk reached the function, if any.
    pub(super) from: Option<Place>,
    pub(super) depth: u32,
    pub found: Uses<'a>,
}

impl<'w, 'a> Walk<'w, 'a> {
    pub(super) fn new(evaluator: &'w Evaluator<'a>, sought: &'w Sought<'w, 'a>, file: FileId) -> Self {
        let text = evaluator.file(file);
        let aliases = super::statements::import_aliases(text.body(), sought.names);
        let more = (!aliases.is_empty()).then(|| ClassNames::new(aliases.iter().cloned()));
        let mut walk = Self {
            evaluator,
            sought,
            file,
            text,
            spots: Vec::new(),
            more,
            base: evaluator.module_scope(file),
            frames: Vec::new(),
            function: None,
            conditions: Vec::new(),
            ignoring: false,
            from: None,
            depth: 0,
            found: Uses { aliases, ..Uses::default() },
        };
        walk.find_spots(TextRange::up_to(text.text.text_len()));
        walk
    }

    pub(super) fn module(&mut self) {
        self.visit_body(self.text.body());
    }

    pub(super) fn into_found(self) -> Uses<'a> {
        self.found
    }

    pub(super) fn find_spots(&mut self, range: TextRange) {
        let text = self.text.text.get(range.to_std_range()).unwrap_or_default().as_bytes();
        let found = self.sought.names.spots(text).chain(self.more.iter().flat_map(|more| more.spots(text)));
        self.spots = found.map(|spot| spot + range.start().to_u32()).collect();
        self.spots.sort_unstable();
    }

    /// Whether a name that matters occurs in a range of the text.
    pub(super) fn matters(&self, range: TextRange) -> bool {
        let from = self.spots.partition_point(|spot| *spot < range.start().to_u32());
        self.spots.get(from).is_some_and(|spot| *spot < range.end().to_u32())
    }

    fn is_sought(&self, name: &str) -> bool {
        self.sought.names.contains(name) || self.more.as_ref().is_some_and(|more| more.contains(name))
    }

    /// The parameters and body of the innermost function.
    pub(super) fn innermost_function(&self) -> Option<(Option<&'a Parameters>, &'a [Stmt])> {
        let of_frame = |frame: &Frame<'a>| frame.function().map(|def| (Some(&*def.parameters), def.body.as_slice()));
        self.frames.iter().rev().find_map(of_frame).or(self.function)
    }

    pub(super) fn eval(&mut self, expr: &'a Expr) -> Value<'a> {
        let scope = self.scope();
        self.evaluator.eval(expr, &scope)
    }

    pub(super) fn source(&self, expr: &Expr) -> &'a str {
        self.text.source_of(expr)
    }

    /// The class to which an expression refers, if its uses count.
    pub(super) fn class_at(&mut self, expr: &'a Expr) -> Option<Rc<Class<'a>>> {
        let name = match expr {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Subscript(subscript) => {
                let class = self.class_at(&subscript.value)?;
                return Some(class);
            }
            _ => return None,
        };
        if !self.is_sought(name) {
            return None;
        }
        let value = self.eval(expr);
        class_of(&value).filter(|class| (self.sought.counts)(class))
    }

    pub(super) fn add(&mut self, class: Rc<Class<'a>>, how: How<'a>, at: &impl Ranged) {
        let place = self.from.clone().unwrap_or_else(|| self.text.place_at(at.start()));
        let condition = match self.conditions.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            // Under nested conditions, it is not certain that any of the branches runs.
            [.., last] => Some(Condition { choice: None, ..last.clone() }),
        };
        let within = match &how {
            How::Called { given, .. } if given.options.iter().any(|(_, value)| value.is_unknown()) => self.function_key(),
            _ => None,
        };
        self.found.uses.push(ClassUse { class, how, place, condition, within });
    }

    /// Adds a class that is used as a value.
    fn value(&mut self, class: Rc<Class<'a>>, phrase: &str, at: &'a Expr) {
        if !self.ignoring {
            self.add(class, How::HandedOn(phrase.to_owned()), at);
        }
    }

    fn call(&mut self, call: &'a ExprCall) {
        if let Some(class) = self.class_at(&call.func) {
            let given = self.given(&call.arguments);
            self.add(class, How::Called { given, by: None }, call);
        } else if let Expr::Attribute(method) = call.func.as_ref()
            && let Some(class) = self.class_at(&method.value)
        {
            self.method(&class, method.attr.as_str(), call);
        } else if self.validated(call) {
            return;
        } else if !self.factory(call) {
            self.visit_expr(&call.func);
            self.handed(call);
            return;
        }
        let before = std::mem::replace(&mut self.ignoring, false);
        self.visit_arguments(&call.arguments);
        self.ignoring = before;
    }

    /// `Settings.load()`
    fn method(&mut self, class: &Rc<Class<'a>>, name: &str, call: &'a ExprCall) {
        if FROM_DATA.contains(&name) {
            let by = format!("{name}(...)");
            let how = match self.given_by_data(name, call, 0) {
                Some(given) => How::Called { given, by: Some(by) },
                None => How::FromData(by),
            };
            return self.add(Rc::clone(class), how, call);
        }
        if PLAIN.contains(&name) || name.starts_with("__") {
            return;
        }
        let own = Value::Class(Rc::clone(class));
        match self.evaluator.class_attribute(class, name, &own) {
            Some(Value::Method(method)) => {
                let Some(function) = &method.function else { return };
                let scope = self.scope();
                let (positional, keywords, _) = self.evaluator.arguments(&call.arguments, &scope);
                let positional = std::iter::once(own.clone()).chain(positional).collect();
                self.follow(function, positional, keywords, &own, call);
            }
            Some(_) => {}
            None => self.add(Rc::clone(class), How::HandedOn(format!("`{name}(...)` of it is called")), call),
        }
    }

    /// Follows the call of a function whose parameters decide what it creates.
    fn factory(&mut self, call: &'a ExprCall) -> bool {
        if self.sought.factories.is_empty() || !last_name(&call.func).is_some_and(|name| self.is_sought(name)) {
            return false;
        }
        let callee = self.eval(&call.func);
        let (function, receiver) = match &callee {
            Value::Function(function) => (function, None),
            Value::Method(method) => match &method.function {
                Some(function) => (function, Some(method.receiver.clone())),
                None => return false,
            },
            _ => return false,
        };
        let key = FunctionKey { name: function.name.to_string(), place: function.place.clone() };
        if !self.sought.factories.contains(&key) {
            return false;
        }
        let scope = self.scope();
        let (positional, keywords, _) = self.evaluator.arguments(&call.arguments, &scope);
        let positional = receiver.into_iter().chain(positional).collect();
        self.follow(function, positional, keywords, &Value::None, call);
        self.found.called.push(key);
        true
    }

    /// `{"dev": Dev, "prod": Prod}`: usually, the program instantiates one of them.
    fn dictionary(&mut self, dict: &'a ExprDict) {
        for key in dict.iter_keys().flatten() {
            let before = std::mem::replace(&mut self.ignoring, true);
            self.visit_expr(key);
            self.ignoring = before;
        }
        let classes: Vec<Option<Rc<Class<'a>>>> = dict.items.iter().map(|item| self.class_at(&item.value)).collect();
        let all = classes.iter().all(Option::is_some) && classes.len() > 1;
        let branches = u32::try_from(classes.len()).unwrap_or(u32::MAX);
        for (branch, (item, class)) in (0_u32..).zip(dict.items.iter().zip(classes)) {
            match class {
                Some(class) if all && self.conditions.is_empty() && !self.ignoring => {
                    let choice = Choice { at: (self.file, dict.start().to_u32()), branch, branches };
                    let text = match &item.key {
                        Some(key) => format!("if `{}` is chosen", self.source(key)),
                        None => "if it is chosen".to_owned(),
                    };
                    self.conditions.push(Condition { text, choice: Some(choice) });
                    self.add(class, How::Called { given: Given::default(), by: None }, &item.value);
                    self.conditions.pop();
                }
                Some(class) => self.value(class, "in a dictionary", &item.value),
                None => self.visit_expr(&item.value),
            }
        }
    }

    /// `Prod() if production else Dev()`, `(Prod if production else Dev)()`
    fn either(&mut self, choice: &'a ExprIf) {
        self.visit_expr(&choice.test);
        let test = super::condition::test_of(&choice.test, self.text);
        let written = self.source(&choice.test).to_owned();
        for (branch, (body, text)) in
            (0_u32..).zip([(&*choice.body, format!("if `{written}`")), (&*choice.orelse, format!("if not `{written}`"))])
        {
            let open = test == super::condition::Test::Open;
            if open {
                let choice = Some(Choice { at: (self.file, choice.start().to_u32()), branch, branches: 2 });
                self.conditions.push(Condition { text, choice });
            }
            match self.class_at(body) {
                Some(class) if !self.ignoring => {
                    self.add(class, How::Called { given: Given::default(), by: None }, body);
                }
                Some(_) => {}
                None => self.visit_expr(body),
            }
            if open {
                self.conditions.pop();
            }
        }
    }

    /// Walks a type: it only mentions classes, but calls in it are real.
    pub(super) fn in_types(&mut self, expr: &'a Expr) {
        let before = std::mem::replace(&mut self.ignoring, true);
        if self.source(expr).contains("Depends()") {
            self.injected(expr);
        }
        self.visit_expr(expr);
        self.ignoring = before;
    }

    /// `Annotated[Settings, Depends()]` instantiates the type itself.
    pub(super) fn injected(&mut self, annotation: &'a Expr) {
        let inner = match annotation {
            Expr::Subscript(subscript) => match subscript.slice.as_ref() {
                Expr::Tuple(tuple) => tuple.elts.first().unwrap_or(&subscript.slice),
                other => other,
            },
            Expr::Tuple(tuple) => tuple.elts.first().unwrap_or(annotation),
            other => other,
        };
        if let Some(class) = self.class_at(inner) {
            self.add(class, How::Called { given: Given::default(), by: Some("Depends".to_owned()) }, inner);
        }
    }
}

/// The value of a parameter without a known caller.
pub(super) fn unknown_parameter<'a>(name: &str, place: &Place) -> Value<'a> {
    Value::Unknown(Rc::new(Unknown {
        expression: name.to_owned(),
        reason: "the caller of the function decides".to_owned(),
        place: place.clone(),
        import: None,
    }))
}

impl<'a> Visitor<'a> for Walk<'_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.matters(stmt.range()) {
            self.statement(stmt);
        }
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        if self.matters(annotation.range()) {
            self.in_types(annotation);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !self.matters(expr.range()) {
            return;
        }
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Name(_) => {
                if let Some(class) = self.class_at(expr) {
                    self.value(class, "used as a value", expr);
                }
            }
            Expr::Attribute(attribute) => {
                if let Some(class) = self.class_at(expr) {
                    self.value(class, "used as a value", expr);
                } else if self.class_at(&attribute.value).is_none() {
                    self.visit_expr(&attribute.value);
                }
            }
            Expr::Subscript(subscript) => {
                if self.class_at(&subscript.value).is_none() {
                    self.visit_expr(&subscript.value);
                }
                if self.source(expr).contains("Depends()") {
                    self.injected(expr);
                }
                let before = std::mem::replace(&mut self.ignoring, true);
                self.visit_expr(&subscript.slice);
                self.ignoring = before;
            }
            Expr::Compare(_) => {
                let before = std::mem::replace(&mut self.ignoring, true);
                walk_expr(self, expr);
                self.ignoring = before;
            }
            Expr::BinOp(op) if op.op == Operator::BitOr => {
                let before = std::mem::replace(&mut self.ignoring, true);
                walk_expr(self, expr);
                self.ignoring = before;
            }
            Expr::Dict(dict) => self.dictionary(dict),
            Expr::If(choice) => self.either(choice),
            Expr::BoolOp(op) if op.op == BoolOp::And => {
                let (first, rest) = op.values.split_first().expect("`and` has two sides");
                self.visit_expr(first);
                let open = super::condition::test_of(first, self.text) == super::condition::Test::Open;
                if open {
                    let text = format!("if `{}`", self.source(first));
                    self.conditions.push(Condition { text, choice: None });
                }
                for value in rest {
                    self.visit_expr(value);
                }
                if open {
                    self.conditions.pop();
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}
