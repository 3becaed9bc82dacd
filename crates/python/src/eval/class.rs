//! Classes: creation, method resolution order, body, and enums.

use std::cell::RefCell;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtTypeAlias};
use ruff_text_size::{Ranged, TextRange};

use super::attribute::class_of;
use super::call::Site;
use super::{Evaluator, Scope};
use crate::eval::value::{Alias, AliasTarget, Class, ClassCache, Code, Function, FunctionKind, Member, Value};
use takk_model::Place;

/// What one statement of a class body declares.
#[derive(Clone)]
pub struct ClassMember<'a> {
    pub name: Rc<str>,
    pub annotation: Option<Annotation<'a>>,
    pub assigned: bool,
    pub place: Place,
    /// The string literal that follows the statement.
    pub docstring: Option<Rc<str>>,
    /// Whether the condition around it is only known at run time.
    pub undecided: bool,
    value: Option<(&'a Expr, Scope<'a>)>,
    ready: Option<Value<'a>>,
}

/// An annotation, either as written or as a value.
#[derive(Clone)]
pub enum Annotation<'a> {
    /// As written, with the scope in which it is evaluated.
    Written(AnnotationSource<'a>),
    Known(Value<'a>),
}

#[derive(Clone)]
pub struct AnnotationSource<'a> {
    pub(super) expr: &'a Expr,
    pub(super) scope: Scope<'a>,
}

impl<'a> ClassMember<'a> {
    pub fn value(&self, evaluator: &Evaluator<'a>) -> Option<Value<'a>> {
        if let Some(ready) = &self.ready {
            return Some(ready.clone());
        }
        let (expr, scope) = self.value.as_ref()?;
        let _guard = evaluator.enter()?;
        Some(evaluator.eval(expr, scope))
    }

    /// The source of the assigned value.
    pub fn value_source(&self, evaluator: &Evaluator<'a>) -> String {
        self.value.as_ref().map(|(expr, scope)| evaluator.source(*expr, scope)).unwrap_or_default()
    }
}

/// The maximum length of a resolution order, since each class merges the orders of all of its bases.
const LONGEST_ORDER: usize = 256;

impl<'a> Evaluator<'a> {
    /// The class that a `class` statement creates, with its decorators applied.
    pub(super) fn class(&self, def: &'a StmtClassDef, scope: &Scope<'a>) -> Value<'a> {
        let prefix = &scope.0.prefix;
        let qualname: Rc<str> = Rc::from([&**prefix, def.name.as_str()].concat());
        let outer = with_type_parameters(def, &scope.enclosing());
        let inner = Scope::statements(&def.body, true, Some(outer.clone()), scope.file(), Rc::from([&*qualname, "."].concat()));
        // With type parameters, the bases see these. Without, they see the names of the enclosing class, which the body does
        // not.
        let scope = if def.type_params.is_some() { &outer } else { scope };
        let mut bases = Vec::new();
        let mut keywords = Vec::new();
        for argument in def.arguments.iter().flat_map(|arguments| arguments.args.iter()) {
            match argument {
                Expr::Starred(starred) => bases.extend(self.iterate(&self.eval(&starred.value, scope)).unwrap_or_default()),
                plain => bases.push(self.eval(plain, scope)),
            }
        }
        for keyword in def.arguments.iter().flat_map(|arguments| arguments.keywords.iter()) {
            let value = self.eval(&keyword.value, scope);
            match (&keyword.arg, value) {
                (Some(name), value) => keywords.push((Rc::from(name.as_str()), value)),
                (None, Value::Dict(items)) => {
                    keywords.extend(items.iter().filter_map(|(k, v)| Some((Rc::from(k.as_str()?), v.clone()))));
                }
                (None, _) => {}
            }
        }
        let class = Rc::new(Class {
            name: Rc::from(def.name.as_str()),
            qualname,
            module: Rc::from(self.file(scope.file()).module.as_str()),
            file: scope.file(),
            place: self.place(&def.name, scope),
            bases,
            keywords,
            decorators: def.decorator_list.iter().map(|decorator| self.decorator_name(&decorator.expression, scope)).collect(),
            definition: Some(def),
            scope: Some(inner),
            attributes: RefCell::default(),
            made_fields: Vec::new(),
            found: RefCell::default(),
        });
        let own = Rc::clone(&class);
        let decorated = def.decorator_list.iter().rev().fold(Value::Class(class), |class, decorator| {
            let decorate = self.eval(&decorator.expression, scope);
            let site =
                Site { source: Rc::from(self.source(&decorator.expression, scope)), place: self.place(&def.name, scope) };
            match self.apply(&decorate, vec![class.clone()], Vec::new(), Some(&site)) {
                Some(result @ Value::Class(_)) => result,
                _ => class,
            }
        });
        match decorated {
            Value::Class(made) if !Rc::ptr_eq(&made, &own) && made.qualname.contains("<locals>") => {
                Value::Class(Rc::new(made.renamed(&own)))
            }
            other => other,
        }
    }

