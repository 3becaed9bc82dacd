//! TK004: a secret with a literal default.

use serde_json::Value;

use super::context::full_name;
use super::{Context, Rule};
use takk_model::{Code, DefaultValue, Finding, RuleDoc, Setting, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(4),
    name: "hard-coded-secret",
    severity: Severity::Error,
    summary: "A secret is hard-coded in the source",
    documentation: r#"
Anyone who can read the repository, now or later, can read the secret, and an environment without the variable silently uses it. A URL
is a secret if it contains a password.

Found:

```python
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    admin_password: SecretStr = SecretStr("changeme")
```

Correct:

```python
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    admin_password: SecretStr
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, field) in context.fields() {
        if field.secret && is_exposed(field) {
            let message = format!("secret `{}` is hard-coded in the source", full_name(field));
            let help = format!("remove the default: `{}: {}`", field.name, field.type_name);
            found.push(DOC.finding(field.place(), message, help));
        }
    }
}

fn is_exposed(field: &Setting) -> bool {
    let Some(DefaultValue::Value(value)) = &field.default else { return false };
    match value {
        Value::String(text) => is_secret_text(text),
        Value::Object(object) => object.get("secret").and_then(Value::as_str).is_some_and(is_secret_text),
        _ => false,
    }
}

/// Whether a text must be kept secret. A URL only is if it contains a password.
fn is_secret_text(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return !text.trim().is_empty() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let credentials = authority.rsplit_once('@').map(|(credentials, _)| credentials);
    credentials.and_then(|credentials| credentials.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
}
