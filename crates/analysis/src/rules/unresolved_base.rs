//! TK001: a base class that cannot be resolved.

use std::collections::BTreeMap;

use super::{Context, Rule};
use crate::notes::Observation;
use takk_model::{Code, Finding, PackageSource, Place, RuleDoc, Severity};

/// The maximum number of classes or directories in one sentence.
const SHOWN: usize = 6;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(1),
    name: "unresolved-base",
    severity: Severity::Warning,
    summary: "A base class of a likely settings class cannot be resolved",
    documentation: r"
The base class is neither in the project nor in its virtual environment, so takk does not know the variables that it declares, and the
plan does not include them. Install the package into the project's `.venv`, or pass another virtual environment with `--venv`. There is
one finding for each package, which lists all classes that need it.

Packages in one repository can import each other even if nothing declares where they are: takk uses the directory with that module that
is nearest to the importing file. If two directories are equally near, list the right one in `python-roots` in `[tool.takk]`.

Found:

```python
from acme.config import AcmeSettings


class Settings(AcmeSettings):
    api_key: str
```

Correct:

```python
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    api_key: str
```
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut missing: BTreeMap<Option<String>, Vec<Unresolved<'_>>> = BTreeMap::new();
    for (place, observation) in context.notes.iter() {
        let Observation::UnresolvedBase { class, base, import, within } = observation else { continue };
        let one = Unresolved { place, class: &class.qualname, base };
        let import = import.as_deref();
        if !within.is_empty() {
            found.push(one.finding(top(import), &of_the_project(import, within)));
        } else if context.counts(&place.file) {
            missing.entry(top(import).map(|_| distribution(import.unwrap_or_default(), context))).or_default().push(one);
        }
    }
    for (package, mut classes) in missing {
        classes.sort_by_key(|one| one.place);
        found.extend(of_package(package.as_deref(), &classes, context));
    }
}

/// A class whose base was not found.
struct Unresolved<'u> {
    place: &'u Place,
    class: &'u str,
    base: &'u str,
}

impl Unresolved<'_> {
    fn finding(&self, import: Option<&str>, help: &str) -> Finding {
        let origin = import.map(|import| format!(", imported from `{import}`")).unwrap_or_default();
        let message = format!("class `{}` derives from `{}`{origin}, which takk cannot resolve", self.class, self.base);
        DOC.finding(self.place.clone(), message, help)
    }
}

/// The top-level package of an import.
fn top(import: Option<&str>) -> Option<&str> {
    import?.split('.').find(|part| !part.is_empty())
}

/// The advice if the project itself contains something of that name.
fn of_the_project(import: Option<&str>, within: &[String]) -> String {
    let import = import.unwrap_or_default();
    let name = top(Some(import)).unwrap_or(import);
    let shown = |root: &String| if root.is_empty() { "the root".to_owned() } else { format!("`{root}`") };
    match within {
        [only] => format!(
            "`{name}` is in {} of this project, and `{import}` does not exist there: correct the import, or name the directory it is \
             imported from in `python-roots` of `[tool.takk]`",
            shown(only)
        ),
        several => {
            let places: Vec<String> = several.iter().take(SHOWN).map(shown).collect();
            let more = several.len().saturating_sub(SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "`{name}` is in {}{more}, none of which is nearest: name the directory it is imported from in `python-roots` of \
                 `[tool.takk]`",
                places.join(", ")
            )
        }
    }
}

/// One finding for all classes that need a package.
fn of_package(package: Option<&str>, classes: &[Unresolved<'_>], context: &Context<'_>) -> Option<Finding> {
    let (first, others) = classes.split_first()?;
    let Some(package) = package else {
        let mut finding = first.finding(None, "import the base class by name");
        finding.also = others.iter().map(|one| one.place.clone()).collect();
        return Some(finding);
    };
    let help = install(package, context);
    if others.is_empty() {
        return Some(first.finding(Some(package), &help));
    }
    let names: Vec<String> = classes.iter().take(SHOWN).map(|one| format!("`{}`", one.class)).collect();
    let more = classes.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!(
        "{} classes derive from bases in `{package}`, which takk cannot resolve: {}{more}",
        classes.len(),
        names.join(", ")
    );
    let mut finding = DOC.finding(first.place.clone(), message, help);
    finding.also = others.iter().map(|one| one.place.clone()).collect();
    Some(finding)
}

/// The package that provides a module, as the locks name it: `acme-settings` for `acme.settings.base`. Otherwise the top-level module.
fn distribution(import: &str, context: &Context<'_>) -> String {
    let parts: Vec<&str> = import.split('.').filter(|part| !part.is_empty()).collect();
    let packages = &context.manifest.packages;
    let named = (1..=parts.len()).rev().map(|length| parts[..length].join("-").replace('_', "-").to_ascii_lowercase());
    let known = named.into_iter().find(|name| packages.find(name).is_some());
    known.unwrap_or_else(|| parts.first().copied().unwrap_or(import).to_owned())
}

/// How to install a package in the version that the lock pins.
fn install(name: &str, context: &Context<'_>) -> String {
    let elsewhere = "or pass the virtual environment that has it with `--venv`";
    let Some(package) = context.manifest.packages.find(name) else {
        return format!("install `{name}` into the project's .venv, {elsewhere}");
    };
    let file = &package.place.file;
    let command = match package.source {
        PackageSource::UvLock => "uv sync".to_owned(),
        PackageSource::PoetryLock => "poetry install".to_owned(),
        PackageSource::PdmLock => "pdm sync".to_owned(),
        PackageSource::Pylock => format!("uv pip sync {file}"),
        PackageSource::PipfileLock => "pipenv sync".to_owned(),
        PackageSource::Requirements => format!("uv pip install -r {file}"),
        PackageSource::Pyproject => "uv pip install -e .".to_owned(),
    };
    let version = package.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    format!("install `{name}`{version} into the project's .venv (`{command}`; {}), {elsewhere}", package.place.short())
}
