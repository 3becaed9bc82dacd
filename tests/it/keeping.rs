//! `takk store` and `takk env` from the command line.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::process::{Answer, takk_with};

const SETTINGS: &str =
    "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    token: str\n    port: int\n";

/// A project, and a home directory for its values.
struct Desk {
    project: TempDir,
    home: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { project: tempfile::tempdir().expect("a directory"), home: tempfile::tempdir().expect("a directory") };
        desk.write("settings.py", SETTINGS);
        desk.write("pyproject.toml", "[project]\nname = \"shop\"\n");
        desk
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.project.path().join(name), text).expect("written");
    }

    fn home(&self) -> PathBuf {
        self.home.path().join("takk")
    }

    fn with(&self, arguments: &[&str], more: &[(&str, &str)]) -> Answer {
        let home = self.home();
        let ci = [
            "GITHUB_HEAD_REF",
            "GITHUB_REF_TYPE",
            "GITHUB_REF_NAME",
            "CI_COMMIT_REF_NAME",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
            "BITBUCKET_BRANCH",
            "BUILDKITE_BRANCH",
        ];
        let mut variables: Vec<(&str, &str)> = ci.map(|name| (name, "")).to_vec();
        variables.extend([("TAKK_HOME", home.to_str().expect("text")), ("TAKK_KEYRING", "off")]);
        variables.extend_from_slice(more);
        takk_with(self.project.path(), arguments, &variables)
    }

    fn takk(&self, arguments: &[&str]) -> Answer {
        self.with(arguments, &[])
    }

    /// Runs a command that must succeed, and returns its output.
    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        self.takk(arguments).done()
    }

    /// Runs a command that must fail with status 2, and returns its error.
    fn refused(&self, arguments: &[&str]) -> String {
        let answer = self.takk(arguments);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{arguments:?}: {}", answer.err);
        assert!(
            answer.err.contains("hint: ") || answer.err.contains("Usage:") || answer.err.contains("--help"),
            "{}",
            answer.err
        );
        answer.err
    }

    fn set(&self, environment: &str, name: &str, value: &str) {
        self.write(".value", value);
        self.done(&["secrets", "set", name, "--env", environment, "--file", ".value"]);
    }

    fn value(&self, arguments: &[&str]) -> String {
        let all: Vec<&str> = ["secrets", "get"].iter().chain(arguments).copied().collect();
        self.takk(&all).out
    }

    /// The text without the paths of this test.
    fn plain(&self, text: &str) -> String {
        text.replace(self.home().to_str().expect("text"), "HOME")
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().expect("it is there").permissions().mode() & 0o777
}

#[test]
fn a_store_that_is_not_there_is_no_mistake() {
    let desk = Desk::new();
    assert!(desk.done(&["store", "status"]).starts_with("Nothing is stored yet; `takk secrets set` creates the store at `"));
    assert_eq!(desk.done(&["store", "verify"]), "Nothing is stored yet.\n");
    assert!(desk.refused(&["store", "backup", "copy"]).starts_with("error: nothing is stored yet\n"));
    assert!(desk.refused(&["store", "rekey"]).starts_with("error: nothing is stored yet\n"));
    assert_eq!(desk.done(&["env", "use", "--clear"]), "No environment is in use in this checkout.\n");
    assert_eq!(desk.done(&["env", "delete", "--expired"]), "No environment has expired.\n");
    assert!(desk.done(&["env", "list"]).contains("dev   not stored"));
    assert!(!desk.home().exists(), "to look is not to make");
}

#[test]
fn the_status_names_everything_but_the_key() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "one");
    desk.set("dev", "TOKEN", "two");
    desk.set("prod", "PORT", "80");
    desk.done(&["secrets", "unset", "PORT", "--env", "prod"]);
    let said = desk.plain(&desk.done(&["store", "status"]));
    let size = said.lines().nth(1).expect("a line").trim().to_owned();
    insta::assert_snapshot!("status of a store", said.replace(&size, "SIZE"));
    let json: serde_json::Value = serde_json::from_str(&desk.done(&["store", "status", "--json"])).expect("JSON");
    assert_eq!((json["store"]["schema"].as_i64(), json["key"]["source"].as_str()), (Some(7), Some("own-file")));
    assert_eq!(json["environments"][0]["values"], 1);
    let key = fs::read_to_string(desk.home().join("master.key")).expect("there");
    assert!(!said.contains(key.trim()) && !json.to_string().contains(key.trim()));
    // Without the key, the contents are still listed.
    fs::remove_file(desk.home().join("master.key")).expect("removed");
    assert!(desk.done(&["store", "status"]).contains("master key  takk cannot find it\n"));
    let other = [("TAKK_MASTER_KEY", &*"1".repeat(64))];
    assert!(
        desk.with(&["store", "status"], &other)
            .out
            .contains("in the variable TAKK_MASTER_KEY: it is not the master key of this store\n")
    );
    #[cfg(unix)]
    for name in ["store.db", "store.lock"] {
        assert_eq!(mode(&desk.home().join(name)), 0o600, "{name}");
    }
}

