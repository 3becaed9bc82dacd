//! Invalid input: takk still plans the rest, does not panic, and does not hang.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::process::{Answer, takk};
use crate::text::assert_fits;

const HEAD: &str = "from pydantic_settings import BaseSettings\n";
const GOOD: &str = "from pydantic_settings import BaseSettings\nclass Good(BaseSettings):\n    rest: str\n";

/// A project with one valid file, and these.
fn project<B: AsRef<[u8]>>(files: &[(&str, B)]) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("good.py"), GOOD).expect("written");
    for (name, content) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, content).expect("written");
    }
    directory
}

fn plan(directory: &Path) -> Answer {
    takk(directory, &["plan", "--env", "prod", "--all"])
}

/// Plans and checks the valid file together with these, and returns the plan, which must include the valid file.
fn planned<B: AsRef<[u8]>>(files: &[(&str, B)]) -> String {
    let project = project(files);
    let answer = plan(project.path());
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("REST"), "the rest is planned: {}", answer.out);
    let check = takk(project.path(), &["check"]);
    assert!(check.code < 2, "{}", check.err);
    answer.out
}

/// As `planned`, with one file whose class `M` has the field `mode` after `text`.
fn planned_with(before: &str, mode: &str) -> String {
    planned(&[("deep.py", format!("{HEAD}{before}class M(BaseSettings):\n    mode: {mode}\n"))])
}

#[test]
fn directories_that_are_none() {
    let project = project::<&str>(&[]);
    for (path, error) in [("nowhere", "error: there is no directory `nowhere`"), ("good.py", "error: `good.py` is a file")] {
        let answer = takk(project.path(), &["plan", path]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""));
        assert!(answer.err.starts_with(error), "{}", answer.err);
    }
}

#[test]
fn nothing_to_plan_is_a_friendly_answer() {
    let empty = tempfile::tempdir().expect("a directory");
    let answer = plan(empty.path());
    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("Python"), "{}", answer.out);
    fs::write(empty.path().join("app.py"), "answer = 42\n").expect("written");
    let answer = plan(empty.path());
    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("settings class"), "{}", answer.out);
    assert_fits(&answer.out);
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_passed_over() {
    use std::os::unix::fs::symlink;
    let project = project::<&str>(&[("directory.py/inner.txt", "")]);
    symlink("nowhere.py", project.path().join("dangling.py")).expect("linked");
    symlink("loop.py", project.path().join("loop.py")).expect("linked");
    symlink(".", project.path().join("again")).expect("linked");
    let answer = plan(project.path());
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("1 settings class, 1 variable"), "{}", answer.out);
}

#[test]
fn text_in_every_shape_is_read() {
    let class = format!("{HEAD}class M(BaseSettings):\n    mode: str = 'caf\u{e9}'\n");
    let latin1: Vec<u8> = format!("# -*- coding: latin-1 -*-\n{class}")
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).expect("latin-1"))
        .collect();
    let shapes: [(&str, Vec<u8>); 7] = [
        ("latin-1", latin1),
        ("byte order mark", format!("\u{feff}{class}").into_bytes()),
        ("Windows line endings", class.replace('\n', "\r\n").into_bytes()),
        ("old Macintosh line endings", class.replace('\n', "\r").into_bytes()),
        ("tabs", class.replace("    ", "\t").into_bytes()),
        ("form feeds", class.replace("class", "\u{c}\nclass").replace("    ", "\u{c}    ").into_bytes()),
        ("no last line feed", class.trim_end().as_bytes().to_vec()),
    ];
    for (shape, bytes) in shapes {
        let out = planned(&[("settings.py", bytes)]);
        assert!(out.contains("MODE") && out.contains("caf\u{e9}"), "{shape}: {out}");
    }
}

#[test]
fn bytes_that_are_no_text_do_not_stop_the_rest() {
    let mut broken = format!("{HEAD}class M(BaseSettings):\n    mode: str = 'caf").into_bytes();
    broken.extend(b"\xe9'\n");
    assert!(planned(&[("settings.py", broken)]).contains("MODE"));
    planned(&[("settings.py", b"\xff\xfef\x00r\x00o\x00m\x00".to_vec())]);
    planned(&[("settings.py", b"from pydantic_settings import BaseSettings\0\nclass A(BaseSettings):\n    a: int\n".to_vec())]);
}

#[test]
fn one_syntax_error_in_a_hundred_files() {
    let class = |index: usize| format!("{HEAD}class M{index}(BaseSettings):\n    value_{index}: int\n");
    let mut files: Vec<(String, String)> = (0..99).map(|index| (format!("m{index}.py"), class(index))).collect();
    files.push(("broken.py".to_owned(), format!("{HEAD}class M(BaseSettings):\n    ok: int\n    def (:\n")));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let out = planned(&files);
    for index in 0..99 {
        assert!(out.contains(&format!("VALUE_{index} ")), "{index}: {out}");
    }
}

#[test]
fn merge_conflicts_and_broken_locks_do_not_stop_the_rest() {
    let pyproject = "[project]\nname = \"shop\"\ndependencies = [\"pydantic\"]\n";
    let conflict = "<<<<<<< HEAD\nversion = \"2.1.0\"\n=======\nversion = \"2.2.0\"\n>>>>>>> b\n";
    for lock in
        [format!("version = 1\n[[package]]\nname = \"pydantic\"\n{conflict}"), "version = 1\n[[package]\nname = ".to_owned()]
    {
        assert!(planned(&[("pyproject.toml", pyproject), ("uv.lock", &lock)]).starts_with("shop: 1 settings class"));
    }
    planned(&[(
        "settings.py",
        format!("{HEAD}class M(BaseSettings):\n<<<<<<< HEAD\n    a: int\n=======\n    b: int\n>>>>>>> b\n"),
    )]);
}

