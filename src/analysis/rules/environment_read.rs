//! TK013: a variable that is read outside a settings class.

use super::context::full_name;
use super::{Context, Rule};
use crate::model::{Code, EnvironmentRead, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(13),
    name: "environment-read",
    severity: Severity::Info,
    summary: "A variable is read outside a settings class",
    documentation: r#"
`os.environ["X"]` is found where it runs, not when the program starts, and says nothing of the value's type. As a field of a
settings class the variable is checked once, has a type, and may be secret.

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
    for read in &context.manifest.reads {
        let message = format!("`{}` is read outside a settings class", read.name);
        found.push(DOC.finding(read.place.clone(), message, help(context, read)));
    }
}

fn help(context: &Context<'_>, read: &EnvironmentRead) -> String {
    let same = |name: &String| name.eq_ignore_ascii_case(&read.name);
    if let Some((_, field)) = context.fields().find(|(_, field)| field.env.iter().any(same)) {
        return format!("use `{}`, which reads the same variable", full_name(field));
    }
    let optional = if read.required { "str" } else { "str | None = None" };
    format!("add `{}: {optional}` to a settings class", read.name.to_lowercase())
}
