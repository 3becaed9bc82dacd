//! `[tool.takk.environments.NAME]`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use super::section::Section;
use super::{domain, duration};
use takk_document::toml::DeValue;
use takk_model::nearest::nearest;
use takk_model::{Environment, EnvironmentName, ProblemKind};

/// The name of the table with the settings of every `preview/<branch>`.
const PREVIEW: &str = "preview";

/// The longest chain of bases.
const MOST_BASES: usize = 8;

const KEYS: [&str; 5] = ["domain", "context", "base", "ttl", "level"];

/// How much the credentials of an environment may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They expire with the environment.
    Temporary,
    /// They may do only what the program needs.
    LowPrivilege,
    Full,
}

impl Level {
    /// The level of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Temporary, Self::LowPrivilege, Self::Full].into_iter().find(|level| level.as_str() == name)
    }

    /// Its name in a settings file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Temporary => "temporary",
            Self::LowPrivilege => "low-privilege",
            Self::Full => "full",
        }
    }
}

/// The settings of an environment besides its domain and context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentPolicy {
    /// The environment that it is based on, whose context it inherits.
    pub base: Option<EnvironmentName>,
    pub ttl: Option<Duration>,
    /// How much its credentials may do.
    pub level: Level,
}

/// The environments of a project.
#[derive(Clone, Debug)]
pub(super) struct Environments {
    all: Vec<Environment>,
    policies: BTreeMap<String, EnvironmentPolicy>,
    /// The base domain of environments that set none.
    domain: Option<String>,
    preview: Option<Declared>,
}

/// One table, checked on its own.
#[derive(Clone, Debug)]
struct Declared {
    name: EnvironmentName,
    domain: Option<String>,
    context: Vec<(String, String)>,
    base: Option<(String, Range<usize>)>,
    ttl: Option<Duration>,
    level: Option<Level>,
}

impl Default for Environments {
    fn default() -> Self {
        Self::new(&defaults(), None, None)
    }
}

impl Environments {
    /// Reads the environments that `section` declares.
    pub(super) fn read(section: &mut Section) -> Self {
        let domain = domain::read(section);
        let Some(mut tables) = section.table("environments") else { return Self::new(&defaults(), domain, None) };
        let names: Vec<_> = tables.keys().collect();
        let mut declared: Vec<Declared> =
            names.into_iter().filter_map(|(name, span)| Declared::read(&mut tables, name, &span)).collect();
        let is_preview = |environment: &Declared| environment.name.as_str() == PREVIEW;
        let only_preview = declared.iter().all(is_preview);
        if only_preview {
            declared.extend(defaults());
        }
        check_bases(&mut declared, &mut tables);
        inherit_context(&mut declared);
        let preview = declared.iter().position(is_preview).map(|index| declared.remove(index));
        Self::new(&declared, domain, preview)
    }

    fn new(declared: &[Declared], domain: Option<String>, preview: Option<Declared>) -> Self {
        let all = declared.iter().map(|environment| environment.environment(domain.as_deref())).collect();
        let policies = declared.iter().map(|environment| (environment.name.to_string(), environment.policy())).collect();
        Self { all, policies, domain, preview }
    }

    /// One environment, as a declaration describes it, and those that it is based on, nearest first.
    pub(super) fn declared(name: &EnvironmentName, level: Option<Level>, bases: &[EnvironmentName]) -> Self {
        let chain: Vec<&EnvironmentName> = std::iter::once(name).chain(bases).collect();
        let one = |(at, name): (usize, &&EnvironmentName)| Declared {
            base: chain.get(at + 1).map(|base| (base.to_string(), 0..0)),
            level: level.filter(|_| at == 0),
            ..Declared::named((*name).clone())
        };
        let declared: Vec<Declared> = chain.iter().enumerate().map(one).collect();
        Self::new(&declared, None, None)
    }

    pub(super) fn all(&self) -> &[Environment] {
        &self.all
    }

    pub(super) fn find(&self, name: &str) -> Option<Cow<'_, Environment>> {
        let declared = self.all.iter().find(|environment| environment.name.as_str() == name);
        declared.map(Cow::Borrowed).or_else(|| Some(Cow::Owned(self.preview(name)?.environment(self.domain.as_deref()))))
    }

    pub(super) fn policy(&self, name: &str) -> EnvironmentPolicy {
        let known = self.policies.get(name).cloned().or_else(|| Some(self.preview(name)?.policy()));
        // The name alone makes `prod` what it is, also where only other environments are configured.
        let by_name = || EnvironmentName::parse(name).ok().map(|name| Declared::named(name).policy());
        known.or_else(by_name).unwrap_or(EnvironmentPolicy { base: None, ttl: None, level: Level::LowPrivilege })
    }

    /// The preview of that name, with the settings for all previews.
    fn preview(&self, name: &str) -> Option<Declared> {
        let name = EnvironmentName::parse(name).ok().filter(|name| is_preview_name(name.as_str()))?;
        Some(match &self.preview {
            Some(preview) => Declared { name, ..preview.clone() },
            None => Declared::named(name),
        })
    }
}

/// The environments of a project that configures none.
fn defaults() -> Vec<Declared> {
    EnvironmentName::DEFAULT
        .iter()
        .map(|name| Declared::named(EnvironmentName::parse(name).expect("the default names are valid")))
        .collect()
}

