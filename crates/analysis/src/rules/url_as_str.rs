//! TK006: a plain `str` that is clearly the URL of a resource.

use serde_json::Value;

use super::context::full_name;
use super::{Context, Rule};
use takk_catalog::{Kind, catalog};
use takk_model::{Annotation, Code, DefaultValue, Finding, RuleDoc, Setting, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(6),
    name: "url-as-str",
    severity: Severity::Warning,
    summary: "A plain string holds the URL of a resource",
    documentation: r#"
The name or the default of the field shows that it holds the URL of a database or a broker. Declared as `str`, it is not validated
when the program starts, its password appears whenever the settings are printed, and the plan does not list the resource.

Found:

```python
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_url: str = "redis://localhost:6379"
```

Correct:

```python
from pydantic import RedisDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_url: RedisDsn = RedisDsn("redis://localhost:6379")
```
"#,
};

/// Suffixes of names that suggest a URL.
const ENDINGS: [&str; 4] = ["_url", "_dsn", "_uri", "_connection_string"];

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, field) in context.fields() {
        let described =
            field.resource.is_some() || field.service.is_some() || !field.template.is_empty() || field.path.is_some();
        let Some(annotation) = field.annotation.as_ref().filter(|annotation| !described && is_str(annotation)) else {
            continue;
        };
        if let Some((kind, evidence)) = address_of(field)
            && let Some(dsn) = kind.dsn_types.first()
        {
            let message = format!("`{}` is a `str`, but {evidence}", full_name(field));
            let none = if annotation.allows_none() { " | None" } else { "" };
            found.push(DOC.finding(field.place(), message, format!("write `{}: {}{none}`", field.name, dsn.name)));
        }
    }
}

/// Whether it is `str`, optionally with `None`.
fn is_str(annotation: &Annotation) -> bool {
    annotation.only_library().is_some_and(|only| only.is("builtins", "str"))
}

/// The kind of resource whose URL the field holds, and the evidence. A default that is a URL takes precedence over the name.
fn address_of(field: &Setting) -> Option<(&'static Kind, String)> {
    if let Some(DefaultValue::Value(Value::String(text))) = &field.default
        && !text.is_empty()
    {
        let (scheme, _) = text.split_once("://")?;
        let kind = catalog().scheme(scheme)?;
        return Some((kind, format!("its default is a URL of {}", kind.display)));
    }
    // `f"{USER}:{PASSWORD}@{HOST}/{NAME}"`: a text composed without a scheme is not a URL that the type would accept.
    if let Some(DefaultValue::Computed(expression)) = &field.default
        && expression.starts_with(['f', 'F', '"', '\''])
        && !expression.contains("://")
    {
        return None;
    }
    let name = field.name.to_lowercase();
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?;
    let kind = stem.split('_').find_map(kind_named)?;
    Some((kind, format!("its name suggests a URL of {}", kind.display)))
}

/// The kind that a word in a name means.
fn kind_named(word: &str) -> Option<&'static Kind> {
    let word = match word {
        "psql" | "pg" => "postgres",
        "mongodb" => "mongo",
        "rabbitmq" => "amqp",
        word => word,
    };
    let kind = catalog().kind(word).or_else(|| catalog().scheme(word));
    kind.filter(|kind| !kind.dsn_types.is_empty())
}
