//! The variables inside a field, under an `env_nested_delimiter`: found by walking the field's type, so that their number is unlimited
//! (`EnvSettingsSource.explode_env_vars`).

use std::cell::OnceCell;
use std::collections::HashMap;

use super::{
    Api, Manifest, ModelField, ModelRule, ProjectInfo, Setting, SettingsClass, SettingsConfig, Source, TaggedRule, ValueType,
};

/// How a release of pydantic-settings handles nested names. They differ.
#[allow(clippy::struct_excessive_bools, reason = "each is a difference of its own between releases")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NestedRules {
    /// It removes as many characters as the class's prefix has, and drops the first part of the rest (before 2.8).
    pub splits_behind_prefix: bool,
    /// The number of splits can be limited (2.8).
    pub has_max_split: bool,
    /// It decodes the text of a nested field as JSON if the type is complex (pydantic 1 does not).
    pub decodes: bool,
    /// It looks for fields in unions and in the item types of containers, not only in models (2.2).
    pub looks_through_types: bool,
    /// It compares nested names as it compares variables, also in dataclasses, and decodes the values of dictionaries (2.3).
    pub compares_fields: bool,
    /// It also looks up aliases (2.6).
    pub looks_for_aliases: bool,
    /// It treats a `dict` without arguments as a dictionary (2.9).
    pub knows_bare_dict: bool,
    /// It follows a key of a dictionary into its value (2.13).
    pub looks_into_values: bool,
    /// It does so even if the value has a field of that name, and decodes unions in dictionaries (2.16.2).
    pub values_come_first: bool,
    /// It decodes the first step of an `AliasPath` (2.15).
    pub decodes_parts: bool,
}

impl NestedRules {
    /// The rules for a class of the project.
    pub fn of(project: &ProjectInfo, api: Api) -> Self {
        let version = project.pydantic_settings.as_deref().unwrap_or_default();
        let mut parts = version.split('.').skip(1);
        let mut part = || match api {
            Api::V1 => 0,
            Api::V2 => parts.next().and_then(|part| part.parse().ok()).unwrap_or(u32::MAX),
        };
        let (minor, patch) = (part(), part());
        Self {
            splits_behind_prefix: minor < 8,
            has_max_split: minor >= 8,
            decodes: api == Api::V2,
            looks_through_types: minor >= 2,
            compares_fields: minor >= 3,
            looks_for_aliases: minor >= 6,
            knows_bare_dict: minor >= 9,
            looks_into_values: minor >= 13,
            values_come_first: (minor, patch) >= (16, 2),
            decodes_parts: minor >= 15,
        }
    }
}

/// The names inside one field.
#[derive(Clone)]
pub struct NestedNames<'m> {
    /// The field.
    pub field: &'m Setting,
    /// The names that its class uses to find variables.
    pub config: &'m SettingsConfig,
    /// The rules that the class follows.
    pub rules: NestedRules,
    delimiter: &'m str,
    /// The prefixes of nested names, spelled as the class compares variables; computed on the first name that may match.
    prefixes: OnceCell<Vec<String>>,
}

/// A field that can have nested names, with the parts of its class that determine them.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedField {
    field: Setting,
    config: SettingsConfig,
    rules: NestedRules,
}

impl NestedField {
    /// Its nested names.
    ///
    /// # Panics
    /// Never: a `NestedField` is only made of a field that has nested names.
    pub fn names(&self) -> NestedNames<'_> {
        NestedNames::new(&self.field, &self.config, || self.rules).expect("it is made of a field that has names inside")
    }
}

/// A type, with the models that enclose it, outermost first.
#[derive(Clone)]
pub struct TypeAt<'m> {
    /// The type, without the wrappers that only add rules.
    pub accepts: &'m ValueType,
    /// The type with all of its rules.
    pub whole: &'m ValueType,
    within: Vec<&'m ModelRule>,
}

/// What a nested name refers to.
pub struct Inside<'m> {
    /// The names of the fields on the path, starting with the outer field; keys of dictionaries are as written.
    pub path: Vec<String>,
    /// The types that are read there: several if several models are possible, none if only the program knows.
    pub types: Vec<TypeAt<'m>>,
    /// Whether none of these types has a default.
    pub required: bool,
}

