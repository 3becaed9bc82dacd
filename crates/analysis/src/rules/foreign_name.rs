//! TK035: a dotenv file has names that a class which reads it rejects. Detected where files are read: [`takk_project::ops`].

use super::Rule;
use takk_model::{Code, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check: |_, _| {} };

/// The documentation of the rule.
pub const DOC: RuleDoc = RuleDoc {
    code: Code(35),
    name: "foreign-name",
    severity: Severity::Error,
    summary: "A dotenv file contains a name that the settings class forbids",
    documentation: r#"
A settings class rejects extra names by default (`extra="forbid"`). Unlike in the environment, every name with a value in a dotenv file
counts. With this file the program does not start: "Extra inputs are not permitted". This includes names with the prefix of the class.
It also includes names that another class reads from the same file.

If several classes or programs share a file, set `extra="ignore"`. `dotenv_filtering="match_prefix"` (pydantic-settings 2.14) still
rejects unknown names that start with the prefix. Otherwise, remove the names from the file.

Found:

```python
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    site: str
```

```text
# .env
SITE=north
OTHER_PROGRAM=1
```

Correct:

```python
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    site: str
```

```text
# .env
SITE=north
OTHER_PROGRAM=1
```
"#,
};
