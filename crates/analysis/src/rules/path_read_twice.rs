//! TK038: two fields that read one path with different types or times.

use std::collections::{BTreeSet, HashMap};

use super::context::full_name;
use super::secret_models::secret_models;
use super::{Context, Rule};
use takk_model::{Code, Finding, RuleDoc, Setting, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(38),
    name: "path-read-twice",
    severity: Severity::Warning,
    summary: "Two fields read one path in different ways",
    documentation: r#"
Two fields of one model that read the same path share its value in the cache. If they convert it to different types or keep it for
different times, one of them is probably wrong: `vaultly` gives both the type and the time of the field that is read first.

Found:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    port: int = Secret("/db/port", ttl=60)
    port_text: str = Secret("/db/port")
```

Correct:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    port: int = Secret("/db/port", ttl=60)

    @property
    def port_text(self) -> str:
        return str(self.port)
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut reported = BTreeSet::new();
    for (_, fields) in secret_models(context.manifest) {
        let mut first: HashMap<(&str, Option<&str>), &Setting> = HashMap::new();
        for field in fields {
            let Some(path) = &field.path else { continue };
            let other = *first.entry((&path.template, path.version.as_deref())).or_insert(field);
            let Some(before) = &other.path else { continue };
            let differs = match (path.cast != before.cast, path.ttl != before.ttl) {
                (true, true) => "another type and another ttl",
                (true, false) => "another type",
                (false, true) => "another ttl",
                (false, false) => continue,
            };
            // A nested model may be part of several roots.
            if !reported.insert((field.place(), other.place())) {
                continue;
            }
            let (name, other) = (full_name(field), full_name(other));
            let message = format!("`{name}` reads `{}` with {differs} than `{other}`", path.template);
            found.push(DOC.finding(field.place(), message, format!("read it once, and use the value of `{other}`")));
        }
    }
}