impl Inside<'_> {
    /// Whether it, or a part of it, must be kept secret.
    pub fn is_secret(&self) -> bool {
        self.types.is_empty() || self.types.iter().any(|at| at.accepts.holds_secret())
    }
}

/// Whether the field's value may also be merged from files, or from a source that only the program can read.
fn puts_more_together(class: &SettingsClass) -> bool {
    match &class.sources {
        None => class.custom_sources,
        Some(sources) => {
            sources.unknown().is_some() || sources.order.iter().any(|source| matches!(source, Source::File { .. }))
        }
    }
}

static ANYTHING: ValueType = ValueType::Any;

impl<'m> NestedNames<'m> {
    /// The nested names of a field, if its class has a delimiter and its type can have nested values.
    pub fn of(manifest: &Manifest, class: &'m SettingsClass, field: &'m Setting) -> Option<Self> {
        if field.path.is_some() || puts_more_together(class) {
            return None;
        }
        Self::new(field, &class.config, || NestedRules::of(&manifest.project, class.api))
    }

    fn new(field: &'m Setting, config: &'m SettingsConfig, rules: impl FnOnce() -> NestedRules) -> Option<Self> {
        let delimiter = config.env_nested_delimiter.as_deref().filter(|text| !text.is_empty())?;
        if !has_inside(&field.accepts) && field.nested.is_empty() {
            return None;
        }
        Some(Self { field, config, rules: rules(), delimiter, prefixes: OnceCell::new() })
    }

    fn prefixes(&self) -> &[String] {
        let prefix = |own: &String| format!("{}{}", self.compared(own), self.delimiter);
        self.prefixes.get_or_init(|| self.field.env.iter().map(prefix).collect())
    }

    /// The same, in a form that can outlive the manifest.
    pub fn owned(&self) -> NestedField {
        NestedField { field: self.field.clone(), config: self.config.clone(), rules: self.rules }
    }

    /// Whether the nested types are known, and not only some names.
    pub fn has_types(&self) -> bool {
        has_inside(&self.field.accepts)
    }

    /// Whether any part of the field must be kept secret.
    pub fn holds_secret(&self) -> bool {
        self.field.secret || self.field.nested.iter().any(|leaf| leaf.secret) || self.field.accepts.holds_secret()
    }

    /// A name in its usual spelling: in upper case unless the class is case-sensitive.
    pub fn written(&self, name: &str) -> String {
        if self.config.case_sensitive { name.to_owned() } else { name.to_uppercase() }
    }

    /// A name as the class compares variables.
    pub fn compared(&self, name: &str) -> String {
        if self.config.case_sensitive { name.to_owned() } else { name.to_lowercase() }
    }

    /// Whether a name refers to the field or to something inside it.
    pub fn reads(&self, name: &str) -> bool {
        self.is_own(name) || (self.is_inside(name) && self.find(name).is_some())
    }

    /// Whether a variable of that name gives the field a value: the field's own variable, or any with the prefix of nested names. If the
    /// delimiter is `_`, that may be the variable of another field, and no nested field need have the name.
    pub fn are_given_by(&self, name: &str) -> bool {
        self.is_own(name) || self.is_inside(name)
    }

    fn is_own(&self, name: &str) -> bool {
        let is_own = |own: &String| *own == name || (!self.config.case_sensitive && is_same(own, name));
        self.field.env.iter().any(is_own)
    }

    /// Whether a name begins with the prefix of the field's nested names.
    pub fn is_inside(&self, name: &str) -> bool {
        // Most names are ASCII and match nothing: compare them without allocating.
        let own_part = |own: &String| {
            let (begin, rest) = name.as_bytes().split_at_checked(own.len())?;
            Some(begin.eq_ignore_ascii_case(own.as_bytes()) && !rest.is_empty())
        };
        if name.is_ascii() && !self.field.env.iter().any(|own| !own.is_ascii() || own_part(own).unwrap_or(false)) {
            return false;
        }
        self.prefixes().iter().any(|prefix| match name.get(..prefix.len()) {
            Some(begin) if self.config.case_sensitive => begin == prefix,
            Some(begin) if begin.is_ascii() => begin.eq_ignore_ascii_case(prefix),
            None if name.is_ascii() => false,
            _ => self.compared(name).starts_with(prefix.as_str()),
        })
    }

