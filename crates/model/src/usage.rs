//! How the project uses a settings class: who instantiates it, and with which arguments.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::{ClassRef, Manifest, Place, Setting, SettingsClass};

/// How a class is used in the project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UsageKind {
    /// Nothing in the project instantiates it, but it may be instantiated: in a library, by whoever imports it.
    #[default]
    NotMadeHere,
    /// It is instantiated, and reads the environment.
    Made,
    /// It is instantiated under a condition, or its errors are handled: the program may run without it.
    MadeIf,
    /// It is created from other data; the environment provides what the data omits.
    FromData,
    /// It is only the type of fields of other classes, and is read through them.
    PartOf,
    /// It is only a base class.
    BaseOnly,
}

/// How the project uses a class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Usage {
    /// How it is used.
    pub kind: UsageKind,
    /// Where it is instantiated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub makings: Vec<Making>,
    /// The fields whose type it is part of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub part_of: Vec<PartOf>,
    /// The classes that derive from it, if it is not instantiated itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base_of: Vec<ClassRef>,
    /// Fields that get a value in every call: no variable is read for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// Fields that the environment need not set although the class is instantiated: only conditional calls read them, or other values are
    /// merged with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spared: Vec<String>,
    /// Fields that are required although the class is instantiated under a condition: every alternative requires them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<String>,
    /// Whether every call changes the names: the variables are those of the class's entries in `variants`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_other_names: bool,
}

/// A place that instantiates a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Making {
    /// Where.
    pub place: Place,
    /// What instantiates it, if it is not called by its name, as a phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The condition, as a phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The options that it is called with, in Python syntax: `_env_prefix` and others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// A field whose type contains a class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartOf {
    /// The class that has the field.
    pub class: ClassRef,
    /// The field.
    pub field: String,
}

/// How many places are listed before the rest is only counted.
const NAMED: usize = 3;

impl Usage {
    /// Whether the usage is not known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the class itself reads variables.
    pub fn is_read(&self) -> bool {
        !matches!(self.kind, UsageKind::PartOf | UsageKind::BaseOnly)
    }

    /// Whether it reads variables under its own names.
    pub fn has_own_names(&self) -> bool {
        self.is_read() && !self.by_other_names
    }

    /// Whether a field's variable is read when the class is instantiated.
    pub fn reads(&self, field: &Setting) -> bool {
        !self.given.contains(&field.name)
    }

    /// Whether the environment may leave out a field that has no default.
    pub fn spares(&self, field: &Setting) -> bool {
        match self.kind {
            UsageKind::NotMadeHere | UsageKind::Made => self.spared.contains(&field.name),
            _ => !self.needed.contains(&field.name),
        }
    }

    /// How the class is used, as a phrase: `instantiated in main.py:12`. `None` if nothing instantiates it.
    pub fn phrase(&self) -> Option<String> {
        match self.kind {
            UsageKind::NotMadeHere => None,
            UsageKind::Made | UsageKind::MadeIf => self.made(),
            UsageKind::FromData => {
                let place = self.makings.first().map(|making| format!(" in {}", making.place.short())).unwrap_or_default();
                Some(format!("created from data{place}"))
            }
            UsageKind::PartOf => Some(format!(
                "part of {}",
                listed(self.part_of.iter().map(|part| format!("{}.{}", part.class.qualname, part.field)))
            )),
            UsageKind::BaseOnly => {
                Some(format!("only a base class of {}", listed(self.base_of.iter().map(|class| class.qualname.clone()))))
            }
        }
    }

    fn made(&self) -> Option<String> {
        let first = self.makings.first()?;
        let mut text = match &first.by {
            Some(by) => format!("{by} in {}", first.place.short()),
            None => format!("instantiated in {}", first.place.short()),
        };
        if !first.options.is_empty() {
            let options = first.options.iter().map(|(name, value)| format!("{name}={value}"));
            let _ = write!(text, " with {}", options.collect::<Vec<_>>().join(", "));
        }
        if let Some(condition) = &first.condition {
            let _ = write!(text, ", {condition}");
        }
        match self.makings.len() - 1 {
            0 => {}
            1 => text.push_str(", and in one more place"),
            more => {
                let _ = write!(text, ", and in {more} more places");
            }
        }
        Some(text)
    }
}

fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let count = names.len();
    let mut parts: Vec<String> = names.take(NAMED).map(|name| format!("`{name}`")).collect();
    if count > NAMED {
        parts.push(format!("{} more", count - NAMED));
    }
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => parts.join(""),
    }
}

impl Manifest {
    /// The classes that read variables, each with the names and fields that it is instantiated with.
    pub fn read_classes(&self) -> impl Iterator<Item = &SettingsClass> {
        self.settings.iter().filter(|class| class.usage.has_own_names()).chain(&self.variants)
    }

    /// The fields whose variables are read when the class is instantiated.
    pub fn read_fields(&self) -> impl Iterator<Item = (&SettingsClass, &Setting)> {
        self.read_classes()
            .flat_map(|class| class.fields.iter().filter(|field| class.usage.reads(field)).map(move |field| (class, field)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str) -> ClassRef {
        ClassRef { module: "m".to_owned(), qualname: name.to_owned() }
    }

    #[test]
    fn phrases() {
        let mut usage = Usage::default();
        assert_eq!(usage.phrase(), None);
        let making = |line, condition: Option<&str>| Making {
            place: Place::new("main.py", line, 1),
            by: None,
            condition: condition.map(str::to_owned),
            options: BTreeMap::new(),
        };
        usage.kind = UsageKind::MadeIf;
        usage.makings = vec![making(3, Some("if `debug`")), making(9, None)];
        assert_eq!(usage.phrase().as_deref(), Some("instantiated in main.py:3, if `debug`, and in one more place"));
        usage.kind = UsageKind::BaseOnly;
        usage.base_of = ["A", "B", "C", "D"].map(class).to_vec();
        assert_eq!(usage.phrase().as_deref(), Some("only a base class of `A`, `B`, `C` and 1 more"));
        usage.kind = UsageKind::PartOf;
        usage.part_of = vec![PartOf { class: class("A"), field: "db".to_owned() }];
        assert_eq!(usage.phrase().as_deref(), Some("part of `A.db`"));
    }
}
