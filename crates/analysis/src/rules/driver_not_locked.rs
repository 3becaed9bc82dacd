//! TK024: a default names a driver that the project does not have.

use super::context::full_name;
use super::{Context, Rule};
use crate::drivers::default_address;
use takk_catalog::driver_not_locked;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(24),
    name: "driver-not-locked",
    severity: Severity::Warning,
    summary: "A default uses a SQLAlchemy driver that is not locked",
    documentation: r#"
SQLAlchemy imports the driver named in the URL when the program creates the engine. If no package in the lock provides the driver, the
program fails there. takk reports this only if the lock contains SQLAlchemy, and only for drivers that it knows.

Found:

```python
from pydantic import PostgresDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: PostgresDsn = "postgresql+psycopg2://localhost/shop"
```

```toml
# uv.lock
version = 1

[[package]]
name = "asyncpg"
version = "0.31.0"

[[package]]
name = "sqlalchemy"
version = "2.0.44"
```

Correct:

```python
from pydantic import PostgresDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: PostgresDsn = "postgresql+asyncpg://localhost/shop"
```

```toml
# uv.lock
version = 1

[[package]]
name = "asyncpg"
version = "0.31.0"

[[package]]
name = "sqlalchemy"
version = "2.0.44"
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (_, field) in context.fields().filter(|(_, field)| field.sqlalchemy) {
        let address = default_address(field);
        let Some(driver) = address.and_then(|address| driver_not_locked(address, &context.manifest.packages)) else { continue };
        let message = format!("the default of `{}` uses the driver {}, which is in no lock", full_name(field), driver.name);
        let help = format!("add `{}` to the project's dependencies, or use a driver that is locked", driver.packages[0]);
        found.push(DOC.finding(field.place(), message, help));
    }
}
