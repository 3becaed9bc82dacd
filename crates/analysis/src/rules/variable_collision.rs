//! TK023: two fields of one class read the same variable.

use std::collections::HashMap;

use super::{Context, Rule};
use takk_model::{ClassKind, Code, Finding, RuleDoc, Setting, SettingsClass, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(23),
    name: "variable-collision",
    severity: Severity::Warning,
    summary: "Two fields of one class read the same variable",
    documentation: r#"
Both fields always have the same value, which is rarely intended. Usually an alias was copied, or two names differ only in case.

Found:

```python
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    read_key: str = Field(validation_alias="API_KEY")
    write_key: str = Field(validation_alias="API_KEY")
```

Correct:

```python
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    read_key: str = Field(validation_alias="READ_API_KEY")
    write_key: str = Field(validation_alias="WRITE_API_KEY")
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for class in context.manifest.settings.iter().filter(|class| class.kind != ClassKind::SecretModel) {
        collisions(class, found);
    }
}

fn collisions(class: &SettingsClass, found: &mut Vec<Finding>) {
    let mut readers: HashMap<&str, &Setting> = HashMap::new();
    for field in &class.fields {
        let Some(variable) = field.env.first() else { continue };
        let first = *readers.entry(variable).or_insert(field);
        if first.name != field.name {
            let message = format!("`{}` and `{}` of class `{}` both read `{variable}`", first.name, field.name, class.qualname);
            found.push(DOC.finding(field.place(), message, "give one of them a different alias"));
        }
    }
}
