//! Broken files: each causes a finding with its line, and the other files are still read.

use super::*;

#[test]
fn a_merge_conflict_is_said_plainly() {
    let ours = "<<<<<<< HEAD\nversion = \"1.0\"\n=======\nversion = \"2.0\"\n>>>>>>> feature\n";
    for (path, tool) in [("uv.lock", "uv lock"), ("poetry.lock", "poetry lock"), ("pdm.lock", "pdm lock")] {
        let report = read_files(&[(path, format!("version = 1\n[[package]]\nname = \"a\"\n{ours}"))]);
        assert_eq!(findings(&report), [format!("{path}:4:1 MergeConflict: {path} has unresolved merge conflicts")]);
        assert_eq!(report.findings[0].help, format!("resolve them and run `{tool}`; until then, takk uses the first side"));
        assert_eq!(versions(&report), ["a 1.0"]);
    }
}

#[test]
fn a_merge_conflict_in_the_other_formats() {
    let json =
        "{\"default\": {\"a\": {\n<<<<<<< HEAD\n\"version\": \"==1.0\"\n=======\n\"version\": \"==2.0\"\n>>>>>>> x\n}}}\n";
    let requirements = "<<<<<<< HEAD\nb==1.0\n||||||| base\nb==0.9\n=======\nb==2.0\n>>>>>>> x\nc==3\n";
    let pyproject = "[project]\n<<<<<<< HEAD\nname = \"mine\"\n=======\nname = \"theirs\"\n>>>>>>> x\n";
    let report = read_files(&[("Pipfile.lock", json), ("requirements.txt", requirements), ("pyproject.toml", pyproject)]);
    assert_eq!(kinds(&report), [ProblemKind::MergeConflict; 3]);
    assert_eq!(versions(&report), ["a 1.0", "b 1.0", "c 3"]);
    assert_eq!(report.project.name.as_deref(), Some("mine"));
}

#[test]
fn a_broken_lock_gives_what_can_be_read() {
    let report = read_files(&[
        ("uv.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n\n[[package]\nname = \"b\"\nversion = \"2\"\n"),
        ("Pipfile.lock", "{\"default\": {\"c\": {\"version\": \"==3\"},\n"),
        ("requirements.txt", "d==4\n"),
    ]);
    assert_eq!(kinds(&report), [ProblemKind::BrokenFile; 2]);
    assert_eq!(report.findings[0].place.file, "Pipfile.lock");
    assert_eq!(report.findings[1].place.line, 5);
    assert_eq!(report.findings[1].help, "run `uv lock` to regenerate it; takk used what it could read");
    assert_eq!(versions(&report), ["a 1", "c 3", "d 4"]);
}

#[test]
fn a_broken_pyproject_leaves_the_rest() {
    let report = read_files(&[
        ("pyproject.toml", "[project]\nname = \"shop\"\ndescription = \"no end\ndependencies = [\"httpx\"]\n"),
        ("uv.lock", "[[package]]\nname = \"httpx\"\nversion = \"1\"\n"),
    ]);
    assert_eq!(kinds(&report), [ProblemKind::BrokenFile]);
    assert_eq!(report.findings[0].place.line, 3);
    assert_eq!(report.project.name.as_deref(), Some("shop"));
    assert_eq!(versions(&report), ["httpx 1"]);
}

#[test]
fn bytes_that_are_no_text_are_a_finding() {
    for path in
        ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "pyproject.toml", "Pipfile", "requirements.txt"]
    {
        let report = read_files(&[(path, b"\x00\x9f\x92\x96\n\xff")]);
        assert!(kinds(&report).contains(&ProblemKind::BrokenFile), "{path}");
        assert!(report.findings.iter().all(|problem| problem.place.file == path), "{path}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_finding() {
    let paths = ["uv.lock".to_owned(), "requirements.txt".to_owned()];
    let read_one = |path: &str| match path {
        "uv.lock" => Err(io::Error::new(io::ErrorKind::PermissionDenied, "permission denied")),
        _ => Ok(b"a==1".to_vec()),
    };
    let report = read(&Listing { files: &paths, read: &read_one });
    assert_eq!(findings(&report), ["uv.lock:1:1 BrokenFile: cannot read uv.lock: permission denied"]);
    assert_eq!(versions(&report), ["a 1"]);
}

#[test]
fn nothing_and_emptiness_are_fine() {
    assert_eq!(read_files::<&str>(&[]).project.import_roots, ["", "src"]);
    for (path, _) in DEMO.iter().filter(|(path, _)| *path != "Pipfile.lock") {
        assert_eq!(findings(&read_files(&[(*path, "")])), [""; 0], "{path}");
    }
    assert_eq!(kinds(&read_files(&[("Pipfile.lock", "")])), [ProblemKind::BrokenFile]);
}
