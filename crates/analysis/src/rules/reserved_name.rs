//! TK026: a field that reads a variable which loaders, shells or interpreters use.

use super::context::full_name;
use super::{Context, Rule};
use takk_catalog::reserved;
use takk_model::{Code, Finding, RuleDoc, Setting, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(26),
    name: "reserved-name",
    severity: Severity::Warning,
    summary: "A field reads a variable that affects the system or other programs",
    documentation: r#"
`PATH`, `HOME`, `LD_PRELOAD`, `PYTHONPATH` and similar variables determine which code a program runs or what it trusts. Because of its
name, the field reads such a variable and gets the value that the machine has. takk neither stores a value under such a name nor passes
one to a program: otherwise a repository could choose what `takk run` starts. In the plan, the variable is inherited from the machine.

Rename the field, give it an alias, or give the class a prefix. If you do want to set such a variable, allow it explicitly:
`takk secrets set NAME --allow-name NAME` stores it, and `takk run --allow-name NAME` passes it on. On a server, only an owner can store
it.

Found:

```python
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    path: str = "/srv/files"
```

Correct:

```python
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    path: str = "/srv/files"
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, field) in context.fields() {
        let Some((name, why)) = names(field).find_map(|name| Some((name, reserved(name)?))) else { continue };
        let message = format!("`{}` reads `{name}`, which is not the program's own: {why}", full_name(field));
        found.push(DOC.finding(field.place(), message, "rename it, give it an alias, or give the class an `env_prefix`"));
    }
}

/// Every name that the field reads.
fn names(field: &Setting) -> impl Iterator<Item = &str> {
    let nested = field.nested.iter().flat_map(|leaf| &leaf.env);
    field.variables().iter().chain(nested).map(String::as_str)
}
