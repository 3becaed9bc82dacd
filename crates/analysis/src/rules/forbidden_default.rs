//! TK036: the default of a field is passed under a name that its class forbids.

use super::{Context, Rule};
use crate::notes::Observation;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(36),
    name: "forbidden-default",
    severity: Severity::Error,
    summary: "The default of a field is passed under a name that the class forbids",
    documentation: r#"
With `nested_model_default_partial_update=True`, pydantic-settings passes the default of a field to the class as if it came from the
environment. Versions 2.5 and 2.6 pass it under the name of the field even if the field is read only by its aliases, as with
`AliasChoices`. A class that forbids extra names, which is the default of `extra`, then rejects it, whatever the environment contains:
"Extra inputs are not permitted".

Use pydantic-settings 2.7 or later, or set `populate_by_name=True`.

Found:

```python
from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Log(BaseModel):
    level: str = "info"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(nested_model_default_partial_update=True)

    log: Log = Field(Log(), validation_alias=AliasChoices("LOGGING", "LOGS"))
```

```text
# requirements.txt
pydantic==2.10.6
pydantic-settings==2.6.1
```

Correct:

```python
from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Log(BaseModel):
    level: str = "info"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(nested_model_default_partial_update=True, populate_by_name=True)

    log: Log = Field(Log(), validation_alias=AliasChoices("LOGGING", "LOGS"))
```

```text
# requirements.txt
pydantic==2.10.6
pydantic-settings==2.6.1
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (place, observation) in context.notes.iter() {
        let Observation::UnreadDefault { class, field, name } = observation else { continue };
        let forbids =
            |known: &&takk_model::SettingsClass| known.class_ref() == *class && known.config.extra.as_deref() == Some("forbid");
        if context.manifest.read_classes().any(|known| forbids(&known)) {
            let message = format!("the default of `{}.{field}` is passed as `{name}`, which the class forbids", class.qualname);
            found.push(DOC.finding(
                place.clone(),
                message,
                "use pydantic-settings 2.7 or later, or set `populate_by_name=True`",
            ));
        }
    }
}
