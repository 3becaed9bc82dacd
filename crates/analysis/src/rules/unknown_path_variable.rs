//! TK007: a `{var}` in the path of a `Secret` that the root model does not define.

use std::collections::BTreeSet;

use super::context::full_name;
use super::{Context, Rule};
use takk_model::nearest::nearest;
use takk_model::{ClassKind, Code, Finding, RuleDoc, Setting, SettingsClass, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(7),
    name: "unknown-path-variable",
    severity: Severity::Error,
    summary: "A {var} in the path of a secret is not a field of the root model",
    documentation: r#"
vaultly fills in the variables of a path from the non-secret fields of the root `SecretModel`, in nested models too. If the root has no
such field, reading the secret raises `MissingContextVariableError`.

Found:

```python
from vaultly import Secret, SecretModel


class App(SecretModel):
    stage: str
    db_password: str = Secret("/{stge}/db/password")
```

Correct:

```python
from vaultly import Secret, SecretModel


class App(SecretModel):
    stage: str
    db_password: str = Secret("/{stage}/db/password")
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let models: Vec<&SettingsClass> =
        context.manifest.settings.iter().filter(|class| class.kind == ClassKind::SecretModel).collect();
    for root in models.iter().filter(|class| is_root(class, &models)) {
        let known: Vec<&str> =
            root.fields.iter().filter(|field| field.path.is_none()).map(|field| field.name.as_str()).collect();
        for field in with_nested(root, &models) {
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

/// Whether the program makes this model by itself: it is neither part of another one nor what another one derives from.
fn is_root(class: &SettingsClass, models: &[&SettingsClass]) -> bool {
    let path = format!("{}.{}", class.module, class.qualname);
    !models.iter().any(|other| {
        other.class_ref() != class.class_ref()
            && (other.bases.contains(&path) || other.fields.iter().any(|field| names_type(field, class)))
    })
}

/// The fields of a model and of the models in it.
fn with_nested<'m>(root: &'m SettingsClass, models: &[&'m SettingsClass]) -> Vec<&'m Setting> {
    let mut fields = Vec::new();
    let mut seen = BTreeSet::from([root.class_ref()]);
    let mut queue = vec![root];
    while let Some(model) = queue.pop() {
        for field in &model.fields {
            fields.push(field);
            queue.extend(models.iter().filter(|other| names_type(field, other) && seen.insert(other.class_ref())));
        }
    }
    fields
}

/// Whether the type of a field names the class.
fn names_type(field: &Setting, class: &SettingsClass) -> bool {
    field.annotation.as_ref().is_some_and(|annotation| annotation.names(&class.class_ref()))
}
