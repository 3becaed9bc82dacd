//! set, get, list, unset, history, rollback.

use super::Project;

#[test]
fn a_value_goes_in_and_comes_out_as_it_is() {
    let project = Project::new();
    for value in ["vendor-key-17", " blanks  around ", "line\nline\nline", "ünïcödé 🔑 and \"quotes\" '$x'"] {
        project.set("APP_API_KEY", value);
        let got = project.takk(&["secrets", "get", "APP_API_KEY"]);
        assert_eq!((got.code, got.out.as_str()), (0, value), "{}", got.err);
    }
    project.set("app_api_key", "vendor-key-18\n");
    assert_eq!(project.takk(&["secrets", "get", "app_api_key"]).out, "vendor-key-18", "one line break at the end is not meant");
    let json = project.takk(&["--json", "secrets", "get", "APP_API_KEY"]).out;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["value"], "vendor-key-18");
}

#[test]
fn several_values_are_a_json_list_and_none_is_lost() {
    let project = Project::new();
    project.set("APP_API_KEY", "vendor-key-17");
    project.set("APP_PORT", "81");
    project.set("APP_PORT", "82");
    let get = |arguments: &[&str]| project.takk(&[&["--json", "secrets", "get"], arguments].concat());
    let both = get(&["APP_PORT", "APP_API_KEY"]);
    let expected = serde_json::json!([{"name": "APP_PORT", "value": "82"}, {"name": "APP_API_KEY", "value": "vendor-key-17"}]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&both.out).expect("JSON"), expected);
    // A value that is not set is an error, or null where that is allowed; so is one that the code does not read.
    let missing = get(&["APP_PORT", "APP_LEVEL"]);
    assert!(missing.code == 2 && missing.out.is_empty() && missing.err.contains("`APP_LEVEL` has no value"), "{missing:?}");
    let allowed = get(&["--allow-missing", "APP_PORT", "APP_LEVEL", "OF_NOBODY"]);
    let expected = serde_json::json!([
        {"name": "APP_PORT", "value": "82"}, {"name": "APP_LEVEL", "value": null}, {"name": "OF_NOBODY", "value": null}
    ]);
    assert_eq!((allowed.code, serde_json::from_str::<serde_json::Value>(&allowed.out).expect("JSON")), (0, expected));
    let first = get(&["--allow-missing", "--version", "1", "APP_PORT", "APP_API_KEY"]);
    assert!(first.out.contains("\"81\"") && first.out.contains("vendor-key-17"), "{first:?}");
    let second = get(&["--allow-missing", "--version", "2", "APP_API_KEY"]);
    assert!(second.code == 0 && second.out.contains("null"), "{second:?}");
    let plain = project.takk(&["secrets", "get", "APP_PORT", "APP_API_KEY"]);
    assert!(plain.code == 2 && plain.err.contains("--json") && plain.out.is_empty(), "{plain:?}");
}

