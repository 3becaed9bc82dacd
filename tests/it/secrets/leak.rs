//! A stored value appears nowhere except where it was asked for, even after it was used.

use std::fs;
use std::path::Path;

use super::Project;

const CANARY: &str = "canary/9f2b+47d1=c0ffee?ä";

/// The forms in which a value may leak: as it is, hexadecimal, URL-encoded, base64.
fn forms() -> Vec<Vec<u8>> {
    let bytes = CANARY.as_bytes();
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let encoded = |byte: &u8| if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    let url = bytes.iter().map(encoded).collect::<Vec<_>>().concat();
    let base64 = "Y2FuYXJ5LzlmMmIrNDdkMT1jMGZmZWU/";
    vec![bytes.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes(), url.into_bytes(), base64.as_bytes().to_vec()]
}

fn assert_clean(what: &str, content: &[u8]) {
    for form in forms() {
        let found = content.windows(form.len()).any(|window| window == form);
        assert!(!found, "{what} holds the value as {}", String::from_utf8_lossy(&form));
    }
}

#[test]
fn no_command_says_a_value_that_was_not_asked_for() {
    let project = Project::new();
    project.fill();
    project.set("APP_API_KEY", CANARY);
    project.set_in("prod", "APP_API_KEY", CANARY);
    // Messages about a value that no longer fits.
    project.write(&super::SETTINGS.replace("min_length=8", "max_length=3"));
    let commands: [&[&str]; 14] = [
        &["plan", "--all"],
        &["--json", "plan"],
        &["check", "--env", "dev", "--env", "prod"],
        &["--json", "check", "--env", "dev"],
        &["check", "--env", "dev", "--format", "sarif"],
        &["check", "--env", "dev", "--format", "github"],
        &["why", "APP_API_KEY"],
        &["--json", "why", "APP_API_KEY"],
        &["secrets", "list"],
        &["--json", "secrets", "list"],
        &["secrets", "history", "APP_API_KEY"],
        &["secrets", "rollback", "APP_API_KEY", "--to", "2"],
        &["run", "--", "true"],
        &["secrets", "unset", "APP_API_KEY"],
    ];
    for arguments in commands {
        let answer = project.takk(arguments);
        assert_clean(&format!("{arguments:?}"), format!("{}{}", answer.out, answer.err).as_bytes());
    }
    let refused = project.piped(&["secrets", "set", "APP_API_KEY", "--stdin"], CANARY.as_bytes());
    assert_eq!(refused.code, 2);
    assert_clean("a refusal", refused.err.as_bytes());
}

#[test]
fn no_process_shows_a_value_in_its_arguments_and_takk_writes_it_to_no_file() {
    let project = Project::new();
    project.fill();
    project.set("APP_API_KEY", CANARY);
    let script = "tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$PPID/cmdline";
    for arguments in [&["run", "--", "sh", "-c", script][..], &["run", "--redact", "--", "sh", "-c", script]] {
        let answer = project.takk(arguments);
        assert_eq!(answer.code, 0, "{}", answer.err);
        assert!(answer.out.contains("cmdline"), "{}", answer.out);
        assert_clean("a command line", answer.out.as_bytes());
    }
    let mut files = 0;
    for directory in [Path::new(&project.home()), &project.root()] {
        for entry in fs::read_dir(directory).expect("read") {
            let path = entry.expect("read").path();
            assert_clean(&path.display().to_string(), &fs::read(&path).expect("read"));
            files += 1;
        }
    }
    assert!(files >= 4, "the store, its key and the project");
}
