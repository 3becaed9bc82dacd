//! Classes as arguments: what receives them, and the functions of the project into which they are followed.

use std::rc::Rc;

use hashbrown::HashMap;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::{Ranged, TextRange};

use super::condition::last_name;
use super::tables::{ADAPTERS, LOOKERS, MAKERS};
use super::walk::{DEEPEST, Walk, unknown_parameter};
use super::{ClassNames, ClassUse, Given, How, Uses};
use crate::eval::Scope;
use crate::eval::value::{Class, Code, Function, Value};

impl<'a> Walk<'_, 'a> {
    /// A call of something other than a class, which may receive classes as arguments.
    pub(super) fn handed(&mut self, call: &'a ExprCall) {
        let name = last_name(&call.func).unwrap_or_default();
        let looks = LOOKERS.contains(&name);
        if ADAPTERS.contains(&name) {
            return self.adapted(call);
        }
        let before = std::mem::replace(&mut self.ignoring, looks);
        for (at, argument) in call.arguments.args.iter().enumerate() {
            match self.class_at(argument) {
                Some(class) if !looks => self.argument(&class, Ok(at), argument, call, name),
                Some(_) => {}
                None => self.visit_expr(argument),
            }
        }
        for keyword in &call.arguments.keywords {
            let by = keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str);
            match (self.class_at(&keyword.value), by) {
                (Some(_), Some("__base__" | "bound" | "response_model" | "return_type")) => {}
                (Some(class), Some("default_factory")) => {
                    self.add(class, How::Called { given: Given::default(), by: Some("default_factory".to_owned()) }, keyword);
                }
                (Some(class), Some(by)) if !looks => self.argument(&class, Err(by), &keyword.value, call, name),
                (Some(_), _) => {}
                (None, _) => self.visit_expr(&keyword.value),
            }
        }
        self.ignoring = before;
    }

    /// `TypeAdapter(list[Settings])`: whatever it validates is created from data.
    fn adapted(&mut self, call: &'a ExprCall) {
        let by = self.source(&call.func).to_owned();
        let name = last_name(&call.func).unwrap_or_default();
        if let Some(class) = call.arguments.args.first().and_then(|argument| self.class_at(argument))
            && let Some(given) = self.given_by_data(name, call, 1)
        {
            return self.add(class, How::Called { given, by: Some(by) }, call);
        }
        for argument in call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value)) {
            for class in self.classes_in(argument) {
                self.add(class, How::FromData(by.clone()), argument);
            }
            self.in_types(argument);
        }
    }

    /// `TypeAdapter(Settings).validate_python({"name": "n"})`: literal data is like keyword arguments.
    pub(super) fn validated(&mut self, call: &'a ExprCall) -> bool {
        let Expr::Attribute(method) = call.func.as_ref() else { return false };
        let Expr::Call(adapter) = method.value.as_ref() else { return false };
        let is_adapter = last_name(&adapter.func).is_some_and(|name| ADAPTERS.contains(&name));
        let Some(argument) = adapter.arguments.args.first().filter(|_| is_adapter) else { return false };
        let Some(class) = self.class_at(argument) else { return false };
        let Some(given) = self.given_by_data(method.attr.as_str(), call, 0) else { return false };
        let by = Some(format!("{}.{}", self.source(&adapter.func), method.attr));
        self.add(class, How::Called { given, by }, call);
        true
    }

    /// A class as an argument, by position or keyword.
    fn argument(&mut self, class: &Rc<Class<'a>>, slot: Result<usize, &str>, at: &'a Expr, call: &'a ExprCall, name: &str) {
        let callee = self.source(&call.func).to_owned();
        let is_run = name == "run" && callee.ends_with("CliApp.run");
        if MAKERS.contains(&name) || is_run {
            let rest = if name == "partial" { self.given(&call.arguments) } else { Given::default() };
            return self.add(Rc::clone(class), How::Called { given: rest, by: Some(callee) }, at);
        }
        if name == "create_model" {
            return;
        }
        if !self.argument_of_function(class, slot, call) {
            self.add(Rc::clone(class), How::HandedOn(format!("passed to `{callee}`")), at);
        }
    }

    /// Follows a class into the function of the project that receives it. `false`: there is no such function, or it cannot be
    /// followed.
    fn argument_of_function(&mut self, class: &Rc<Class<'a>>, slot: Result<usize, &str>, call: &'a ExprCall) -> bool {
        let (function, bound) = match self.eval(&call.func) {
            Value::Function(function) => (function, None),
            Value::Method(method) => match &method.function {
                Some(function) => (Rc::clone(function), Some(method.receiver.clone())),
                None => return false,
            },
            _ => return false,
        };
        let Some(parameters) = function.parameters else { return false };
        let skipped = usize::from(bound.is_some());
        let takes = match slot {
            Ok(at) => parameters.posonlyargs.iter().chain(&parameters.args).nth(at + skipped).is_some(),
            Err(name) => parameters.iter_non_variadic_params().any(|parameter| parameter.parameter.name.as_str() == name),
        };
        if !takes || !self.may_follow() {
            return false;
        }
        let scope = self.scope();
        let (positional, keywords, _) = self.evaluator.arguments(&call.arguments, &scope);
        let positional = bound.into_iter().chain(positional).collect();
        self.follow(&function, positional, keywords, &Value::Class(Rc::clone(class)), call);
        true
    }

    pub(super) fn may_follow(&self) -> bool {
        self.depth < DEEPEST && self.sought.follows.get() > 0
    }

    /// Walks the body of a function with the arguments of a call. It looks for uses of `sought`, and for parameters with that
    /// value; if `sought` is `None`, for uses of all classes.
    pub(super) fn follow(
        &mut self,
        function: &Rc<Function<'a>>,
        positional: Vec<Value<'a>>,
        keywords: Vec<(Rc<str>, Value<'a>)>,
        sought: &Value<'a>,
        call: &'a ExprCall,
    ) {
        if !self.may_follow() {
            if let Value::Class(class) = sought {
                self.add(Rc::clone(class), How::HandedOn("passed on too far to follow".to_owned()), call);
            }
            return;
        }
        self.sought.follows.set(self.sought.follows.get() - 1);
        let bound = self.evaluator.bind_parameters(function, positional.clone(), keywords.clone());
        let bound = bound.unwrap_or_else(|| loosely_bound(function, positional, keywords));
        let is_it = |value: &Value<'a>| matches!((value, sought), (Value::Class(a), Value::Class(b)) if Rc::ptr_eq(a, b));
        let names = bound.iter().filter(|(_, value)| is_it(value)).map(|(name, _)| name.to_string());
        let more = ClassNames::new(names);
        let prefix: Rc<str> = Rc::from(format!("{}.<locals>.", function.name));
        let frame = Scope::frame_named(&function.scope, bound, Rc::clone(&prefix));
        let from = self.from.clone().unwrap_or_else(|| self.text.place_at(call.start()));
        let (base, body) = match function.code {
            Code::Statements(body) => (Scope::statements(body, false, Some(frame), function.file, prefix), Some(body)),
            Code::Expression(_) => (frame, None),
        };
        let mut inner = Walk {
            evaluator: self.evaluator,
            sought: self.sought,
            file: function.file,
            text: self.evaluator.file(function.file),
            spots: Vec::new(),
            more: Some(more),
            base,
            frames: Vec::new(),
            function: body.map(|body| (function.parameters, body)),
            conditions: self.conditions.clone(),
            ignoring: false,
            from: Some(from),
            depth: self.depth + 1,
            found: Uses::default(),
        };
        let range = match function.code {
            Code::Statements([first, .., last]) => TextRange::new(first.start(), last.end()),
            Code::Statements([only]) => only.range(),
            Code::Statements([]) => return,
            Code::Expression(body) => body.range(),
        };
        inner.find_spots(range);
        match function.code {
            Code::Statements(body) => inner.visit_body(body),
            Code::Expression(body) => inner.visit_expr(body),
        }
        // The walk over the function's own file finds the classes that the function names itself, unless its parameters decide
        // how they are created.
        let whole = matches!(sought, Value::None);
        let is_sought =
            |found: &ClassUse<'a>| whole || matches!(sought, Value::Class(class) if Rc::ptr_eq(class, &found.class));
        self.found.uses.extend(inner.found.uses.into_iter().filter(is_sought));
        self.found.called.extend(inner.found.called);
    }
}

/// The parameters of a function, as far as they are known.
fn loosely_bound<'a>(
    function: &Function<'a>,
    positional: Vec<Value<'a>>,
    keywords: Vec<(Rc<str>, Value<'a>)>,
) -> HashMap<Rc<str>, Value<'a>> {
    let Some(parameters) = function.parameters else { return HashMap::new() };
    let mut given = positional.into_iter();
    let mut bound = HashMap::new();
    for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
        let name = parameter.parameter.name.as_str();
        bound.insert(Rc::from(name), given.next().unwrap_or_else(|| unknown_parameter(name, &function.place)));
    }
    for parameter in &parameters.kwonlyargs {
        let name = parameter.parameter.name.as_str();
        bound.insert(Rc::from(name), unknown_parameter(name, &function.place));
    }
    for (name, value) in keywords {
        if let Some(known) = bound.get_mut(&name) {
            *known = value;
        }
    }
    bound
}
