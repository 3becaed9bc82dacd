//! TK033: a file from which a class reads its settings stops the program.

use super::{Context, Rule};
use crate::notes::Observation;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(33),
    name: "settings-file",
    severity: Severity::Error,
    summary: "A file that a settings class reads prevents the program from starting",
    documentation: r#"
A class that reads TOML, YAML or JSON prevents the program from starting in these cases: the file is malformed or lacks the table that
the class reads; the file contains a name that is not a field and the class forbids extra names, which is the default of `extra`; or the
class reads nothing else and the file lacks a required value.

Found:

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
prot = 8080
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
        let Observation::SettingsFile { class, problem, help } = observation else { continue };
        if context.counts(&class.file) {
            found.push(DOC.finding(place.clone(), problem, help));
        }
    }
}
