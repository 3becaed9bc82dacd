//! A bounded evaluation of Python on demand: a name is evaluated when it is needed, from the statements that bind or mutate it,
//! in the order in which they would run. Nothing is imported or executed; what the source does not decide is [`Value::Unknown`]
//! with the reason.

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

/// What the evaluation assumes about the machine on which the program runs.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// The Python version, which decides `sys.version_info >= ...`.
    pub python: (i64, i64),
    /// The version of pydantic, which decides `pydantic.VERSION`.
    pub pydantic: String,
    /// The names of all packages that the project requires or locks, if it declares any. They decide `try: import x`.
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
    /// The lookups in progress, each by scope, entry and name. Evaluation limits their number by its maximum nesting.
    active: RefCell<Vec<(usize, u32, Rc<str>)>>,
    /// Names that are being looked up in a module through star imports and `__getattr__`, to detect cycles.
    searching: RefCell<HashSet<(FileId, Box<str>)>>,
    /// Names that the current lookup through star imports did not find in a module.
    absent: RefCell<HashSet<(FileId, Box<str>)>>,
    /// How often a cycle of names was cut.
    cuts: Cell<u32>,
    steps: Cell<u32>,
    steps_in_all: Cell<u64>,
    depth: Cell<u32>,
    type_checking: Cell<bool>,
    /// The environment for which `value_for(...)` is evaluated, if one is fixed.
    environment: RefCell<Option<String>>,
    /// Numbers the environments, so that results for one are not used for another.
    environment_number: Cell<u32>,
    /// Whether any result so far depends on the environment.
    asked_environment: Cell<bool>,
}

impl<'a> Evaluator<'a> {
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

    /// Runs `work` with an environment assumed. Results that do not depend on it stay cached.
    pub fn in_environment<T>(&self, environment: &str, work: impl FnOnce() -> T) -> T {
        let before = self.environment.replace(Some(environment.to_owned()));
        self.environment_number.set(self.environment_number.get() + 1);
        let result = work();
        self.environment_number.set(self.environment_number.get() + 1);
        self.environment.replace(before);
        result
    }

    pub fn modules(&self) -> &'a Modules<'a> {
        self.modules
    }

    /// Whether any result so far depends on the environment, through `value_for(...)` or `current_env()`.
    pub fn asked_environment(&self) -> bool {
        self.asked_environment.get()
    }

    pub fn file(&self, id: FileId) -> &'a SourceFile {
        self.modules.file(id)
    }

    /// The value of a name after the module has run; `None` if nothing binds it.
    pub fn module_name(&self, file: FileId, name: &str) -> Option<Value<'a>> {
        let _guard = self.enter()?;
        self.lookup_in_module(file, name)
    }

    /// Enters a nested evaluation; `None` if a limit on depth or steps is reached.
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

    /// Parses the text of a quoted annotation; `None` if it is not an expression.
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