    /// The value of a decorator, without the call around it.
    fn decorator_name(&self, decorator: &'a Expr, scope: &Scope<'a>) -> Value<'a> {
        match decorator {
            Expr::Call(call) => self.eval(&call.func, scope),
            plain => self.eval(plain, scope),
        }
    }

    /// The function that a `def` statement creates.
    pub(super) fn function(&self, def: &'a StmtFunctionDef, scope: &Scope<'a>) -> Value<'a> {
        let mut kind = FunctionKind::Plain;
        let mut decorated = false;
        for decorator in &def.decorator_list {
            let text = self.source(&decorator.expression, scope);
            let name = text.split('(').next().unwrap_or(&text).rsplit('.').next().unwrap_or(&text);
            match name {
                "staticmethod" => kind = FunctionKind::StaticMethod,
                "classmethod" => kind = FunctionKind::ClassMethod,
                "property" | "cached_property" | "computed_field" => kind = FunctionKind::Property,
                "lru_cache" | "cache" | "wraps" | "override" | "final" | "deprecated" | "no_type_check" => {}
                "abstractmethod" | "field_validator" | "model_validator" | "validator" | "root_validator" => {}
                _ => decorated = true,
            }
        }
        Value::Function(Rc::new(Function {
            name: Rc::from(def.name.as_str()),
            file: scope.file(),
            place: self.place(&def.name, scope),
            decorated,
            kind,
            parameters: Some(&def.parameters),
            code: Code::Statements(&def.body),
            scope: scope.enclosing(),
            is_async: def.is_async,
            docstring: docstring(&def.body),
        }))
    }

    pub(super) fn type_alias(&self, alias: &'a StmtTypeAlias, scope: &Scope<'a>) -> Value<'a> {
        let parameters =
            alias.type_params.iter().flat_map(|params| params.type_params.iter()).map(|param| Rc::from(param.name().as_str()));
        let parameters: Vec<Rc<str>> = parameters.collect();
        let variables = parameters.iter().map(|name| (Rc::clone(name), Value::TypeVar(Rc::clone(name)))).collect();
        let inner = Scope::frame(&scope.at(super::scope::END), variables);
        let name = self.source(alias.name.as_ref(), scope);
        Value::Alias(Rc::new(Alias { name: Rc::from(name), parameters, target: AliasTarget::Lazy(&alias.value, inner) }))
    }

    /// The type to which a named alias refers.
    pub fn alias_target(&self, alias: &Alias<'a>) -> Value<'a> {
        match &alias.target {
            AliasTarget::Lazy(expr, scope) => self.eval(expr, scope),
            AliasTarget::Known(value) => value.clone(),
        }
    }

    /// The method resolution order (C3), starting with the class itself. External bases are part of it. `None`: the bases
    /// contradict each other, or one of them is unknown.
    pub fn resolution_order(&self, class: &Rc<Class<'a>>) -> Option<Rc<Vec<Value<'a>>>> {
        if let Some(known) = class.found.borrow().order.get() {
            return known.clone();
        }
        let _guard = self.enter()?;
        let mut lists: Vec<Vec<Value<'a>>> = Vec::new();
        // `object` is last in every order and carries no information, so it is left out.
        let is_object = |base: &&Value<'a>| matches!(base, Value::External(path) if &**path == "builtins.object");
        let bases: Vec<Value<'a>> = class.bases.iter().filter(|base| !is_object(base)).cloned().collect();
        for base in &bases {
            lists.push(match class_of(base) {
                Some(inner) => {
                    let mut order = self.resolution_order(&inner)?.to_vec();
                    order[0] = base.clone();
                    order
                }
                None => external_order(base),
            });
        }
        lists.push(bases);
        let mut order = vec![Value::Class(Rc::clone(class))];
        let merged = merge(lists).filter(|order| order.len() <= LONGEST_ORDER);
        let result = merged.map(|rest| {
            order.extend(rest);
            Rc::new(order)
        });
        self.found_out(class, |found| found.order.get_or_init(|| result).clone())
    }

    /// The dotted paths of all external bases, in resolution order.
    pub fn external_bases(&self, class: &Rc<Class<'a>>) -> Rc<[Rc<str>]> {
        if let Some(known) = &class.found.borrow().external {
            return Rc::clone(known);
        }
        let order = self.resolution_order(class);
        let external = |base: &Value<'a>| match base {
            Value::External(path) => Some(Rc::clone(path)),
            Value::Subscript(generic) => match &generic.0 {
                Value::External(path) => Some(Rc::clone(path)),
                _ => None,
            },
            _ => None,
        };
        let found: Rc<[Rc<str>]> = order.iter().flat_map(|order| order.iter()).filter_map(external).collect();
        self.found_out(class, |cache| Rc::clone(cache.external.get_or_insert(found)))
    }

    /// Whether the class derives from an enum.
    pub fn is_enum(&self, class: &Rc<Class<'a>>) -> bool {
        self.external_bases(class).iter().any(|base| base.starts_with("enum."))
    }

    /// Whether instances are dictionaries: it derives from `dict`, or is a `TypedDict` such as pydantic's `ConfigDict`.
    pub(super) fn is_dictionary(&self, class: &Rc<Class<'a>>) -> bool {
        self.external_bases(class).iter().any(|base| {
            matches!(base.rsplit('.').next(), Some("TypedDict" | "ConfigDict" | "SettingsConfigDict"))
                || &**base == "builtins.dict"
        })
    }

    /// Whether the class reads its fields from the environment.
    pub(super) fn reads_environment(&self, class: &Rc<Class<'a>>) -> bool {
        self.external_bases(class).iter().any(|base| base.ends_with(".BaseSettings") || base.ends_with(".SecretModel"))
    }

    /// The members of an enum in order, including aliases.
    pub fn members(&self, class: &Rc<Class<'a>>) -> Rc<[Rc<Member<'a>>]> {
        if let Some(known) = &class.found.borrow().enum_members {
            return Rc::clone(known);
        }
        let found: Rc<[Rc<Member<'a>>]> = self.read_members(class).into();
        self.found_out(class, |cache| Rc::clone(cache.enum_members.get_or_insert(found)))
    }

    fn read_members(&self, class: &Rc<Class<'a>>) -> Vec<Rc<Member<'a>>> {
        let mut next = 1;
        let lower = self.external_bases(class).iter().any(|base| &**base == "enum.StrEnum");
        let mut members = Vec::new();
        for declared in self.class_members(class).iter() {
            if declared.annotation.is_some() || !declared.assigned || declared.name.starts_with('_') {
                continue;
            }
            let Some(value) = declared.value(self) else { continue };
            if matches!(value, Value::Function(_)) {
                continue;
            }
            let value = match value.call_of() {
                Some(("enum.auto", _)) if lower => Value::str(declared.name.to_lowercase()),
                Some(("enum.auto", _)) => Value::Int(next),
                _ => value,
            };
            if let Value::Int(int) = value {
                next = int.saturating_add(1);
            }
            members.push(Rc::new(Member { class: Rc::clone(class), name: Rc::clone(&declared.name), value }));
        }
        members
    }

    /// The declarations in the class's own body, in order, without functions and nested classes.
    pub fn class_members(&self, class: &Rc<Class<'a>>) -> Rc<[ClassMember<'a>]> {
        if let Some(known) = &class.found.borrow().members {
            return Rc::clone(known);
        }
        let found: Rc<[ClassMember<'a>]> = self.read_class_members(class).into();
        self.found_out(class, |cache| Rc::clone(cache.members.get_or_insert(found)))
    }

    /// Caches a result about a class.
    fn found_out<T>(&self, class: &Rc<Class<'a>>, keep: impl FnOnce(&mut ClassCache<'a>) -> T) -> T {
        self.cycles.class(class);
        keep(&mut class.found.borrow_mut())
    }

    fn read_class_members(&self, class: &Rc<Class<'a>>) -> Vec<ClassMember<'a>> {
        let Some(scope) = &class.scope else { return self.made_members(class) };
        let Some(shared) = scope.shared() else { return Vec::new() };
        let mut members = Vec::new();
        for (at, entry) in shared.body.entries.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let holds = if entry.guard.is_none() { Some(true) } else { self.guards_hold(scope, shared, at) };
            if holds == Some(false) {
                continue;
            }
            let here = scope.at(at);
            let docstring = || shared.body.entries.get(at as usize + 1).and_then(|next| string_statement(next.stmt));
            match entry.stmt {
                Stmt::AnnAssign(assign) => {
                    if let Expr::Name(name) = assign.target.as_ref() {
                        members.push(ClassMember {
                            name: Rc::from(name.id.as_str()),
                            annotation: Some(Annotation::Written(AnnotationSource {
                                expr: &assign.annotation,
                                scope: here.clone(),
                            })),
                            assigned: assign.value.is_some(),
                            place: self.place(name, scope),
                            docstring: docstring(),
                            undecided: holds.is_none(),
                            value: assign.value.as_deref().map(|value| (value, here)),
                            ready: None,
                        });
                    }
                }
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        if let Expr::Name(name) = target {
                            members.push(ClassMember {
                                name: Rc::from(name.id.as_str()),
                                annotation: None,
                                assigned: true,
                                place: self.place(name, scope),
                                docstring: docstring(),
                                undecided: holds.is_none(),
                                value: Some((&assign.value, here.clone())),
                                ready: None,
                            });
                        }
                    }
                }
                _ => {}
            }
        }
        members.extend(self.made_members(class));
        members
    }

    fn made_members(&self, class: &Rc<Class<'a>>) -> Vec<ClassMember<'a>> {
        class
            .made_fields
            .iter()
            .map(|field| ClassMember {
                name: Rc::clone(&field.name),
                annotation: Some(Annotation::Known(field.annotation.clone())),
                assigned: field.default.is_some(),
                place: field.place.clone(),
                docstring: None,
                undecided: false,
                value: None,
                ready: field.default.clone(),
            })
            .collect()
    }

    /// Whether the class or one of its bases annotates a field of that name.
    pub(super) fn annotation_in_class(&self, class: &Rc<Class<'a>>, name: &str) -> bool {
        let order = self.resolution_order(class);
        order
            .iter()
            .flat_map(|order| order.iter())
            .filter_map(class_of)
            .any(|base| self.class_members(&base).iter().any(|member| &*member.name == name && member.annotation.is_some()))
    }

    /// The names of the annotated fields, in the order of a dataclass's positional arguments.
    pub(super) fn positional_fields(&self, class: &Rc<Class<'a>>) -> Vec<Rc<str>> {
        let mut names: Vec<Rc<str>> = Vec::new();
        let order = self.resolution_order(class);
        for base in order.iter().flat_map(|order| order.iter().rev()).filter_map(class_of) {
            for member in self.class_members(&base).iter() {
                if member.annotation.is_some() && !names.contains(&member.name) {
                    names.push(Rc::clone(&member.name));
                }
            }
        }
        names
    }

    /// The method of that name, with its source. With `inherited_only`, the class's own body does not count.
    pub fn method(&self, class: &Rc<Class<'a>>, name: &str, inherited_only: bool) -> Option<(Rc<Function<'a>>, String)> {
        let order = self.resolution_order(class)?;
        let found = order
            .iter()
            .skip(usize::from(inherited_only))
            .filter_map(class_of)
            .find_map(|base| self.own_attribute(&base, name))?;
        let Value::Function(function) = found else { return None };
        let Code::Statements(body) = function.code else { return None };
        let (first, last) = (body.first()?, body.last()?);
        let range = TextRange::new(first.start(), last.end());
        let source = self.file(function.file).source_of(&range).to_owned();
        Some((function, source))
    }

    /// Calls a method for its effect on a class attribute, which is first set to `before`. Returns the value of the attribute
    /// afterwards.
    pub fn attribute_after(
        &self,
        class: &Rc<Class<'a>>,
        attribute: &str,
        before: Value<'a>,
        method: &Rc<Function<'a>>,
        arguments: (Vec<Value<'a>>, Vec<(Rc<str>, Value<'a>)>),
    ) -> Option<Value<'a>> {
        let length = class.attributes.borrow().len();
        class.attributes.borrow_mut().push((Rc::from(attribute), before));
        self.call_function(method, arguments.0, arguments.1, None);
        let after = self.own_attribute(class, attribute);
        class.attributes.borrow_mut().truncate(length);
        after
    }

    pub fn class_docstring(&self, class: &Class<'a>) -> Option<Rc<str>> {
        docstring(&class.definition?.body)
    }
}