#[test]
fn circles_end() {
    planned(&[
        ("a.py", format!("{HEAD}from b import B\nclass A(BaseSettings):\n    a: int = B\n")),
        ("b.py", "from a import A\nB = A\n".to_owned()),
    ]);
    planned(&[
        ("a.py", format!("{HEAD}from b import *\nclass A(BaseSettings):\n    a: int = X\n")),
        ("b.py", "from c import *\n".to_owned()),
        ("c.py", "from a import *\nfrom b import *\n".to_owned()),
    ]);
    planned(&[("a.py", format!("{HEAD}class A(A):\n    a: int\nclass B(BaseSettings, B):\n    b: int\n"))]);
    planned(&[
        ("a.py", format!("{HEAD}from b import B\nclass A(B, BaseSettings):\n    a: int\n")),
        ("b.py", format!("{HEAD}from a import A\nclass B(A, BaseSettings):\n    b: int\n")),
    ]);
    planned(&[
        ("p/__init__.py", format!("{HEAD}from . import *\nfrom p import A, q\nfrom .s import A\nimport p\n")),
        ("p/s.py", format!("{HEAD}from p import A as B\nclass A(B, BaseSettings):\n    a: int\n")),
    ]);
    planned(&[
        ("p.py", "from takk import Project\np = Project(name='a')\n"),
        ("q.py", "from takk import Project\np = Project(name='b')\n"),
    ]);
}

#[test]
fn a_base_that_is_object_does_not_matter() {
    let classes = "class M(object): ...\nclass N(object): ...\nclass A(M, BaseSettings): ...\nclass B(BaseSettings, N): ...\n";
    let out = planned(&[("a.py", format!("{HEAD}{classes}class C(B, A):\n    from_object: str\n"))]);
    assert!(out.contains("FROM_OBJECT"), "{out}");
}

#[test]
fn deep_nesting_ends() {
    planned_with("", &format!("str\nx = {}", "[".repeat(100_000)));
    planned_with("", &format!("str = {}'a'{}", "(".repeat(100_000), ")".repeat(100_000)));
    planned_with("", &format!("int = {}1", "-".repeat(50_000)));
    planned_with("", &format!("bool = {}True", "not ".repeat(5_000)));
}

#[test]
fn long_chains_end() {
    for mode in [
        format!("int = {}1", "1 + ".repeat(10_000)),
        format!("int = a{}", ".b".repeat(10_000)),
        format!("int = a{}", "()".repeat(10_000)),
        format!("int = a{}", "[0]".repeat(10_000)),
        format!("int = {}1", "1 if x else ".repeat(5_000)),
    ] {
        let out = planned_with("", &mode);
        assert!(out.contains("MODE"), "{out}");
    }
}

#[test]
fn a_long_chain_of_branches_ends() {
    let mut branches = "import os\nif os.name == 'x':\n    A = 0\n".to_owned();
    for index in 0..20_000 {
        write!(branches, "elif os.name == 'x{index}':\n    A = {index}\n").expect("to a string");
    }
    let out = planned_with(&branches, "int = A");
    assert!(out.contains("computed  MODE"), "{out}");
}

#[test]
fn a_generated_module_of_megabytes_is_read() {
    let mut text = String::new();
    for index in 0..40_000 {
        write!(text, "class C{index}:\n    field: int = {index}\nX{index} = {{'k': {index}, 'v': [{index}, 0]}}\nY{index} = X{index}['k'] + 1\n")
            .expect("to a string");
    }
    assert!(text.len() > 3 << 20, "{}", text.len());
    let out = planned_with(&text, "int = Y7");
    assert!(out.contains("int = 8"), "{out}");
}

#[test]
fn very_long_names_are_kept() {
    let (class, field) = ("M".repeat(3_000), "n".repeat(3_000));
    let out = planned(&[(
        "settings.py",
        format!("{HEAD}class {class}(BaseSettings):\n    {field}: str = '{}'\n", "v".repeat(5_000)),
    )]);
    let plan = out.lines().skip(1).take_while(|line| !line.starts_with("Next:"));
    let letters: usize = plan.map(|line| line.matches('N').count()).sum();
    assert_eq!(letters, 3_000, "the whole name can be read: {out}");
    assert_fits(&out);
}

#[test]
fn an_environment_is_named_once_and_rightly() {
    let project = project::<&str>(&[]);
    let (once, twice) =
        (takk(project.path(), &["plan", "--env", "prod"]), takk(project.path(), &["plan", "--env", "prod", "--env", "prod"]));
    assert_eq!((once.code, twice.code), (0, 0));
    assert_eq!(once.out, twice.out);
    let unknown = takk(project.path(), &["plan", "--env", "pord"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("hint: did you mean `prod`?"), "{}", unknown.err);
}

#[test]
#[cfg(unix)]
fn a_stdout_that_is_closed_or_full() {
    let project = project::<&str>(&[]);
    let program = assert_cmd::cargo::cargo_bin!("takk");
    let shell = |line: &str| {
        let mut command = std::process::Command::new("sh");
        command.current_dir(project.path()).env("TAKK", program).args(["-c", line]).output().expect("run")
    };
    let closed = shell("\"$TAKK\" plan >&-");
    assert_eq!((closed.status.code(), closed.stderr.as_slice()), (Some(0), &b""[..]));
    let head = shell("\"$TAKK\" plan --json | head -1");
    assert_eq!((head.stdout.as_slice(), head.stderr.as_slice()), (&b"{\n"[..], &b""[..]));
    if Path::new("/dev/full").exists() {
        let full = shell("\"$TAKK\" plan >/dev/full");
        assert_eq!(full.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&full.stderr).starts_with("error: cannot write to standard output"));
    }
}