#[test]
fn a_backup_is_restored_and_the_store_before_is_kept() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "before");
    let said = desk.plain(&desk.done(&["store", "backup", "copy.db"]));
    assert!(said.contains("Back up the master key too, in another place: it is in `HOME/master.key`.\n"), "{said}");
    #[cfg(unix)]
    assert_eq!(mode(&desk.project.path().join("copy.db")), 0o600);
    assert!(desk.refused(&["store", "backup", "copy.db"]).contains("cannot write `copy.db`"));
    assert!(desk.refused(&["store", "backup", "no/such/copy.db"]).contains("cannot write `no/such/copy.db`"));
    desk.set("dev", "TOKEN", "after");
    assert!(desk.refused(&["store", "restore", "copy.db"]).contains("takk store restore FILE --yes"));
    assert_eq!(desk.value(&["TOKEN"]), "after");
    desk.done(&["store", "restore", "copy.db", "--yes"]);
    assert_eq!(desk.value(&["TOKEN"]), "before");
    let kept = kept(&desk);
    assert_eq!(kept.len(), 1);
    // The store that was replaced is a valid store itself.
    desk.done(&["store", "restore", kept[0].to_str().expect("text"), "--yes"]);
    assert_eq!(desk.value(&["TOKEN"]), "after");
    assert_eq!(desk.takk(&["store", "verify"]).code, 0);
    let left: Vec<_> = names(&desk).into_iter().filter(|name| name.contains(".new")).collect();
    assert!(left.is_empty(), "{left:?}");
}

fn names(desk: &Desk) -> Vec<String> {
    let entries = fs::read_dir(desk.home()).expect("readable");
    entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect()
}

/// The stores that were replaced.
fn kept(desk: &Desk) -> Vec<PathBuf> {
    let names = names(desk).into_iter();
    let is_kept = |name: &String| name.contains(".before-restore-") && !name.ends_with("-wal") && !name.ends_with("-shm");
    names.filter(is_kept).map(|name| desk.home().join(name)).collect()
}

#[test]
fn a_damaged_store_is_found_out_and_replaced() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "kept");
    desk.done(&["store", "backup", "copy.db"]);
    for damage in
        [&b"not a database at all, but long enough to be read as one"[..], b"", b"SQLite format 3\0 and nothing that fits"]
    {
        let bytes = damage.repeat(100);
        fs::write(desk.home().join("store.db"), &bytes).expect("written");
        if !damage.is_empty() {
            let found = desk.takk(&["store", "verify"]);
            assert_eq!(found.code, 1, "{}{}", found.out, found.err);
            assert!(found.out.contains("damaged") && found.out.contains("takk store restore BACKUP"), "{}", found.out);
        }
        desk.done(&["store", "restore", "copy.db", "--yes"]);
        assert_eq!(desk.value(&["TOKEN"]), "kept");
    }
    assert_eq!(kept(&desk).len(), 3);
}

#[test]
fn a_value_that_was_changed_is_found_in_any_project() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "one");
    let connection = rusqlite::Connection::open(desk.home().join("store.db")).expect("it opens");
    connection.execute("UPDATE versions SET sealed = x'00'", []).expect("written");
    drop(connection);
    desk.write("pyproject.toml", "[project]\nname = \"another\"\n");
    let found = desk.takk(&["store", "verify"]);
    assert_eq!(found.code, 1);
    assert!(found.out.contains("1 defect in") && found.out.contains("shop: `the environment` in `dev` fails authentication"));
    let json: serde_json::Value = serde_json::from_str(&desk.takk(&["store", "verify", "--json"]).out).expect("JSON");
    assert_eq!(json["wrong"].as_array().map(Vec::len), Some(1));
    desk.done(&["store", "backup", "damaged.db"]);
    assert!(desk.refused(&["store", "restore", "damaged.db", "--yes"]).starts_with("error: `damaged.db` is damaged\n"));
}

