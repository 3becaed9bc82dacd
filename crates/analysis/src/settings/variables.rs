//! The environment variables of a field in the order pydantic tries them (`PydanticBaseEnvSettingsSource._extract_field_info`).

use super::config::ModelConfig;
use super::field::FieldFacts;
use super::models::Models;
use super::rules_version::RulesVersion;
use takk_model::Api;
use takk_python::Value;

/// The names of one field.
pub(super) struct Names {
    /// In lookup order; upper case unless names are case-sensitive.
    pub env: Vec<String>,
    /// Whether nested variables are merged into the value: not below an `AliasPath`, which uses only a part of it.
    pub reach_inside: bool,
    /// What a name depends on, if it is only known at run time.
    pub undecided: Option<String>,
}

/// A name, and whether its value is the whole value of the field.
struct Alias {
    name: String,
    whole: bool,
}

impl Alias {
    fn whole(name: impl Into<String>) -> Self {
        Self { name: name.into(), whole: true }
    }
}

/// Names in order, and what is only known at run time.
type Found = (Vec<Alias>, Option<String>);

/// The names of a field of a class with that configuration.
pub(super) fn names<'a>(models: &Models<'_, 'a>, field: &FieldFacts<'a>, config: &ModelConfig<'a>, api: Api) -> Names {
    let (found, undecided) = match api {
        Api::V1 => v1(field, config),
        Api::V2 => v2(models, field, config),
    };
    let insensitive = !config.is_true("case_sensitive");
    // `get_field_value` merges the nested variables under the last name that it tried (`explode_env_vars`).
    let reach_inside = found.last().is_none_or(|last| last.whole);
    let mut names = Names { env: Vec::new(), reach_inside, undecided };
    for Alias { name, .. } in found {
        let name = if insensitive { name.to_uppercase() } else { name };
        if !names.env.contains(&name) {
            names.env.push(name);
        }
    }
    names
}

fn v2<'a>(models: &Models<'_, 'a>, field: &FieldFacts<'a>, config: &ModelConfig<'a>) -> Found {
    let rules = models.rules;
    let prefix = config.text("env_prefix").unwrap_or_default();
    let target = if rules.has_prefix_target() { config.text("env_prefix_target").unwrap_or("variable") } else { "variable" };
    let prefix_for = |kinds: [&str; 2]| if kinds.contains(&target) { prefix } else { "" };
    let mut undecided = undecided_text(config.value("env_prefix"));
    let (aliases, alias_undecided) = aliases(models, field, config);
    undecided = undecided.or(alias_undecided);
    let hidden = rules.validate_by_alias_counts() && config.value("validate_by_alias").and_then(Value::truth) == Some(false);
    // A base that takk cannot read may set a prefix, or allow the field's own name in addition to its aliases.
    if config.value("env_prefix").is_none() {
        return (Vec::new(), undecided);
    }
    let mut found = aliases;
    found.retain(|_| !hidden);
    for alias in &mut found {
        alias.name.insert_str(0, prefix_for(["alias", "all"]));
    }
    if (found.is_empty() || validates_by_name(config, rules)) && undecided_text(config.value("env_prefix")).is_none() {
        found.push(Alias::whole(format!("{}{}", prefix_for(["variable", "all"]), field.name)));
    }
    (found, undecided)
}

/// Whether the field's own name is allowed in addition to its aliases (`_validate_by_name_enabled`).
fn validates_by_name(config: &ModelConfig<'_>, rules: &RulesVersion) -> bool {
    let flag = |key: &str| config.value(key).filter(|value| !matches!(value, Value::None)).and_then(Value::truth);
    if rules.validate_by_alias_counts() {
        return flag("validate_by_name")
            .or_else(|| flag("populate_by_name"))
            .unwrap_or_else(|| flag("validate_by_alias") == Some(false));
    }
    (rules.populate_by_name_adds_name() && flag("populate_by_name") == Some(true))
        || (rules.validate_by_name_adds_name() && flag("validate_by_name") == Some(true))
}

fn undecided_text(value: Option<&Value<'_>>) -> Option<String> {
    match value {
        Some(Value::Unknown(unknown)) => Some(unknown.expression.clone()),
        Some(Value::Call(call)) => Some(call.source.to_string()),
        Some(Value::Attribute(_) | Value::External(_)) => Some("env_prefix".to_owned()),
        _ => None,
    }
}

/// The names of the field's validation alias, and what is only known at run time.
fn aliases<'a>(models: &Models<'_, 'a>, field: &FieldFacts<'a>, config: &ModelConfig<'a>) -> Found {
    let given = |name: &str| field.attribute(name).filter(|value| !matches!(value, Value::None));
    let explicit = given("validation_alias");
    let generator = config.value("alias_generator").filter(|value| !matches!(value, Value::None));
    // A generated alias replaces one with priority 1.
    let low = matches!(field.attribute("alias_priority"), Some(Value::Int(1)));
    if let Some(generator) = generator
        && (explicit.is_none() || low)
    {
        return generated(models, generator, &field.name);
    }
    match explicit {
        None => (Vec::new(), None),
        Some(Value::Unknown(unknown)) => (Vec::new(), Some(unknown.expression.clone())),
        Some(alias) => {
            let mut names = Vec::new();
            collect(alias, models.rules.alias_path_is_its_head(), &mut names);
            let undecided = names.is_empty().then(|| "validation_alias".to_owned());
            (names, undecided)
        }
    }
}