/// The scope that binds the type parameters of `class Name[T]`.
fn with_type_parameters<'a>(def: &StmtClassDef, scope: &Scope<'a>) -> Scope<'a> {
    let Some(declared) = &def.type_params else { return scope.clone() };
    let names = declared.type_params.iter().map(|param| Rc::<str>::from(param.name().as_str()));
    Scope::frame(scope, names.map(|name| (Rc::clone(&name), Value::TypeVar(name))).collect())
}

/// The resolution order of an external class. Of pydantic, only the base of `BaseSettings` is known: `BaseModel`.
fn external_order<'a>(base: &Value<'a>) -> Vec<Value<'a>> {
    let model = match base {
        Value::External(path) if path.starts_with("pydantic.v1.") && path.ends_with(".BaseSettings") => "pydantic.v1.BaseModel",
        Value::External(path) if path.starts_with("pydantic") && path.ends_with(".BaseSettings") => "pydantic.BaseModel",
        _ => return vec![base.clone()],
    };
    vec![base.clone(), Value::external(model)]
}

/// The C3 merge of the bases' orders and the list of bases.
fn merge<'a>(mut lists: Vec<Vec<Value<'a>>>) -> Option<Vec<Value<'a>>> {
    let mut order = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Some(order);
        }
        let good = |list: &&Vec<Value<'a>>| !lists.iter().any(|other| other[1..].iter().any(|later| is_same(later, &list[0])));
        let at = lists.iter().position(|list| good(&list))?;
        let head = lists[at].remove(0);
        for list in &mut lists {
            if list.first().is_some_and(|first| is_same(first, &head)) {
                list.remove(0);
            }
        }
        order.push(head);
    }
}

