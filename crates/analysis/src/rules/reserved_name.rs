//! TK026: a field that reads a variable which loaders, shells or interpreters obey.

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
`PATH`, `HOME`, `LD_PRELOAD`, `PYTHONPATH` and their like choose which code a program runs, or whom it trusts. By its name the field
reads such a variable, and so has whatever the machine says. takk gives no program a value under such a name, whether it is stored or
put together, and stores none: a repository could choose by it what `takk run` starts. The variable counts as one that comes from
the machine.

Give the field another name, an alias, or the class a prefix. If such a value is really meant, a person says so:
`takk secrets set NAME --allow-name NAME` stores it, and `takk run --allow-name NAME` gives it. On a server that takes an owner.

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
        found.push(DOC.finding(field.place(), message, "give it another name or an alias, or the class an `env_prefix`"));
    }
}

/// Every name that the field reads.
fn names(field: &Setting) -> impl Iterator<Item = &str> {
    let nested = field.nested.iter().flat_map(|leaf| &leaf.env);
    field.env.iter().chain(nested).map(String::as_str)
}
