//! A class → its entry in the manifest.

use std::rc::Rc;

use serde_json::Value as Json;

use super::accepts::{Acceptance, Accepted};
use super::class_kind::Base;
use super::config::ModelConfig;
use super::constraint;
use super::default::{default_of, default_value};
use super::field::FieldFacts;
use super::models::Models;
use super::nested::Nesting;
use super::reading::Reading;
use super::secret_model;
use super::shapes;
use super::sources::{self, Chosen};
use super::updated;
use super::variables;
use super::vocabulary::Marks;
use crate::notes::{Notes, Observation};
use takk_model::{Api, ClassKind, ClassRef, Setting, SettingsClass, Usage, has_inside};
use takk_python::{Class, Evaluator, Unknown, Value};

/// Reads a class as `kind`. Observations for findings go to `notes`.
pub fn read_class<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, kind: ClassKind, notes: &mut Notes) -> SettingsClass {
    read_class_with(models, class, kind, &models.config(class), notes)
}

/// Reads a class as instantiated with options that begin with an underscore (`BaseSettings.__init__`).
pub fn read_class_made<'a>(
    models: &Models<'_, 'a>,
    class: &Rc<Class<'a>>,
    kind: ClassKind,
    options: &[(Rc<str>, Value<'a>)],
    notes: &mut Notes,
) -> SettingsClass {
    let mut config = ModelConfig::clone(&models.config(class));
    for (option, value) in options {
        config.set_option(option, value);
    }
    read_class_with(models, class, kind, &config, notes)
}

fn read_class_with<'a>(
    models: &Models<'_, 'a>,
    class: &Rc<Class<'a>>,
    kind: ClassKind,
    config: &ModelConfig<'a>,
    notes: &mut Notes,
) -> SettingsClass {
    let evaluator = models.evaluator;
    let base = models.base(class);
    let class_ref = ClassRef { module: class.module.to_string(), qualname: class.qualname.to_string() };
    let custom_sources = has_custom_sources(evaluator, class);
    let chosen = sources::chosen(models, class, config);
    let doubtful = chosen.as_ref().is_some_and(Chosen::is_doubtful);
    let acceptance = Acceptance::new(models, class, kind, config, chosen.as_ref());
    let reader = FieldReader { models, config, base, kind, class: class_ref.clone(), doubtful, acceptance };
    let mut fields: Vec<Setting> = models.fields(class).iter().map(|field| reader.setting(field, notes)).collect();
    let mut summary = config.summary();
    if let Some(files) = config.value("env_file") {
        summary.env_file = sources::paths(evaluator, files).into_iter().flatten().collect();
    }
    if let Some(chosen) = &chosen {
        chosen.restrict(&mut summary);
        chosen.mark(models, class, config, &mut fields, notes);
        chosen.note(models, class, config, &fields, notes);
    }
    for (key, expression) in &summary.undecided {
        notes.add(
            class.place.clone(),
            Observation::UndecidedConfig { class: class_ref.clone(), key: key.clone(), expression: expression.clone() },
        );
    }
    SettingsClass {
        module: class_ref.module.clone(),
        qualname: class_ref.qualname.clone(),
        file: class.place.file.clone(),
        line: class.place.line,
        column: class.place.column,
        kind,
        api: base.api(),
        bases: base_names(evaluator, class),
        description: evaluator.class_docstring(class).map(|text| first_paragraph(&text)),
        config: summary,
        custom_sources,
        sources: chosen.map(|chosen| chosen.sources),
        test: false,
        usage: Usage::default(),
        fields,
    }
}

fn base_names<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>) -> Vec<String> {
    let order = evaluator.resolution_order(class);
    let name = |base: &Value<'a>| match base {
        Value::External(path) => Some(path.to_string()),
        other => super::config::read_class_of(other).map(|class| format!("{}.{}", class.module, class.qualname)),
    };
    order.iter().flat_map(|order| order.iter().skip(1)).filter_map(name).collect()
}