    /// The keys after the field's own name, split at the delimiter; `None` if it is not a nested name. `name` is as the class compares
    /// variables.
    pub fn keys<'n>(&self, name: &'n str) -> Option<Vec<&'n str>> {
        let prefix = self.prefixes().iter().find(|prefix| name.starts_with(prefix.as_str()))?;
        if self.rules.splits_behind_prefix {
            let skipped = name.char_indices().nth(self.config.env_prefix.chars().count()).map_or(name.len(), |(at, _)| at);
            let keys: Vec<&str> = name[skipped..].split(self.delimiter).skip(1).collect();
            return (!keys.is_empty()).then_some(keys);
        }
        let rest = &name[prefix.len()..];
        Some(match self.most_splits() {
            Some(splits) => rest.splitn(splits + 1, self.delimiter).collect(),
            None => rest.split(self.delimiter).collect(),
        })
    }

    /// The maximum number of splits after the field's own name: `maxsplit = (env_nested_max_split or 0) - 1`; a negative one means no
    /// limit.
    fn most_splits(&self) -> Option<usize> {
        let splits = self.config.env_nested_max_split.filter(|splits| self.rules.has_max_split && *splits > 0)?;
        usize::try_from(splits - 1).ok()
    }

    /// What a name refers to; `None` if nothing in the field has it.
    pub fn find(&self, name: &str) -> Option<Inside<'m>> {
        // Nearly every name that is looked up belongs to another field.
        if !self.is_inside(name) {
            return None;
        }
        let name = self.compared(name);
        let keys = self.keys(&name)?;
        if !has_inside(&self.field.accepts) {
            return self.listed(&name);
        }
        let mut inside = Inside { path: vec![self.field.name.clone()], types: vec![self.outermost()], required: true };
        for key in keys {
            let mut next = Vec::new();
            let (mut name, mut required, mut is_open) = (key.to_owned(), true, false);
            for at in &inside.types {
                for step in at.steps(key) {
                    match step {
                        Step::Field(field, at) => {
                            name.clone_from(&field.name);
                            required &= field.required;
                            next.push(at);
                        }
                        Step::Value(at) => next.push(at),
                        Step::Open => is_open = true,
                    }
                }
            }
            if next.is_empty() && !is_open && !inside.types.is_empty() {
                return None;
            }
            inside.path.push(name);
            inside.required = required && !next.is_empty();
            inside.types = if is_open { Vec::new() } else { next };
        }
        Some(inside)
    }

    /// Looks a name up in the list, for when the type is not known.
    fn listed(&self, name: &str) -> Option<Inside<'m>> {
        let leaf = self.field.nested.iter().find(|leaf| leaf.env.iter().any(|known| self.compared(known) == name))?;
        Some(Inside { path: leaf.path.clone(), types: Vec::new(), required: leaf.required })
    }

    /// The field's own type.
    pub fn outermost(&self) -> TypeAt<'m> {
        TypeAt { accepts: peeled(&self.field.accepts), whole: &self.field.accepts, within: Vec::new() }
    }

    /// The variable for these keys in its usual spelling, under the first of the field's names that works; `None` if splitting
    /// it would not result in the same keys.
    pub fn name_of(&self, keys: &[&str]) -> Option<String> {
        let names = self.field.env.iter().map(|own| format!("{own}{}{}", self.delimiter, keys.join(self.delimiter)));
        let mut names = names.map(|name| self.written(&name));
        names.find(|name| {
            let name = self.compared(name);
            let expected: Vec<String> = keys.iter().map(|key| self.compared(key)).collect();
            self.keys(&name).is_some_and(|found| found == expected)
        })
    }
}

/// Whether two names are equal but for case.
fn is_same(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        one.eq_ignore_ascii_case(other)
    } else {
        one.to_lowercase() == other.to_lowercase()
    }
}

