//! Which files are test code.

/// Directories of tests. Other names that end so are something else: `ab_tests` is a part of a program.
const DIRECTORIES: [&str; 4] = ["tests", "test", "testing", "e2e"];
/// What a directory tests, in names such as `integration_tests` and `e2e-tests`.
const LEVELS: [&str; 9] = ["acceptance", "e2e", "end_to_end", "functional", "integration", "load", "smoke", "system", "unit"];

/// Whether a file is test code: `tests/`, `integration_tests/`, `e2e/`, `test_*.py`, `*_test.py`, `tests.py` of Django, `conftest.py`.
pub fn is_test(path: &str) -> bool {
    let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
    directories.split('/').any(is_of_tests)
        || name.starts_with("test_")
        || name.ends_with("_test.py")
        || matches!(name, "conftest.py" | "tests.py")
}

fn is_of_tests(directory: &str) -> bool {
    let level = directory.strip_suffix("tests").or_else(|| directory.strip_suffix("test"));
    let level = level.and_then(|level| level.strip_suffix(['_', '-']));
    DIRECTORIES.contains(&directory) || level.is_some_and(|level| LEVELS.contains(&level.replace('-', "_").as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_told_from_programs() {
        for path in [
            "tests/app.py",
            "src/shop/test/settings.py",
            "integration_tests/settings.py",
            "end-to-end-tests/settings.py",
            "unit-test/settings.py",
            "e2e/settings.py",
            "shop/tests.py",
            "shop/test_settings.py",
            "shop/settings_test.py",
            "conftest.py",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in
            ["ab_tests/settings.py", "shop/contests.py", "latest/settings.py", "shop/mytests.py", "load/tests_of_load.py"]
        {
            assert!(!is_test(path), "{path}");
        }
    }
}