#[test]
fn what_is_no_backup_is_refused_and_changes_nothing() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "kept");
    desk.done(&["store", "backup", "copy.db"]);
    let copy = |name: &str, statement: &str| {
        fs::copy(desk.project.path().join("copy.db"), desk.project.path().join(name)).expect("copied");
        rusqlite::Connection::open(desk.project.path().join(name))
            .expect("it opens")
            .execute_batch(statement)
            .expect("changed");
    };
    copy("newer.db", "PRAGMA user_version = 99");
    copy("foreign.db", "PRAGMA application_id = 7");
    desk.write("text.db", "this is no store");
    desk.write("empty.db", "");
    let whole = fs::read(desk.project.path().join("copy.db")).expect("readable");
    fs::write(desk.project.path().join("short.db"), &whole[..whole.len() / 2]).expect("written");
    fs::create_dir(desk.project.path().join("directory.db")).expect("made");
    for (name, why) in [
        ("newer.db", "error: the store `newer.db` has schema version 99, but this takk supports only up to 7\n"),
        ("foreign.db", "error: `foreign.db` is not a takk store\n"),
        ("text.db", "error: `text.db` is not a takk store\n"),
        ("empty.db", "error: `empty.db` is not a takk store\n"),
        ("short.db", "error: `short.db` is damaged\n"),
        ("directory.db", "error: cannot read `directory.db`\n"),
        ("nowhere.db", "error: cannot read `nowhere.db`\n"),
    ] {
        let said = desk.refused(&["store", "restore", name, "--yes"]);
        assert!(said.starts_with(why), "{name}: {said}");
    }
    let itself = desk.home().join("store.db");
    assert!(desk.refused(&["store", "restore", itself.to_str().expect("text"), "--yes"]).contains("is the store itself"));
    desk.done(&["store", "rekey"]);
    let said = desk.refused(&["store", "restore", "copy.db", "--yes"]);
    assert!(said.starts_with("error: the master key does not match `copy.db`\n"), "{said}");
    assert_eq!(desk.value(&["TOKEN"]), "kept");
    assert!(kept(&desk).is_empty() && !names(&desk).iter().any(|name| name.contains(".new")), "{:?}", names(&desk));
}

#[test]
fn a_master_key_is_replaced_where_it_is() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "kept");
    let said = desk.plain(&desk.done(&["store", "rekey"]));
    insta::assert_snapshot!("a new master key beside the store", said);
    assert_eq!(desk.value(&["TOKEN"]), "kept");
    assert!(desk.refused(&["store", "rekey", "--new-key-file", "x"]).contains("leave --new-key-file out"));
    let own = desk.home().join("master.key");
    let given = [("TAKK_MASTER_KEY_FILE", own.to_str().expect("text"))];
    let said = desk.with(&["store", "rekey"], &given);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("takk store rekey --new-key-file PATH"), "{}", said.err);
    let there = desk.with(&["store", "rekey", "--new-key-file", "settings.py"], &given);
    assert!(there.err.starts_with("error: `settings.py` already exists\n"), "{}", there.err);
    let said = desk.with(&["store", "rekey", "--new-key-file", "new.key"], &given);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("set TAKK_MASTER_KEY_FILE to `new.key`"), "{}", said.err);
    #[cfg(unix)]
    assert_eq!(mode(&desk.project.path().join("new.key")), 0o600);
    assert!(desk.with(&["secrets", "get", "TOKEN"], &given).err.contains("does not match this store"));
    assert_eq!(desk.with(&["secrets", "get", "TOKEN"], &[("TAKK_MASTER_KEY_FILE", "new.key")]).out, "kept");
}

#[test]
fn a_preview_is_made_from_another_environment_and_deleted() {
    let desk = Desk::new();
    desk.set("test", "TOKEN", "of test");
    desk.set("test", "PORT", "80");
    let said = desk.done(&["env", "create", "preview/cart", "--from", "test", "--ttl", "7d"]);
    insta::assert_snapshot!("a preview with values", said);
    assert_eq!(desk.value(&["TOKEN", "--env", "preview/cart"]), "of test");
    assert!(desk.done(&["secrets", "list", "--env", "preview/cart"]).contains("promoted"));
    desk.set("preview/cart", "TOKEN", "of preview");
    assert_eq!(desk.value(&["TOKEN", "--env", "test"]), "of test");
    assert!(desk.refused(&["env", "create", "preview/cart"]).starts_with("error: environment `preview/cart` already exists\n"));
    desk.done(&["env", "use", "preview/cart"]);
    insta::assert_snapshot!("a list of environments", desk.done(&["env", "list"]));
    assert!(desk.refused(&["env", "delete", "preview/cart"]).contains("takk env delete preview/cart --yes"));
    assert!(desk.refused(&["env", "delete", "preview/crat", "--yes"]).contains("did you mean `preview/cart`?"));
    assert!(desk.refused(&["env", "delete", "qa", "--yes"]).starts_with("error: nothing is stored in `qa`\n"));
    assert_eq!(
        desk.done(&["env", "delete", "preview/cart", "--yes"]),
        "deleted preview/cart with 2 values; its key was destroyed\n"
    );
    assert!(!desk.done(&["env", "list"]).contains("cart"));
    assert_eq!(desk.done(&["env", "use", "--clear"]), "No environment is in use in this checkout.\n");
}

