//! TK005: a type of pydantic that does not exist, such as `PostgresDns`.

use super::{Context, Rule};
use crate::notes::Observation;
use takk_catalog::catalog;
use takk_model::nearest::nearest;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(5),
    name: "unknown-url-type",
    severity: Severity::Error,
    summary: "An annotation names a URL type that pydantic does not have",
    documentation: r"
pydantic's URL types end in `Dsn` (data source name) or `Url`. Any other name raises `ImportError` when the program starts.

Found:

```python
from pydantic import PostgresDns
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    psql_url: PostgresDns
```

Correct:

```python
from pydantic import PostgresDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    psql_url: PostgresDsn
```
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (place, observation) in context.notes.iter() {
        let Observation::UnknownUrlType { name } = observation else { continue };
        let field = context.field_at(place).map(|field| format!("`{field}`: ")).unwrap_or_default();
        let help = match nearest(name, catalog().dsn_types().map(|dsn| dsn.name)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "use `AnyUrl`, which accepts any URL".to_owned(),
        };
        found.push(DOC.finding(place.clone(), format!("{field}pydantic has no type `{name}`"), help));
    }
}
