//! TK017: a line that is not a valid requirement.

use super::{Context, Rule};
use takk_model::{Code, Finding, ProblemKind, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(17),
    name: "bad-requirement",
    severity: Severity::Warning,
    summary: "A requirement is invalid, or an included file is missing",
    documentation: r"
The plan does not include the package, and an installer fails on this line.

Found:

```text
# requirements.txt
redis = 6.4.0
```

Correct:

```text
# requirements.txt
redis==6.4.0
```
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    context.problems_as(&DOC, &[ProblemKind::BadRequirement, ProblemKind::MissingInclude], found);
}
