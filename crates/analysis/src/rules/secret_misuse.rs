//! TK008: `Secret(...)` used in a way that it does not support.

use super::{Context, Rule};
use crate::notes::Observation;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(8),
    name: "secret-misuse",
    severity: Severity::Error,
    summary: "`Secret(...)` is used in a way that has no effect or fails",
    documentation: r#"
Assign `Secret("/path", ...)` to a field once, and use the type of the value as the annotation. `Secret` is not a type, cannot be combined
with `Field` or a validator, and its `ttl` must be 0 or greater.

Found:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    db_password: Secret[str]
```

Correct:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    db_password: str = Secret("/db/password")
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (place, observation) in context.notes.iter() {
        let Observation::SecretMisuse { field, problem, help } = observation else { continue };
        let field = context.field_at(place).unwrap_or_else(|| field.clone());
        found.push(DOC.finding(place.clone(), format!("`{field}`: {problem}"), help));
    }
}
