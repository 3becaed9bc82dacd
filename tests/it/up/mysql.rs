//! MySQL itself, which Debian has in its unstable distribution only: its packages are unpacked below `target/`, with the libraries that they
//! need, and run from there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::servers::{kept, once, unprivileged};

const PACKAGE: &str = "mysql-server-core";
/// What the server does not need, although its package does.
const UNUSED: [&str; 5] = ["perl", "libperl", "libc-gconv", "libdb5", "openssl-provider"];

/// `mysqld`, with the linker and the libraries of its own distribution.
pub(crate) struct Mysql {
    root: PathBuf,
}

/// MySQL. `None`, and a line that says so, where it cannot be had.
pub(crate) fn mysql() -> Option<Mysql> {
    let directory = kept("mysql", "programs");
    let root = directory.join("root");
    let is_ready = once(&directory, PACKAGE, || {
        let is_here = cfg!(all(target_os = "linux", target_arch = "x86_64")) && unpacked(&directory, &root).is_some();
        if !is_here {
            eprintln!("skipped: MySQL comes from Debian's unstable distribution, for x86-64, with apt-get");
        }
        is_here
    });
    is_ready.then_some(Mysql { root })
}

impl Mysql {
    /// `mysqld`, run by a user other than root, with what it needs to find its own files.
    pub(crate) fn command(&self) -> Command {
        let file = |name: &str| self.root.join(name);
        let libraries = format!("{}:{}", file("usr/lib/x86_64-linux-gnu").display(), file("usr/lib").display());
        let mut command = unprivileged(&file("usr/lib64/ld-linux-x86-64.so.2"));
        command.arg("--library-path").arg(libraries).arg(file("usr/sbin/mysqld"));
        command.arg("--no-defaults").arg(format!("--basedir={}", file("usr").display()));
        command.arg(format!("--lc-messages-dir={}", file("usr/share/mysql").display()));
        command.args([
            "--secure-file-priv=NULL",
            "--mysqlx=OFF",
            "--disable-log-bin",
            "--innodb-redo-log-capacity=8M",
            "--innodb-doublewrite=OFF",
            "--innodb-flush-method=nosync",
            "--innodb-fast-shutdown=2",
        ]);
        command
    }
}

/// Downloads and unpacks the package with everything that it depends on, into a directory of its own: nothing is installed.
fn unpacked(directory: &Path, root: &Path) -> Option<()> {
    let (place, key) = archive()?;
    for name in ["lists/partial", "archives/partial", "parts"] {
        fs::create_dir_all(directory.join(name)).ok()?;
    }
    // As if nothing were installed, so that all of it is downloaded.
    fs::write(directory.join("status"), "").ok()?;
    fs::write(directory.join("sources.list"), format!("deb [signed-by={key}] {place} sid main\n")).ok()?;
    let file = |name: &str| directory.join(name).display().to_string();
    let settings = [
        format!("Dir::Etc::sourcelist \"{}\";", file("sources.list")),
        format!("Dir::Etc::sourceparts \"{}\";", file("parts")),
        format!("Dir::State::lists \"{}\";", file("lists")),
        format!("Dir::State::status \"{}\";", file("status")),
        format!("Dir::Cache \"{}\";", directory.display()),
        "APT::Sandbox::User \"root\";".to_owned(),
        "Acquire::Languages \"none\";".to_owned(),
    ];
    fs::write(directory.join("apt.conf"), settings.join("\n")).ok()?;
    let apt = |arguments: &[&str]| {
        let output = Command::new("apt-get").args(arguments).env("APT_CONFIG", file("apt.conf")).output().ok()?;
        output.status.success().then_some(())
    };
    apt(&["update", "-qq"])?;
    apt(&["install", "-qq", "-y", "--no-install-recommends", "--download-only", PACKAGE])?;
    for entry in fs::read_dir(directory.join("archives")).ok()?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_package = entry.path().extension().is_some_and(|extension| extension == "deb");
        if !is_package || UNUSED.iter().any(|unused| name.starts_with(unused)) {
            continue;
        }
        let status = Command::new("dpkg-deb").arg("-x").arg(entry.path()).arg(root).status().ok()?;
        status.success().then_some(())?;
    }
    for name in ["archives", "lists", "pkgcache.bin", "srcpkgcache.bin"] {
        let path = directory.join(name);
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
    Some(())
}

/// Where this machine gets Debian's packages, and the file with the keys that sign them.
fn archive() -> Option<(String, &'static str)> {
    let format = "$(ORIGIN) $(REPO_URI)";
    let output = Command::new("apt-get").args(["indextargets", "--format", format, "Created-By: Packages"]).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    let place = said.lines().find_map(|line| line.strip_prefix("Debian ").filter(|place| !place.contains("security")))?;
    let key = "/usr/share/keyrings/debian-archive-keyring.gpg";
    Path::new(key).exists().then(|| (place.to_owned(), key))
}

#[test]
fn it_is_a_mysql_of_today() {
    let Some(mysql) = mysql() else { return };
    let output = mysql.command().arg("--version").output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = said.split("Ver ").nth(1).and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    assert!(version.is_some_and(|major| major >= 8) && !said.contains("MariaDB"), "{said} {output:?}");
}
