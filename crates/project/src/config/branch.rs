//! What a build is for, according to the variables of CI services: its branch, and the directory of its repository.

use std::path::PathBuf;

use super::variables::variable;

/// The variables that CI systems set to the branch: GitHub, GitLab (which sets no `CI_COMMIT_BRANCH` for a merge request), Bitbucket,
/// Buildkite. For a merge request, the variable of the source branch comes before that of the target.
const VARIABLES: [&str; 5] =
    ["GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME", "BITBUCKET_BRANCH", "BUILDKITE_BRANCH"];

/// The branch that this process builds, if it runs in CI.
pub fn branch_of_process() -> Option<String> {
    let named = VARIABLES.into_iter().find_map(variable);
    // A push to GitHub has no head branch, and its ref may be a tag.
    let pushed = || variable("GITHUB_REF_TYPE").filter(|kind| kind == "branch").and_then(|_| variable("GITHUB_REF_NAME"));
    named.or_else(pushed)
}

/// The directory into which GitHub Actions checked out the repository. Paths in annotations are relative to it.
pub fn workspace_of_process() -> Option<PathBuf> {
    variable("GITHUB_WORKSPACE").map(PathBuf::from)
}
