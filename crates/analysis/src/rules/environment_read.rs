//! TK013: a variable that is read outside a settings class.

use std::collections::HashMap;

use super::context::full_name;
use super::{Context, Rule};
use takk_model::{Code, EnvironmentRead, Finding, RuleDoc, Setting, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(13),
    name: "environment-read",
    severity: Severity::Info,
    summary: "A variable is read outside a settings class",
    documentation: r#"
`os.environ["X"]` fails where it runs, not when the program starts, and does not declare a type. As a field of a settings class, the
variable is validated once at startup, has a type, and can be a secret.

A read inside a function, a condition or a `try` needs the variable only when that code runs: the program starts without it, and
`takk check --env` does not report it as missing.

Found:

```python
import os

SENTRY_DSN = os.environ["SENTRY_DSN"]
```

Correct:

```python
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    sentry_dsn: SecretStr
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut fields: HashMap<String, &Setting> = HashMap::new();
    for (_, field) in context.fields() {
        for name in field.variables() {
            fields.entry(name.to_ascii_lowercase()).or_insert(field);
        }
    }
    for read in &context.manifest.reads {
        let when = if read.conditional { ", and required when this code runs" } else { "" };
        let message = format!("`{}` is read outside a settings class{when}", read.name);
        let help = match fields.get(&read.name.to_ascii_lowercase()) {
            Some(field) => format!("use `{}`, which reads the same variable", full_name(field)),
            None => format!("add `{}: {}` to a settings class", read.name.to_lowercase(), type_of(read)),
        };
        found.push(DOC.finding(read.place.clone(), message, help));
    }
}

fn type_of(read: &EnvironmentRead) -> &'static str {
    if read.required { "str" } else { "str | None = None" }
}
