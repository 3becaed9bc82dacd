//! The file system of an image: programs of this machine with their libraries, and busybox for the rest.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::servers::debian;
use crate::python::run;

/// A file system under construction, in a directory of this machine.
pub(super) struct Root(TempDir);

impl Root {
    /// One without any programs.
    pub(super) fn empty() -> Self {
        let root = Self(tempfile::tempdir().expect("a directory"));
        mode(root.0.path(), 0o755);
        root.directory("tmp", 0o1777);
        root
    }

    /// One with a shell, the usual small programs, a way to switch users, and `user` with this ID.
    pub(super) fn with_shell(user: &str, number: u32) -> Self {
        let root = Self::empty();
        for directory in ["bin", "etc", "root", "run", "usr/bin", "usr/local/bin", "var/lib"] {
            root.directory(directory, 0o755);
        }
        let busybox = debian("busybox").expect("it is there, as the engine has asked");
        root.program(&busybox, "bin/busybox");
        for name in run(Command::new(&busybox).arg("--list")).lines().filter(|name| *name != "busybox" && *name != "setpriv") {
            symlink("busybox", root.at(&format!("bin/{name}"))).expect("a new name");
        }
        root.program(Path::new("/usr/bin/setpriv"), "usr/bin/setpriv");
        let accounts = [("root", 0), ("nobody", 65534), (user, number)];
        let users = accounts.iter().map(|(name, number)| format!("{name}:x:{number}:{number}::/tmp:/bin/sh\n"));
        root.text("etc/passwd", &users.collect::<String>());
        let groups = [("root", 0), ("nogroup", 65534), (user, number)];
        let groups = groups.iter().map(|(name, number)| format!("{name}:x:{number}:\n"));
        root.text("etc/group", &groups.collect::<String>());
        root.text("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        root
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// A directory, and its parents.
    pub(super) fn directory(&self, path: &str, permissions: u32) -> PathBuf {
        let directory = self.at(path);
        fs::create_dir_all(&directory).expect("it is in a directory of the test");
        mode(&directory, permissions);
        directory
    }

    /// A file that anyone may read.
    pub(super) fn text(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("it is below the root")).expect("it is in a directory of the test");
        fs::write(&path, text).expect("it is in a directory of the test");
        mode(&path, 0o644);
    }

    /// A file that anyone may execute.
    pub(super) fn script(&self, path: &str, text: &str) {
        self.text(path, text);
        mode(&self.at(path), 0o755);
    }

    /// A symbolic link.
    pub(super) fn link(&self, target: &str, path: &str) {
        symlink(target, self.at(path)).expect("a new name");
    }

    /// A program of this machine, with its libraries.
    pub(super) fn program(&self, from: &Path, path: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("it is below the root")).expect("it is in a directory of the test");
        fs::copy(from, &path).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
        mode(&path, 0o755);
        self.libraries(&[from.to_owned()], None);
    }

    /// A directory of this machine with everything in it, except what is named; and the libraries of its programs.
    pub(super) fn tree(&self, from: &Path, path: &str, without: &[&str]) {
        let directory = self.directory(path, 0o755);
        let excluded: Vec<String> = without.iter().map(|pattern| format!("--exclude={pattern}")).collect();
        let copy = "from=$1 to=$2; shift 2; tar -C \"$from\" \"$@\" -c . | tar -C \"$to\" -x --no-same-owner";
        run(Command::new("sh").args(["-c", copy, "sh"]).arg(from).arg(&directory).args(excluded));
        let programs =
            run(Command::new("find").arg(&directory).args(["-type", "f", "(", "-perm", "/111", "-o", "-name", "*.so*", ")"]));
        let source = |copied: &str| from.join(Path::new(copied).strip_prefix(&directory).expect("it was found there"));
        self.libraries(&programs.lines().map(source).collect::<Vec<_>>(), Some(from));
    }

    /// The shared libraries of programs, without those in `own`; at the system's paths if they are there, else where the loader finds them.
    fn libraries(&self, programs: &[PathBuf], own: Option<&Path>) {
        // It fails for files that are not programs or that need no libraries.
        let Ok(output) = Command::new("ldd").args(programs).output() else { return };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let words = said.lines().filter(|line| line.ends_with(')')).flat_map(|line| line.split_whitespace());
        for library in words
            .filter(|word| word.starts_with('/'))
            .map(Path::new)
            .filter(|path| own.is_none_or(|own| !path.starts_with(own)))
        {
            let is_system = ["/lib", "/lib64", "/usr/lib"].iter().any(|directory| library.starts_with(directory));
            let name = library.file_name().expect("a library has a name");
            let place = if is_system {
                library.strip_prefix("/").expect("it is absolute").to_owned()
            } else {
                Path::new("usr/lib").join(name)
            };
            let path = self.0.path().join(place);
            if !path.exists() {
                fs::create_dir_all(path.parent().expect("it is below the root")).expect("it is in a directory of the test");
                fs::copy(library, &path).unwrap_or_else(|error| panic!("{}: {error}", library.display()));
                mode(&path, 0o755);
            }
        }
    }

    /// All of it as one archive, owned by root.
    pub(super) fn pack(&self) -> tempfile::NamedTempFile {
        let archive = tempfile::NamedTempFile::new().expect("a file");
        run(Command::new("tar")
            .arg("-C")
            .arg(self.0.path())
            .args(["--owner=0", "--group=0", "-cf"])
            .arg(archive.path())
            .arg("."));
        archive
    }
}

fn mode(path: &Path, permissions: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(permissions)).expect("it is the test's");
}
