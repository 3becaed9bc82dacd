//! `install.sh` reports what it does, is idempotent, and fails with a hint.
//!
//! Nothing is built here: a stand-in for cargo writes the executable, and a release is a file on disk.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Writes `bin/takk` in its `--root`, and logs every call.
const CARGO: &str = r#"#!/bin/sh
echo "$@" >>"$0.log"
while [ "$1" != --root ]; do shift; done
mkdir -p "$2/bin"
printf '#!/bin/sh\necho built\n' >"$2/bin/takk"
chmod +x "$2/bin/takk"
"#;

/// The tools that the script may use besides cargo. Other directories are not on its PATH, because the machine's own cargo could be in any
/// of them.
const TOOLS: [&str; 15] =
    ["cat", "chmod", "cp", "curl", "cut", "dirname", "git", "mkdir", "mktemp", "mv", "rm", "sed", "sh", "sha256sum", "shasum"];

/// A checkout with only the script in one commit, and a home directory to install into.
struct Machine {
    directory: TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { directory: TempDir::new().expect("there is room for a directory") };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("install.sh");
        for directory in ["checkout", "home", "tools"] {
            fs::create_dir(machine.path(directory)).expect("the directory is new");
        }
        let path = std::env::var_os("PATH").expect("there is a PATH");
        for tool in TOOLS {
            let found = std::env::split_paths(&path).map(|directory| directory.join(tool)).find(|file| file.exists());
            if let Some(found) = found {
                symlink(found, machine.path("tools").join(tool)).expect("the directory is new");
            }
        }
        fs::copy(script, machine.path("checkout/install.sh")).expect("the script is there");
        machine.git(&["init", "--quiet"]);
        machine.git(&["add", "."]);
        machine.git(&["-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "--quiet", "-m", "Add"]);
        machine
    }

    fn with_cargo() -> Self {
        let machine = Self::new();
        let cargo = machine.path("tools/cargo");
        fs::write(&cargo, CARGO).expect("the directory is writable");
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("it was just written");
        machine
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git").arg("-C").arg(self.path("checkout")).args(arguments).status();
        assert!(status.expect("git is installed").success());
    }

    /// The script, with `bin` as an additional directory on PATH.
    fn install(&self, bin: &str) -> Command {
        let mut command = Command::new("sh");
        let path = format!("{}:{}", self.path(bin).display(), self.path("tools").display());
        command.arg(self.path("checkout/install.sh")).env_clear().env("HOME", self.path("home")).env("PATH", path);
        command
    }

    fn builds(&self) -> usize {
        fs::read_to_string(self.path("tools/cargo.log")).map_or(0, |log| log.lines().count())
    }
}

fn output(command: &mut Command) -> (bool, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("sh starts");
    (status.success(), String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned())
}

#[test]
fn installs_once_per_commit() {
    let machine = Machine::with_cargo();
    let (done, said, errors) = output(&mut machine.install("home/.local/bin"));
    assert!(done, "{errors}");
    let installed = machine.path("home/.local/bin/takk");
    assert!(said.ends_with(&format!("Installed {}\n", installed.display())), "{said}");
    assert_eq!(output(&mut Command::new(&installed)).1, "built\n");

    let (_, said, _) = output(&mut machine.install("home/.local/bin"));
    assert_eq!(said, format!("takk is already installed from the same source: {}\n", installed.display()));
    assert_eq!(machine.builds(), 1);

    fs::write(machine.path("checkout/changed"), "").expect("the checkout is writable");
    output(&mut machine.install("home/.local/bin"));
    assert_eq!(machine.builds(), 2, "a changed checkout is built again");
}

#[test]
fn replaces_an_executable_that_is_not_its_own() {
    let machine = Machine::with_cargo();
    output(&mut machine.install("home/.local/bin"));
    fs::write(machine.path("home/.local/bin/takk"), "something else").expect("it was just installed");
    output(&mut machine.install("home/.local/bin"));
    assert_eq!(machine.builds(), 2);
}

#[test]
fn prefers_a_directory_on_the_path() {
    let machine = Machine::with_cargo();
    output(&mut machine.install("home/.cargo/bin"));
    assert!(machine.path("home/.cargo/bin/takk").exists());
    assert!(!machine.path("home/.local/bin").exists());
}

#[test]
fn says_how_to_put_it_on_the_path() {
    let machine = Machine::with_cargo();
    let chosen = machine.path("chosen");
    let (done, said, _) = output(machine.install("home").env("XDG_BIN_HOME", &chosen));
    assert!(done && chosen.join("takk").exists());
    let (_, hint) = said.split_once("hint: ").expect("there is a hint");
    let chosen = chosen.display();
    assert_eq!(hint, format!("{chosen} is not on PATH; add it with: export PATH=\"{chosen}:$PATH\"\n"));
}

#[test]
fn says_what_to_do_without_cargo() {
    let machine = Machine::new();
    let (done, _, errors) = output(&mut machine.install("home"));
    assert!(!done);
    assert!(errors.starts_with("error: cargo is not installed"), "{errors}");
    assert!(errors.contains("\nhint: install Rust from https://rustup.rs"), "{errors}");
}

#[test]
fn takes_a_release_only_with_its_checksum() {
    let machine = Machine::new();
    let release = machine.path("release");
    fs::write(&release, "#!/bin/sh\necho released\n").expect("the directory is writable");
    let url = format!("file://{}", release.display());
    let checksum = |sum: &str| fs::write(release.with_extension("sha256"), sum).expect("the directory is writable");

    checksum("0123  release\n");
    let (done, _, errors) = output(machine.install("home/.local/bin").env("TAKK_RELEASE_URL", &url));
    assert!(!done && errors.contains("the checksum"), "{errors}");
    assert!(!machine.path("home/.local/bin/takk").exists());

    // printf '#!/bin/sh\necho released\n' | sha256sum
    checksum("4da189d90e07cff2e187998d545d201d8cb7fe95efac557c72f1b545b7b2c9b9  release\n");
    let (done, _, errors) = output(machine.install("home/.local/bin").env("TAKK_RELEASE_URL", &url));
    assert!(done, "{errors}");
    assert_eq!(output(&mut Command::new(machine.path("home/.local/bin/takk"))).1, "released\n");
}

/// A machine with a released executable for `name`, and a `uname` that prints `system` and `kind`.
fn released(name: &str, system: &str, kind: &str) -> (Machine, String) {
    let machine = Machine::new();
    let releases = machine.path("releases/v1.2.3");
    fs::create_dir_all(&releases).expect("the directory is new");
    let executable = releases.join(format!("takk-{name}"));
    fs::write(&executable, "#!/bin/sh\necho released\n").expect("the directory is writable");
    let sum = "4da189d90e07cff2e187998d545d201d8cb7fe95efac557c72f1b545b7b2c9b9  takk\n";
    fs::write(releases.join(format!("takk-{name}.sha256")), sum).expect("the directory is writable");
    let uname = machine.path("tools/uname");
    fs::write(&uname, format!("#!/bin/sh\ncase $1 in -s) echo {system} ;; -m) echo {kind} ;; esac\n"))
        .expect("the directory is writable");
    fs::set_permissions(&uname, fs::Permissions::from_mode(0o755)).expect("it was just written");
    let url = format!("file://{}", machine.path("releases").display());
    (machine, url)
}

#[test]
fn takes_the_executable_of_a_version_for_this_machine() {
    for (name, system, kind) in [
        ("x86_64-unknown-linux-gnu", "Linux", "x86_64"),
        ("aarch64-apple-darwin", "Darwin", "arm64"),
        ("x86_64-apple-darwin", "Darwin", "x86_64"),
    ] {
        let (machine, url) = released(name, system, kind);
        for version in ["1.2.3", "v1.2.3"] {
            let mut install = machine.install("home/.local/bin");
            let (done, _, errors) = output(install.env("TAKK_VERSION", version).env("TAKK_RELEASES", &url));
            assert!(done, "{name}: {errors}");
            assert_eq!(output(&mut Command::new(machine.path("home/.local/bin/takk"))).1, "released\n");
        }
    }
}

#[test]
fn says_which_release_it_cannot_take() {
    let (machine, url) = released("x86_64-unknown-linux-gnu", "Linux", "x86_64");
    let install = |version: &str, releases: &str| {
        output(machine.install("home/.local/bin").env("TAKK_VERSION", version).env("TAKK_RELEASES", releases))
    };
    for (version, releases, reason) in [
        ("9.9.9", &*url, "error: cannot download file://"),
        ("../../etc", &url, "error: TAKK_VERSION is no version: ../../etc"),
        ("1.2.3", "", "error: this is no clone of a repository on GitHub"),
    ] {
        let (done, _, errors) = install(version, releases);
        assert!(!done && errors.contains(reason) && errors.contains("\nhint: "), "{errors}");
    }
    assert!(!machine.path("home/.local/bin/takk").exists());

    let (machine, url) = released("x86_64-unknown-linux-gnu", "Plan9", "mips");
    let (done, _, errors) = output(machine.install("home").env("TAKK_VERSION", "1.2.3").env("TAKK_RELEASES", &url));
    assert!(!done && errors.contains("error: there is no executable of takk for Plan9 on mips"), "{errors}");
}

#[test]
fn looks_for_releases_where_the_clone_is_from() {
    for origin in ["https://github.com/acme/takk.git", "git@github.com:acme/takk.git", "https://github.com/acme/takk"] {
        let (machine, _) = released("x86_64-unknown-linux-gnu", "Linux", "x86_64");
        machine.git(&["remote", "add", "origin", origin]);
        // Nothing is downloaded: this replaces curl, and fails.
        fs::remove_file(machine.path("tools/curl")).expect("curl is installed");
        symlink("/bin/false", machine.path("tools/curl")).expect("the name is free");
        let (done, _, errors) = output(machine.install("home").env("TAKK_VERSION", "1.2.3"));
        let url = "https://github.com/acme/takk/releases/download/v1.2.3/takk-x86_64-unknown-linux-gnu";
        assert!(!done && errors.contains(&format!("error: cannot download {url} ")), "{errors}");
    }
}
