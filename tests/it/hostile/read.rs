//! Endless, blocking or misplaced files, in every place that takk reads: each is rejected quickly and with little memory.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::harness::ended;

const SETTINGS: &str = "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Settings(BaseSettings):\n    \
    model_config = SettingsConfigDict(env_file=\".env\")\n    url: str\n";

/// A project, and a directory next to it that takk must not read.
struct Site {
    directory: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { directory: tempfile::tempdir().expect("a directory") };
        fs::create_dir_all(site.root().join("app")).expect("made");
        fs::create_dir(site.outside()).expect("made");
        site.write("settings.py", SETTINGS);
        site.write("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1\"\n");
        site.write("app/__init__.py", "");
        site
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    fn outside(&self) -> PathBuf {
        self.directory.path().join("outside")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.root().join(name), text).expect("written");
    }

    /// Runs takk in 512 MiB of address space, half of which is reserved for its stack.
    fn takk(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
        let mut command = Command::new("sh");
        let program = assert_cmd::cargo::cargo_bin("takk");
        command.args(["-c", "ulimit -v 524288; exec \"$0\" \"$@\""]).arg(program).args(arguments).current_dir(self.root());
        command.env("TAKK_HOME", self.directory.path().join("home")).env("TAKK_KEYRING", "off").envs(variables.iter().copied());
        let (out, err) = (self.directory.path().join("out"), self.directory.path().join("err"));
        command.stdin(Stdio::null()).stdout(File::create(&out).expect("made")).stderr(File::create(&err).expect("made"));
        let mut child = command.spawn().expect("run");
        let code = ended(&mut child, arguments);
        let said = fs::read_to_string(&out).expect("text") + &fs::read_to_string(&err).expect("text");
        assert!(!said.contains("panicked") && !said.contains("memory allocation"), "{arguments:?}: {said}");
        assert!(!said.contains("OUTSIDE"), "{arguments:?} shows what lies outside: {said}");
        (code, said)
    }
}

/// What may take the place of a file.
const PLANTS: [&str; 12] =
    ["zero", "random", "fifo", "socket", "directory", "sparse", "absolute", "upwards", "through", "loop", "dangling", "proc"];

/// Puts one of [`PLANTS`] in the place of a file. The result must be kept while it is needed.
fn plant(site: &Site, what: &str, file: &Path) -> Option<UnixListener> {
    let _ = fs::remove_file(file);
    fs::create_dir_all(file.parent().expect("a directory")).expect("made");
    let secret = site.outside().join("secret");
    fs::write(&secret, "OUTSIDE=OUTSIDE\nclass OUTSIDE: ...\n").expect("written");
    match what {
        "zero" => symlink("/dev/zero", file),
        "random" => symlink("/dev/urandom", file),
        "fifo" => rustix::fs::mkfifoat(rustix::fs::CWD, file, rustix::fs::Mode::RUSR).map_err(Into::into),
        "socket" => return Some(UnixListener::bind(file).expect("a socket")),
        "directory" => fs::create_dir(file),
        "sparse" => File::create(file).and_then(|file| file.set_len(10 << 30)),
        "absolute" => symlink(&secret, file),
        "upwards" => {
            let depth = file.strip_prefix(site.root()).map_or(1, |path| path.iter().count());
            symlink(Path::new(&"../".repeat(depth)).join("outside/secret"), file)
        }
        "through" => {
            let link = site.root().join("elsewhere");
            let _ = fs::remove_file(&link);
            symlink(site.outside(), &link).and_then(|()| symlink(link.join("secret"), file))
        }
        "loop" => symlink(file, file),
        "dangling" => symlink("nothing", file),
        "proc" => symlink("/proc/self/fd/0", file),
        _ => unreachable!("there is no plant {what}"),
    }
    .expect("planted");
    None
}

/// Every kind of file that a repository can contain.
const FILES: [&str; 17] = [
    "pyproject.toml",
    "takk.toml",
    "settings.py",
    "app/__init__.py",
    ".env",
    ".env.example",
    ".gitignore",
    ".ignore",
    "app/.gitignore",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "Pipfile",
    "Pipfile.lock",
    "requirements.txt",
    "more.txt",
];

#[test]
fn what_stands_in_the_place_of_a_file_stops_nothing() {
    for what in PLANTS {
        for file in FILES {
            let site = Site::new();
            // With a repository, ignore files count.
            fs::create_dir_all(site.root().join(".git/objects")).expect("made");
            fs::write(site.root().join(".git/HEAD"), "ref: refs/heads/main\n").expect("written");
            if file == "more.txt" {
                site.write("requirements.txt", "-r more.txt\npydantic==2.11.0\n");
            }
            let _kept = plant(&site, what, &site.root().join(file));
            let (code, said) = site.takk(&["plan"], &[]);
            assert_eq!(code, 0, "{file} as {what}: {said}");
        }
    }
}

#[test]
fn every_command_goes_on_where_files_are_planted() {
    for what in ["zero", "fifo", "sparse", "absolute"] {
        let site = Site::new();
        let kept: Vec<_> = [".env", ".env.example", "takk.toml", "uv.lock", "app/__init__.py"]
            .iter()
            .map(|file| plant(&site, what, &site.root().join(file)))
            .collect();
        for arguments in [
            &["check"][..],
            &["plan", "--json"],
            &["inspect", "--format", "json"],
            &["doctor"],
            &["docs"],
            &["dotenv"],
            &["why", "URL"],
            &["diff", "dev", "prod"],
            &["run", "--env", "dev", "--", "true"],
        ] {
            let (code, said) = site.takk(arguments, &[]);
            assert!((0..=2).contains(&code), "{arguments:?} with {what}: {said}");
        }
        drop(kept);
    }
}

