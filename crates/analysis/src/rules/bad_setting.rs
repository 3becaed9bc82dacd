//! TK019: an invalid setting of takk.

use super::{Context, Rule};
use takk_model::{Code, Finding, ProblemKind, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(19),
    name: "bad-setting",
    severity: Severity::Error,
    summary: "A setting of takk is unknown or has an invalid value",
    documentation: r"
takk ignores this setting and applies the others.

Found:

```toml
# pyproject.toml
[tool.takk]
include-test = true
```

Correct:

```toml
# pyproject.toml
[tool.takk]
include-tests = true
```
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    context.problems_as(&DOC, &[ProblemKind::BadSetting], found);
}
