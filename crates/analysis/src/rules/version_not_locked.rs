//! TK012: a client whose version no lock pins.

use super::{Context, Rule};
use takk_catalog as catalog;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(12),
    name: "version-not-locked",
    severity: Severity::Warning,
    summary: "The version of a client that determines the server version is not locked",
    documentation: r"
The version of the client determines the server version. If neither a lock nor `==` pins the client, the next installation may get a
version that does not work with the current server.

Found:

```python
from pydantic import RedisDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_url: RedisDsn
```

```text
# requirements.txt
redis>=5
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
        let Some(package) = catalog::client_not_locked(kind, &context.manifest.packages) else { continue };
        let message = format!("no lock pins `{}`, which determines the version of {}", package.name, kind.display);
        found.push(DOC.finding(package.place.clone(), message, "lock the dependencies, for example with `uv lock`"));
    }
}
