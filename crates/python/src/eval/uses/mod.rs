//! Where classes are used: called, passed on, or the type of another class's field. Files are walked statement by statement; the bodies of
//! functions that receive a class, or instantiate one from their parameters, are walked with the arguments of each call.

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
    /// Where the class is named.
    pub place: Place,
    /// What it depends on whether this happens, or whether a failure matters.
    pub condition: Option<Condition>,
    /// The function around it, if the arguments depend on its parameters.
    pub within: Option<FunctionKey>,
}

/// How a class is used.
pub enum How<'a> {
    /// It is called with these arguments, by itself or by what it is handed to.
    Called {
        given: Given<'a>,
        /// What it is handed to, if it is not called itself.
        by: Option<String>,
    },
    /// Instances are made of data: `model_validate(...)`, `TypeAdapter(...)`.
    FromData(String),
    /// It is a value that something takes which is not followed: with a phrase that says what.
    HandedOn(String),
    /// It is in the type of a field.
    InField {
        /// The class that has the field.
        owner: Rc<Class<'a>>,
        field: String,
    },
}

#[derive(Default)]
pub struct Given<'a> {
    /// Those that are no options, by name, and whether the value is a dictionary.
    pub fields: Vec<(Rc<str>, bool)>,
    /// Those that begin with an underscore: options of pydantic-settings.
    pub options: Vec<(Rc<str>, Value<'a>)>,
    /// Whether data is given that is only known at run time: `**yaml.safe_load(text)`.
    pub data: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// As a phrase: "if `debug`", "with errors handled by `except ValidationError`".
    pub text: String,
    /// The branch, if exactly one of several is taken.
    pub choice: Option<Choice>,
}

/// One of several branches of which exactly one is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// Where the choice is made.
    pub at: (FileId, u32),
    /// The number of the branch.
    pub branch: u32,
    /// How many branches there are.
    pub branches: u32,
}

/// A function by its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionKey {
    pub name: String,
    pub place: Place,
}

pub struct Sought<'s, 'a> {
    /// The names by which classes, and functions that make them, are used.
    pub names: &'s ClassNames,
    /// Whether uses of a class count.
    pub counts: &'s dyn Fn(&Class<'a>) -> bool,
    /// Functions whose parameters decide what they make.
    pub factories: &'s HashSet<FunctionKey>,
    /// How many calls may still be followed into functions.
    pub follows: &'s Cell<u32>,
}

/// How many calls are followed into functions altogether. Past that, what is handed to a function counts as made there.
pub const FOLLOWS: u32 = 5_000;

#[derive(Default)]
pub struct Uses<'a> {
    pub uses: Vec<ClassUse<'a>>,
    /// Further names of the classes: `S = Settings`, `import Settings as S`.
    pub aliases: Vec<String>,
    /// The functions of those sought that are called.
    pub called: Vec<FunctionKey>,
}

impl<'a> Evaluator<'a> {
    /// What a file does with the classes that are sought.
    pub fn class_uses(&self, file: FileId, sought: &Sought<'_, 'a>) -> Uses<'a> {
        let mut walk = Walk::new(self, sought, file);
        walk.module();
        walk.into_found()
    }
}
