//! TK009: a URL of a component that does not exist.

use super::context::full_name;
use super::{Context, Rule};
use takk_model::nearest::nearest;
use takk_model::{Code, Finding, RuleDoc, Severity, TemplatePart};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(9),
    name: "unknown-service",
    severity: Severity::Error,
    summary: "A service URL names no component of the project",
    documentation: r#"
The first argument of `ServiceUrl` must be the name of a component in `Project(...)`: its keyword, or its own `name`. For a component in a
group, put the group's name in front (`comms.api`).

Found:

```python
from typing import Annotated

from pydantic import AnyUrl
from pydantic_settings import BaseSettings
from takk.models import NetworkApp, Project
from takk.secrets import ServiceUrl


class Settings(BaseSettings):
    api_url: Annotated[AnyUrl, ServiceUrl("apii", "internal")]


project = Project(name="shop", api=NetworkApp(command=["serve"], port=8000, settings=[Settings]))
```

Correct:

```python
from typing import Annotated

from pydantic import AnyUrl
from pydantic_settings import BaseSettings
from takk.models import NetworkApp, Project
from takk.secrets import ServiceUrl


class Settings(BaseSettings):
    api_url: Annotated[AnyUrl, ServiceUrl("api", "internal")]


project = Project(name="shop", api=NetworkApp(command=["serve"], port=8000, settings=[Settings]))
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    if context.manifest.project.place.is_none() {
        return;
    }
    let known: Vec<&str> = context.manifest.services.iter().map(|service| service.name.as_str()).collect();
    for (_, field) in context.fields() {
        let composed = field.template.iter().filter_map(|part| match part {
            TemplatePart::Service(service) => Some(service),
            _ => None,
        });
        for service in field.service.iter().chain(composed).filter(|service| !known.contains(&service.name.as_str())) {
            let message =
                format!("`{}` names the service `{}`, but no component has that name", full_name(field), service.name);
            found.push(DOC.finding(field.place(), message, help(&service.name, &known)));
        }
    }
}

fn help(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None if known.is_empty() => format!("add a component `{name}` to the project"),
        None => format!("use one of {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}
