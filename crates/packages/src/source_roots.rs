//! Where a project inside the checkout has its packages, according to its `pyproject.toml`, `setup.cfg` or `setup.py`.

use std::io;

use super::{File, local_path, pyproject};

/// The directories that may contain the top-level packages of the project in `directory`, as it declares them. `None`: there is no project
/// in it. `has` tells whether a file exists. Nothing is executed: `setup.py` is searched for the few common ways to declare them.
pub fn source_roots(
    directory: &str,
    has: &dyn Fn(&str) -> bool,
    read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
) -> Option<Vec<String>> {
    let files = ["pyproject.toml", "setup.cfg", "setup.py"].map(|name| local_path::join(directory, name));
    if !files.iter().any(|path| has(path)) {
        return None;
    }
    let mut roots = Vec::new();
    for path in files.iter().filter(|path| has(path)) {
        let Ok(bytes) = read(path) else { continue };
        if *path == files[0] {
            roots.extend(pyproject::read(&File::new(path.clone(), &bytes), &mut Vec::new()).import_roots);
        } else {
            let text = String::from_utf8_lossy(&bytes);
            let said = if *path == files[1] { of_setup_cfg(&text) } else { of_setup_py(&text) };
            roots.extend(said.into_iter().filter_map(|root| local_path::resolve(directory, root)));
        }
    }
    roots.sort_unstable();
    roots.dedup();
    Some(roots)
}

/// `package_dir` with an entry for all packages, and `where` of `[options.packages.find]`.
fn of_setup_cfg(text: &str) -> Vec<&str> {
    let mut roots = Vec::new();
    let mut in_directories = false;
    for line in text.lines() {
        let Some((key, value)) = line.split_once('=') else {
            in_directories &= line.starts_with([' ', '\t']);
            continue;
        };
        let value = value.trim();
        match key.trim() {
            "package_dir" => {
                in_directories = true;
                roots.extend(value.strip_prefix('=').map(str::trim));
            }
            "" if in_directories && !value.is_empty() => roots.push(value),
            "where" if !value.is_empty() => roots.push(value),
            _ => in_directories &= line.starts_with([' ', '\t']),
        }
    }
    roots
}

/// `package_dir={"": "src"}`, `find_packages("src")`, `find_packages(where="src")`.
fn of_setup_py(text: &str) -> Vec<&str> {
    let directories = text.match_indices("package_dir").filter_map(|(at, key)| {
        let rest = text[at + key.len()..].trim_start().strip_prefix('=')?.trim_start().strip_prefix('{')?.trim_start();
        let rest = rest.strip_prefix("\"\"").or_else(|| rest.strip_prefix("''"))?;
        quoted(rest.trim_start().strip_prefix(':')?.trim_start())
    });
    let found = ["find_packages(", "find_namespace_packages("].into_iter().flat_map(|call| {
        text.match_indices(call).filter_map(move |(at, call)| {
            let rest = text[at + call.len()..].trim_start();
            let rest = rest.strip_prefix("where").map_or(rest, |rest| rest.trim_start().trim_start_matches('=').trim_start());
            quoted(rest)
        })
    });
    directories.chain(found).collect()
}

/// The string literal at the start of `text`, without its quotes.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].split_once(quote).map(|(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(files: &[(&str, &str)]) -> Option<Vec<String>> {
        let read = |path: &str| {
            let found = files.iter().find(|(known, _)| *known == path).ok_or(io::ErrorKind::NotFound)?;
            Ok(found.1.as_bytes().to_vec())
        };
        source_roots("a/b", &|path| read(path).is_ok(), &read)
    }

    #[test]
    fn setup_py_says_it_in_several_ways() {
        let of = |text| roots(&[("a/b/setup.py", text)]);
        let src = Some(vec!["a/b/src".to_owned()]);
        assert_eq!(of("setup(packages=find_packages(where=\"src\"), package_dir={\"\": \"src\"})"), src);
        assert_eq!(of("setup(packages=find_packages('src'))"), src);
        assert_eq!(of("setup(package_dir = {\n    '' : './src',\n})"), src);
        assert_eq!(of("setup(packages=find_packages())"), Some(Vec::new()));
        assert_eq!(of("setup(package_dir={\"\": \"../../../out\"})"), Some(Vec::new()));
    }

    #[test]
    fn setup_cfg_and_pyproject_say_it_too() {
        let cfg = "[options]\npackage_dir =\n    = lib\npackages = find:\n\n[options.packages.find]\nwhere = lib\n";
        assert_eq!(roots(&[("a/b/setup.cfg", cfg)]), Some(vec!["a/b/lib".to_owned()]));
        let toml = "[tool.setuptools.packages.find]\nwhere = [\"python\"]\n";
        assert_eq!(roots(&[("a/b/pyproject.toml", toml)]), Some(vec!["a/b/python".to_owned()]));
    }

    #[test]
    fn a_directory_without_such_a_file_is_no_project() {
        assert_eq!(roots(&[("a/b/main.py", "")]), None);
    }

    #[test]
    fn never_panics_on_cut_text() {
        let text = "package_dir={\"\": \"é\"} find_packages(where='x'";
        for (end, _) in text.char_indices() {
            of_setup_py(&text[..end]);
            of_setup_cfg(&text[..end]);
        }
    }
}
