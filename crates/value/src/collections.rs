//! Lists, sets, tuples, dictionaries and models, decoded from JSON.

use std::cmp::Ordering;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::check_data;
use super::data::Data;
use super::instance::{Kind, items};
use super::json::{Broken, Dialect, decode};
use super::text::check_length;
use super::verdict::{Check, all, refused, refused_as, unchecked, within};
use takk_model::{Constraints, ModelForm, ModelRule, ValueType};

const SIZE: [&str; 2] = ["too_short", "too_long"];

fn each(items: &[Data], of: &ValueType) -> Check {
    all(items.iter().enumerate().map(|(at, item)| within(check_data(of, item), &format!("[{at}]"))))
}

/// `list[T]` (`ListValidator`).
pub(super) fn check_list(data: &Data, of: &ValueType, constraints: &Constraints) -> Check {
    let Some(items) = items(data, constraints.is_strict(), Kind::List) else { return refused("list_type", "a JSON array") };
    all([check_length(items.len(), constraints, SIZE, "items"), each(items, of)])
}

/// `set[T]` (`SetValidator`): duplicates count once.
pub(super) fn check_set(data: &Data, of: &ValueType, constraints: &Constraints, error: &'static str) -> Check {
    let Some(items) = items(data, constraints.is_strict(), Kind::Set) else { return refused(error, "a JSON array") };
    let plain = |item: &Data| matches!(item, Data::Text(_));
    let hashable = |item: &Data| !matches!(item, Data::List(_) | Data::Object(_));
    let repeated = || !all_differ(items.iter());
    let exact = items.iter().all(plain) && matches!(of, ValueType::Str);
    let size = match (constraints.bounds_length(), constraints.min_length) {
        (false, _) => Ok(()),
        (_, Some(least)) if (items.len() as u64) < least => {
            refused_as("too_short", format!("must have at least {least} items"))
        }
        _ if !exact || repeated() => unchecked("how many distinct items it has"),
        _ => check_length(items.len(), constraints, SIZE, "items"),
    };
    let hashes = if items.iter().all(hashable) { Ok(()) } else { unchecked("whether its items are hashable") };
    all([each(items, of), size, hashes])
}

/// Whether all items are distinct strings. Other items may be equal without looking so.
fn all_differ<'d>(mut items: impl Iterator<Item = &'d Data>) -> bool {
    let mut seen = HashSet::new();
    items.all(|item| matches!(item, Data::Text(text) if seen.insert(text.as_str())))
}

/// `tuple[T, ...]`
pub(super) fn check_tuple_of(data: &Data, of: &ValueType, constraints: &Constraints) -> Check {
    let Some(items) = items(data, constraints.is_strict(), Kind::Tuple) else { return refused("tuple_type", "a JSON array") };
    all([check_length(items.len(), constraints, SIZE, "items"), each(items, of)])
}

/// `tuple[A, B]` (`TupleValidator`).
pub(super) fn check_tuple(data: &Data, of: &[ValueType], constraints: &Constraints) -> Check {
    let Some(items) = items(data, constraints.is_strict(), Kind::Tuple) else { return refused("tuple_type", "a JSON array") };
    let length = of.len();
    let count = match items.len().cmp(&length) {
        Ordering::Less => refused_as("missing", format!("must have {length} items")),
        Ordering::Equal => check_length(length, constraints, SIZE, "items"),
        Ordering::Greater => refused_as("too_long", format!("must have {length} items")),
    };
    let parts = of.iter().zip(items).enumerate().map(|(at, (of, item))| within(check_data(of, item), &format!("[{at}]")));
    all(parts.chain([count]))
}

/// `dict[K, V]` (`DictValidator`).
pub(super) fn check_dict(data: &Data, key: &ValueType, value: &ValueType, constraints: &Constraints) -> Check {
    let Data::Object(items) = data else { return refused("dict_type", "a JSON object") };
    let exact = matches!(key, ValueType::Str | ValueType::Any) || items.len() < 2 || !constraints.bounds_length();
    let size =
        if exact { check_length(items.len(), constraints, SIZE, "items") } else { unchecked("how many distinct keys it has") };
    let keys = items.iter().map(|(name, _)| within(check_data(key, name), "[key]"));
    let values = items.iter().map(|(_, item)| within(check_data(value, item), "[value]"));
    all(keys.chain(values).chain([size]))
}

