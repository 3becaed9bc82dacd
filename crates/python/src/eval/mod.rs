//! A bounded evaluation of Python on demand: a name is evaluated when it is needed, from the statements that bind or change it, in the
//! order in which they would run. Nothing is imported or executed; what the source does not decide is [`Value::Unknown`] with the reason.

mod annotation;
mod attribute;
mod bounds;
mod builtin;
mod call;
mod class;
mod cycles;
mod decorated;
mod expression;
mod find_classes;
pub mod fold;
mod import;
mod made;
mod method;
mod model_config;
mod module;
mod operator;
mod parent;
mod path;
mod scope;
mod statement;
mod text;
mod uses;
mod value;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hashbrown::HashSet;
use ruff_python_ast::{Expr, ModExpression};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use bounds::{DEPTH, STEPS, STEPS_AFTER, STEPS_IN_ALL};
pub use class::{Annotation, ClassMember};
use cycles::Cycles;
pub use model_config::SETTINGS_DEFAULTS;
pub use scope::Scope;
pub use uses::{Choice, ClassNames, ClassUse, Condition, FOLLOWS, FunctionKey, Given, How, Sought, Uses};
pub use value::{Alias, Call, Class, Function, FunctionKind, Member, Method, Unknown, Value};

use super::file::SourceFile;
use super::modules::{FileId, Modules};
use takk_model::Place;

/// What the evaluation may take for granted about the place the program runs in.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// The Python version: decides `sys.version_info >= ...`.
    pub python: (i64, i64),
    /// The version of pydantic: decides `pydantic.VERSION`.
    pub pydantic: String,
    /// The names of all packages that the project requires or locks, if it says so anywhere: decides `try: import x`.
    pub packages: Option<Vec<String>>,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self { python: (3, 12), pydantic: "2.14.3".to_owned(), packages: None }
    }
}

/// Evaluates names and expressions of a project.
pub struct Evaluator<'a> {
    pub(super) modules: &'a Modules<'a>,
    pub(super) assumptions: Assumptions,
    scopes: RefCell<FxHashMap<FileId, Scope<'a>>>,
    cycles: Cycles<'a>,
    /// What is being asked at this moment, each by its scope, entry and name: no more than evaluation may nest.
    active: RefCell<Vec<(usize, u32, Rc<str>)>>,
    /// Names being looked for in a module through star imports and `__getattr__`, to stop at circles.
    searching: RefCell<HashSet<(FileId, Box<str>)>>,
    /// Names that one question about star imports has not found in a module.
    absent: RefCell<HashSet<(FileId, Box<str>)>>,
    /// How often a circle of names was cut short.
    cuts: Cell<u32>,
    steps: Cell<u32>,
    steps_in_all: Cell<u64>,
    depth: Cell<u32>,
    type_checking: Cell<bool>,
    /// The environment that `value_for(...)` is asked for, if one is fixed.
    environment: RefCell<Option<String>>,
    /// Counts the environments, so that what holds in one only is not taken for another's.
    environment_number: Cell<u32>,
    /// Whether anything depended on the environment so far.
    asked_environment: Cell<bool>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator over the modules.
    pub fn new(modules: &'a Modules<'a>, assumptions: Assumptions) -> Self {
        Self {
            modules,
            assumptions,
            scopes: RefCell::default(),
            cycles: Cycles::default(),
            active: RefCell::default(),
            searching: RefCell::default(),
            absent: RefCell::default(),
            cuts: Cell::new(0),
            steps: Cell::new(STEPS),
            steps_in_all: Cell::new(STEPS_IN_ALL),
            depth: Cell::new(0),
            type_checking: Cell::new(false),
            environment: RefCell::default(),
            environment_number: Cell::new(0),
            asked_environment: Cell::new(false),
        }
    }

    /// Does something for which an environment is taken for granted. What does not depend on it is not evaluated again.
    pub fn in_environment<T>(&self, environment: &str, work: impl FnOnce() -> T) -> T {
        let before = self.environment.replace(Some(environment.to_owned()));
        self.environment_number.set(self.environment_number.get() + 1);
        let result = work();
        self.environment_number.set(self.environment_number.get() + 1);
        self.environment.replace(before);
        result
    }

    /// The modules that are read.
    pub fn modules(&self) -> &'a Modules<'a> {
        self.modules
    }

    /// Whether anything that was evaluated so far depends on the environment: by `value_for(...)` or `current_env()`.
    pub fn asked_environment(&self) -> bool {
        self.asked_environment.get()
    }

    pub fn file(&self, id: FileId) -> &'a SourceFile {
        self.modules.file(id)
    }

    /// The value of a name in a module after the module has run; `None` if nothing binds it.
    pub fn module_name(&self, file: FileId, name: &str) -> Option<Value<'a>> {
        let _guard = self.enter()?;
        self.lookup_in_module(file, name)
    }

    /// Evaluates with a limit on depth and steps.
    fn enter(&self) -> Option<Entered<'_>> {
        if self.depth.get() == 0 {
            self.steps.set(if self.steps_in_all.get() == 0 { STEPS_AFTER } else { STEPS });
        }
        if self.depth.get() >= DEPTH || self.steps.get() == 0 {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        self.steps.set(self.steps.get() - 1);
        self.steps_in_all.set(self.steps_in_all.get().saturating_sub(1));
        Some(Entered { depth: &self.depth })
    }

    fn place(&self, node: &impl Ranged, scope: &Scope<'a>) -> Place {
        scope.place_of(node, self)
    }

    fn source(&self, node: &impl Ranged, scope: &Scope<'a>) -> String {
        let source = scope.source_of(node, self);
        self.spend(source.len());
        source
    }

    fn unknown(&self, node: &impl Ranged, scope: &Scope<'a>, reason: impl Into<String>) -> Value<'a> {
        Value::Unknown(Rc::new(Unknown {
            expression: self.source(node, scope),
            reason: reason.into(),
            place: self.place(node, scope),
            import: None,
        }))
    }

    /// Parses the text of a quoted annotation; `None` if it is no expression.
    fn parse_quoted(&self, text: &str) -> Option<&'a Expr> {
        self.spend(text.len());
        let parsed = ruff_python_parser::parse_expression(text.trim()).ok()?;
        let kept: &'a ModExpression = self.modules.quoted(parsed.into_syntax());
        Some(&kept.body)
    }
}

struct Entered<'e> {
    depth: &'e Cell<u32>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.depth.set(self.depth.get() - 1);
    }
}