#[test]
fn what_is_not_read_is_said() {
    for (file, what, message) in [
        ("pyproject.toml", "sparse", "cannot read pyproject.toml: it is larger than 16 MiB"),
        ("takk.toml", "fifo", "cannot read takk.toml: it is a FIFO, not a regular file"),
        ("takk.toml", "absolute", "cannot read takk.toml: it leads outside the project"),
        ("app/settings.py", "fifo", "cannot read `app/settings.py`: it is not a regular file"),
        ("app/settings.py", "sparse", "cannot read `app/settings.py`: it is larger than 16 MiB"),
        ("uv.lock", "sparse", "cannot read uv.lock: it is larger than 64 MiB"),
        (".env", "upwards", "`Settings` reads `.env`, which is outside the project: only the program can read it"),
        (".env", "zero", "`Settings` reads `.env`, which is outside the project: only the program can read it"),
        (".env", "fifo", "`Settings` reads `.env`, but takk does not: it is a FIFO, not a regular file"),
    ] {
        let site = Site::new();
        plant(&site, what, &site.root().join(file));
        let (_, said) = site.takk(&["check"], &[]);
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(message), "{file} as {what}: {said}");
    }
}

#[test]
fn a_file_of_variables_is_read_in_the_repository_and_not_beyond() {
    let settings = |file: &str| SETTINGS.replace(".env", file);
    let is_refused = |site: &Site, directory: &str| {
        let (_, said) = site.takk(&["check", directory], &[]);
        said.contains("only the program can read it")
    };
    let site = Site::new();
    site.write("settings.py", "");
    site.write("app/settings.py", &settings("../.env"));
    site.write(".env", "URL=here\n");
    fs::create_dir_all(site.root().join(".git/objects")).expect("made");
    assert!(!is_refused(&site, "app"), "the repository holds both");
    fs::remove_dir_all(site.root().join(".git")).expect("removed");
    assert!(is_refused(&site, "app"), "without a repository the project ends with its directory");
    for file in ["/etc/app.env", "~/.env", "../../outside/secret"] {
        site.write("app/settings.py", &settings(file));
        let (_, said) = site.takk(&["check", "app"], &[]);
        assert!(said.contains("only the program can read it"), "{file}: {said}");
    }
}

#[test]
fn links_inside_the_project_are_followed() {
    let site = Site::new();
    fs::rename(site.root().join("pyproject.toml"), site.root().join("app/real.toml")).expect("moved");
    symlink("app/real.toml", site.root().join("pyproject.toml")).expect("linked");
    fs::write(site.root().join("app/real.toml"), "[project]\nname = \"linked\"\n[tool.takk]\nexclude = [\"settings.py\"]\n")
        .expect("written");
    let (code, said) = site.takk(&["plan"], &[]);
    assert!(code == 0 && !said.contains("URL"), "its settings count: {said}");
}

#[test]
fn files_that_a_person_names_end_too() {
    let site = Site::new();
    let master = "0123456789abcdef".repeat(4);
    let key = [("TAKK_MASTER_KEY", master.as_str())];
    for what in ["zero", "random", "fifo", "socket", "directory", "sparse"] {
        let file = site.outside().join("planted");
        let _kept = plant(&site, what, &file);
        let path = file.to_str().expect("text");
        for (arguments, variables) in [
            (&["secrets", "import", path, "--env", "dev"][..], &key[..]),
            (&["secrets", "list", "--env", "dev"], &[("TAKK_MASTER_KEY_FILE", path)]),
            (&["dotenv", "--output", path], &[]),
            (&["secrets", "export", "--env", "dev", "--output", path, "--force"], &key),
            (&["plan"], &[("TAKK_SERVER", "https://127.0.0.1:9"), ("TAKK_CA_FILE", path)]),
        ] {
            let (code, said) = site.takk(arguments, variables);
            assert_ne!(code, 101, "{arguments:?} with {what}: {said}");
        }
        if file.is_dir() { fs::remove_dir(&file) } else { fs::remove_file(&file) }.expect("removed");
    }
    // Process substitution provides a stream, which is limited.
    let program = assert_cmd::cargo::cargo_bin("takk");
    let script = "\"$0\" secrets import - --env dev < /dev/zero; \"$0\" secrets import /dev/stdin --env dev < /dev/zero";
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v 1048576; {script}")]).arg(program).current_dir(site.root());
    command.env("TAKK_HOME", site.directory.path().join("home")).env("TAKK_KEYRING", "off").env("TAKK_MASTER_KEY", &master);
    let output = command.output().expect("run");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.matches("it is larger than 16 MiB").count(), 2, "{said}");
}

#[test]
fn directories_without_end_are_left() {
    let site = Site::new();
    symlink(".", site.root().join("app/again")).expect("linked");
    symlink(site.outside(), site.root().join("linked")).expect("linked");
    fs::write(site.outside().join("outside.py"), SETTINGS.replace("Settings(", "OUTSIDE(")).expect("written");
    let mut deep = site.root();
    for _ in 0..200 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).expect("made");
    fs::write(deep.join("settings.py"), SETTINGS).expect("written");
    let name = std::os::unix::ffi::OsStrExt::from_bytes(b"na\xffme.py");
    fs::write(site.root().join(std::ffi::OsStr::new(name as &std::ffi::OsStr)), SETTINGS).expect("written");
    let (_, said) = site.takk(&["check"], &[]);
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("it is more than 128 directories deep"), "{said}");
    assert!(flat.contains("its name is not UTF-8 text"), "{said}");
}
