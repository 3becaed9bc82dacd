//! The settings classes that a project or component lists.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::analysis::notes::{Notes, Observation};
use crate::analysis::settings::{Models, read_class};
use crate::model::{ClassKind, ClassRef, DefaultValue, Place, SettingsClass};
use crate::python::{Class, Found, Origin, Value};

/// Classes that are listed, as far as nothing else finds them.
pub type Listed = BTreeMap<ClassRef, SettingsClass>;

/// Reads lists of classes.
pub struct ClassLists<'r, 'a> {
    /// Reads the classes.
    pub models: &'r Models<'r, 'a>,
    /// What was listed so far.
    pub listed: Listed,
    /// What is only known at run time.
    pub notes: Notes,
}

impl<'a> ClassLists<'_, 'a> {
    /// The classes that an argument lists: a list of them, or one. `place`: where they are listed.
    pub fn classes(&mut self, argument: &Value<'a>, component: &str, place: &Place) -> Vec<ClassRef> {
        let single = std::slice::from_ref(argument);
        let items = argument.elements().unwrap_or(single);
        let mut found = Vec::new();
        for item in items.iter().filter(|item| !matches!(item, Value::None)) {
            match self.class(item, place) {
                Some(class) if !found.contains(&class) => found.push(class),
                Some(_) => {}
                None => self.undecided(component, super::written(item), place),
            }
        }
        found
    }

    /// A ready-made class of takk by name.
    pub fn ready_made(&mut self, name: &str, place: &Place) -> Option<ClassRef> {
        let Some(Found::File(stub)) = self.models.evaluator.modules().find("takk.secrets", None) else { return None };
        let class = self.models.evaluator.module_name(stub, name)?;
        self.class(&class, place)
    }

    /// Notes that a part of a component is only known at run time.
    pub fn undecided(&mut self, component: &str, expression: String, place: &Place) {
        self.notes.add(place.clone(), Observation::UndecidedComponent { component: component.to_owned(), expression });
    }

    fn class(&mut self, item: &Value<'a>, place: &Place) -> Option<ClassRef> {
        match item {
            Value::Class(class) => Some(self.keep(class, place, |_| {})),
            Value::Subscript(generic) => self.class(&generic.0, place),
            Value::Call(call) => match &call.callee {
                Value::External(path) if path.starts_with("takk.") && path.ends_with(".Partial") => {
                    let Some(Value::Class(class)) = call.argument(0, "settings_cls") else { return None };
                    Some(self.keep(class, place, make_partial))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn keep(&mut self, class: &Rc<Class<'a>>, place: &Place, change: impl Fn(&mut SettingsClass)) -> ClassRef {
        let base = self.models.base(class);
        let plain = if base.is_model() { ClassKind::Model } else { ClassKind::Dataclass };
        let mut entry = read_class(self.models, class, base.kind().unwrap_or(plain), &mut Notes::default());
        change(&mut entry);
        if self.models.evaluator.file(class.file).origin == Origin::Builtin {
            (entry.file, entry.line, entry.column) = (place.file.clone(), place.line, place.column);
        }
        let name = entry.class_ref();
        self.listed.entry(name.clone()).or_insert(entry);
        name
    }
}

/// `Partial(cls)`: every field may be left out.
fn make_partial(class: &mut SettingsClass) {
    let (outer, name) = class.qualname.rsplit_once('.').map_or(("", class.qualname.as_str()), |(outer, name)| (outer, name));
    class.qualname = if outer.is_empty() { format!("Partial{name}") } else { format!("{outer}.Partial{name}") };
    for field in &mut class.fields {
        if !field.optional {
            field.type_name = format!("{} | None", field.type_name);
        }
        (field.required, field.optional) = (false, true);
        field.default = Some(DefaultValue::Value(serde_json::Value::Null));
    }
}

/// Gives fields whose source is not a file of the project the place of their class.
pub fn settle_places(classes: &mut [SettingsClass]) {
    const STUB: &str = "<takk>";
    for class in classes {
        let (file, line, column) = (&class.file, class.line, class.column);
        for field in class.fields.iter_mut().filter(|field| field.file == STUB) {
            (field.file, field.line, field.column) = (file.clone(), line, column);
        }
    }
}
