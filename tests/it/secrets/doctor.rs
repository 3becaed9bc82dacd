//! `takk doctor`: what it reports as fine, and what it suggests otherwise.

use super::Project;

#[test]
fn a_project_that_is_filled_is_well() {
    let project = Project::new();
    let answer = project.takk(&["doctor"]);
    assert_eq!(answer.code, 0, "{}", answer.out);
    assert!(answer.out.contains("this project has no values in"), "{}", answer.out);
    assert!(answer.out.contains("dev: 0 set, 4 missing"), "{}", answer.out);
    crate::text::assert_fits(&answer.out);
    project.fill();
    let json: serde_json::Value = serde_json::from_str(&project.takk(&["--json", "doctor"]).out).expect("JSON");
    let found = json.as_array().expect("a list");
    assert!(found.iter().any(|one| one["found"] == "dev: 4 set, 0 missing" && one["health"] == "good"), "{json}");
}

#[test]
fn a_store_that_does_not_open_is_bad() {
    let project = Project::new();
    project.fill();
    std::fs::write(format!("{}/master.key", project.home()), "0".repeat(64)).expect("written");
    let answer = project.takk(&["doctor"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    assert!(answer.out.contains("the master key does not match this store"), "{}", answer.out);
    for arguments in [&["plan"][..], &["secrets", "list"], &["run", "--", "true"], &["check", "--env", "dev"]] {
        let answer = project.takk(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}");
        assert!(answer.err.contains("hint: set TAKK_MASTER_KEY_FILE"), "{}", answer.err);
    }
}
