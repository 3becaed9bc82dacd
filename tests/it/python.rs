//! Python for tests: virtual environments that are created once and kept in `target/`.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The virtual environment with exactly these packages, created on first use.
///
/// Tests run in separate processes, so a lock file next to it prevents two of them from creating the same one. An incomplete environment is
/// created again.
pub(crate) fn venv(requirements: &[&str]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    requirements.hash(&mut hasher);
    let venv = venvs().join(format!("{:016x}", hasher.finish()));
    let lock = File::create(venv.with_extension("lock")).expect("the directory of environments is writable");
    lock.lock().expect("files under target can be locked");
    let complete = venv.join("complete");
    if !complete.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
        run(Command::new(venv.join("bin/python")).args(["-m", "pip", "install", "--quiet"]).args(requirements));
        fs::write(&complete, requirements.join("\n")).expect("the new environment is writable");
    }
    venv
}

/// The directory of the environments.
pub(crate) fn venvs() -> PathBuf {
    let venvs = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venvs");
    fs::create_dir_all(&venvs).expect("target is writable");
    venvs
}

/// Runs a command that must succeed, and returns its output.
pub(crate) fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{stdout}\n{stderr}");
    stdout.into_owned()
}
