//! Findings, one file each. To add one, add its file, its `mod` line and its line in [`RULES`]; codes are never reused.

mod bad_placeholder;
mod bad_requirement;
mod bad_setting;
mod broken_metadata;
mod conflicting_resources;
mod conflicting_types;
mod context;
mod driver_not_locked;
mod environment_read;
mod forbidden_default;
mod foreign_name;
mod hard_coded_secret;
mod no_matching_version;
mod path_read_twice;
mod reserved_name;
mod secret_misuse;
mod secret_models;
mod settings_file;
mod several_projects;
mod several_versions;
mod sync_driver;
mod syntax_error;
#[cfg(test)]
mod tests;
mod type_family;
mod undecided_value;
mod unknown_environment;
mod unknown_path_variable;
mod unknown_service;
mod unknown_source;
mod unknown_url_type;
mod unreadable_file;
mod unresolved_base;
mod unresolved_type;
mod url_as_str;
mod variable_collision;
mod version_in_path;
mod version_not_locked;

use takk_model::{Finding, RuleDoc};

pub use context::Context;
pub use foreign_name::DOC as FOREIGN_NAME;

#[derive(Clone, Copy)]
pub struct Rule {
    /// Its documentation, with an example that is reported under `Found:` and one that is not under `Correct:`; a test runs both. The first
    /// line of a block may name its file (`# requirements.txt`).
    pub doc: RuleDoc,
    pub check: fn(&Context<'_>, &mut Vec<Finding>),
}

pub const RULES: &[Rule] = &[
    unresolved_base::RULE,
    undecided_value::RULE,
    conflicting_types::RULE,
    hard_coded_secret::RULE,
    unknown_url_type::RULE,
    url_as_str::RULE,
    unknown_path_variable::RULE,
    secret_misuse::RULE,
    unknown_service::RULE,
    conflicting_resources::RULE,
    no_matching_version::RULE,
    version_not_locked::RULE,
    environment_read::RULE,
    syntax_error::RULE,
    unreadable_file::RULE,
    broken_metadata::RULE,
    bad_requirement::RULE,
    unknown_environment::RULE,
    bad_setting::RULE,
    unresolved_type::RULE,
    several_projects::RULE,
    variable_collision::RULE,
    driver_not_locked::RULE,
    sync_driver::RULE,
    reserved_name::RULE,
    unknown_source::RULE,
    settings_file::RULE,
    several_versions::RULE,
    foreign_name::RULE,
    forbidden_default::RULE,
    bad_placeholder::RULE,
    path_read_twice::RULE,
    version_in_path::RULE,
];

/// All findings of the rules, sorted. Places outside of the project (fields inherited from an installed package), and in test code that
/// does not count, are not reported.
pub fn findings(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES {
        (rule.check)(context, &mut found);
    }
    found.retain(|finding| finding.place.as_ref().is_none_or(|place| counts(&place.file, context)));
    Finding::sort(&mut found);
    found
}

fn counts(file: &str, context: &Context<'_>) -> bool {
    let outside = file.starts_with(['/', '<']);
    let is_code = std::path::Path::new(file).extension().is_some_and(|extension| extension == "py");
    !outside && (!is_code || context.counts(file))
}