fn generated<'a>(models: &Models<'_, 'a>, generator: &Value<'a>, name: &str) -> Found {
    match generated_alias(models, generator, name) {
        Generated::Alias(alias) => {
            let mut names = Vec::new();
            collect(&alias, true, &mut names);
            (names, None)
        }
        Generated::None => (Vec::new(), None),
        Generated::Undecided => (Vec::new(), Some("alias_generator".to_owned())),
    }
}

/// The result of a generator for a field.
pub(super) enum Generated<'a> {
    Alias(Value<'a>),
    None,
    Undecided,
}

/// `_apply_alias_generator_to_field_info`: `validation_alias` of an `AliasGenerator`, or else its `alias`; a function provides both.
pub(super) fn generated_alias<'a>(models: &Models<'_, 'a>, generator: &Value<'a>, name: &str) -> Generated<'a> {
    let function = match generator.call_of() {
        Some((path, call)) if path.ends_with(".AliasGenerator") => {
            let chosen = call.argument(1, "validation_alias").filter(|value| !matches!(value, Value::None));
            match chosen.or_else(|| call.argument(0, "alias")) {
                None | Some(Value::None) => return Generated::None,
                Some(function) => function.clone(),
            }
        }
        _ => generator.clone(),
    };
    let result = match &function {
        Value::External(path) if path.starts_with("pydantic.alias_generators.") => {
            known_generator(path.rsplit('.').next().unwrap_or_default(), name).map(Value::str)
        }
        other => models.evaluator.result_of(other, vec![Value::str(name)]),
    };
    match result {
        Some(alias) if !alias.is_unknown() => Generated::Alias(alias),
        _ => Generated::Undecided,
    }
}

/// pydantic's own generators (`pydantic/alias_generators.py`).
fn known_generator(generator: &str, name: &str) -> Option<String> {
    match generator {
        "to_pascal" => Some(pascal(name)),
        "to_camel" => {
            let all_upper_or_mixed = name.chars().next().is_some_and(char::is_lowercase)
                && !name.contains('_')
                && name.chars().any(char::is_uppercase);
            if all_upper_or_mixed {
                return Some(name.to_owned());
            }
            let camel = pascal(name);
            let lead = camel.chars().take_while(|c| *c == '_').count();
            let mut characters: Vec<char> = camel.chars().collect();
            if let Some(first) = characters.get_mut(lead) {
                *first = first.to_ascii_lowercase();
            }
            Some(characters.into_iter().collect())
        }
        "to_snake" => Some(snake(name)),
        _ => None,
    }
}

/// `re.sub('([0-9A-Za-z])_(?=[0-9A-Z])', ..., name.title())`
fn pascal(name: &str) -> String {
    let mut titled = String::with_capacity(name.len());
    let mut inside = false;
    for c in name.chars() {
        if inside {
            titled.extend(c.to_lowercase());
        } else {
            titled.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    let characters: Vec<char> = titled.chars().collect();
    let mut whole = String::new();
    for (at, &c) in characters.iter().enumerate() {
        let between = c == '_'
            && at > 0
            && characters[at - 1].is_ascii_alphanumeric()
            && characters.get(at + 1).is_some_and(|next| next.is_ascii_digit() || next.is_ascii_uppercase());
        if !between {
            whole.push(c);
        }
    }
    whole
}

fn snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut whole = String::new();
    for (at, &c) in characters.iter().enumerate() {
        let previous = at.checked_sub(1).map(|at| characters[at]);
        let next = characters.get(at + 1);
        let starts = match previous {
            None => false,
            Some(p) if c.is_ascii_uppercase() => {
                p.is_ascii_lowercase()
                    || p.is_ascii_digit()
                    || (p.is_ascii_uppercase() && next.is_some_and(char::is_ascii_lowercase))
            }
            Some(p) if c.is_ascii_digit() => p.is_ascii_alphabetic(),
            Some(p) => c.is_ascii_alphabetic() && p.is_ascii_digit(),
        };
        if starts || c == '-' {
            whole.push('_');
        }
        if c != '-' {
            whole.push(c.to_ascii_lowercase());
        }
    }
    whole
}

/// The names in an alias: a string, `AliasPath("a", 0)`, `AliasChoices("a", AliasPath("b", "c"))`.
fn collect(alias: &Value<'_>, heads_only: bool, names: &mut Vec<Alias>) {
    if let Some(text) = alias.as_str() {
        names.push(Alias::whole(text));
        return;
    }
    let Some((path, call)) = alias.call_of() else { return };
    match path.rsplit('.').next() {
        Some("AliasPath") => {
            let parts = call.positional.iter().filter_map(Value::as_str);
            let whole = call.positional.len() == 1;
            let wanted = if heads_only { 1 } else { usize::MAX };
            names.extend(parts.take(wanted).map(|name| Alias { name: name.to_owned(), whole }));
        }
        Some("AliasChoices") => call.positional.iter().for_each(|choice| collect(choice, true, names)),
        _ => {}
    }
}

/// pydantic 1 (`BaseSettings.Config.prepare_field`): `env` of `Config.fields`, or else of `Field`, or else prefix and name. Aliases are
/// ignored.
fn v1<'a>(field: &FieldFacts<'a>, config: &ModelConfig<'a>) -> Found {
    let from_config = config.value("fields").and_then(|fields| fields.item(&field.name)).and_then(|info| info.item("env"));
    let env = from_config.or_else(|| field.attribute("env")).filter(|value| !matches!(value, Value::None));
    let undecided = undecided_text(env).or_else(|| undecided_text(config.value("env_prefix")));
    let env = match env {
        None => vec![Alias::whole(format!("{}{}", config.text("env_prefix").unwrap_or_default(), field.name))],
        Some(value) => match (value.as_str(), value.elements()) {
            (Some(text), _) => vec![Alias::whole(text)],
            (_, Some(items)) => items.iter().filter_map(Value::as_str).map(Alias::whole).collect(),
            _ => Vec::new(),
        },
    };
    (env, undecided)
}

