//! TK034: a package is pinned in two versions, and takk uses one of them.

use std::collections::BTreeSet;

use super::{Context, Rule};
use takk_catalog::clients_in_use;
use takk_model::{Code, Finding, Package, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(34),
    name: "several-versions",
    severity: Severity::Info,
    summary: "A package that determines how settings are read is pinned in several versions",
    documentation: r"
The version of pydantic determines how settings are read, and the version of a client library determines which servers are compatible.
If a lock pins two versions (for different Python versions), or a lock and a requirements file disagree, takk uses one of them: the
highest version in a file, and the first file that has one (`uv.lock`, `poetry.lock`, `pdm.lock`, `pylock.toml`, `Pipfile.lock`,
`requirements.txt`).

Found:

```toml
# uv.lock
version = 1

[[package]]
name = 'pydantic'
version = '2.6.1'

[[package]]
name = 'pydantic'
version = '2.11.3'
```

Correct:

```toml
# uv.lock
version = 1

[[package]]
name = 'pydantic'
version = '2.11.3'
```
",
};

const READERS: [&str; 2] = ["pydantic", "pydantic-settings"];

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let packages = &context.manifest.packages;
    let clients = context.kinds().flat_map(|kind| clients_in_use(kind, packages)).map(|client| client.package.name.as_str());
    let names: BTreeSet<&str> = READERS.into_iter().chain(clients).collect();
    found.extend(names.into_iter().filter_map(|name| packages.find(name)).filter_map(several));
}

fn several(package: &Package) -> Option<Finding> {
    let version = package.version.as_ref().filter(|_| !package.others.is_empty())?;
    let others: Vec<String> =
        package.others.iter().map(|other| format!("{} ({})", other.version, other.place.short())).collect();
    let message = format!("`{}` is pinned to {version} and to {}", package.name, others.join(" and "));
    let help = format!("takk uses {version}; pin one version or, for pydantic, set the version in `[tool.takk]`");
    let mut finding = DOC.finding(package.place.clone(), message, help);
    finding.also = package.others.iter().map(|other| other.place.clone()).collect();
    Some(finding)
}
