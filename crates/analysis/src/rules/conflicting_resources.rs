//! TK010: one name for resources of different kinds.

use std::collections::BTreeMap;

use super::context::full_name;
use super::{Context, Rule};
use takk_catalog::catalog;
use takk_model::{Code, Finding, Place, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(10),
    name: "conflicting-resources",
    severity: Severity::Warning,
    summary: "Resources of different kinds share one name",
    documentation: r#"
takk groups the fields of a resource (host, user, password) by the resource's name. If fields of two kinds share a name, one of them
probably has the wrong tag, and two incomplete resources would be provisioned. The name `default` is separate for each kind.

Found:

```python
from typing import Annotated

from pydantic import SecretStr
from pydantic_settings import BaseSettings
from takk.models import ResourceTags
from takk.secrets import ResourceRef


class Settings(BaseSettings):
    orders_host: Annotated[str, ResourceRef(ResourceTags.psql_host, "orders")]
    orders_password: Annotated[SecretStr, ResourceRef(ResourceTags.redis_password, "orders")]
```

Correct:

```python
from typing import Annotated

from pydantic import SecretStr
from pydantic_settings import BaseSettings
from takk.models import ResourceTags
from takk.secrets import ResourceRef


class Settings(BaseSettings):
    orders_host: Annotated[str, ResourceRef(ResourceTags.psql_host, "orders")]
    orders_password: Annotated[SecretStr, ResourceRef(ResourceTags.psql_password, "orders")]
```
"#,
};

/// A place that gives a name to a kind.
struct Naming<'n> {
    kind: &'static str,
    name: &'n str,
    by: String,
    place: Place,
}

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let mut firsts: BTreeMap<&str, Naming<'_>> = BTreeMap::new();
    for naming in instances(context).chain(fields(context)).filter(|naming| naming.name != "default") {
        match firsts.get(naming.name) {
            None => {
                firsts.insert(naming.name, naming);
            }
            Some(first) if first.kind != naming.kind => found.push(conflict(first, &naming)),
            Some(_) => {}
        }
    }
}

/// Instances that the project describes come first, because they decide what a name means.
fn instances<'c>(context: &Context<'c>) -> impl Iterator<Item = Naming<'c>> {
    context.manifest.resources.iter().filter_map(|resource| {
        let by = resource.instance.as_ref()?;
        Some(Naming { kind: provided(&resource.kind)?, name: &resource.name, by: by.clone(), place: resource.place.clone() })
    })
}

fn fields<'c>(context: &Context<'c>) -> impl Iterator<Item = Naming<'c>> {
    context.resource_parts().filter_map(|(field, part)| {
        Some(Naming { kind: provided(&part.kind)?, name: &part.name, by: full_name(field), place: field.place() })
    })
}

/// The kind of server provided for a component of that kind: `postgres` for a `database`.
fn provided(kind: &str) -> Option<&'static str> {
    catalog().kind(kind).map(|kind| kind.managed_as.unwrap_or(kind.name))
}

fn conflict(first: &Naming<'_>, other: &Naming<'_>) -> Finding {
    let shown = |kind: &'static str| catalog().kind(kind).map_or(kind, |kind| kind.display);
    let message = format!(
        "resource `{}` is {} for `{}` and {} for `{}` ({})",
        other.name,
        shown(other.kind),
        other.by,
        shown(first.kind),
        first.by,
        first.place.short(),
    );
    DOC.finding(
        other.place.clone(),
        message,
        format!("give the {} resource another name, or correct its tag", shown(other.kind)),
    )
}