/// Whether two bases are the same class, regardless of type arguments.
fn is_same<'a>(a: &Value<'a>, b: &Value<'a>) -> bool {
    match (a, b) {
        (Value::Subscript(a), _) => is_same(&a.0, b),
        (_, Value::Subscript(b)) => is_same(a, &b.0),
        (Value::Class(a), Value::Class(b)) => Rc::ptr_eq(a, b),
        (Value::External(a), Value::External(b)) => a == b,
        _ => false,
    }
}

fn string_statement(stmt: &Stmt) -> Option<Rc<str>> {
    match stmt {
        Stmt::Expr(expression) => match expression.value.as_ref() {
            Expr::StringLiteral(text) => Some(Rc::from(clean(text.value.to_str()))),
            _ => None,
        },
        _ => None,
    }
}

/// The docstring of a body, cleaned as `inspect.cleandoc` does.
pub(super) fn docstring(body: &[Stmt]) -> Option<Rc<str>> {
    string_statement(body.first()?)
}

/// `inspect.cleandoc`: removes the common indentation of all lines but the first, and the blank lines around the text.
fn clean(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim_start();
    let rest: Vec<&str> = lines.collect();
    let indent =
        rest.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let mut whole: Vec<&str> = vec![first];
    whole.extend(rest.iter().map(|line| line.get(indent..).unwrap_or_default()));
    whole.join("\n").trim().to_owned()
}
