//! TK001: a base that leads nowhere.

use super::{Context, Rule};
use crate::analysis::notes::Observation;
use crate::model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(1),
    name: "unresolved-base",
    severity: Severity::Warning,
    summary: "A base class of what looks like settings cannot be followed",
    documentation: r"
The class derives from a name that is neither in the project nor in its virtual environment, so its variables are not known and
not in the plan. Install the package into the project's `.venv`, or name the environment with `--venv`.

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
    for (place, observation) in context.notes.iter() {
        let Observation::UnresolvedBase { class, base, package } = observation else { continue };
        let origin = package.as_ref().map(|import| format!(", imported from `{import}`")).unwrap_or_default();
        let message = format!("class `{}` derives from `{base}`{origin}, which cannot be followed", class.qualname);
        found.push(DOC.finding(place.clone(), message, help(package.as_deref())));
    }
}

fn help(import: Option<&str>) -> String {
    match import.and_then(|import| import.split('.').find(|part| !part.is_empty())) {
        Some(package) => {
            format!("install `{package}` into the project's .venv, or name the environment that has it with `--venv`")
        }
        None => "derive from a class that is imported by name".to_owned(),
    }
}
