//! Files that takk writes for the user, where a repository has prepared the path.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::process::{Answer, takk_with};

const SETTINGS: &str =
    "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    url: str = \"http://localhost\"\n";
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct Site {
    directory: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { directory: tempfile::tempdir().expect("a directory") };
        fs::create_dir(site.root()).expect("made");
        fs::create_dir(site.outside()).expect("made");
        fs::write(site.root().join("settings.py"), SETTINGS).expect("written");
        fs::write(site.outside().join("bashrc"), "mine\n").expect("written");
        site
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    fn outside(&self) -> PathBuf {
        self.directory.path().join("outside")
    }

    fn takk(&self, arguments: &[&str]) -> Answer {
        let home = self.directory.path().join("home");
        takk_with(&self.root(), arguments, &[("TAKK_HOME", home.to_str().expect("text")), ("TAKK_MASTER_KEY", KEY)])
    }

    /// Runs a command of [`WRITERS`] with a file to write.
    fn write(&self, writer: &[&str], file: &str) -> Answer {
        self.takk(&[writer, &["--output", file]].concat())
    }

    fn is_untouched(&self, what: &str) {
        assert_eq!(fs::read_to_string(self.outside().join("bashrc")).expect("there"), "mine\n", "{what}");
        let names: Vec<_> =
            fs::read_dir(self.outside()).expect("there").map(|entry| entry.expect("read").file_name()).collect();
        assert_eq!(names, ["bashrc"], "{what}");
    }
}

/// Every command that writes a file that the user names.
const WRITERS: [&[&str]; 2] = [&["dotenv"], &["secrets", "export", "--env", "dev", "--force"]];

#[test]
fn no_link_of_the_project_is_written_through() {
    for writer in WRITERS {
        for repository in [false, true] {
            let site = Site::new();
            if repository {
                fs::create_dir_all(site.root().join(".git/objects")).expect("made");
            }
            let root = site.root();
            fs::create_dir(root.join("real")).expect("made");
            symlink(site.outside().join("bashrc"), root.join("absolute")).expect("linked");
            symlink("../outside/bashrc", root.join("relative")).expect("linked");
            symlink("../outside/new", root.join("dangling")).expect("linked");
            symlink(site.outside(), root.join("directory")).expect("linked");
            symlink("../../outside", root.join("real/nested")).expect("linked");
            let absolute = root.join("relative");
            for file in [
                "absolute",
                "relative",
                "./relative",
                "real/../relative",
                "dangling",
                "directory/bashrc",
                "directory/new",
                "real/nested/bashrc",
                absolute.to_str().expect("text"),
            ] {
                let answer = site.write(writer, file);
                assert_eq!(answer.code, 2, "{writer:?} {file}: {}", answer.err);
                assert!(
                    answer.err.contains("cannot write `") && answer.err.contains("hint: remove the link"),
                    "{file}: {}",
                    answer.err
                );
                site.is_untouched(file);
            }
            // From a directory of the project, and through a link of the user's own.
            let own = site.directory.path().join("mine");
            symlink(&root, &own).expect("linked");
            let answer = site.write(writer, own.join("relative").to_str().expect("text"));
            assert_eq!(answer.code, 2, "{}", answer.err);
            site.is_untouched("through a link of one's own");
            // A path outside is the user's own business.
            let answer = site.write(writer, "../outside/bashrc");
            assert_eq!(answer.code, 0, "{}", answer.err);
            assert_ne!(fs::read_to_string(site.outside().join("bashrc")).expect("there"), "mine\n");
        }
    }
}

#[test]
fn what_is_no_file_is_not_written() {
    for writer in WRITERS {
        let site = Site::new();
        rustix::fs::mkfifoat(rustix::fs::CWD, site.root().join("fifo"), rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)
            .expect("a FIFO");
        fs::create_dir(site.root().join("folder")).expect("made");
        for (file, message) in [
            ("fifo", "it is a FIFO"),
            ("folder", "it is a directory"),
            ("/dev/full", "it is a device"),
            ("no/such", "No such file"),
        ] {
            let answer = site.write(writer, file);
            assert_eq!(answer.code, 2, "{writer:?} {file}: {}", answer.err);
            assert!(answer.err.contains("cannot write") && answer.err.contains(message), "{file}: {}", answer.err);
        }
        for file in ["-", "/dev/stdout"] {
            let answer = site.write(writer, file);
            assert!(answer.code == 0 && !answer.err.contains("Wrote"), "{}", answer.err);
        }
    }
}

