//! All uses of a class → its usage.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::gather::Gathered;
use crate::notes::Notes;
use crate::settings::{Models, init_names, read_class_made};
use takk_model::{ClassRef, Making, PartOf, Setting, SettingsClass, Usage, UsageKind};
use takk_python::{Choice, Class, ClassUse, Given, How, Value};

/// The options of a call that determine names.
const NAMING: [&str; 5] =
    ["_env_prefix", "_env_prefix_target", "_env_nested_delimiter", "_env_nested_max_split", "_case_sensitive"];
/// The options that determine which files are read.
const FILES: [&str; 2] = ["_env_file", "_secrets_dir"];
/// The maximum number of places, fields and classes to record for each class.
const MOST: usize = 100;

pub(super) struct Found {
    /// The usages of classes, by index.
    pub usages: Vec<(usize, Usage)>,
    /// Classes that are instantiated under other names.
    pub variants: Vec<SettingsClass>,
}

/// A call of a class.
struct Call<'a> {
    making: Making,
    choice: Option<Choice>,
    /// Names of fields that get a value, and of those that get a partial one.
    given: BTreeSet<String>,
    in_part: BTreeSet<String>,
    options: Vec<(Rc<str>, Value<'a>)>,
    data: bool,
}

/// All uses of one class.
#[derive(Default)]
struct Known<'a> {
    calls: Vec<Call<'a>>,
    handed_on: Vec<Making>,
    part_of: BTreeSet<PartOf>,
}

/// The usages of all classes. `number` gives the index of a relevant class.
pub(super) fn usages<'a>(
    models: &Models<'_, 'a>,
    gathered: &Gathered<'a>,
    number: &dyn Fn(&Class<'a>) -> Option<usize>,
    uses: Vec<ClassUse<'a>>,
    notes: &mut Notes,
) -> Found {
    let mut known: BTreeMap<usize, Known<'a>> = BTreeMap::new();
    let mut inits: BTreeMap<usize, Init<'a>> = BTreeMap::new();
    for found in uses {
        if let Some(at) = number(&found.class) {
            let init = inits.entry(at).or_insert_with(|| Init {
                names: init_names(models, &found.class),
                own: models.evaluator.given_by_init(&found.class),
            });
            add(models, known.entry(at).or_default(), init, found);
        }
    }
    let derived = derived(&gathered.settings);
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut found = Found { usages: Vec::new(), variants: Vec::new() };
    for (at, class) in gathered.classes.iter().enumerate().filter(|(_, class)| number(class).is_some()) {
        let known = known.remove(&at).unwrap_or_default();
        if known.calls.is_empty() || (known.calls.iter().all(|call| call.data) && !known.handed_on.is_empty()) {
            let usage = without_calls(known, &gathered.settings[at], &derived);
            if !usage.is_unknown() {
                found.usages.push((at, usage));
            }
            continue;
        }
        groups.extend(grouped(models, at, class, &gathered.settings[at], known.calls, notes));
    }
    settle_choices(&mut groups, &gathered.settings);
    let mut by_class: BTreeMap<usize, Vec<Group<'a>>> = BTreeMap::new();
    for group in groups {
        by_class.entry(group.at).or_default().push(group);
    }
    for (at, groups) in by_class {
        let own = groups.iter().position(|group| group.variant.is_none());
        let mut usage = Usage { by_other_names: own.is_none(), kind: UsageKind::Made, ..Usage::default() };
        for (position, mut group) in groups.into_iter().enumerate() {
            let told = group.usage();
            match group.variant.take() {
                _ if own == Some(position) => usage = told,
                Some(mut variant) => {
                    if own.is_none() {
                        usage.makings.extend(told.makings.iter().cloned());
                    }
                    variant.usage = told;
                    found.variants.push(variant);
                }
                None => {}
            }
        }
        usage.makings.truncate(MOST);
        found.usages.push((at, usage));
    }
    found
}

/// How a call of a class passes its fields.
struct Init<'a> {
    /// The fields, each with its keywords.
    names: Vec<(String, Vec<String>)>,
    /// The arguments that the class's own `__init__` passes to that of its base.
    own: Given<'a>,
}

/// The subclasses of each class, by its name.
fn derived(all: &[SettingsClass]) -> HashMap<&str, Vec<&SettingsClass>> {
    let mut derived: HashMap<&str, Vec<&SettingsClass>> = HashMap::new();
    for class in all {
        let own = format!("{}.{}", class.module, class.qualname);
        // A decorator may return a class of the same name that derives from the decorated one.
        for base in class.bases.iter().filter(|base| **base != own) {
            derived.entry(base).or_default().push(class);
        }
    }
    derived
}

