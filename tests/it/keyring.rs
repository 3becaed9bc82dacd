//! The master key in a real Secret Service: gnome-keyring on its own message bus. Needs Debian's packages `gnome-keyring`, `dbus` and
//! `libsecret-tools`; `test.sh` reports if they are missing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The required programs.
const NEEDED: [&str; 3] = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"];

/// A user with a keyring, and a project.
struct Desktop(TempDir);

impl Desktop {
    /// `None`, with a message, if there is no keyring.
    fn new() -> Option<Self> {
        let has = |program: &&str| {
            let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
            found.is_ok_and(|status| status.success())
        };
        if let Some(missing) = NEEDED.iter().find(|program| !has(program)) {
            eprintln!("SKIPPED: the keyring was not tested, {missing} is not installed");
            eprintln!("apt-get install gnome-keyring dbus libsecret-tools");
            return None;
        }
        let desktop = Self(tempfile::tempdir().expect("a directory"));
        let root = desktop.0.path();
        for directory in ["app", "run", "user"] {
            fs::create_dir(root.join(directory)).expect("made");
        }
        fs::write(root.join("app/pyproject.toml"), "[project]\nname = \"app\"\n").expect("written");
        let settings = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    level: str\n";
        fs::write(root.join("app/settings.py"), settings).expect("written");
        Some(desktop)
    }

    /// Runs a shell script in a session whose keyring is unlocked, and returns its output.
    fn session(&self, lines: &str) -> String {
        self.bare_session(&format!(
            "printf pass | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1\n{lines}"
        ))
    }

    /// Runs a shell script in a session in which no keyring runs yet, and returns its output.
    fn bare_session(&self, lines: &str) -> String {
        let root = self.0.path();
        let output = Command::new("timeout")
            .args(["60", "dbus-run-session", "--", "sh", "-c", &format!("exec 2>&1\n{lines}")])
            .current_dir(root.join("app"))
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("HOME", root.join("user"))
            .env("XDG_RUNTIME_DIR", root.join("run"))
            .env("TAKK", assert_cmd::cargo::cargo_bin("takk"))
            .env("TAKK_HOME", root.join("one"))
            .env("OTHER_HOME", root.join("two"))
            .output()
            .expect("the session starts");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Has the session bus run a command where somebody asks for a keyring, instead of the services of the system.
    fn starts_keyring_by(&self, command: &str) {
        let services = self.path("run/dbus-1/services");
        fs::create_dir_all(&services).expect("made");
        // The bus reads what is below only if it is the user's alone.
        for directory in ["run", "run/dbus-1", "run/dbus-1/services"] {
            fs::set_permissions(self.path(directory), PermissionsExt::from_mode(0o700)).expect("permitted");
        }
        let service = format!("[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/sh -c '{command}'\n");
        fs::write(services.join("org.freedesktop.secrets.service"), service).expect("written");
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }
}

fn has_key_file(home: &Path) -> bool {
    home.join("master.key").exists()
}

#[test]
fn the_master_key_is_in_the_keyring() {
    let Some(desktop) = Desktop::new() else { return };
    let said = desktop.session("printf low | $TAKK secrets set LEVEL --stdin --env dev");
    assert!(said.contains("stored LEVEL in dev, version 1"), "{said}");
    assert!(!has_key_file(&desktop.path("one")), "the key is in no file");
    let said = desktop.session("$TAKK secrets get LEVEL --env dev; echo; secret-tool search --all service 'takk master key'");
    assert!(said.starts_with("low\n"), "a later session reads it again: {said}");
    let key = said.lines().find_map(|line| line.strip_prefix("secret = ")).unwrap_or_default();
    assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{said}");
}

#[test]
fn a_keyring_that_starts_slowly_is_waited_for() {
    let Some(desktop) = Desktop::new() else { return };
    desktop.starts_keyring_by("sleep 3; printf pass | gnome-keyring-daemon --unlock --foreground --components=secrets");
    let said = desktop.bare_session("printf low | $TAKK secrets set LEVEL --stdin --env dev");
    assert!(said.contains("stored LEVEL in dev, version 1"), "{said}");
    assert!(!has_key_file(&desktop.path("one")), "the key is in no file: {said}");
    assert_eq!(desktop.bare_session("$TAKK secrets get LEVEL --env dev"), "low");
}

#[test]
fn a_keyring_that_never_answers_is_not_told_as_missing() {
    let Some(desktop) = Desktop::new() else { return };
    desktop.starts_keyring_by("sleep 26");
    let said = desktop.bare_session("printf low | $TAKK secrets set LEVEL --stdin --env dev");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("no keyring could be used (the keyring did not answer for 20 seconds): the master key is in"),
        "{said}"
    );
    assert!(has_key_file(&desktop.path("one")));
}

#[test]
fn each_store_has_a_key_of_its_own() {
    let Some(desktop) = Desktop::new() else { return };
    let set = "$TAKK secrets set LEVEL --stdin --env dev";
    let said = desktop.session(&format!(
        "printf low | {set}\nprintf high | TAKK_HOME=$OTHER_HOME {set}\n$TAKK secrets get LEVEL --env dev\n\
         TAKK_HOME=$OTHER_HOME $TAKK secrets get LEVEL --env dev\necho\nsecret-tool search --all service 'takk master key'"
    ));
    assert!(said.contains("lowhigh\n"), "{said}");
    let mut keys: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("secret = ")).collect();
    keys.dedup();
    assert_eq!(keys.len(), 2, "{said}");
}

#[test]
fn a_locked_keyring_is_said_and_nothing_is_lost() {
    let Some(desktop) = Desktop::new() else { return };
    desktop.session("printf low | $TAKK secrets set LEVEL --stdin --env dev");
    // `secret-tool lock` crashes on Debian 12 with a collection as its argument.
    let lock = "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
                org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login";
    let said = desktop.session(&format!(
        "{lock}\n$TAKK secrets get LEVEL --env dev < /dev/null\necho \"code $?\"\n\
         printf high | $TAKK secrets set LEVEL --stdin --env dev\necho \"code $?\""
    ));
    assert_eq!(said.matches("code 2").count(), 2, "{said}");
    assert!(said.contains("error: cannot find the master key of this store"), "{said}");
    assert!(said.contains("hint: unlock the keyring"), "{said}");
    assert!(!has_key_file(&desktop.path("one")), "no other key was made");
    assert_eq!(desktop.session("$TAKK secrets get LEVEL --env dev"), "low");
}

#[test]
fn a_new_store_says_why_its_key_is_in_a_file() {
    let Some(desktop) = Desktop::new() else { return };
    let lock = "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
                org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login";
    let said = desktop.session(&format!("{lock}\nprintf low | $TAKK secrets set LEVEL --stdin --env dev"));
    let said = said.replace("\n         ", " ");
    let reason = said.split_once("no keyring could be used (").and_then(|(_, rest)| rest.split_once("): the master key is in"));
    assert!(reason.is_some_and(|(reason, _)| !reason.is_empty()), "{said}");
    assert!(has_key_file(&desktop.path("one")));
    assert_eq!(desktop.session("$TAKK secrets get LEVEL --env dev"), "low");
}
