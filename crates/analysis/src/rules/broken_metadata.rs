//! TK016: an invalid `pyproject.toml` or lock.

use super::{Context, Rule};
use takk_model::{Code, Finding, ProblemKind, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(16),
    name: "broken-metadata",
    severity: Severity::Error,
    summary: "pyproject.toml, a lock or a requirements file is broken",
    documentation: r"
The file is malformed, is not text, or still contains conflict markers. takk uses what it can read, so a version in the plan may be
missing or outdated.

Found:

```text
# uv.lock
version = 1
<<<<<<< HEAD
revision = 2
=======
revision = 3
>>>>>>> update
```

Correct:

```text
# uv.lock
version = 1
revision = 3
```
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    context.problems_as(&DOC, &[ProblemKind::BrokenFile, ProblemKind::MergeConflict], found);
}
