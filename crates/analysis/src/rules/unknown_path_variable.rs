//! TK007: a `{var}` in the path of a `Secret` that the root model does not define.

use super::context::full_name;
use super::secret_models::secret_models;
use super::{Context, Rule};
use takk_model::nearest::nearest;
use takk_model::{Code, Finding, RuleDoc, SettingsClass, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(7),
    name: "unknown-path-variable",
    severity: Severity::Error,
    summary: "A {var} in the path of a secret is not a field of the root model",
    documentation: r#"
The variables of a path are filled in from the non-secret fields of the root `SecretModel`, in nested models too. If the root has no
such field, reading the secret raises `MissingContextVariableError`.

Found:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    stage: str
    db_password: str = Secret("/{stge}/db/password")
```

Correct:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    stage: str
    db_password: str = Secret("/{stage}/db/password")
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (root, fields) in secret_models(context.manifest) {
        let known: Vec<&str> =
            root.fields.iter().filter(|field| field.path.is_none()).map(|field| field.name.as_str()).collect();
        for field in fields {
            let variables = field.path.iter().flat_map(|path| &path.variables);
            found.extend(variables.filter(|variable| !known.contains(&variable.as_str())).map(|variable| {
                let message = format!(
                    "the path of `{}` uses `{{{variable}}}`, but `{}` has no such field",
                    full_name(field),
                    root.qualname
                );
                DOC.finding(field.place(), message, help(variable, &known, root))
            }));
        }
    }
}

fn help(variable: &str, known: &[&str], root: &SettingsClass) -> String {
    match nearest(variable, known.iter().copied()) {
        Some(name) => format!("did you mean `{{{name}}}`?"),
        None => format!("add `{variable}: str` to `{}`", root.qualname),
    }
}
