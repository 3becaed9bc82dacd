//! TK035: a dotenv file has names that a class which reads it refuses. Found where files are read: [`takk_project::ops`].

use super::Rule;
use takk_model::{Code, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check: |_, _| {} };

/// What the rule says about itself.
pub const DOC: RuleDoc = RuleDoc {
    code: Code(35),
    name: "foreign-name",
    severity: Severity::Error,
    summary: "A dotenv file contains a name that the settings class forbids",
    documentation: r#"
Settings refuse what they do not know (`extra="forbid"` is the default of `BaseSettings`), and of a dotenv file every name with a value
counts, unlike of the environment. With this file the program does not start: "Extra inputs are not permitted". Names with the prefix of
the class count too, and a name without it does not become known by another class that reads the same file.

Write `extra="ignore"` where several classes or programs share a file. `dotenv_filtering="match_prefix"` (pydantic-settings 2.14) still
refuses unknown names that begin with the prefix. Otherwise take the names out of the file.

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
