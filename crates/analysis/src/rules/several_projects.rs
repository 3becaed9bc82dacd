//! TK021: a second `Project(...)`.

use super::{Context, Rule};
use crate::notes::Observation;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(21),
    name: "several-projects",
    severity: Severity::Error,
    summary: "There is more than one `Project(...)`",
    documentation: r#"
A repository is deployed as one project. The plan covers only the first one, by file and line. Move the components of both into one
project, in groups if necessary.

Found:

```python
from takk.models import Job, Project


def work() -> None: ...


shop = Project(name="shop", work=Job(work))
store = Project(name="store", work=Job(work))
```

Correct:

```python
from takk.models import Job, Project


def work() -> None: ...


shop = Project(name="shop", work=Job(work), store=Job(work))
```
"#,
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    for (place, observation) in context.notes.iter() {
        let Observation::SecondProject { first } = observation else { continue };
        let message = format!("this is a second project; the first is in {}", first.short());
        found.push(DOC.finding(place.clone(), message, format!("move its components into the project in {}", first.short())));
    }
}