fn add<'a>(models: &Models<'_, 'a>, known: &mut Known<'a>, init: &Init<'a>, found: ClassUse<'a>) {
    let choice = found.condition.as_ref().and_then(|condition| condition.choice);
    let mut making = Making {
        place: found.place,
        by: None,
        condition: found.condition.map(|condition| condition.text),
        options: BTreeMap::new(),
    };
    match found.how {
        How::Called { mut given, by } => {
            making.by = by.map(|by| format!("instantiated by `{by}`"));
            init.add_own(&mut given);
            let (fields, in_part) = init.fields_given(&given);
            for (option, value) in &given.options {
                if NAMING.contains(&&**option) || FILES.contains(&&**option) {
                    making.options.insert(option.to_string(), written(value));
                }
            }
            known.calls.push(Call { making, choice, given: fields, in_part, options: given.options, data: given.data });
        }
        How::FromData(by) => {
            making.by = Some(format!("instantiated by `{by}`"));
            let (given, in_part) = Default::default();
            known.calls.push(Call { making, choice, given, in_part, options: Vec::new(), data: true });
        }
        How::HandedOn(phrase) => {
            making.by = Some(phrase);
            known.handed_on.push(making);
        }
        How::InField { owner, field } => {
            if models.base(&owner).is_model() {
                let class = ClassRef { module: owner.module.to_string(), qualname: owner.qualname.to_string() };
                known.part_of.insert(PartOf { class, field });
            }
        }
    }
}

impl<'a> Init<'a> {
    fn add_own(&self, given: &mut Given<'a>) {
        given.fields.extend(self.own.fields.iter().cloned());
        for (option, value) in &self.own.options {
            if !given.options.iter().any(|(known, _)| known == option) {
                given.options.push((Rc::clone(option), value.clone()));
            }
        }
    }

    /// The fields to which the arguments give a value, and those to which they give a partial one: dictionaries are merged with values from
    /// the environment.
    fn fields_given(&self, given: &Given<'a>) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut whole, mut in_part) = (BTreeSet::new(), BTreeSet::new());
        if given.fields.is_empty() {
            return (whole, in_part);
        }
        for (field, names) in &self.names {
            let found = given.fields.iter().find(|(name, _)| names.iter().any(|known| **known == **name));
            match found {
                Some((_, false)) => whole.insert(field.clone()),
                Some((_, true)) => in_part.insert(field.clone()),
                None => false,
            };
        }
        (whole, in_part)
    }
}

/// An option in Python syntax.
fn written(value: &Value<'_>) -> String {
    match value {
        Value::Str(text) => format!("'{text}'"),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::None => "None".to_owned(),
        Value::Unknown(unknown) => unknown.expression.clone(),
        Value::Call(call) => call.source.to_string(),
        Value::Tuple(items) | Value::List(items) => {
            format!("({})", items.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        _ => "...".to_owned(),
    }
}

/// The usage of a class that is never called, only passed on.
fn without_calls(known: Known<'_>, class: &SettingsClass, derived: &HashMap<&str, Vec<&SettingsClass>>) -> Usage {
    let mut usage = Usage::default();
    if !known.handed_on.is_empty() {
        usage.kind = UsageKind::Made;
        usage.makings = known.handed_on;
        usage.makings.truncate(MOST);
        return usage;
    }
    let name = format!("{}.{}", class.module, class.qualname);
    let others = derived.get(name.as_str()).into_iter().flatten().filter(|other| !other.test || class.test);
    let base_of: Vec<ClassRef> = others.take(MOST).map(|other| other.class_ref()).collect();
    if !known.part_of.is_empty() {
        usage.kind = UsageKind::PartOf;
        usage.part_of = known.part_of.into_iter().take(MOST).collect();
    } else if !base_of.is_empty() {
        usage.kind = UsageKind::BaseOnly;
        usage.base_of = base_of;
    }
    usage
}

/// The calls of a class that read the same names.
struct Group<'a> {
    at: usize,
    calls: Vec<Call<'a>>,
    /// The class under other names, if they differ from its own.
    variant: Option<SettingsClass>,
    /// Fields that are required whichever of several classes is instantiated.
    needed: BTreeSet<String>,
}

fn grouped<'a>(
    models: &Models<'_, 'a>,
    at: usize,
    class: &Rc<Class<'a>>,
    declared: &SettingsClass,
    calls: Vec<Call<'a>>,
    notes: &mut Notes,
) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<Vec<(String, String)>, Vec<Call<'a>>> = BTreeMap::new();
    for call in calls {
        let naming = call.options.iter().filter(|(option, value)| NAMING.contains(&&**option) && !matches!(value, Value::None));
        let key = naming.map(|(option, value)| (option.to_string(), written(value))).collect();
        groups.entry(key).or_default().push(call);
    }
    let variant = |key: &[(String, String)], calls: &[Call<'a>], notes: &mut Notes| {
        let names_files = |call: &Call<'a>| call.options.iter().any(|(option, _)| FILES.contains(&&**option));
        let is_other = !key.is_empty() || calls.iter().all(names_files);
        is_other.then(|| read_class_made(models, class, declared.kind, &calls[0].options, notes))
    };
    groups
        .into_iter()
        .map(|(key, calls)| Group { at, variant: variant(&key, &calls, notes), calls, needed: BTreeSet::new() })
        .collect()
}

