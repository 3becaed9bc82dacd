//! Where classes are used: called, passed on, or the type of another class's field. Files are walked statement by statement;
//! the bodies of functions that receive a class, or instantiate one from their parameters, are walked with the arguments of
//! each call.

mod condition;
mod given;
mod handed;
mod names;
mod statements;
mod tables;
mod walk;

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;

use super::Evaluator;
use crate::eval::value::{Class, Value};
use crate::modules::FileId;
pub use names::ClassNames;
use takk_model::Place;
use walk::Walk;

/// One use of a class.
pub struct ClassUse<'a> {
    pub class: Rc<Class<'a>>,
    pub how: How<'a>,
    /// Where the code mentions the class.
    pub place: Place,
    /// The condition on which this use depends, or under which its failure does not matter.
    pub condition: Option<Condition>,
    /// The enclosing function, if its parameters decide the arguments.
    pub within: Option<FunctionKey>,
}

/// How a class is used.
pub enum How<'a> {
    /// It is called with these arguments, directly or by a function that receives it.
    Called {
        given: Given<'a>,
        /// The function that receives it, if it is not called directly.
        by: Option<String>,
    },
    /// Instances are created from data: `model_validate(...)`, `TypeAdapter(...)`.
    FromData(String),
    /// Code that cannot be followed receives it as a value. The phrase says what that is.
    HandedOn(String),
    /// It is in the type of a field.
    InField {
        /// The class with the field.
        owner: Rc<Class<'a>>,
        field: String,
    },
}

#[derive(Default)]
pub struct Given<'a> {
    /// The fields, by name, and whether their value is a dictionary.
    pub fields: Vec<(Rc<str>, bool)>,
    /// The options of pydantic-settings, which start with an underscore.
    pub options: Vec<(Rc<str>, Value<'a>)>,
    /// Whether the call also passes data that is only known at run time: `**yaml.safe_load(text)`.
    pub data: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// As a phrase: "if `debug`", "with errors handled by `except ValidationError`".
    pub text: String,
    /// The branch, if exactly one of several runs.
    pub choice: Option<Choice>,
}

/// One of several branches of which exactly one runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// Where the branches are.
    pub at: (FileId, u32),
    /// The index of the branch.
    pub branch: u32,
    /// The number of branches.
    pub branches: u32,
}

/// Identifies a function by its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionKey {
    pub name: String,
    pub place: Place,
}

pub struct Sought<'s, 'a> {
    /// The names under which classes, and functions that create them, are used.
    pub names: &'s ClassNames,
    /// Whether uses of a class count.
    pub counts: &'s dyn Fn(&Class<'a>) -> bool,
    /// Functions whose parameters decide what they create.
    pub factories: &'s HashSet<FunctionKey>,
    /// How many more calls may be followed into functions.
    pub follows: &'s Cell<u32>,
}

/// How many calls are followed into functions in total. After that, a class that a function receives counts as instantiated
/// there.
pub const FOLLOWS: u32 = 5_000;

#[derive(Default)]
pub struct Uses<'a> {
    pub uses: Vec<ClassUse<'a>>,
    /// Further names of the classes: `S = Settings`, `import Settings as S`.
    pub aliases: Vec<String>,
    /// Which of the factories are called.
    pub called: Vec<FunctionKey>,
}

impl<'a> Evaluator<'a> {
    /// The uses of the sought classes in a file.
    pub fn class_uses(&self, file: FileId, sought: &Sought<'_, 'a>) -> Uses<'a> {
        let mut walk = Walk::new(self, sought, file);
        walk.module();
        walk.into_found()
    }
}
