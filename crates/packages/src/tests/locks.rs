//! Every lock format, and several at once.

use super::*;

#[test]
fn every_tool_locks_the_same_packages() {
    let expected = [
        "anyio 4.16.0",
        "certifi 2026.10.18",
        "dirty-equals 0.11",
        "h11 0.16.0",
        "httpcore 1.0.9",
        "httpx 0.28.1",
        "idna 3.20",
        "iniconfig 2.3.1",
        "kafka-python 2.2.21",
        "nats-py 2.16.0",
        "python-dotenv 1.2.4",
        "typing-extensions 4.16.0",
    ];
    let direct = ["dirty-equals", "httpx", "iniconfig", "kafka-python", "nats-py", "python-dotenv"];
    for lock in ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "requirements.txt"] {
        let declaration = if lock == "Pipfile.lock" { "Pipfile" } else { "pyproject.toml" };
        let report = read_files(&[demo(declaration), demo(lock)]);
        assert_eq!(versions(&report), expected, "{lock}");
        assert_eq!(findings(&report), [""; 0], "{lock}");
        let packages = report.packages.0.values();
        assert!(packages.clone().all(|package| package.place.file == lock), "{lock}");
        let named: Vec<&str> = packages.filter(|package| package.direct).map(|package| package.name.as_str()).collect();
        assert_eq!(named, direct, "{lock}");
    }
}

#[test]
fn a_version_has_the_place_where_it_is_written() {
    for (lock, written) in [
        ("uv.lock", "version = \"0.28.1\""),
        ("poetry.lock", "version = \"0.28.1\""),
        ("pdm.lock", "version = \"0.28.1\""),
        ("pylock.toml", "version = \"0.28.1\""),
        ("Pipfile.lock", "\"version\": \"==0.28.1\""),
        ("requirements.txt", "httpx==0.28.1"),
    ] {
        let (_, text) = demo(lock);
        let report = read_files(&[demo(lock)]);
        let place = &report.packages.find("httpx").expect("httpx is locked").place;
        let line = text.lines().nth(place.line as usize - 1).expect("the line exists");
        assert!(line.contains(written), "{lock}: {line}");
        let column = line.find('=').map_or(0, |at| at + 3);
        let expected = match lock {
            "requirements.txt" => 1,
            "Pipfile.lock" => line.find("\"==").map_or(0, |at| at + 1),
            _ => column,
        };
        assert_eq!(place.column as usize, expected, "{lock}");
    }
}

