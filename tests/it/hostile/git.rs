//! A repository whose configuration makes git start programs: takk starts none, whatever it reads from the repository.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Answer, takk, takk_with};

const SETTINGS: &str = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    url: str\n";

/// Every key of git-config(1) whose value is a command, a program, or a directory of them. `%` stands for the program.
const KEYS: &str = r#"
[core]
    fsmonitor = %
    hooksPath = HOOKS
    sshCommand = %
    gitProxy = %
    pager = %
    editor = %
    askPass = %
    alternateRefsCommand = %
    attributesFile = ATTRIBUTES
    untrackedCache = true
[alias]
    rev-parse = !%
    ls-tree = !%
    ls-files = !%
    cat-file = !%
    symbolic-ref = !%
    for-each-ref = !%
[browser "b"]
    cmd = %
[credential]
    helper = !%
[diff]
    external = %
[diff "mark"]
    command = %
    textconv = %
[difftool "mark"]
    cmd = %
[filter "mark"]
    clean = %
    smudge = %
    process = %
    required = true
[gpg]
    program = %
[gpg "ssh"]
    program = %
    defaultKeyCommand = %
[gpg "x509"]
    program = %
[guitool "mark"]
    cmd = %
[imap]
    tunnel = %
[instaweb]
    httpd = %
[interactive]
    diffFilter = %
[man "mark"]
    cmd = %
[merge "mark"]
    driver = %
[mergetool "mark"]
    cmd = %
[pager]
    rev-parse = %
    ls-files = %
[receive]
    procReceiveRefs = refs
