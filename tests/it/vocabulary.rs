//! The Python package in `python/` agrees with the rest of takk: its version, the catalog, and how its users' code is analysed.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::python::{run, venv};
use crate::shop::{self, in_shop, shop};

/// The directory that holds the package.
fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a temporary directory is writable");
    for entry in fs::read_dir(from).expect("the package is readable").map(|entry| entry.expect("readable")) {
        let target = to.join(entry.file_name());
        if entry.file_type().expect("readable").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a temporary directory is writable");
        }
    }
}

#[test]
fn version_is_that_of_the_workspace() {
    let project = fs::read_to_string(package().join("pyproject.toml")).expect("the package has a project file");
    assert!(project.contains(&format!("\nversion = \"{}\"\n", env!("CARGO_PKG_VERSION"))), "{project}");
}

/// takk knows its vocabulary without the package, and an installed package does not change what it reads.
#[test]
fn analysis_is_the_same_with_the_package_installed() {
    let venv = tempfile::tempdir().expect("a directory");
    fs::write(venv.path().join("pyvenv.cfg"), "").expect("a temporary directory is writable");
    copy(&package().join("takk"), &venv.path().join("lib/python3.12/site-packages/takk"));
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/samples");
    let samples = fs::read_dir(samples).expect("the samples are there").map(|entry| entry.expect("readable").path());
    for project in samples.filter(|path| path.is_dir()).chain([shop()]) {
        let inspect = |arguments: &[&Path]| {
            let mut takk = Command::new(env!("CARGO_BIN_EXE_takk"));
            run(takk.args(["inspect", "--format", "json"]).args(arguments).arg(&project).env_remove("VIRTUAL_ENV"))
        };
        let (without, with) = (inspect(&[]), inspect(&[Path::new("--venv"), venv.path()]));
        assert!(without == with, "{} reads differently with the package", project.display());
    }
}

/// The example has takk 0.1.40 in its lock file: with this package before it on the path, it works the same.
#[test]
fn shop_runs_on_the_package() {
    let python = shop::python();
    let with_package = |arguments: &[&str]| {
        let mut command = in_shop(&python);
        command.env("PYTHONPATH", package()).args(arguments);
        command
    };
    let file = run(with_package(&["-c", "import takk; print(takk.__file__)"]).envs(shop::ENVIRONMENT));
    assert!(Path::new(file.trim()).starts_with(package()), "{file}");
    run(&mut with_package(&["-m", "pytest", "-q", "-p", "no:cacheprovider"]));
    for environment in [&[][..], &shop::ENVIRONMENT] {
        let check = |command: &mut Command| {
            let output = command.envs(environment.iter().copied()).output().expect("Python starts");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let ours = check(&mut with_package(&["-m", "shop.check"]));
        assert_eq!(ours, check(in_shop(&python).args(["-m", "shop.check"])));
        assert!(ours.contains("ServiceUrls"), "{ours}");
    }
}

/// What the catalog says about tags, shorthands, settings classes and components matches the package.
#[test]
fn catalog_equals_the_package() {
    let python = venv(&["pydantic==2.14.4", "pydantic-settings==2.16.3"]).join("bin/python");
    let json = serde_json::json!({"catalog": takk_catalog::catalog(), "stub": takk_catalog::stub_source()}).to_string();
    let mut script = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/catalog.py"))
        .env("PYTHONPATH", package())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    script.stdin.take().expect("it is a pipe").write_all(json.as_bytes()).expect("the script reads");
    let output = script.wait_with_output().expect("the script ends");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
}
