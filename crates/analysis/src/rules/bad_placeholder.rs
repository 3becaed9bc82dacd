//! TK037: a placeholder in the path of a `Secret` that is none.

use super::context::full_name;
use super::{Context, Rule};
use takk_model::{Code, Finding, PathFault, PathPiece, RuleDoc, Severity, path_pieces};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(37),
    name: "bad-placeholder",
    severity: Severity::Error,
    summary: "The path of a secret contains something that is not a {name} placeholder",
    documentation: r#"
A path is filled in with the values of fields by their names: `{stage}`. Attributes, indexes, conversions, formats and positions of
`str.format` have no meaning in it, and reading the secret raises `ConfigError`. Braces that belong to the path are doubled: `{{` and `}}`.

Found:

```python
from takk.runtime import Secret, SecretModel


class App(SecretModel):
    stage: str
    db_password: str = Secret("/{stage.name}/db/password")
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
    for (_, field) in context.fields() {
        let Some(path) = &field.path else { continue };
        for piece in path_pieces(&path.template) {
            let PathPiece::Fault(fault) = piece else { continue };
            let message = format!("the path of `{}`: {fault}", full_name(field));
            found.push(DOC.finding(field.place(), message, help(&fault)));
        }
    }
}

fn help(fault: &PathFault) -> &'static str {
    match fault {
        PathFault::Attribute(_) | PathFault::Index(_) => "add a field that has the value, and use its name",
        PathFault::Positional(_) => "write the name of a field",
        PathFault::Format(_) => "write the name of a field alone",
        PathFault::Unclosed => "write `{{` if it belongs to the path",
        PathFault::Unopened => "write `}}` if it belongs to the path",
    }
}