/// A model (`ModelFieldsValidator`), or another class with fields.
pub(super) fn check_model(data: &Data, rule: &ModelRule) -> Check {
    if let (Data::List(items), ModelForm::NamedTuple) = (data, rule.form) {
        return check_arguments(items, rule);
    }
    let Data::Object(items) = data else { return refused(not_made_of(rule.form), "a JSON object") };
    let is_broken = |name: &Data| !matches!(name, Data::Text(_));
    if items.iter().filter(|(name, _)| is_broken(name)).count() > 1
        || !all_differ(items.iter().map(|(name, _)| name).filter(|name| !is_broken(name)))
    {
        return unchecked("a key appears twice");
    }
    let respelt = if rule.ignore_case { respelt(items, rule) } else { Vec::new() };
    let items = if rule.ignore_case { &respelt } else { items };
    let mut by_name: HashMap<&str, &Data> = HashMap::new();
    for (name, item) in items {
        if let Data::Text(name) = name {
            by_name.entry(name).or_insert(item);
        }
    }
    let mut used: HashSet<&str> = HashSet::new();
    let mut parts = Vec::new();
    for field in &rule.fields {
        let found = field.keys.iter().find_map(|key| by_name.get(key.as_str()).map(|item| (key, *item)));
        let check = match found {
            Some((key, item)) => {
                used.insert(key);
                check_data(&field.accepts, item)
            }
            None if field.required => refused_as("missing", "is required"),
            None => Ok(()),
        };
        parts.push(within(check, &format!(".{}", field.name)));
    }
    let known = |name: &Data| matches!(name, Data::Text(name) if used.contains(name.as_str()));
    if rule.forbid_extra && items.iter().any(|(name, _)| !known(name)) {
        parts.push(refused_as("extra_forbidden", "must not have keys other than its fields"));
    }
    all(parts)
}

/// The items of a list as positional arguments of a `NamedTuple` (`ArgumentsValidator`).
pub(super) fn check_arguments(items: &[Data], rule: &ModelRule) -> Check {
    let given = rule
        .fields
        .iter()
        .zip(items)
        .map(|(field, item)| within(check_data(&field.accepts, item), &format!(".{}", field.name)));
    let missing = rule.fields.iter().skip(items.len()).filter(|field| field.required);
    let missing = missing.map(|field| within(refused_as("missing_argument", "is required"), &format!(".{}", field.name)));
    let most = rule.fields.len();
    let length = if items.len() > most {
        refused_as("unexpected_positional_argument", format!("must have at most {most} items"))
    } else {
        Ok(())
    };
    all(given.chain(missing).chain([length]))
}

/// pydantic's error for a value that such a class cannot be created from.
pub(super) fn not_made_of(form: ModelForm) -> &'static str {
    match form {
        ModelForm::Model => "model_type",
        ModelForm::PydanticDataclass | ModelForm::Dataclass => "dataclass_type",
        ModelForm::TypedDict => "dict_type",
        ModelForm::NamedTuple => "arguments_type",
    }
}

/// The names as spelled in the fields (`_replace_field_names_case_insensitively`).
fn respelt(items: &[(Data, Data)], rule: &ModelRule) -> Vec<(Data, Data)> {
    let spellings = rule.spellings();
    let mut found: Vec<(Data, Data)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (name, item) in items {
        let Data::Text(text) = name else {
            found.push((name.clone(), item.clone()));
            continue;
        };
        let spelt = spellings.get(&text.to_lowercase()).map_or_else(|| text.clone(), |key| (*key).to_owned());
        match places.entry(spelt) {
            Entry::Occupied(known) => found[*known.get()].1 = item.clone(),
            Entry::Vacant(unknown) => {
                found.push((Data::Text(unknown.key().clone()), item.clone()));
                unknown.insert(found.len() - 1);
            }
        }
    }
    found
}

/// `Json[T]` (`JsonValidator`).
pub(super) fn check_json(data: &Data, of: &ValueType, constraints: &Constraints) -> Check {
    let Data::Text(text) = data else { return refused("json_type", "JSON in a string") };
    if !constraints.is_empty() {
        return unchecked("constraints on JSON");
    }
    match decode(text, Dialect::Pydantic) {
        Ok(inner) => check_data(of, &inner),
        Err(Broken::Invalid) => refused("json_invalid", "valid JSON"),
        Err(Broken::TooDeep) => unchecked("it is nested too deeply"),
    }
}
