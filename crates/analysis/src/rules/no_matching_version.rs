//! TK011: a client without a compatible server version.

use super::{Context, Rule};
use takk_catalog::{Kind, catalog};
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(11),
    name: "no-matching-version",
    severity: Severity::Warning,
    summary: "No known server version is compatible with a client, or the declared one is not",
    documentation: r"
A client library supports certain versions of its server. Either takk's catalog has no server version for the client version in the
lock, or the project declares a server version that the client does not support.

Found:

```python
from pydantic import RedisDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_url: RedisDsn
```

```text
# requirements.txt
redis==2.10.6
```

Correct:

```python
from pydantic import RedisDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_url: RedisDsn
```

```text
# requirements.txt
redis==6.4.0
```
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for kind in context.kinds() {
        unmatched(context, kind, found);
    }
    rejected(context, found);
}

fn unmatched(context: &Context<'_>, kind: &Kind, found: &mut Vec<Finding>) {
    let Some(package) = takk_catalog::client_without_match(kind, &context.manifest.packages) else { return };
    let version = package.version.as_deref().or(package.specifier.as_deref()).unwrap_or_default();
    let message = format!(
        "takk knows no {} version that is compatible with `{}` {}",
        kind.display,
        package.name,
        version.trim_start_matches('=')
    );
    let help = format!("update `{}`, or declare the server version yourself", package.name);
    found.push(DOC.finding(package.place.clone(), message, help));
}

/// Servers whose version, set by the project, a client does not support.
fn rejected(context: &Context<'_>, found: &mut Vec<Finding>) {
    for resource in &context.manifest.resources {
        let (Some(kind), Some(answer)) = (catalog().kind(&resource.kind), &resource.version) else { continue };
        if resource.instance.is_none() {
            continue;
        }
        for rejection in takk_catalog::clients_that_reject(kind, &context.manifest.packages, &answer.version) {
            let message = format!(
                "{} {} of resource `{}` is not compatible with its client",
                kind.display, answer.version, resource.name
            );
            let mut finding =
                DOC.finding(resource.place.clone(), message, format!("change one of the two: {}", rejection.reason));
            finding.severity = Severity::Error;
            found.push(finding);
        }
    }
}
