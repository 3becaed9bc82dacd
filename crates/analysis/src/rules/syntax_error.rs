//! TK014: a file that does not parse.

use super::{Context, Rule};
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(14),
    name: "syntax-error",
    severity: Severity::Error,
    summary: "A file has a syntax error",
    documentation: r"
Python cannot import the file. The plan includes only what takk can read of it. takk parses only files that can affect the settings.

Found:

```python
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    port int = 8000
```

Correct:

```python
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    port: int = 8000
```
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for error in context.syntax {
        let message = format!("syntax error: {}", error.message.trim_end_matches('.'));
        found.push(DOC.finding(error.place.clone(), message, "fix this line; takk read the rest of the file"));
    }
}
