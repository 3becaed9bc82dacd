//! The catalog against real Pythons.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// Runs `program` with `input` on its standard input.
fn run(program: &mut Command, input: &str) -> Output {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("starting {program:?}: {error}"));
    child.stdin.take().expect("standard input is piped").write_all(input.as_bytes()).expect("it reads its input");
    child.wait_with_output().expect("it ends")
}

#[test]
fn the_stub_is_a_python_module() {
    let compile = "import ast, sys; ast.parse(sys.stdin.read())";
    let output = run(Command::new("python3").args(["-c", compile]), takk_catalog::stub_source());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "needs TAKK_PYTHON: a Python that has takk 0.1.40 and pydantic installed"]
fn the_catalog_equals_the_published_package() {
    let python = std::env::var("TAKK_PYTHON").expect("TAKK_PYTHON names a Python with takk installed");
    let json = serde_json::json!({"catalog": takk_catalog::catalog(), "stub": takk_catalog::stub_source()}).to_string();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/catalog.py");
    let output = run(Command::new(python).arg(script), &json);
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}
