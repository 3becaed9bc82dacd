//! The name of a preview, derived from its branch.

use crate::ops::project::ReadProject;
use crate::source;
use takk_model::EnvironmentName;
use takk_model::error::{Error, Result};

/// The maximum length of a segment of a name.
const MOST_OF_PART: usize = 63;
/// The maximum length of the branch in a name.
const MOST_OF_BRANCH: usize = 200;

/// The preview of a branch. The name is lowercase; characters that a name cannot have become `-`, and segments without a letter or digit
/// are dropped: `Feature/JIRA-7 new_cart!` becomes `preview/feature/jira-7-new_cart`.
pub fn of_branch(branch: &str) -> Option<EnvironmentName> {
    let parts: Vec<String> = branch.split('/').map(part).filter(|part| !part.is_empty()).collect();
    let mut name = parts.join("/");
    name.truncate(MOST_OF_BRANCH);
    EnvironmentName::parse(&format!("preview/{}", name.trim_end_matches(is_filling))).ok()
}

/// The preview of the branch that CI builds (`of_build`), or else of the one that is checked out.
pub fn of_checkout(project: &ReadProject, of_build: Option<String>) -> Result<EnvironmentName> {
    let name_it = "name the environment: takk env create preview/NAME";
    let branch = match of_build {
        Some(branch) => branch,
        None => source::branch(&project.root)?
            .ok_or_else(|| Error::usage("cannot name the preview: no branch is checked out").hint(name_it))?,
    };
    of_branch(&branch)
        .ok_or_else(|| Error::usage(format!("the branch `{branch}` has no letter or digit to build a name from")).hint(name_it))
}

fn part(text: &str) -> String {
    let fitting = |c: char| {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c) { c } else { '-' }
    };
    let part: String = text.chars().map(fitting).collect();
    let part = part.trim_matches(is_filling);
    part[..part.len().min(MOST_OF_PART)].trim_end_matches(is_filling).to_owned()
}

fn is_filling(c: char) -> bool {
    "-_./".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_becomes_a_name() {
        let name = |branch: &str| of_branch(branch).map(|name| name.to_string());
        let some = |name: &str| Some(format!("preview/{name}"));
        assert_eq!(name("new-cart"), some("new-cart"));
        assert_eq!(name("Feature/JIRA-7 new_cart!"), some("feature/jira-7-new_cart"));
        assert_eq!(name("dependabot/npm_and_yarn/@types/node-20.1"), some("dependabot/npm_and_yarn/types/node-20.1"));
        assert_eq!(name("ärger//..x"), some("rger/x"));
        assert_eq!(name(&"x".repeat(100)), some(&"x".repeat(63)));
        assert_eq!(name(&"ab/".repeat(200)), some(&format!("{}ab", "ab/".repeat(66))));
        for nothing in ["", "///", "äöü", "-"] {
            assert_eq!(name(nothing), None, "{nothing}");
        }
    }
}