#[test]
fn what_cannot_be_made_says_why() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "one");
    for (arguments, why) in [
        (&["cart"][..], "hint: for a preview: takk env create preview/cart"),
        (&["preview/New cart"], "hint: for a preview: takk env create preview/new-cart"),
        (&["preview/x", "--from", "prod"], "error: `prod` has no values to copy"),
        (&["preview/x", "--from", "prdo"], "hint: did you mean `prod`?"),
        (&["preview/x", "--ttl", "soon"], "7d"),
        (&["preview/x", "--ttl", "0d"], "7d"),
        (&["dev"], "error: environment `dev` already exists"),
    ] {
        let all: Vec<&str> = ["env", "create"].iter().chain(arguments).copied().collect();
        let said = desk.refused(&all);
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
    assert!(!desk.done(&["env", "list"]).contains("preview"));
}

#[test]
fn a_branch_gives_its_name() {
    let desk = Desk::new();
    assert!(desk.refused(&["env", "create"]).contains("takk env create preview/NAME"));
    let made = desk.with(&["env", "create", "--json"], &[("GITHUB_HEAD_REF", "Feature/New cart")]);
    let json: serde_json::Value = serde_json::from_str(&made.out).expect("JSON");
    assert_eq!(json["name"], "preview/feature/new-cart");
    let both = [("CI_COMMIT_REF_NAME", "main"), ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "fix")];
    assert!(desk.with(&["env", "create"], &both).err.contains("created preview/fix, empty\n"));
    let git = |arguments: &[&str]| {
        let status = std::process::Command::new("git").current_dir(desk.project.path()).args(arguments).status();
        assert!(status.expect("git runs").success());
    };
    git(&["init", "--quiet"]);
    git(&["symbolic-ref", "HEAD", "refs/heads/JIRA-7_x"]);
    assert!(desk.done(&["env", "create"]).contains("created preview/jira-7_x, empty\n"));
}

