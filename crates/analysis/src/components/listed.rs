//! The settings classes that a project or component lists.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use crate::notes::{Notes, Observation};
use crate::settings::{Models, read_class};
use takk_model::{Annotation, ClassKind, ClassRef, DefaultValue, Place, SettingsClass, ValueType};
use takk_python::{Class, Found, Origin, Value};

/// Listed classes that are not found otherwise.
pub(super) type Listed = BTreeMap<ClassRef, SettingsClass>;

pub(super) struct ClassLists<'r, 'a> {
    pub models: &'r Models<'r, 'a>,
    /// The classes that are found without being listed.
    pub found: &'r HashSet<ClassRef>,
    /// The components whose arguments are already known as written.
    pub described: &'r HashSet<String>,
    /// The classes listed so far.
    pub listed: Listed,
    /// Values that are only known at run time.
    pub notes: Notes,
}

impl<'a> ClassLists<'_, 'a> {
    /// The classes that an argument lists: one, or a list of them. `place`: where they are listed.
    pub(super) fn classes(&mut self, argument: &Value<'a>, component: &str, place: &Place) -> Vec<ClassRef> {
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

    /// A predefined class of takk, by name.
    pub(super) fn ready_made(&mut self, name: &str, place: &Place) -> Option<ClassRef> {
        let Some(Found::File(stub)) = self.models.evaluator.modules().find("takk.secrets", None) else { return None };
        let class = self.models.evaluator.module_name(stub, name)?;
        self.class(&class, place)
    }

    /// Records that a part of a component is only known at run time.
    pub(super) fn undecided(&mut self, component: &str, expression: String, place: &Place) {
        self.notes.add(place.clone(), Observation::UndecidedComponent { component: component.to_owned(), expression });
    }

    fn class(&mut self, item: &Value<'a>, place: &Place) -> Option<ClassRef> {
        match item {
            Value::Class(class) => Some(self.keep(class, place, false)),
            Value::Subscript(generic) => self.class(&generic.0, place),
            Value::Call(call) => match &call.callee {
                Value::External(path) if path.starts_with("takk.") && path.ends_with(".Partial") => {
                    let Some(Value::Class(class)) = call.argument(0, "settings_cls") else { return None };
                    Some(self.keep(class, place, true))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The name of a class, or of the result of `Partial(...)`. The class is read when it is first listed.
    fn keep(&mut self, class: &Rc<Class<'a>>, place: &Place, partial: bool) -> ClassRef {
        let qualname = if partial { partial_name(&class.qualname) } else { class.qualname.to_string() };
        let name = ClassRef { module: class.module.to_string(), qualname };
        if self.listed.contains_key(&name) || self.found.contains(&name) {
            return name;
        }
        let base = self.models.base(class);
        let plain = if base.is_model() { ClassKind::Model } else { ClassKind::Dataclass };
        let mut entry = read_class(self.models, class, base.kind().unwrap_or(plain), &mut Notes::default());
        if partial {
            make_partial(&mut entry);
        }
        if self.models.evaluator.file(class.file).origin == Origin::Builtin {
            (entry.file, entry.line, entry.column) = (place.file.clone(), place.line, place.column);
        }
        self.listed.insert(name.clone(), entry);
        name
    }
}

/// The name of the class that `Partial(...)` creates.
fn partial_name(qualname: &str) -> String {
    match qualname.rsplit_once('.') {
        Some((outer, name)) => format!("{outer}.Partial{name}"),
        None => format!("Partial{qualname}"),
    }
}

/// `Partial(cls)`: makes every field optional.
fn make_partial(class: &mut SettingsClass) {
    class.qualname = partial_name(&class.qualname);
    for field in &mut class.fields {
        if !field.optional {
            field.annotation = field.annotation.take().map(Annotation::or_none);
            field.type_name = field.annotation.as_ref().map_or_else(|| field.type_name.clone(), ToString::to_string);
            if field.accepts.is_plain() {
                let accepts = std::mem::replace(&mut field.accepts, ValueType::None);
                field.accepts = ValueType::Union(vec![accepts, ValueType::None]);
            }
        }
        (field.required, field.optional) = (false, true);
        field.default = Some(DefaultValue::Value(serde_json::Value::Null));
    }
}

/// Moves fields whose source is not a file of the project to the place of their class.
pub(crate) fn settle_places(classes: &mut [SettingsClass]) {
    const STUB: &str = "<takk>";
    for class in classes {
        let (file, line, column) = (&class.file, class.line, class.column);
        for field in class.fields.iter_mut().filter(|field| field.file == STUB) {
            (field.file, field.line, field.column) = (file.clone(), line, column);
        }
    }
}
