//! Paths in a file of the project that refer to another.

/// Joins `relative` to `directory` (both with `/`, the root being the empty string) and removes `.` and `..`. `None` if it leaves the
/// project: nothing outside of it is read.
pub(super) fn resolve(directory: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    let has_drive = relative.as_bytes().get(1) == Some(&b':');
    if relative.starts_with('/') || relative.starts_with('~') || has_drive {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The directory that holds the file at `path`.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// `path` relative to `directory`, if it is inside.
pub(super) fn join(directory: &str, path: &str) -> String {
    if directory.is_empty() { path.to_owned() } else { format!("{directory}/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_followed_inside_the_project() {
        assert_eq!(resolve("", "requirements/base.txt").as_deref(), Some("requirements/base.txt"));
        assert_eq!(resolve("requirements", "./../base.txt").as_deref(), Some("base.txt"));
        assert_eq!(resolve("a/b", "..\\c").as_deref(), Some("a/c"));
        assert_eq!(resolve("libs", ".").as_deref(), Some("libs"));
    }

    #[test]
    fn nothing_outside_is_named() {
        for path in ["../x", "a/../../x", "/etc/passwd", "~/x", "C:\\x"] {
            assert_eq!(resolve("", path), None, "{path}");
        }
    }

    #[test]
    fn a_parent_and_its_child() {
        assert_eq!(parent("a/b/c.txt"), "a/b");
        assert_eq!(parent("c.txt"), "");
        assert_eq!(join("", "x"), "x");
        assert_eq!(join("a", "x"), "a/x");
    }
}
