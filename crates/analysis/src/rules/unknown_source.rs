//! TK032: a class takes values from a source that takk does not read.

use super::{Context, Rule};
use crate::notes::Observation;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(32),
    name: "unknown-source",
    severity: Severity::Info,
    summary: "A settings class takes values from a source that only the program can read",
    documentation: r#"
`settings_customise_sources` returns a source that takk cannot read: a class that the project defines, a cloud secrets manager, or a file
outside the project. The source may set any field, so takk does not report required fields of this class as missing. takk does read TOML,
YAML, JSON and `pyproject.toml` files in the project.

Found:

```python
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource


class VaultSource(PydanticBaseSettingsSource):
    def get_field_value(self, field, field_name):
        return None, field_name, False

    def __call__(self):
        return {}


class Settings(BaseSettings):
    port: int

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, VaultSource(settings_cls), env_settings
```

Correct:

```python
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource


class Settings(BaseSettings):
    model_config = SettingsConfigDict(toml_file="config.toml")

    port: int

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
```

```toml
# config.toml
port = 8080
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (place, observation) in context.notes.iter() {
        let Observation::UnknownSource { class, source, why } = observation else { continue };
        let (message, help) = match why {
            Some(why) => (
                format!("`{}` takes values from {source}, which takk does not read: {why}", class.qualname),
                "use a regular file in the project, or ignore this finding",
            ),
            None => (
                format!("`{}` takes values from {source}, which only the program can read", class.qualname),
                "takk does not report fields that it may provide as missing; store the values that it does not provide",
            ),
        };
        found.push(DOC.finding(place.clone(), message, help));
    }
}
