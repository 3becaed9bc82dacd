//! A project as takk 0.1.40 compiles it.

use takk_analysis::manifest_of_compiled;
use takk_model::{Declaration, EnvironmentName, Surroundings};
use takk_plan::plan;

/// Looks at one input.
pub fn run(text: &[u8]) {
    let Ok(compiled) = serde_json::from_slice(text) else { return };
    let manifest = manifest_of_compiled(compiled);
    let declaration = Declaration { manifest, environment: Surroundings::default() }.without_secrets();
    let again = Declaration::read(&declaration.written()).map(|read| read.written());
    assert!(again.is_err() || again.is_ok_and(|text| text == declaration.written()));
    let dev = EnvironmentName::parse("dev").expect("it is a name");
    plan(&declaration.manifest, &declaration.environment(dev), &[]);
}