#[test]
fn expired_environments_are_shown_and_deleted_together() {
    let desk = Desk::new();
    desk.write("takk.toml", "[environments.preview]\nttl = \"1s\"\n");
    desk.set("dev", "TOKEN", "stays");
    for name in ["preview/a", "preview/b"] {
        desk.done(&["env", "create", name, "--from", "dev"]);
    }
    desk.done(&["env", "create", "preview/c", "--ttl", "1w"]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let said = desk.done(&["env", "list"]);
    assert_eq!(said.matches("expired just now").count(), 2, "{said}");
    assert!(said.contains("Next: takk env delete --expired\n"), "{said}");
    assert!(desk.refused(&["env", "delete", "--expired"]).contains("takk env delete --expired --yes"));
    desk.done(&["env", "delete", "--expired", "--yes"]);
    let json: serde_json::Value = serde_json::from_str(&desk.done(&["env", "list", "--json"])).expect("JSON");
    let names: Vec<&str> = json.as_array().expect("a list").iter().filter_map(|listed| listed["name"].as_str()).collect();
    assert_eq!(names, ["dev", "test", "qa", "prod", "preview/c"]);
    assert_eq!(desk.value(&["TOKEN", "--env", "dev"]), "stays");
}

#[test]
fn the_environment_in_use_is_that_of_one_checkout() {
    let desk = Desk::new();
    desk.set("qa", "TOKEN", "of qa");
    desk.done(&["env", "use", "qa"]);
    assert_eq!(desk.value(&["TOKEN"]), "of qa");
    desk.write(".value", "80");
    assert!(desk.done(&["secrets", "set", "PORT", "--file", ".value"]).contains("stored PORT in qa"));
    assert!(desk.value(&["TOKEN", "--env", "dev"]).is_empty());
    let elsewhere = Desk { project: tempfile::tempdir().expect("a directory"), home: desk.home };
    elsewhere.write("settings.py", SETTINGS);
    elsewhere.write("pyproject.toml", "[project]\nname = \"shop\"\n");
    assert!(elsewhere.value(&["TOKEN"]).is_empty());
    let desk = Desk { project: desk.project, home: elsewhere.home };
    assert!(desk.refused(&["env", "use", "prdo"]).contains("did you mean `prod`?"));
    assert!(desk.refused(&["env", "use", "preview/x"]).contains("hint: takk env create preview/x\n"));
    assert!(desk.refused(&["env", "use"]).contains("<NAME|--clear>") || desk.takk(&["env", "use"]).code == 2);
    desk.write("takk.toml", "[environments.live]\n");
    assert!(desk.refused(&["secrets", "get", "TOKEN"]).starts_with("error: the environment in use, `qa`, no longer exists\n"));
    assert_eq!(desk.done(&["env", "use", "--clear"]), "qa is no longer in use in this checkout.\n");
}

#[test]
fn a_restore_that_is_killed_leaves_a_whole_store() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "before");
    desk.done(&["store", "backup", "copy.db"]);
    desk.set("dev", "TOKEN", "after");
    let (mut done, mut undone) = (0, 0);
    for round in 0..40_u64 {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("takk"))
            .current_dir(desk.project.path())
            .args(["store", "restore", "copy.db", "--yes", "--quiet"])
            .envs([("TAKK_HOME", desk.home()), ("TAKK_KEYRING", "off".into())])
            .spawn()
            .expect("it starts");
        std::thread::sleep(std::time::Duration::from_micros(round * 997));
        child.kill().expect("it is killed");
        child.wait().expect("it has ended");
        match desk.value(&["TOKEN"]).as_str() {
            "before" => {
                done += 1;
                desk.set("dev", "TOKEN", "after");
            }
            "after" => undone += 1,
            other => panic!("the value is `{other}` in round {round}"),
        }
    }
    assert_eq!(desk.takk(&["store", "verify"]).code, 0);
    eprintln!("{done} were done, {undone} were not");
}

#[test]
fn what_a_killed_backup_left_is_removed_by_the_next() {
    let desk = Desk::new();
    desk.set("dev", "TOKEN", "a value");
    let old = std::time::SystemTime::now() - std::time::Duration::from_hours(1);
    let leave = |name: &str, is_old: bool| {
        desk.write(name, "half of it");
        let file = fs::File::open(desk.project.path().join(name)).expect("there");
        if is_old {
            file.set_modified(old).expect("set");
        }
        file
    };
    let names =
        ["0123456789abcdef", "1123456789abcdef", "2123456789abcdef", "somebody"].map(|tail| format!("copy.db.{tail}.new"));
    drop(leave(&names[0], true));
    drop(leave(&names[1], true));
    let in_use = leave(&format!("{}-lock", names[1]), true);
    in_use.try_lock().expect("locked");
    drop(leave(&format!("{}-lock", names[0]), true));
    drop(leave(&names[2], false));
    drop(leave(&names[3], true));
    desk.done(&["store", "backup", "copy.db"]);
    let is_there = names.map(|name| desk.project.path().join(name).exists());
    assert_eq!(is_there, [false, true, true, true], "only what nobody has open, is old, and is named as takk names it");
}

/// A directory that nobody can write to, not even root.
#[cfg(target_os = "linux")]
#[test]
fn where_nothing_can_be_written_it_says_so() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(
        directory.path().join("settings.py"),
        "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    port: int\n",
    )
    .expect("written");
    let home = [("TAKK_HOME", "/proc/takk")];
    std::fs::write(directory.path().join("port"), "8000").expect("written");
    let set = takk_with(directory.path(), &["secrets", "set", "PORT", "--file", "port", "--env", "dev"], &home);
    assert_eq!(set.code, 2, "{}", set.err);
    assert!(set.err.contains("cannot create the directory `/proc/takk`") && set.err.contains("TAKK_HOME"), "{}", set.err);
    std::fs::write(directory.path().join("values.env"), "PORT=8000\n").expect("written");
    let import = takk_with(directory.path(), &["secrets", "import", "values.env", "--env", "dev"], &home);
    assert_eq!(import.code, 2, "{}", import.err);
    assert!(
        import.err.contains("cannot create the directory `/proc/takk`") && import.err.contains("TAKK_HOME"),
        "{}",
        import.err
    );
    let plan = takk_with(directory.path(), &["plan", "--env", "dev"], &home);
    assert_eq!(plan.code, 0, "{}", plan.err);
}