impl<'a> Group<'a> {
    /// The calls without a condition.
    fn certain(&self) -> impl Iterator<Item = &Call<'a>> {
        self.calls.iter().filter(|call| !call.data && call.making.condition.is_none())
    }

    fn usage(&self) -> Usage {
        let in_all = |fields: &mut dyn Iterator<Item = BTreeSet<String>>| {
            let first = fields.next().unwrap_or_default();
            fields.fold(first, |all, one| all.intersection(&one).cloned().collect())
        };
        let given = in_all(&mut self.calls.iter().map(|call| call.given.clone()));
        let spared = in_all(&mut self.certain().map(|call| call.given.union(&call.in_part).cloned().collect()));
        let kind = if self.certain().next().is_some() {
            UsageKind::Made
        } else if self.calls.iter().any(|call| !call.data) {
            UsageKind::MadeIf
        } else {
            UsageKind::FromData
        };
        let mut makings: Vec<Making> = self.calls.iter().map(|call| call.making.clone()).collect();
        // Unconditional calls come first.
        makings.sort_by(|a, b| (a.condition.is_some(), &a.place).cmp(&(b.condition.is_some(), &b.place)));
        makings.dedup();
        makings.truncate(MOST);
        let spared = spared.difference(&given).take(MOST).cloned().collect();
        let given = given.iter().take(MOST).cloned().collect();
        let needed = self.needed.iter().take(MOST).cloned().collect();
        Usage { kind, makings, given, spared, needed, ..Usage::default() }
    }
}

/// If exactly one of several classes is instantiated, the variables that all of them require are required.
fn settle_choices(groups: &mut [Group<'_>], settings: &[SettingsClass]) {
    let mut choices: BTreeMap<_, BTreeMap<u32, BTreeSet<String>>> = BTreeMap::new();
    let mut sizes = BTreeMap::new();
    for group in groups.iter() {
        for call in group.calls.iter().filter(|call| !call.data) {
            let Some(choice) = call.choice else { continue };
            sizes.insert(choice.at, choice.branches);
            let needs = fields(group, settings).iter().filter(|field| needs(call, field)).filter_map(|field| field.env.first());
            choices.entry(choice.at).or_default().entry(choice.branch).or_default().extend(needs.cloned());
        }
    }
    let whole = choices.into_iter().filter(|(at, branches)| sizes.get(at).is_some_and(|size| branches.len() >= *size as usize));
    let common: BTreeMap<_, BTreeSet<String>> = whole
        .filter_map(|(at, branches)| {
            let all = branches.into_values().reduce(|all, one| all.intersection(&one).cloned().collect())?;
            Some((at, all))
        })
        .collect();
    for group in groups {
        let names: BTreeSet<&String> = group.calls.iter().filter_map(|call| common.get(&call.choice?.at)).flatten().collect();
        let needed = fields(group, settings).iter().filter(|field| field.env.first().is_some_and(|name| names.contains(name)));
        group.needed = needed.map(|field| field.name.clone()).collect();
    }
}

fn fields<'g>(group: &'g Group<'_>, settings: &'g [SettingsClass]) -> &'g [Setting] {
    group.variant.as_ref().map_or(&settings[group.at].fields, |variant| &variant.fields)
}

fn needs(call: &Call<'_>, field: &Setting) -> bool {
    field.is_needed() && !call.given.contains(&field.name) && !call.in_part.contains(&field.name)
}