/// The keywords by which a call of the class sets a field (`InitSettingsSource`): its aliases, and its own name if it has none or allows
/// it.
pub(super) fn init_names<'a>(
    models: &Models<'_, 'a>,
    field: &FieldFacts<'a>,
    config: &ModelConfig<'a>,
    api: Api,
) -> Vec<String> {
    let flag = |key: &str| config.is_true(key);
    let (found, undecided) = match api {
        Api::V1 => (field.attribute("alias").and_then(Value::as_str).map(Alias::whole).into_iter().collect(), None),
        Api::V2 => aliases(models, field, config),
    };
    let mut names: Vec<String> = found.into_iter().map(|alias| alias.name).collect();
    let by_name = flag("populate_by_name")
        || flag("allow_population_by_field_name")
        || flag("validate_by_name")
        || config.value("validate_by_alias").and_then(Value::truth) == Some(false);
    if names.is_empty() || by_name || undecided.is_some() {
        names.push(field.name.to_string());
    }
    names
}

/// A name by which a nested model accepts a field.
pub(super) struct InnerName {
    pub name: String,
    /// Whether it is the field's own name, although the field has an alias.
    pub beside_alias: bool,
}

/// The names by which a nested model accepts a field: as in [`names`], without the prefix, and also the field's own name, by which
/// `next_field` finds it.
pub(super) fn inner_names<'a>(
    models: &Models<'_, 'a>,
    field: &FieldFacts<'a>,
    config: &ModelConfig<'a>,
    api: Api,
    sensitive: bool,
) -> Vec<InnerName> {
    let plain = |name: String| InnerName { name, beside_alias: false };
    if api == Api::V1 {
        let alias = field.attribute("alias").and_then(Value::as_str);
        let name = alias.map_or_else(|| field.name.to_string(), str::to_owned);
        return if sensitive || name == name.to_lowercase() { vec![plain(name)] } else { Vec::new() };
    }
    let (found, _) = aliases(models, field, config);
    let aliased = !found.is_empty();
    let mut names: Vec<InnerName> = found.into_iter().map(|alias| plain(alias.name)).collect();
    if !sensitive && !models.rules.restores_case_of_aliases() {
        names.retain(|inner| inner.name == inner.name.to_lowercase());
    }
    // Variables that ignore case become lower case, and the original case is only restored for aliases.
    let arrives = sensitive || *field.name == *field.name.to_lowercase();
    if !aliased || (validates_by_name(config, models.rules) && arrives) {
        names.push(InnerName { name: field.name.to_string(), beside_alias: aliased });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generators_as_pydantic_has_them() {
        for (name, camel, pascal_name) in [
            ("a_b", "aB", "AB"),
            ("snake_case_2", "snakeCase2", "SnakeCase2"),
            ("_private", "_private", "_Private"),
            ("camelCase", "camelCase", "Camelcase"),
        ] {
            assert_eq!(known_generator("to_camel", name).as_deref(), Some(camel));
            assert_eq!(pascal(name), pascal_name);
        }
        for (name, expected) in
            [("SnakeCase", "snake_case"), ("HTTPServer", "http_server"), ("camel2Snake", "camel_2_snake"), ("a-b", "a_b")]
        {
            assert_eq!(snake(name), expected);
        }
    }
}