#[test]
fn a_file_is_replaced_as_a_whole_and_stays_what_it_was() {
    let site = Site::new();
    let (file, other) = (site.root().join("out.env"), site.root().join("other"));
    for mode in [0o600, 0o640, 0o755] {
        fs::write(&file, "OWN=1\n").expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("changed");
        let _ = fs::remove_file(&other);
        fs::hard_link(&file, &other).expect("linked");
        let answer = site.write(WRITERS[0], "out.env");
        assert_eq!((answer.code, answer.err.as_str()), (0, "Wrote out.env.\n"));
        let written = fs::metadata(&file).expect("there");
        assert_eq!(written.permissions().mode() & 0o777, mode);
        assert_eq!(fs::read_to_string(&other).expect("there"), "OWN=1\n", "the other name keeps its content");
        assert_ne!(written.ino(), fs::metadata(&other).expect("there").ino());
        assert!(fs::read_to_string(&file).expect("there").contains("OWN=1\n"));
    }
    let answer = site.write(WRITERS[1], "out.env");
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600, "values are their owner's");
    assert_eq!(left(&site.root()), ["other", "out.env", "settings.py"], "nothing is left beside");
}

#[test]
fn a_file_that_may_not_be_written_stays() {
    if rustix::process::geteuid().is_root() {
        return;
    }
    let site = Site::new();
    let file = site.root().join("out.env");
    fs::write(&file, "OWN=1\n").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("changed");
    for writer in WRITERS {
        let answer = site.write(writer, "out.env");
        assert_eq!(answer.code, 2, "{}", answer.err);
        assert_eq!(fs::read_to_string(&file).expect("there"), "OWN=1\n");
    }
}

#[test]
fn a_name_or_a_value_with_a_line_break_is_no_second_line() {
    let site = Site::new();
    let fields = r#"from typing import Literal
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    one: str = Field(alias="ONE\nLD_PRELOAD=/tmp/x.so\nX")
    two: str = Field(alias="TWO\rLD_PRELOAD=/tmp/x.so\rX")
    three: str = "a\nLD_PRELOAD=/tmp/x.so\nb"
    four: Literal["a\nLD_PRELOAD=/tmp/x.so\nb"]
    five: str = Field(description="a\nLD_PRELOAD=/tmp/x.so\nb")
    six: str = "a\u2028LD_PRELOAD=/tmp/x.so\u2028b"
    fine: str = "it's ${HOME}"
"#;
    fs::write(site.root().join("settings.py"), fields).expect("written");
    fs::write(site.root().join("pyproject.toml"), "[project]\nname = \"shop\\nLD_PRELOAD=/tmp/x.so\\nx\"\n").expect("written");
    let printed = site.takk(&["dotenv"]);
    let answer = site.write(WRITERS[0], "out.env");
    assert_eq!((answer.code, printed.code), (0, 0), "{}", answer.err);
    let written = fs::read_to_string(site.root().join("out.env")).expect("there");
    for text in [&printed.out, &written] {
        let breaks = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
        assert!(!text.split(breaks).any(|line| line.trim_start().starts_with("LD_PRELOAD")), "{text}");
        assert!(text.contains("FINE="), "{text}");
    }
    for said in [&printed.err, &answer.err] {
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("are left out: they are not valid names in a dotenv file"), "{said}");
    }
    assert_eq!(site.takk(&["dotenv", "--output", "out.env"]).code, 0);
    assert_eq!(fs::read_to_string(site.root().join("out.env")).expect("there"), written, "writing twice changes nothing");
}

fn left(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("there").map(|entry| entry.expect("read").file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().expect("text")).collect();
    names.sort();
    names
}
