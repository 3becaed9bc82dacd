//! The declaration that a client sends to a server: parses it, computes the plan of an environment, and validates a value with
//! every field.

use takk_model::{Declaration, EnvironmentName};
use takk_plan::plan;
use takk_value::{Wanted, check_setting, generate, in_words};

/// Looks at one input.
pub fn run(text: &[u8]) {
    let Ok(declaration) = Declaration::read(text) else { return };
    let written = declaration.written();
    let again = Declaration::read(&written).expect("what was written is read");
    assert_eq!(again.written(), written);
    let dev = EnvironmentName::parse("dev").expect("it is a name");
    plan(&declaration.manifest, &declaration.environment(dev), &[]);
    for field in declaration.manifest.settings.iter().flat_map(|class| &class.fields).take(50) {
        in_words(&field.accepts);
        check_setting(field, "[1, {\"a\": \"https://x:1/\"}]");
        let _ = generate(&Wanted::from(field), &mut |bytes| bytes.fill(7));
    }
}