fn has_custom_sources<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>) -> bool {
    let order = evaluator.resolution_order(class);
    order
        .iter()
        .flat_map(|order| order.iter())
        .filter_map(super::config::read_class_of)
        .any(|class| evaluator.own_attribute(&class, "settings_customise_sources").is_some())
}

fn first_paragraph(text: &str) -> String {
    text.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a decorator makes the class a dataclass.
pub(super) fn is_dataclass(class: &Class<'_>) -> bool {
    class.decorators.iter().any(|decorator| matches!(decorator, Value::External(path) if path.ends_with(".dataclass")))
}

/// Whether a decorator makes the class a pydantic dataclass.
pub(super) fn is_pydantic_dataclass(class: &Class<'_>) -> bool {
    let is_pydantic = |path: &str| path.starts_with("pydantic.") && path.ends_with(".dataclass");
    class.decorators.iter().any(|decorator| matches!(decorator, Value::External(path) if is_pydantic(path)))
}

/// The fields of a class, each with the keywords by which a call can set it.
pub fn init_names<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>) -> Vec<(String, Vec<String>)> {
    let (config, api) = (models.config(class), models.base(class).api());
    let names = |field: &FieldFacts<'a>| (field.name.to_string(), variables::init_names(models, field, &config, api));
    models.fields(class).iter().map(names).collect()
}

/// The variable of a field that pydantic-settings does not read.
fn by_convention(field: &FieldFacts<'_>) -> variables::Names {
    variables::Names { env: vec![field.name.to_uppercase()], reach_inside: true, undecided: None }
}

struct FieldReader<'r, 'a> {
    models: &'r Models<'r, 'a>,
    config: &'r ModelConfig<'a>,
    base: Base,
    kind: ClassKind,
    class: ClassRef,
    /// Whether values may be read in an unusual way.
    doubtful: bool,
    acceptance: Acceptance<'r, 'a>,
}

