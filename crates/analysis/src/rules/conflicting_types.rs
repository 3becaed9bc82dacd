//! TK003: two classes read one variable as different types.

use std::collections::BTreeMap;

use super::context::full_name;
use super::type_family::TypeFamily;
use super::{Context, Rule};
use takk_model::{Code, Finding, RuleDoc, Setting, SettingsClass, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(3),
    name: "conflicting-types",
    severity: Severity::Warning,
    summary: "Two classes of one program read one variable as different types",
    documentation: r"
A variable has only one value. If two classes read it as different types, a value that is valid for one can make the other fail; if no
value is valid for both (a number and a URL), the finding is an error. Types that accept the same values, such as `str` and `SecretStr`
or two enums with the same members, do not conflict.

takk compares only classes that can be used in one process. It does not compare classes that the project lists in separate components, or
classes in directories with their own `pyproject.toml`, `setup.py`, lock or `requirements.txt`, unless a program imports both.

Found:

```python
from pydantic import PostgresDsn
from pydantic_settings import BaseSettings


class Api(BaseSettings):
    store: PostgresDsn


class Worker(BaseSettings):
    store: int
```

Correct:

```python
from pydantic import PostgresDsn
from pydantic_settings import BaseSettings


class Api(BaseSettings):
    store: PostgresDsn


class Worker(BaseSettings):
    store: PostgresDsn
```
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut readers: BTreeMap<&str, Vec<(&SettingsClass, &Setting)>> = BTreeMap::new();
    for (class, field) in context.fields() {
        if let Some(variable) = field.variables().first() {
            readers.entry(variable).or_default().push((class, field));
        }
    }
    for (variable, readers) in readers {
        for (at, &(class, field)) in readers.iter().enumerate() {
            let differing = readers[..at].iter().find(|(earlier, first)| {
                let is_derived = is_derived(class, earlier) || is_derived(earlier, class);
                !is_derived && !agree(first, field) && context.programs.meet(context.manifest, earlier, class)
            });
            if let Some((_, first)) = differing {
                found.push(conflict(variable, first, field));
            }
        }
    }
}

/// Whether two types of one variable are compatible: they are equal, or accept the same values.
fn agree(one: &Setting, other: &Setting) -> bool {
    let texts = TypeFamily::of(one) == TypeFamily::Text && TypeFamily::of(other) == TypeFamily::Text;
    let alike = matches!((&one.annotation, &other.annotation), (Some(one), Some(other)) if one.is_like(other));
    texts || alike || (one.accepts.is_decided() && one.accepts == other.accepts)
}

fn conflict(variable: &str, first: &Setting, field: &Setting) -> Finding {
    let (is, was) = told_apart(field, first);
    let message = format!(
        "`{variable}` is `{is}` in `{}` and `{was}` in `{}` ({})",
        full_name(field),
        full_name(first),
        first.place().short(),
    );
    let help = format!("write `{}: {was}`, or make one of the fields read another variable", field.name);
    let mut finding = DOC.finding(field.place(), message, help);
    if TypeFamily::of(first).excludes(TypeFamily::of(field)) {
        finding.severity = Severity::Error;
    }
    finding
}

/// Both types for people: with modules if the names alone are equal.
fn told_apart(one: &Setting, other: &Setting) -> (String, String) {
    match (&one.annotation, &other.annotation) {
        (Some(this), Some(that)) if one.type_name == other.type_name => (format!("{this:#}"), format!("{that:#}")),
        _ => (one.type_name.clone(), other.type_name.clone()),
    }
}

/// A class may override the type of an inherited field.
fn is_derived(class: &SettingsClass, base: &SettingsClass) -> bool {
    let name = format!("{}.{}", base.module, base.qualname);
    class.bases.contains(&name)
}
