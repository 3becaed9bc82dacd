//! Which files are test code.

/// Whether a file is test code: `tests/`, `test_*.py`, `*_test.py`, `conftest.py`.
pub fn is_test(path: &str) -> bool {
    let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
    directories.split('/').any(|part| matches!(part, "tests" | "test" | "testing"))
        || name.starts_with("test_")
        || name.ends_with("_test.py")
        || name == "conftest.py"
}
