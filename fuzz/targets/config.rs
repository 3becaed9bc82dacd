//! takk's own settings, in either file.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    takk::config::read(Some(("pyproject.toml", text)), None);
    let (config, _) = takk::config::read(None, Some(("takk.toml", text)));
    for environment in config.environments() {
        config.policy(environment.name.as_str());
    }
    config.environment("preview/branch");
    config.nearest_environment("pord");
});
