//! TK015: a Python file or directory that takk cannot read, or a file whose bytes are not text.

use super::{Context, Rule};
use takk_model::{Code, Finding, Place, RuleDoc, Severity};
use takk_python::Undecodable;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(15),
    name: "unreadable-file",
    severity: Severity::Warning,
    summary: "A file or directory cannot be read, or is not valid text",
    documentation: r#"
The plan does not include the contents of the file. A Python file must be UTF-8 unless a comment in its first two lines names another
encoding (PEP 263).

Found:

```python
# settings.py, saved as Latin-1
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    greeting: str = "Grüezi"
```

Correct:

```python
# settings.py, saved as Latin-1
# -*- coding: latin-1 -*-
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    greeting: str = "Grüezi"
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (path, reason) in context.unreadable {
        let message = format!("cannot read `{path}`: {reason}");
        found.push(DOC.finding(
            Place::new(path.as_str(), 1, 1),
            message,
            "make it readable, or exclude it with `exclude` in [tool.takk]",
        ));
    }
    for (path, Undecodable { encoding, line }) in context.undecodable {
        let message = format!("`{path}` is not valid {encoding}: invalid byte sequence");
        let help = "save the file as UTF-8, or name its encoding in its first line: `# -*- coding: latin-1 -*-`";
        found.push(DOC.finding(Place::new(path.as_str(), *line, 1), message, help));
    }
}
