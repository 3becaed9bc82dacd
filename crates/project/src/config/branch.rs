//! What a build is for, according to the variables of CI services: its branch, and the directory of its repository.

use std::path::PathBuf;

use super::variables::variable;

/// The variables that name a branch. That of a change to be merged comes before the one that it is merged into: GitHub, GitLab (which sets
/// no `CI_COMMIT_BRANCH` for a merge request), Bitbucket, Buildkite.
const VARIABLES: [&str; 5] =
    ["GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME", "BITBUCKET_BRANCH", "BUILDKITE_BRANCH"];

/// The branch of the build that this process is a part of.
pub fn branch_of_process() -> Option<String> {
    let named = VARIABLES.into_iter().find_map(variable);
    // A push to GitHub has no head; its ref may also be a tag.
    let pushed = || variable("GITHUB_REF_TYPE").filter(|kind| kind == "branch").and_then(|_| variable("GITHUB_REF_NAME"));
    named.or_else(pushed)
}

/// The directory into which GitHub Actions checked the repository out. Annotations name files from there.
pub fn workspace_of_process() -> Option<PathBuf> {
    variable("GITHUB_WORKSPACE").map(PathBuf::from)
}