/// What a key refers to.
pub enum Step<'m> {
    /// A field of a model.
    Field(&'m ModelField, TypeAt<'m>),
    /// A value without a name of its own in the code.
    Value(TypeAt<'m>),
    /// Only the program knows.
    Open,
}

impl<'m> TypeAt<'m> {
    /// The same position with another type, which is not a field of a model.
    #[must_use]
    pub fn with(&self, accepts: &'m ValueType) -> Self {
        Self { accepts: peeled(accepts), whole: accepts, within: self.within.clone() }
    }

    /// The model, if it is one.
    pub fn model(&self) -> Option<&'m ModelRule> {
        self.resolved().0
    }

    fn resolved(&self) -> (Option<&'m ModelRule>, usize) {
        match self.accepts {
            ValueType::Model(rule) => (Some(rule), self.within.len()),
            ValueType::Enclosing(further) => {
                let at = usize::try_from(*further).ok().and_then(|further| self.within.len().checked_sub(further + 1));
                at.map_or((None, 0), |at| (self.within.get(at).copied(), at))
            }
            _ => (None, 0),
        }
    }

    /// The type of a field of this model.
    #[must_use]
    pub fn field(&self, field: &'m ModelField) -> Self {
        let (model, depth) = self.resolved();
        let mut within = self.within.get(..depth).unwrap_or_default().to_vec();
        within.extend(model);
        Self { accepts: peeled(&field.accepts), whole: &field.accepts, within }
    }

    /// What a key refers to, for a validator.
    pub fn steps(&self, key: &str) -> Vec<Step<'m>> {
        if let Some(model) = self.model() {
            return match model.field_of(key) {
                Some(field) => vec![Step::Field(field, self.field(field))],
                None if model.allow_extra => vec![Step::Value(self.with(&ANYTHING))],
                None => Vec::new(),
            };
        }
        match self.accepts {
            ValueType::Dict(_, value) => vec![Step::Value(self.with(value))],
            ValueType::Union(members) | ValueType::Tagged(TaggedRule { members, .. }) => {
                members.iter().flat_map(|member| self.with(member).steps(key)).collect()
            }
            ValueType::Unchecked(_) | ValueType::Any => vec![Step::Open],
            _ => Vec::new(),
        }
    }
}

impl ModelRule {
    /// The field that has this key.
    pub fn field_of(&self, key: &str) -> Option<&ModelField> {
        let spellings = if self.ignore_case { self.spellings() } else { HashMap::new() };
        let key = spellings.get(&key.to_lowercase()).copied().unwrap_or(key);
        self.fields.iter().find(|field| field.keys.iter().any(|known| known == key))
    }

    /// The keys of its fields, by their lower-case form. The name of a field with an alias does not count.
    pub fn spellings(&self) -> HashMap<String, &str> {
        let mut found = HashMap::new();
        for field in &self.fields {
            for key in field.keys.iter().filter(|key| field.keys.len() == 1 || **key != field.name) {
                found.entry(key.to_lowercase()).or_insert(key.as_str());
            }
        }
        found
    }
}

/// A type without the wrappers that only add rules.
pub fn peeled(accepts: &ValueType) -> &ValueType {
    use ValueType as T;
    match accepts {
        T::Constrained(_, inner) | T::Checked(_, inner) | T::Undecoded(inner) | T::EmptyIsUnset(inner) => peeled(inner),
        T::NoneText(_, inner) | T::Preceded(_, inner) | T::Usual(inner) | T::Merged(inner) | T::Coerced(_, inner) => {
            peeled(inner)
        }
        T::First(inner) => peeled(inner),
        other => other,
    }
}

/// Whether variables with nested names are merged into a value of this type, which is decoded as JSON. For a list, the merged value is one
/// that it rejects.
pub fn has_inside(accepts: &ValueType) -> bool {
    use ValueType as T;
    match peeled(accepts) {
        T::Model(_) | T::Dict(..) | T::List(_) | T::Set(_) | T::FrozenSet(_) | T::Tuple(_) | T::TupleOf(_) => true,
        ValueType::Union(members) | ValueType::Tagged(TaggedRule { members, .. }) => members.iter().any(has_inside),
        _ => false,
    }
}
