//! Generated values for settings of many types: the real pydantic-settings must accept them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use takk_project::ops::project::{ProjectOptions, read};
use takk_value::{Wanted, generate, is_generable};

use crate::python::{run, venv};
use crate::values::{PACKAGES, number};

fn python(arguments: &[&str], directory: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/made_up.py");
    let mut command = Command::new(venv(PACKAGES).join("bin/python"));
    run(command.arg(script).args(arguments).arg(directory).env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1"));
}

#[test]
fn pydantic_accepts_what_is_made_up() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let seed = number("TAKK_SEED", 1);
    let count = number("TAKK_SETTINGS", 600);
    python(&["write", &seed.to_string(), &count.to_string()], directory.path());

    let mut state = u64::from(seed);
    let mut random = |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
    };
    let options = ProjectOptions { path: directory.path().to_owned(), ..ProjectOptions::default() };
    let project = read(&options).expect("the project is read");
    let (mut lines, mut made, mut refused) = (String::new(), 0, String::new());
    for class in &project.manifest.settings {
        let setting = &class.fields[0];
        match generate(&Wanted::from(setting), &mut random) {
            Ok(value) => {
                made += 1;
                assert!(is_generable(setting));
                let plain = !setting.constraints.contains_key("pattern") && !setting.type_name.contains("UUID");
                let case = json!({ "class": class.qualname, "name": setting.name, "value": *value, "plain": plain });
                let _ = writeln!(lines, "{case}");
            }
            Err(why) => {
                let _ = writeln!(refused, "{}: {} {:?}: {why}", setting.name, setting.type_name, setting.constraints);
            }
        }
    }
    fs::write(directory.path().join("values.jsonl"), lines).expect("the directory is writable");
    python(&["check"], directory.path());
    assert_eq!(project.manifest.settings.len(), count as usize);
    // The rest have constraints that no text satisfies, or a Fernet key with another length.
    assert!(made * 10 > count * 8, "only {made} of {count}\n{refused}");
    eprintln!("{made} of {count}\n{refused}");
}
