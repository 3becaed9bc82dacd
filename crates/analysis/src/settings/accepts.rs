//! What the fields of a settings class accept: their types ([`super::reading`]), adjusted for validators, the version of pydantic and the
//! sources of the class.

use std::rc::Rc;

use super::class_kind::{Base, foreign_base};
use super::config::{ModelConfig, read_class_of};
use super::config_rules::ConfigRules;
use super::environment::{AliasHead, Environment, alias_path};
use super::field::FieldFacts;
use super::first::first;
use super::models::Models;
use super::older::{ITSELF, decodes_itself, older};
use super::reading::{Reader, Reading, validated};
use super::refused::refused_default;
use super::respelling;
use super::rules_version::ValueRules;
use super::sources::Chosen;
use super::validators::{Moment, Validators};
use takk_model::{ClassKind, TaggedRule, ValueType};
use takk_python::{Class, Value};

/// What the fields of one settings class accept.
pub(super) struct Acceptance<'r, 'a> {
    models: &'r Models<'r, 'a>,
    config: &'r ModelConfig<'a>,
    class: Rc<Class<'a>>,
    validators: Rc<Validators>,
    environment: Environment,
    /// The effect of its configuration on types.
    rules: Rc<ConfigRules>,
    /// Whether the class has its own constructor, which may set fields.
    constructed: bool,
    /// Whether the class, of pydantic 1, decodes complex types itself.
    decodes_itself: bool,
    /// Why the variable of no field is certain.
    doubt: Option<String>,
    /// Whether defaults nevertheless behave as in pydantic.
    keeps_defaults: bool,
}

/// The type of a field, with what it accepts from the environment and as a default.
pub(super) struct Accepted<'a> {
    pub said: Reading<'a>,
    pub accepts: ValueType,
    /// Why pydantic rejects its default.
    pub refused_default: Option<String>,
}

impl<'r, 'a> Acceptance<'r, 'a> {
    /// For a class that is read as `kind`.
    pub(super) fn new(
        models: &'r Models<'r, 'a>,
        class: &Rc<Class<'a>>,
        kind: ClassKind,
        config: &'r ModelConfig<'a>,
        chosen: Option<&Chosen>,
    ) -> Self {
        let validators = models.validators(class);
        let by_pydantic = matches!(kind, ClassKind::Settings | ClassKind::LocalSettings);
        let base = models.base(class);
        let is_first = base == Base::SettingsV1 && models.rules.is_pydantic_v1();
        let doubt = if !by_pydantic || !(base == Base::Settings || is_first) {
            Some("pydantic-settings does not read it".to_owned())
        } else if is_first && config.value("customise_sources").is_some() {
            Some(ITSELF.to_owned())
        } else if let Some(undecided) = config.undecided() {
            Some(format!("its configuration is computed: `{undecided}`"))
        } else {
            foreign_base(models, class)
        };
        let (doubt, keeps_defaults) = match (doubt, chosen.filter(|chosen| chosen.is_doubtful())) {
            // If all sources are known, it is certain that they do not include the environment.
            (None, Some(chosen)) => (Some("the class chooses its own sources".to_owned()), !chosen.may_give_anything()),
            (doubt, _) => (doubt, false),
        };
        let order = models.evaluator.resolution_order(class);
        let own = order.iter().flat_map(|order| order.iter()).filter_map(read_class_of);
        let constructed =
            own.into_iter().any(|base| ["__init__", "__new__"].iter().any(|name| models.evaluator.defines(&base, name)));
        let decodes_itself = is_first && decodes_itself(models, class, config);
        let environment = Environment::of(models, config);
        let rules = Rc::new(ConfigRules::of(config, models.rules));
        let class = Rc::clone(class);
        Self { models, config, class, validators, environment, rules, constructed, decodes_itself, doubt, keeps_defaults }
    }

    /// Reads the type of a field. `made` is its default.
    pub(super) fn of(&self, field: &FieldFacts<'a>, made: Option<&Value<'a>>) -> Accepted<'a> {
        let unchecked = self.doubt.as_ref().map(|doubt| ValueType::unchecked(doubt.clone()));
        if let Some(accepts) = unchecked.as_ref().filter(|_| !self.keeps_defaults) {
            let said = Reading::of(self.models, &field.annotation);
            return Accepted { said, accepts: accepts.clone(), refused_default: None };
        }
        let mut reader = self.reader();
        let plain = reader.type_of(field);
        let said = reader.told();
        // A validator that runs first may set the field.
        let may_be_given = self.constructed || self.validators.model == Some(Moment::Before);
        let may_refuse = !may_be_given && !field.is_required();
        let (read, refused_default) = if self.models.rules.is_pydantic_v1() {
            let read = self.of_version(validated(plain, field, &self.validators));
            let refused = if may_refuse { refused_default(self.models, field, made, &read, self.config, &Some) } else { None };
            (read, refused)
        } else {
            let prepared = |value| self.validators.prepared(self.models, &self.class, &field.name, value);
            let refused =
                if may_refuse { refused_default(self.models, field, made, &plain, self.config, &prepared) } else { None };
            (self.of_version(validated(plain, field, &self.validators)), refused)
        };
        let has_parts = read.is_complex() || read.is_complex_union();
        let read = if self.decodes_itself && has_parts { ValueType::unchecked(ITSELF) } else { read };
        Accepted { said, accepts: unchecked.unwrap_or_else(|| self.as_set(field, read)), refused_default }
    }

    fn reader(&self) -> Reader<'_, 'a> {
        Reader::new(self.models, Some(&self.environment), Some(Rc::clone(&self.rules)))
    }

    /// The type in the installed version of pydantic.
    fn of_version(&self, read: ValueType) -> ValueType {
        match self.models.rules.value_rules() {
            ValueRules::Same => read,
            ValueRules::Older => older(read, self.models.rules),
            ValueRules::First => first(read),
        }
    }

    /// How the sources convert a text before it is validated.
    fn as_set(&self, field: &FieldFacts<'a>, read: ValueType) -> ValueType {
        let read = match self.validators.model {
            Some(Moment::Before) => read.preceded("a validator of the model runs first"),
            _ => read,
        };
        let delimited = self.config.text("env_nested_delimiter").is_some_and(|delimiter| !delimiter.is_empty());
        let read = if delimited && has_object(&read) { ValueType::Merged(Box::new(read)) } else { read };
        // pydantic 1 never restores the case of names.
        let read = if self.config.is_true("case_sensitive") || self.models.rules.is_pydantic_v1() {
            read
        } else {
            respelling::ignoring_case(read, self.models.rules.restores_case_in())
        };
        let read = match alias_path(field.attribute("validation_alias"), !self.models.rules.alias_path_is_its_head()) {
            AliasHead::Path(path) if !path.is_empty() => self.environment.part(field, path, read),
            AliasHead::None | AliasHead::Path(_) => self.reader().silent().brought(field, &self.validators, read),
            AliasHead::Several => ValueType::unchecked("one of its variables contains it as a part"),
        };
        self.environment.around(read)
    }
}

/// Whether the type contains a model or dictionary that other variables may fill (`explode_env_vars`).
fn has_object(accepts: &ValueType) -> bool {
    match accepts {
        ValueType::Model(_) | ValueType::Dict(..) | ValueType::Any => true,
        ValueType::Constrained(_, inner) | ValueType::Checked(_, inner) | ValueType::Preceded(_, inner) => has_object(inner),
        ValueType::First(inner) => has_object(inner),
        ValueType::Union(members) | ValueType::Tagged(TaggedRule { members, .. }) => members.iter().any(has_object),
        _ => false,
    }
}
