//! takk's own settings, in either file.

/// Looks at one input.
pub fn run(text: &[u8]) {
    takk_project::config::read(Some(("pyproject.toml", text)), None);
    let (config, _) = takk_project::config::read(None, Some(("takk.toml", text)));
    for environment in config.environments() {
        config.policy(environment.name.as_str());
    }
    config.environment("preview/branch");
    config.nearest_environment("pord");
}