#[test]
fn a_file_is_stored_byte_by_byte() {
    let project = Project::new();
    let file = project.root().join("key.pem");
    let key = "-----BEGIN KEY-----\nabc\n-----END KEY-----\n";
    std::fs::write(&file, key).expect("written");
    let answer = project.takk(&["secrets", "set", "APP_API_KEY", "--file", "key.pem"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert_eq!(project.takk(&["secrets", "get", "APP_API_KEY"]).out, key);
    std::fs::write(&file, b"\xff\xfe\0").expect("written");
    let answer = project.takk(&["secrets", "set", "APP_API_KEY", "--file", "key.pem"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("`key.pem` is not UTF-8 text"), "{}", answer.err);
    assert!(project.takk(&["secrets", "set", "APP_API_KEY", "--file", "no.pem"]).err.contains("cannot read `no.pem`"));
}

#[test]
fn what_pydantic_refuses_is_not_stored() {
    let project = Project::new();
    for (name, value, why) in [
        ("APP_API_KEY", "short", "`APP_API_KEY` must be SecretStr"),
        ("APP_DATABASE_URL", "mysql://localhost/app", "`APP_DATABASE_URL` must be PostgresDsn"),
        ("APP_LEVEL", "medium", "`APP_LEVEL` must be Literal"),
        ("APP_PORT", "80 00", "`APP_PORT` must be int"),
    ] {
        let answer = project.piped(&["secrets", "set", name, "--stdin"], value.as_bytes());
        assert_eq!(answer.code, 2, "{name}");
        assert!(answer.err.contains(why), "{}", answer.err);
        assert!(answer.err.contains("(settings.py:"), "the place is named: {}", answer.err);
        assert!(!answer.err.contains(value), "the value is not: {}", answer.err);
    }
    assert!(project.takk(&["secrets", "list"]).out.starts_with("Nothing is stored"));
    let nul = project.piped(&["secrets", "set", "APP_API_KEY", "--stdin"], b"with\0nul in it");
    assert!(nul.err.contains("NUL"), "{}", nul.err);
}

#[test]
fn a_value_on_the_command_line_is_refused() {
    let project = Project::new();
    for arguments in
        [&["secrets", "set", "APP_API_KEY", "hunter2hunter2"][..], &["secrets", "set", "APP_API_KEY=hunter2hunter2"]]
    {
        let answer = project.takk(arguments);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains("cannot take the value of `APP_API_KEY` from the command line"), "{}", answer.err);
        assert!(!answer.err.contains("hunter2"), "{}", answer.err);
    }
}

#[test]
fn an_undeclared_name_gets_the_nearest() {
    let project = Project::new();
    let answer = project.piped(&["secrets", "set", "APP_API_KEYS", "--stdin"], b"vendor-key-17");
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("did you mean `APP_API_KEY`?"), "{}", answer.err);
    let answer = project.takk(&["secrets", "get", "APP_LEVEL"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("`APP_LEVEL` has no value in `dev`"), "{}", answer.err);
    assert!(project.takk(&["secrets", "get", "APP_LEVEL", "--env", "produktion"]).err.contains("there is no environment"));
}

#[test]
fn versions_are_kept_and_can_come_back() {
    let project = Project::new();
    assert!(project.takk(&["secrets", "history", "APP_LEVEL"]).out.contains("never had a value in dev"));
    project.set("APP_LEVEL", "low");
    project.set("APP_LEVEL", "high");
    assert_eq!(project.takk(&["secrets", "rollback", "APP_LEVEL"]).code, 0);
    assert_eq!(project.takk(&["secrets", "get", "APP_LEVEL"]).out, "low");
    assert_eq!(project.takk(&["secrets", "get", "APP_LEVEL", "--version", "2"]).out, "high");
    assert_eq!(project.takk(&["secrets", "unset", "APP_LEVEL"]).code, 0);
    assert_eq!(project.takk(&["secrets", "get", "APP_LEVEL"]).code, 2);
    insta::assert_snapshot!(project.takk(&["secrets", "history", "APP_LEVEL"]).out, @r"
    APP_LEVEL in dev
         4  unset just now by ada
         3  rolled-back just now by ada, the same as version 1
         2  set just now by ada
         1  set just now by ada
    ");
    let answer = project.takk(&["secrets", "rollback", "APP_LEVEL", "--to", "4"]);
    assert!(answer.err.contains("it was unset at that point"), "{}", answer.err);
    assert!(project.takk(&["secrets", "rollback", "APP_LEVEL", "--to", "9"]).err.contains("`APP_LEVEL` has no version 9"));
    assert_eq!(project.takk(&["secrets", "rollback", "APP_LEVEL", "--to", "2"]).code, 0);
    insta::assert_snapshot!(project.takk(&["secrets", "list"]).out, @r"
    dev
      APP_LEVEL  version 5, rolled-back just now by ada
    ");
}

#[test]
fn a_value_can_be_made_up_where_nobody_gives_it_out() {
    let project = Project::new();
    assert_eq!(project.takk(&["secrets", "set", "APP_SESSION_SECRET", "--generate"]).code, 0);
    let made = project.takk(&["secrets", "get", "APP_SESSION_SECRET"]).out;
    assert!(made.len() >= 32, "{} characters", made.len());
    assert_eq!(project.takk(&["secrets", "set", "APP_SESSION_SECRET", "--generate"]).code, 0);
    assert_ne!(project.takk(&["secrets", "get", "APP_SESSION_SECRET"]).out, made);
    let answer = project.takk(&["secrets", "set", "APP_DATABASE_URL", "--generate"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("cannot generate a value for `APP_DATABASE_URL`"), "{}", answer.err);
    insta::assert_snapshot!(project.takk(&["secrets", "list"]).out, @r"
    dev
      APP_SESSION_SECRET  version 2, generated just now by ada
    ");
}

#[test]
fn what_the_code_no_longer_declares_is_stale_and_can_be_moved() {
    let project = Project::new();
    project.set("APP_API_KEY", "vendor-key-17");
    project.write(&super::SETTINGS.replace("api_key", "vendor_api_key"));
    let plan = project.takk(&["plan", "--env", "dev"]).out;
    assert!(plan.contains("stale") && plan.contains("perhaps renamed to APP_VENDOR_API_KEY"), "{plan}");
    let check = project.takk(&["check", "--env", "dev", "--select", "TK105"]);
    assert_eq!(check.code, 0, "a proposal");
    assert!(check.out.contains("TK105: `APP_API_KEY` is stored in `dev`"), "{}", check.out);
    assert_eq!(project.takk(&["secrets", "get", "APP_API_KEY"]).out, "vendor-key-17", "it can still be read");
    assert_eq!(project.takk(&["secrets", "unset", "APP_API_KEY"]).code, 0);
    assert!(!project.takk(&["plan", "--env", "dev"]).out.contains("stale"));
}
