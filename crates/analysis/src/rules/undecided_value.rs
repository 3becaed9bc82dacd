//! TK002: something that determines a variable is only known at run time.

use super::{Context, Rule};
use crate::notes::Observation;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(2),
    name: "undecided-value",
    severity: Severity::Warning,
    summary: "Something that determines a variable is only known at run time",
    documentation: r#"
The program computes a configuration key, a variable name, a field or an argument of a component at run time, so the plan may name the
wrong variable. Use a literal, a constant, or a pure function of constants.

Found:

```python
import socket

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=socket.gethostname())

    api_key: str
```

Correct:

```python
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    api_key: str
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (place, observation) in context.notes.iter() {
        let (message, help) = match observation {
            Observation::UndecidedConfig { class, key, expression } => (
                format!("`{key}` of class `{}` is only known at run time: `{}`", class.qualname, one_line(expression)),
                format!("write `{key}` as a literal or a constant"),
            ),
            Observation::UndecidedName { class, field, expression } => (
                format!("the variable of `{}.{field}` is only known at run time: `{}`", class.qualname, one_line(expression)),
                "write the name as a literal or a constant".to_owned(),
            ),
            Observation::UndecidedField { class, field } => (
                format!("whether and how `{}.{field}` is read is only known at run time", class.qualname),
                "give the field literal arguments, and declare it outside a condition".to_owned(),
            ),
            Observation::UndecidedComponent { component, expression } => (
                format!("an argument of component `{component}` is only known at run time: `{}`", one_line(expression)),
                "write the argument as a literal or a constant".to_owned(),
            ),
            _ => continue,
        };
        found.push(DOC.finding(place.clone(), message, help));
    }
}

/// The expression on one line, shortened for a message.
fn one_line(expression: &str) -> String {
    const LONGEST: usize = 60;
    let joined = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.chars().count() <= LONGEST {
        return joined;
    }
    joined.chars().take(LONGEST).chain("...".chars()).collect()
}