[remote "origin"]
    url = ext::%
    uploadpack = %
    receivepack = %
    vcs = mark
    promisor = true
    partialCloneFilter = blob:none
    fetch = +refs/heads/*:refs/remotes/origin/*
[extensions]
    partialClone = origin
[sendemail]
    smtpServer = %
    toCmd = %
[sequence]
    editor = %
[submodule "mark"]
    update = !%
[trailer "mark"]
    command = %
    cmd = %
[uploadpack]
    packObjectsHook = %
[web]
    browser = b
"#;

/// All hooks of githooks(5) that a local operation could start, and that of fsmonitor.
const HOOKS: [&str; 8] = [
    "post-checkout",
    "post-index-change",
    "fsmonitor-watchman",
    "reference-transaction",
    "pre-auto-gc",
    "post-commit",
    "pre-commit",
    "post-rewrite",
];

/// A repository, and a program that leaves a trace when it is run.
struct Trap {
    directory: TempDir,
}

impl Trap {
    /// With two commits on `main`, a tag and a remote branch.
    fn new() -> Self {
        let trap = Self { directory: tempfile::tempdir().expect("a directory") };
        fs::create_dir_all(trap.root().join("api")).expect("made");
        trap.git(&["init", "--quiet"]);
        for (name, text) in [("settings.py", SETTINGS.to_owned()), ("api/settings.py", SETTINGS.to_owned())] {
            fs::write(trap.root().join(name), text).expect("written");
        }
        trap.commit();
        fs::write(trap.root().join("settings.py"), format!("{SETTINGS}    port: int = 1\n")).expect("written");
        trap.commit();
        trap.git(&["tag", "--annotate", "--message", "first", "v1", "HEAD~1"]);
        trap.git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
        let program = format!("#!/bin/sh\ntouch '{}'\nexit 1\n", trap.mark().display());
        executable(&trap.program(), &program);
        trap
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("checkout")
    }

    fn mark(&self) -> PathBuf {
        self.directory.path().join("mark")
    }

    fn program(&self) -> PathBuf {
        self.directory.path().join("program")
    }

    fn git(&self, arguments: &[&str]) {
        git(&self.root(), arguments);
    }

    fn commit(&self) {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--message", "state"]);
    }

    /// The text of a configuration with every key.
    fn config(&self) -> String {
        let hooks = self.directory.path().join("hooks");
        for hook in HOOKS {
            executable(&hooks.join(hook), &fs::read_to_string(self.program()).expect("there"));
        }
        let attributes = self.directory.path().join("attributes");
        fs::write(&attributes, "* filter=mark diff=mark merge=mark\n").expect("written");
        KEYS.replace('%', self.program().to_str().expect("text"))
            .replace("HOOKS", hooks.to_str().expect("text"))
            .replace("ATTRIBUTES", attributes.to_str().expect("text"))
    }

    /// Runs every command that may read a repository, and checks that no program was started.
    fn is_quiet(&self, directory: &Path, variables: &[(&str, &str)]) {
        for arguments in COMMANDS {
            let _ = takk_with(directory, arguments, variables);
            assert!(!self.mark().exists(), "`takk {}` in {} ran a program", arguments.join(" "), directory.display());
        }
    }
}

/// Every command that reads a project or names an environment after a branch.
const COMMANDS: [&[&str]; 18] = [
    &["check"],
    &["check", "--base", "main"],
    &["check", "--base", "HEAD~1"],
    &["check", "--base", "origin/main"],
    &["check", "--base", "v1"],
    &["check", "--base", "nothing"],
    &["check", "--base", "main@{upstream}"],
    &["check", "--base", "ext::sh -c touch"],
    &["plan"],
    &["inspect"],
    &["doctor"],
    &["dotenv"],
    &["docs"],
    &["diff", "dev", "prod"],
    &["why", "URL"],
    &["env", "create"],
    &["env", "list"],
    &["run", "--env", "dev", "--", "true"],
];

fn git(directory: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"];
    let mut command = Command::new("git");
    command.current_dir(directory).args(identity).args(arguments);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = command.output().expect("git is installed");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn executable(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a directory")).expect("made");
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("executable");
}

fn append(path: &Path, text: &str) {
    let old = fs::read_to_string(path).unwrap_or_default();
    fs::write(path, old + text).expect("written");
}

#[test]
fn no_configuration_of_the_repository_runs_a_program() {
    let trap = Trap::new();
    let (config, own) = (trap.config(), trap.root().join(".git/config"));
    append(&own, &config);
    fs::write(trap.root().join(".gitattributes"), "* filter=mark diff=mark merge=mark\n").expect("written");
    for hook in HOOKS {
        executable(&trap.root().join(".git/hooks").join(hook), &fs::read_to_string(trap.program()).expect("there"));
    }
    // Verifies the trap: git itself triggers it.
    let _ = Command::new("git").current_dir(trap.root()).args(["status"]).output().expect("git is installed");
    assert!(trap.mark().exists(), "the trap is no trap");
    fs::remove_file(trap.mark()).expect("removed");
    for directory in [trap.root(), trap.root().join("api")] {
        trap.is_quiet(&directory, &[]);
    }
}

#[test]
fn no_included_configuration_and_none_of_a_worktree_runs_a_program() {
    let trap = Trap::new();
    let included = trap.directory.path().join("included");
    fs::write(&included, trap.config()).expect("written");
    let include = format!(
        "[extensions]\n\tworktreeConfig = true\n[include]\n\tpath = {0}\n[includeIf \"gitdir:**\"]\n\tpath = {0}\n",
        included.display()
    );
    append(&trap.root().join(".git/config"), &include);
    fs::write(trap.root().join(".git/config.worktree"), trap.config()).expect("written");
    trap.is_quiet(&trap.root(), &[]);
    // The user's own configuration is not read either.
    let user = included.to_str().expect("text");
    trap.is_quiet(&trap.root(), &[("GIT_CONFIG_GLOBAL", user), ("GIT_CONFIG_SYSTEM", user)]);
}

#[test]
fn a_bare_repository_in_the_project_is_content() {
    for place in ["", "api", "vendored"] {
        let trap = Trap::new();
        let directory = trap.root().join(place);
        fs::create_dir_all(&directory).expect("made");
        // What a pull request can contain: a bare repository, whose work tree is the directory that it is in.
        for folder in ["objects/info", "refs/heads"] {
            fs::create_dir_all(directory.join(folder)).expect("made");
        }
        fs::write(directory.join("HEAD"), "ref: refs/heads/planted\n").expect("written");
        let config = format!("[core]\n\trepositoryFormatVersion = 0\n\tbare = false\n\tworktree = .\n{}", trap.config());
        fs::write(directory.join("config"), config).expect("written");
        trap.is_quiet(&directory, &[]);
        if place == "api" {
            let answer = takk(&directory, &["check", "--base", "main"]);
            assert_eq!((answer.code, answer.out.as_str()), (0, ""), "the repository around is the one: {}", answer.err);
        }
    }
}

#[test]
fn no_program_called_git_and_no_variable_of_git_counts() {
    let trap = Trap::new();
    executable(&trap.root().join("git"), &fs::read_to_string(trap.program()).expect("there"));
    let program = trap.program();
    let program = program.to_str().expect("text");
    let path = format!(".:{}:/usr/bin:/bin", trap.root().display());
    let variables = [
        ("PATH", path.as_str()),
        ("GIT_EXEC_PATH", trap.directory.path().to_str().expect("text")),
        ("GIT_SSH", program),
        ("GIT_SSH_COMMAND", program),
        ("GIT_PROXY_COMMAND", program),
        ("GIT_ASKPASS", program),
        ("GIT_EDITOR", program),
        ("GIT_PAGER", program),
        ("GIT_EXTERNAL_DIFF", program),
        ("GIT_TRACE", "/dev/stdout"),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
        ("GIT_CONFIG_VALUE_0", program),
        ("GIT_DIR", "/nowhere"),
        ("GIT_WORK_TREE", "/"),
        ("GIT_OBJECT_DIRECTORY", "/nowhere"),
    ];
    trap.is_quiet(&trap.root(), &variables);
    let answer = takk_with(&trap.root(), &["check", "--base", "main"], &variables);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{}", answer.err);
}

fn compared(trap: &Trap, base: &str) -> Answer {
    takk(&trap.root(), &["check", "--base", base])
}

const PORT: &str = "+ PORT (int, has a default, settings.py:6)\n";

#[test]
fn names_mean_what_they_mean_to_git() {
    let trap = Trap::new();
    trap.git(&["branch", "feature/cart"]);
    trap.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    let id = |name: &str| {
        let output = Command::new("git").current_dir(trap.root()).args(["rev-parse", name]).output().expect("git is installed");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    };
    let (first, second) = (id("HEAD~1"), id("HEAD"));
    let described = format!("v1-1-g{}", &second[..8]);
    for packed in [false, true] {
        if packed {
            trap.git(&["gc", "--quiet"]);
            assert!(!trap.root().join(".git/refs/heads/main").exists(), "the names are packed");
        }
        for same in
            ["main", "HEAD", "@", "feature/cart", "heads/main", "refs/heads/main", &second, &second[..7], &described, "@^0"]
        {
            let answer = compared(&trap, same);
            assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{same}: {}", answer.err);
        }
        for before in [
            "HEAD~1",
            "main^",
            "@~",
            "v1",
            "v1^{commit}",
            "v1^{}",
            "tags/v1",
            "origin",
            "origin/main",
            &first,
            &first[..10],
            "main^1",
        ] {
            let answer = compared(&trap, before);
            assert_eq!((answer.code, answer.out.as_str()), (0, PORT), "{before}: {}", answer.err);
        }
    }
    for (other, message) in [
        ("HEAD~2", "the history does not go back that far"),
        ("main@{upstream}", "hint: pass a branch, a tag, a commit ID"),
        ("main:settings.py", "hint: pass a branch, a tag, a commit ID"),
        ("mian", "hint: did you mean `main`?"),
        ("../../etc/passwd", "no commit is named"),
        ("config", "no commit is named"),
    ] {
        let answer = compared(&trap, other);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{other}");
        assert!(answer.err.contains(message), "{other}: {}", answer.err);
    }
}

#[test]
fn clones_of_all_kinds_are_read_or_say_why_not() {
    let trap = Trap::new();
    let origin = format!("file://{}", trap.root().display());
    let clone = |arguments: &[&str]| {
        let directory = tempfile::tempdir().expect("a directory");
        git(trap.directory.path(), &[&["clone", "--quiet"], arguments, &[directory.path().to_str().expect("text")]].concat());
        directory
    };
    let shared = clone(&["--shared", trap.root().to_str().expect("text")]);
    assert_eq!(takk(shared.path(), &["check", "--base", "HEAD~1"]).out, PORT);
    let shallow = clone(&["--depth=1", &origin]);
    let answer = takk(shallow.path(), &["check", "--base", "HEAD~1"]);
    assert!(answer.code == 2 && answer.err.contains("hint: this clone is shallow"), "{}", answer.err);
    let answer = takk(shallow.path(), &["check", "--base", "production"]);
    assert!(answer.code == 2 && answer.err.contains("git fetch origin production"), "{}", answer.err);
    trap.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = clone(&["--filter=blob:none", "--no-checkout", &origin]);
    let answer = takk(partial.path(), &["check", "--base", "HEAD~1"]);
    assert!(answer.code == 2 && answer.err.contains("does not fetch"), "{}", answer.err);
    assert!(answer.err.contains("git archive --output=/dev/null HEAD~1"), "{}", answer.err);
}

#[test]
fn formats_that_takk_does_not_read_are_named() {
    for (option, message) in [("--object-format=sha256", "SHA-256"), ("--ref-format=reftable", "`reftable`")] {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("settings.py"), SETTINGS).expect("written");
        git(directory.path(), &["init", "--quiet", option]);
        git(directory.path(), &["add", "--all"]);
        git(directory.path(), &["commit", "--quiet", "--message", "state"]);
        let answer = takk(directory.path(), &["check", "--base", "main"]);
        assert!(answer.code == 2 && answer.err.contains(message), "{option}: {}", answer.err);
    }
}

/// A modification of a repository, with a description.
type Damage = (&'static str, fn(&Path));

#[test]
fn a_repository_that_is_damaged_on_purpose_is_an_error() {
    let damages: [Damage; 9] = [
        ("a name that leads to itself", |git| {
            fs::write(git.join("refs/heads/main"), "ref: refs/heads/other\n").expect("written");
            fs::write(git.join("refs/heads/other"), "ref: refs/heads/main\n").expect("written");
        }),
        ("a name that is a FIFO", |git| {
            fs::remove_file(git.join("refs/heads/main")).expect("removed");
            fifo(&git.join("refs/heads/main"));
        }),
        ("a name without an end", |git| {
            fs::remove_file(git.join("refs/heads/main")).expect("removed");
            symlink("/dev/zero", git.join("refs/heads/main")).expect("linked");
        }),
        ("packed names without an end", |git| {
            fs::remove_file(git.join("refs/heads/main")).expect("removed");
            symlink("/dev/zero", git.join("packed-refs")).expect("linked");
        }),
        ("objects that are FIFOs", |git| {
            for object in loose(git) {
                fs::remove_file(&object).expect("removed");
                fifo(&object);
            }
        }),
        ("objects of zeros", |git| {
            for object in loose(git) {
                fs::remove_file(&object).expect("removed");
                fs::write(&object, [0; 100]).expect("written");
            }
        }),
        ("alternates that lead to themselves", |git| {
            fs::create_dir_all(git.join("objects/info")).expect("made");
            fs::write(git.join("objects/info/alternates"), "../objects\n/dev/zero\n").expect("written");
        }),
        ("a pack that is a FIFO", |git| {
            fs::create_dir_all(git.join("objects/pack")).expect("made");
            fifo(&git.join("objects/pack/pack-0123456789012345678901234567890123456789.idx"));
        }),
        ("a directory elsewhere without an end", |git| {
            symlink("/dev/zero", git.join("commondir")).expect("linked");
        }),
    ];
    for (what, damage) in damages {
        let trap = Trap::new();
        damage(&trap.root().join(".git"));
        let answer = compared(&trap, "main");
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{what}: {}", answer.err);
        assert!(answer.err.starts_with("error: "), "{what}: {}", answer.err);
    }
}

#[test]
fn every_byte_of_a_pack_may_be_wrong() {
    let trap = Trap::new();
    trap.git(&["gc", "--quiet"]);
    let packs = fs::read_dir(trap.root().join(".git/objects/pack")).expect("there").map(|entry| entry.expect("read").path());
    for pack in packs.filter(|path| ["pack", "idx"].iter().any(|end| path.extension().is_some_and(|found| found == *end))) {
        let whole = fs::read(&pack).expect("read");
        fs::set_permissions(&pack, fs::Permissions::from_mode(0o644)).expect("writable");
        let step = (whole.len() / 24).max(1);
        for at in (0..whole.len()).step_by(step) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xff;
            fs::write(&pack, &damaged).expect("written");
            let answer = compared(&trap, "HEAD~1");
            assert!([0, 2].contains(&answer.code), "byte {at} of {}: {}", pack.display(), answer.err);
        }
        fs::write(&pack, &whole[..whole.len() / 2]).expect("written");
        let answer = compared(&trap, "HEAD~1");
        assert!([0, 2].contains(&answer.code), "half of {}: {}", pack.display(), answer.err);
        fs::write(&pack, &whole).expect("written");
    }
}

#[test]
fn a_commit_without_end_is_an_error() {
    let trap = Trap::new();
    // Ten levels of directories, each containing the previous one ten times: ten billion files in a few objects.
    let mut tree = object(&trap, "tree", &entry("100644 x.py", &object(&trap, "blob", b"x = 1\n")));
    for _ in 0..10 {
        let entries: Vec<u8> = (0..10).flat_map(|index| entry(&format!("40000 d{index}"), &tree)).collect();
        tree = object(&trap, "tree", &entries);
    }
    let mut deep = object(&trap, "tree", &entry("100644 x.py", &object(&trap, "blob", b"x = 1\n")));
    for _ in 0..1_000 {
        deep = object(&trap, "tree", &entry("40000 d", &deep));
    }
    for tree in [tree, deep] {
        let text = format!("tree {tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n");
        let commit = object(&trap, "commit", text.as_bytes());
        let answer = compared(&trap, &commit);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{}", answer.err);
    }
}

/// Writes an object verbatim, and returns its ID.
fn object(trap: &Trap, kind: &str, bytes: &[u8]) -> String {
    let file = trap.directory.path().join("object");
    fs::write(&file, bytes).expect("written");
    let mut command = Command::new("git");
    command.current_dir(trap.root()).args(["hash-object", "-w", "--literally", "-t", kind]).arg(&file);
    let output = command.output().expect("git is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// An entry of a tree.
fn entry(name: &str, id: &str) -> Vec<u8> {
    let id = (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).expect("digits"));
    name.bytes().chain([0]).chain(id).collect()
}

fn loose(git: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(git.join("objects")).expect("there").map(|entry| entry.expect("read").path());
    let folders = folders.filter(|path| path.file_name().is_some_and(|name| name.len() == 2));
    folders.flat_map(|folder| fs::read_dir(folder).expect("there").map(|entry| entry.expect("read").path())).collect()
}

fn fifo(path: &Path) {
    rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR).expect("a FIFO");
}
