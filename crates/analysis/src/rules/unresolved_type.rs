//! TK020: an annotation that cannot be resolved.

use super::{Context, Rule};
use crate::notes::Observation;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(20),
    name: "unresolved-type",
    severity: Severity::Warning,
    summary: "The type of a field cannot be resolved",
    documentation: r#"
The annotation names something that is neither in the project nor in its virtual environment, so takk does not know whether the field is
a secret, accepts `None`, or is part of a resource.

Found:

```python
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    level: LogLevel
```

Correct:

```python
from enum import StrEnum

from pydantic_settings import BaseSettings


class LogLevel(StrEnum):
    info = "info"
    debug = "debug"


class Settings(BaseSettings):
    level: LogLevel
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (place, observation) in context.notes.iter() {
        let Observation::UnresolvedType { field, unknown } = observation else { continue };
        let field = context.field_at(place).unwrap_or_else(|| field.clone());
        let message = format!("cannot resolve the type of `{field}`: `{}`, {}", unknown.expression, unknown.reason);
        let help = match unknown.import.as_ref().and_then(|import| import.split('.').find(|part| !part.is_empty())) {
            Some(package) => {
                format!(
                    "install `{package}` into the project's .venv, or pass the virtual environment that has it with `--venv`"
                )
            }
            None => format!("import or define `{}`", unknown.expression),
        };
        found.push(DOC.finding(place.clone(), message, help));
    }
}