#[test]
fn the_first_lock_that_has_a_version_decides() {
    let locks = [
        ("uv.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n"),
        ("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"2\"\n[[package]]\nname = \"b\"\nversion = \"2\"\n"),
        ("pdm.lock", "[[package]]\nname = \"b\"\nversion = \"3\"\n[[package]]\nname = \"c\"\nversion = \"3\"\n"),
        ("pylock.toml", "[[packages]]\nname = \"c\"\nversion = \"4\"\n[[packages]]\nname = \"d\"\nversion = \"4\"\n"),
        ("pylock.dev.toml", "[[packages]]\nname = \"d\"\nversion = \"9\"\n[[packages]]\nname = \"e\"\nversion = \"5\"\n"),
        ("Pipfile.lock", r#"{"default": {"e": {"version": "==6"}, "f": {"version": "==6"}}}"#),
        ("requirements.txt", "f==7\ng==7\n"),
        ("pyproject.toml", "[project]\ndependencies = [\"g==8\", \"h==8\", \"i>=8\"]\n"),
    ];
    assert_eq!(versions(&read_files(&locks)), ["a 1", "b 2", "c 3", "d 4", "e 5", "f 6", "g 7", "h 8", "i -"]);
}

#[test]
fn of_several_versions_in_one_lock_the_highest_counts() {
    let lock = "[[package]]\nname = \"numpy\"\nversion = \"2.2.6\"\nresolution-markers = [\"x\"]\n\n\
                [[package]]\nname = \"numpy\"\nversion = \"2.10.0\"\n\n[[package]]\nname = \"numpy\"\nversion = \"2.3.4\"\n";
    let report = read_files(&[("uv.lock", lock)]);
    assert_eq!(versions(&report), ["numpy 2.10.0"]);
    assert_eq!(place_of(&report, "numpy"), "uv.lock:8:11");
}

#[test]
fn the_project_itself_is_no_package_but_a_directory_of_it_is() {
    for (path, lock) in [
        (
            "uv.lock",
            "[[package]]\nname = \"own\"\nversion = \"1\"\nsource = { virtual = \".\" }\n[[package]]\nname = \"lib\"\nversion = \"2\"\nsource = { editable = \"lib\" }\n",
        ),
        (
            "poetry.lock",
            "[[package]]\nname = \"own\"\nversion = \"1\"\n[package.source]\ntype = \"directory\"\nurl = \".\"\n[[package]]\nname = \"lib\"\nversion = \"2\"\n[package.source]\ntype = \"directory\"\nurl = \"lib\"\n",
        ),
        (
            "pdm.lock",
            "[[package]]\nname = \"own\"\nversion = \"1\"\npath = \".\"\n[[package]]\nname = \"lib\"\nversion = \"2\"\npath = \"./lib\"\n",
        ),
        (
            "pylock.toml",
            "[[packages]]\nname = \"own\"\nversion = \"1\"\ndirectory = { path = \".\", editable = true }\n[[packages]]\nname = \"lib\"\nversion = \"2\"\n[packages.directory]\npath = \"lib\"\n",
        ),
        (
            "Pipfile.lock",
            r#"{"default": {"own": {"editable": true, "path": ".", "version": "==1"}, "lib": {"path": "./lib", "version": "==2"}}}"#,
        ),
    ] {
        assert_eq!(versions(&read_files(&[(path, lock)])), ["lib 2"], "{path}");
    }
}

#[test]
fn a_package_without_version_in_the_lock_is_still_there() {
    let lock = "[[package]]\nname = \"Dyn_Amic\"\nsource = { git = \"https://example.org/dynamic\" }\n";
    let report = read_files(&[("uv.lock", lock)]);
    assert_eq!(versions(&report), ["dyn-amic -"]);
    assert_eq!(place_of(&report, "dyn-amic"), "uv.lock:2:8");
}

#[test]
fn a_pipfile_says_what_is_asked_for() {
    let pipfile = "[packages]\nRedis = \"*\"\nhttpx = {version = \"==0.28.1\", extras = [\"http2\"]}\nlocal = {path = \"./x\"}\n\
                   [dev-packages]\npytest = \"~=8.0\"\n[requires]\npython_version = \"3.12\"\n[scripts]\nserve = \"uvicorn\"\n";
    let report = read_files(&[("Pipfile", pipfile)]);
    assert_eq!(versions(&report), ["httpx 0.28.1", "local -", "pytest -", "redis -"]);
    assert_eq!(report.project.requires_python.as_deref(), Some("==3.12.*"));
    assert_eq!(place_of(&report, "redis"), "Pipfile:2:1");
    assert_eq!(report.packages.find("pytest").and_then(|package| package.specifier.as_deref()), Some("~=8.0"));
}

#[test]
fn a_thousand_packages_are_read() {
    let package = |number: usize| {
        let wheels =
            format!("    {{ url = \"https://example.org/p{number}.whl\", hash = \"sha256:0\", size = 1 }},\n").repeat(20);
        format!("[[package]]\nname = \"p{number}\"\nversion = \"1.{number}\"\nwheels = [\n{wheels}]\n\n")
    };
    let lock: String = (0..1000).map(package).collect();
    let report = read_files(&[("uv.lock", lock)]);
    assert_eq!(report.packages.0.len(), 1000);
    assert_eq!(report.packages.version("p999"), Some("1.999"));
}
