//! Models as pydantic sees them: bases, configuration and fields of each class, computed once.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashMap;

use super::class_kind::{Base, base_of};
use super::config::{ModelConfig, config_of};
use super::field::FieldFacts;
use super::fields::fields_of;
use super::rules_version::RulesVersion;
use super::sources::Files;
use super::validators::Validators;
use takk_python::{Class, Evaluator};

/// The models of a project, by the rules of one version.
pub struct Models<'m, 'a> {
    /// Evaluates the expressions in classes.
    pub evaluator: &'m Evaluator<'a>,
    pub rules: &'m RulesVersion,
    fields: Cache<'a, [FieldFacts<'a>]>,
    configs: Cache<'a, ModelConfig<'a>>,
    validators: Cache<'a, Validators>,
    /// The settings files of the classes.
    pub(super) files: Files,
}

/// A cache by class. Keeps each class alive, so that its address stays unique.
type Cache<'a, T> = RefCell<HashMap<*const Class<'a>, (Rc<Class<'a>>, Rc<T>)>>;

impl<'m, 'a> Models<'m, 'a> {
    /// With classes that `evaluator` resolves.
    pub fn new(evaluator: &'m Evaluator<'a>, rules: &'m RulesVersion) -> Self {
        Self {
            evaluator,
            rules,
            fields: RefCell::default(),
            configs: RefCell::default(),
            validators: RefCell::default(),
            files: Files::default(),
        }
    }

    /// The base of the class.
    pub fn base(&self, class: &Rc<Class<'a>>) -> Base {
        base_of(self.evaluator, class, self.rules.is_pydantic_v1())
    }

    /// The fields of the class in order, including inherited ones.
    pub fn fields(&self, class: &Rc<Class<'a>>) -> Rc<[FieldFacts<'a>]> {
        if let Some((_, known)) = self.fields.borrow().get(&Rc::as_ptr(class)) {
            return Rc::clone(known);
        }
        // A class that derives from itself has no fields during the lookup.
        self.fields.borrow_mut().insert(Rc::as_ptr(class), (Rc::clone(class), Rc::from([])));
        let found: Rc<[FieldFacts<'a>]> = fields_of(self, class).into();
        self.fields.borrow_mut().insert(Rc::as_ptr(class), (Rc::clone(class), Rc::clone(&found)));
        found
    }

    /// The validators that decorators of the class and its bases define.
    pub(super) fn validators(&self, class: &Rc<Class<'a>>) -> Rc<Validators> {
        if let Some((_, known)) = self.validators.borrow().get(&Rc::as_ptr(class)) {
            return Rc::clone(known);
        }
        let found = Rc::new(Validators::of(self, class));
        self.validators.borrow_mut().insert(Rc::as_ptr(class), (Rc::clone(class), Rc::clone(&found)));
        found
    }

    /// The configuration of the class after inheritance.
    pub fn config(&self, class: &Rc<Class<'a>>) -> Rc<ModelConfig<'a>> {
        if let Some((_, known)) = self.configs.borrow().get(&Rc::as_ptr(class)) {
            return Rc::clone(known);
        }
        self.configs.borrow_mut().insert(Rc::as_ptr(class), (Rc::clone(class), Rc::default()));
        self.evaluator.settle(class);
        let found = Rc::new(config_of(self, class));
        self.configs.borrow_mut().insert(Rc::as_ptr(class), (Rc::clone(class), Rc::clone(&found)));
        found
    }
}