fn is_preview_name(name: &str) -> bool {
    name == PREVIEW || name.starts_with("preview/")
}

impl Declared {
    fn named(name: EnvironmentName) -> Self {
        Self { name, domain: None, context: Vec::new(), base: None, ttl: None, level: None }
    }

    fn read(tables: &mut Section, name: &str, span: &Range<usize>) -> Option<Self> {
        let name = match EnvironmentName::parse(name) {
            Ok(name) => name,
            Err(error) => {
                tables.bad(span, error.to_string(), format!("rename the table of `{name}`"));
                return None;
            }
        };
        let Some(mut section) = tables.table(name.as_str()) else { return Some(Self::named(name)) };
        section.check_keys(&KEYS);
        Some(Self {
            name,
            domain: domain::read(&mut section),
            context: context(&mut section),
            base: section.string("base").map(|(base, span)| (base.to_owned(), span)),
            ttl: duration::read(&mut section, "ttl"),
            level: level(&mut section),
        })
    }

    fn environment(&self, default_domain: Option<&str>) -> Environment {
        let domain = self.domain.as_deref().or(default_domain).map(|domain| domain::fill(domain, &self.name));
        Environment { name: self.name.clone(), domain, context: self.context.clone() }
    }

    /// The defaults: development and previews get restricted credentials, production full ones.
    fn policy(&self) -> EnvironmentPolicy {
        let base = self.base.as_ref().and_then(|(base, _)| EnvironmentName::parse(base).ok());
        let usual = match self.name.as_str() {
            "prod" | "production" => Level::Full,
            name if is_preview_name(name) => Level::Temporary,
            _ => Level::LowPrivilege,
        };
        EnvironmentPolicy { base, ttl: self.ttl, level: self.level.unwrap_or(usual) }
    }
}

/// `context = { stage = "prod", shard = 3 }`.
fn context(section: &mut Section) -> Vec<(String, String)> {
    let Some(mut table) = section.table("context") else { return Vec::new() };
    let mut context = Vec::new();
    for (key, span) in table.keys() {
        match table.value(key).map(toml::Spanned::get_ref) {
            Some(DeValue::String(text)) => context.push((key.to_owned(), text.to_string())),
            Some(DeValue::Integer(number)) if number.radix() == 10 => context.push((key.to_owned(), number.to_string())),
            _ => table.bad(&span, format!("`{key}` of `context` must be a string"), format!("write `{key} = \"...\"`")),
        }
    }
    context
}

fn level(section: &mut Section) -> Option<Level> {
    const LEVELS: [(&str, Level); 3] =
        [("temporary", Level::Temporary), ("low-privilege", Level::LowPrivilege), ("full", Level::Full)];
    let (text, span) = section.string("level")?;
    let known = LEVELS.iter().find(|(name, _)| *name == text);
    if known.is_none() {
        let help = match nearest(text, LEVELS.iter().map(|(name, _)| *name)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "known levels are temporary, low-privilege, full".to_owned(),
        };
        section.bad(&span, format!("unknown level `{text}`"), help);
    }
    known.map(|(_, level)| *level)
}

/// Reports and drops every base that is not an environment, or that is part of a cycle or of too long a chain.
fn check_bases(declared: &mut [Declared], section: &mut Section) {
    let indices = indices_by_name(declared);
    for environment in declared.iter_mut() {
        let Some((base, span)) = environment.base.take_if(|(base, _)| !indices.contains_key(base)) else { continue };
        let help = match nearest(&base, indices.keys().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("declare [tool.takk.environments.{base}], or remove this `base`"),
        };
        let message = format!("environment `{}` is based on `{base}`, which does not exist", environment.name);
        section.problem(ProblemKind::UnknownEnvironment, &span, message, help);
    }
    for index in 0..declared.len() {
        if bases(declared, &indices, index).len() > MOST_BASES
            && let Some((base, span)) = declared[index].base.take()
        {
            let name = &declared[index].name;
            let message = format!("environment `{name}` is based on `{base}`, which forms a cycle or a chain that is too long");
            let help = format!("remove a `base`; a chain can have at most {MOST_BASES}");
            section.bad(&span, message, help);
        }
    }
}

/// Merges the context of the bases into each environment. Domains are not inherited: two environments with one domain would be a mistake.
fn inherit_context(declared: &mut [Declared]) {
    let indices = indices_by_name(declared);
    let own: Vec<Vec<(String, String)>> = declared.iter().map(|environment| environment.context.clone()).collect();
    for index in 0..declared.len() {
        let mut known: BTreeSet<&str> = own[index].iter().map(|(key, _)| key.as_str()).collect();
        for base in bases(declared, &indices, index) {
            let inherited = own[base].iter().filter(|(key, _)| known.insert(key));
            declared[index].context.extend(inherited.cloned());
        }
    }
}

/// The bases of the environment at `index`, nearest first; one more than [`MOST_BASES`] if they form a cycle.
fn bases(declared: &[Declared], indices: &BTreeMap<String, usize>, index: usize) -> Vec<usize> {
    let base_of = |index: &usize| indices.get(&declared[*index].base.as_ref()?.0).copied();
    std::iter::successors(base_of(&index), base_of).take(MOST_BASES + 1).collect()
}

fn indices_by_name(declared: &[Declared]) -> BTreeMap<String, usize> {
    declared.iter().enumerate().map(|(index, environment)| (environment.name.to_string(), index)).collect()
}
