//! TK018: an environment that is used but not declared.

use std::collections::BTreeSet;

use super::{Context, Rule};
use takk_model::nearest::nearest;
use takk_model::{Code, Finding, PerEnvironment, ProblemKind, RuleDoc, Service, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(18),
    name: "unknown-environment",
    severity: Severity::Error,
    summary: "The code or the settings name an environment that does not exist",
    documentation: r#"
`base` in `[tool.takk.environments.NAME]`, or `value_for(...)` of a component, names an environment that the project does not have. If
the project declares none, its environments are `dev`, `test`, `qa` and `prod`.

Found:

```toml
# pyproject.toml
[tool.takk.environments.prod]
domain = "shop.example.org"

[tool.takk.environments.staging]
base = "prdo"
```

Correct:

```toml
# pyproject.toml
[tool.takk.environments.prod]
domain = "shop.example.org"

[tool.takk.environments.staging]
base = "prod"
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    context.problems_as(&DOC, &[ProblemKind::UnknownEnvironment], found);
    let known: Vec<&str> = context.environments.iter().map(|environment| environment.name.as_str()).collect();
    for service in &context.manifest.services {
        let unknown = environments_of(service).into_iter().filter(|name| !known.contains(name) && !name.starts_with("preview"));
        for name in unknown {
            let message = format!("component `{}` has a value for environment `{name}`, which does not exist", service.name);
            let help = match nearest(name, known.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("declare [tool.takk.environments.{name}]"),
            };
            found.push(DOC.finding(service.place.clone(), message, help));
        }
    }
}

/// The environments for which a component has special values.
fn environments_of(service: &Service) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    names.extend(service.port.iter().flat_map(exceptions));
    names.extend(service.domains.iter().flat_map(exceptions));
    names.extend(service.schedule.iter().flat_map(exceptions));
    names.extend(service.image.iter().flat_map(exceptions));
    names.extend(service.variables.values().flat_map(exceptions));
    names
}

fn exceptions<T>(value: &PerEnvironment<T>) -> Vec<&str> {
    match value {
        PerEnvironment::Same(_) => Vec::new(),
        PerEnvironment::Varies { environments, .. } => environments.keys().map(String::as_str).collect(),
    }
}
