//! TK039: a version inside the path of a `Secret`.

use super::context::full_name;
use super::{Context, Rule};
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(39),
    name: "version-in-path",
    severity: Severity::Warning,
    summary: "The path of a secret ends with a version",
    documentation: r#"
AWS Systems Manager takes `/db/password:3` as version 3 of a parameter, other backends as a name. A version belongs to `version=`, which
every backend understands and which the cache keeps apart.

Found:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    db_password: str = Secret("/db/password:3")
```

Correct:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    db_password: str = Secret("/db/password", version=3)
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, field) in context.fields() {
        let Some(path) = &field.path else { continue };
        let Some((before, version)) = path.template.rsplit_once(':') else { continue };
        if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let message = format!("the path of `{}` ends with the version {version}", full_name(field));
        found.push(DOC.finding(field.place(), message, format!("write Secret(\"{before}\", version={version})")));
    }
}