impl<'a> FieldReader<'_, 'a> {
    /// Only an instance written as the default is updated, not the result of a `default_factory`, nor `None`; nor one that is passed under
    /// a name by which the field cannot be set, which is recorded.
    fn updates_default(&self, field: &FieldFacts<'a>, said: &Reading<'a>, notes: &mut Notes) -> bool {
        let rules = self.models.rules;
        let is_updated = rules.updates_defaults()
            && self.config.is_true("nested_model_default_partial_update")
            && field.default().is_some_and(|value| takk_python::fold::json(value).is_none());
        if !is_updated || !rules.names_defaults_as_in_signature() {
            return is_updated;
        }
        let Some((keys, _)) = shapes::keys_of(self.models, field, self.config) else { return is_updated };
        let name = shapes::name_in_signature(field);
        if self.config.value("alias_generator").is_some() || keys.contains(&name) {
            return true;
        }
        if !said.models.is_empty() {
            let class = self.class.clone();
            notes.add(field.place.clone(), Observation::UnreadDefault { class, field: field.name.to_string(), name });
        }
        false
    }

    fn setting(&self, field: &FieldFacts<'a>, notes: &mut Notes) -> Setting {
        let evaluator = self.models.evaluator;
        let made = default_value(evaluator, field);
        let Accepted { mut said, accepts, refused_default } = self.acceptance.of(field, made.as_ref());
        let marks = Marks::of(&field.metadata, &said);
        let names = self.names(field);
        let default = default_of(field, made.as_ref());
        let path = secret_model::path_of(field, &said, notes);
        self.note(field, &said, names.undecided.as_deref(), notes);
        let mut nested = Nesting::new(self.models, self.config, self.base.api(), self.doubtful)
            .filter(|_| names.reach_inside)
            .map(|nesting| nesting.leaves(&field.name, &names.env, &field.annotation, &said.models))
            .unwrap_or_default();
        if has_inside(&accepts) {
            for leaf in &mut nested {
                leaf.annotation = None;
            }
        }
        for item in &field.metadata {
            constraint::add_said(item, &mut said.constraints);
        }
        constraint::add_attributes(field, &mut said.constraints);
        let v1 = self.base.api() == Api::V1;
        // pydantic 1 ignores `None` in a `Literal`, and treats `Json` as `Any` (`ModelField._type_analysis`).
        let anything = v1 && (said.anything || said.is_any_json());
        let optional = said.optional || (said.literal_none && !v1) || anything;
        // pydantic 1: a field that allows `None` has the default `None`, unless `...` makes it required.
        let implied = v1 && optional && !field.insists;
        // A default of `None` allows `None`.
        let allowed = v1 && matches!(field.default(), Some(Value::None));
        let updates_default = self.updates_default(field, &said, notes);
        let mut setting = Setting {
            name: field.name.to_string(),
            env: names.env,
            nested,
            required: field.is_required() && !implied && path.is_none(),
            default: default
                .or_else(|| (implied && field.is_required()).then_some(takk_model::DefaultValue::Value(Json::Null))),
            type_name: said.annotation().map_or_else(String::new, ToString::to_string),
            annotation: said.annotation().cloned(),
            accepts,
            optional: optional || allowed,
            secret: said.secret || marks.secret || path.is_some(),
            constraints: said.constraints,
            choices: said.choices,
            refused_default: refused_default.filter(|_| path.is_none()),
            updates_default,
            updated_default: field.default().filter(|_| updates_default).map(|value| updated::dumped(self.models, value)),
            description: self.description(field),
            deprecated: field.attribute("deprecated").is_some_and(|value| value.truth() != Some(false)),
            resource: marks.resource,
            sqlalchemy: marks.sqlalchemy,
            driver: None,
            service: marks.service,
            template: marks.template,
            path,
            given: None,
            owner: ClassRef { module: field.owner.module.to_string(), qualname: field.owner.qualname.to_string() },
            file: field.place.file.clone(),
            line: field.place.line,
            column: field.place.column,
        };
        sources::mark_command_line(&field.metadata, &mut setting);
        setting
    }

    fn names(&self, field: &FieldFacts<'a>) -> variables::Names {
        match self.kind {
            // takk provides the fields of a plain model or dataclass under their own names.
            ClassKind::Model | ClassKind::Dataclass => by_convention(field),
            // The plain fields of a `SecretModel` are arguments of its constructor. By convention, each has a variable of that name.
            ClassKind::SecretModel if self.config.value("env_prefix").is_none() => by_convention(field),
            ClassKind::Settings | ClassKind::LocalSettings | ClassKind::SecretModel => {
                variables::names(self.models, field, self.config, self.base.api())
            }
        }
    }

    fn description(&self, field: &FieldFacts<'a>) -> Option<String> {
        let given = field.attribute("description").and_then(|value| value.as_str().map(str::to_owned));
        given.or_else(|| {
            // The class that declares a field decides; its description is inherited unchanged.
            self.models
                .config(&field.owner)
                .is_true("use_attribute_docstrings")
                .then(|| field.docstring.as_ref().map(ToString::to_string))
                .flatten()
        })
    }

    fn note(&self, field: &FieldFacts<'a>, said: &Reading<'a>, undecided: Option<&str>, notes: &mut Notes) {
        let mut add = |observation| notes.add(field.place.clone(), observation);
        for name in &said.unknown_names {
            add(Observation::UnknownUrlType { name: name.clone() });
        }
        for unknown in said.unresolved.iter().filter(|unknown| unknown.reason.contains("not") || unknown.import.is_some()) {
            add(Observation::UnresolvedType { field: field.name.to_string(), unknown: Unknown::clone(unknown) });
        }
        if let Some(expression) = undecided {
            add(Observation::UndecidedName {
                class: self.class.clone(),
                field: field.name.to_string(),
                expression: expression.to_owned(),
            });
        }
        if field.undecided {
            add(Observation::UndecidedField { class: self.class.clone(), field: field.name.to_string() });
        }
    }
}
