//! A store in PostgreSQL that is maintained with `takk store` and `takk audit` while servers use it.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Server, command, in_shop};
use crate::store::cluster::{Cluster, program};

/// Runs takk on a database with the master key in a directory. Returns its output, followed by standard error.
fn takk(home: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let mut command = command(&home.join("home"));
    let output = command.args(arguments).envs(variables.iter().copied()).current_dir(home).output().expect("run");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().expect("ended"), String::from_utf8_lossy(&said).into_owned())
}

fn write(server: &Server, name: &str, value: &str) -> super::Answer {
    let body = json!({"changes": [{"name": name, "value": value}]});
    server.own("POST", &in_shop("dev", "changes"), Some(body))
}

#[test]
fn a_store_in_postgresql_is_looked_at_while_a_server_uses_it() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let nothing = |arguments: &[&str]| takk(home.path(), &[], &[arguments, &["--database", &database]].concat());
    assert_eq!(nothing(&["store", "verify"]), (0, "Nothing is stored yet.\n".to_owned()));
    assert!(nothing(&["store", "status"]).1.contains("`takk serve --database URL` creates the store in `postgresql://takk@"));
    let (code, said) = nothing(&["audit", "verify"]);
    assert!(code == 2 && said.contains("no server has stored anything in"), "{said}");

    let server = Server::with(home, &["--database", &database]);
    server.shop();
    let home = server.home();
    let run = |arguments: &[&str]| takk(home.path(), &[("TAKK_DATABASE", &database)], arguments);
    for (arguments, expected) in [
        (&["store", "verify"][..], "2 versions in 2 environments: every value in `postgresql://takk@127.0.0.1:"),
        (&["audit", "verify"], "passes authentication"),
        (&["store", "status"], "schema"),
    ] {
        let (code, said) = run(arguments);
        assert!(code == 0 && said.contains(expected), "{arguments:?}: {said}");
        assert!(!said.contains("sslmode"), "parameters may hold a password: {said}");
    }
    let status: Value = serde_json::from_str(&run(&["store", "status", "--json"]).1).expect("JSON");
    assert!(status["store"]["size"].as_u64() > Some(8192), "{status}");
    assert_eq!((&status["file"], status["key"]["source"].as_str()), (&Value::Null, Some("own-file")));
    assert!(status["database"].as_str().is_some_and(|shown| shown.starts_with("postgresql://takk@")), "{status}");
    for (arguments, expected) in [
        (&["store", "backup", "copy"][..], "pg_dump --format=custom"),
        (&["store", "restore", "copy", "--yes"], "pg_restore --clean"),
    ] {
        let (code, said) = run(arguments);
        assert!(code == 2 && said.contains(expected), "{said}");
    }
    server.own("GET", &in_shop("dev", "values"), None).expect(200);

    let mut client = postgres::Client::connect(&database, postgres::NoTls).expect("it answers");
    client.batch_execute("UPDATE audit SET actor = 'eve' WHERE number = 2").expect("changed");
    client
        .batch_execute(
            "UPDATE versions SET sealed = sealed || '\\x00' WHERE created_at = (SELECT max(created_at) FROM versions)",
        )
        .expect("changed");
    let (code, said) = run(&["audit", "verify"]);
    assert!(code == 1 && said.contains("row 2 of the audit log fails authentication"), "{said}");
    let (code, said) = run(&["store", "verify"]);
    assert!(code == 1 && said.contains("fails authentication") && said.contains("pg_dump"), "{said}");
}

#[test]
fn who_looks_at_a_database_does_not_change_its_schema() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let mut client = postgres::Client::connect(&database, postgres::NoTls).expect("it answers");
    client.batch_execute(include_str!("../../../crates/vault/src/store/migrations/postgres/0001.sql")).expect("made");
    client.batch_execute("UPDATE takk_schema SET version = 1").expect("set");
    let home = tempfile::tempdir().expect("a directory");
    let (code, said) = takk(home.path(), &[], &["store", "status", "--database", &database]);
    assert!(code == 2 && said.contains("has schema version 1, but this takk requires"), "{said}");
    assert!(said.contains("start `takk serve` of this version on it"), "{said}");
    assert_eq!(client.query_one("SELECT version FROM takk_schema", &[]).expect("a row").get::<_, i64>(0), 1);
}

#[test]
fn a_new_master_key_is_taken_up_by_servers_that_run() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let (key, next) = (home.path().join("key"), home.path().join("next"));
    fs::write(&key, "1".repeat(64)).expect("written");
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("permitted");
    let variables = [("TAKK_MASTER_KEY_FILE", key.to_str().expect("text"))];
    let start = || Server::with_variables(Arc::clone(&home), &["--database", &database], &variables);
    let (one, two) = (start(), start());
    one.shop();
    let next_file = next.to_str().expect("text");
    let rekey = ["store", "rekey", "--new-key-file", next_file, "--database", &database];
    let (code, said) = takk(home.path(), &variables, &rekey);
    assert!(code == 0 && said.contains("Servers respond with 503"), "{said}");
    for server in [&one, &two] {
        let answer = server.own("GET", &in_shop("dev", "values"), None);
        assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{}", answer.text);
    }
    fs::rename(&next, &key).expect("renamed");
    for server in [&one, &two] {
        let values = server.own("GET", &in_shop("dev", "values"), None).expect(200);
        assert_eq!(values["values"][0]["value"], "the value of dev");
    }
    write(&two, "AFTER", "x").expect(200);
    let (code, said) = takk(home.path(), &variables, &["audit", "verify", "--database", &database]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_dump_under_load_is_a_whole_store() {
    let Some(cluster) = Cluster::shared() else { return };
    let (database, other) = (cluster.database(), cluster.database());
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let server = Server::with(Arc::clone(&home), &["--database", &database]);
    server.shop();
    let (is_over, written) = (AtomicBool::new(false), AtomicI64::new(0));
    let dump = home.path().join("dump");
    let before = std::thread::scope(|scope| {
        for client in 0..8 {
            let (server, is_over, written) = (&server, &is_over, &written);
            scope.spawn(move || {
                for count in 1.. {
                    write(server, &format!("KEY_{client}"), &count.to_string()).expect(200);
                    written.fetch_add(1, Ordering::Relaxed);
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(500));
        let before = written.load(Ordering::Relaxed);
        let out = File::create(&dump).expect("writable");
        let dumped = program("pg_dump").args(["--format=custom", &database]).stdout(out).status().expect("it runs");
        is_over.store(true, Ordering::Relaxed);
        assert!(dumped.success());
        before
    });
    drop(server);
    // Into an empty database, and over the store that has changed since.
    for target in [&other, &database] {
        let input = File::open(&dump).expect("readable");
        let mut restore = program("pg_restore");
        restore.args(["--clean", "--if-exists", "--single-transaction", &format!("--dbname={target}")]);
        assert!(restore.stdin(input).status().expect("it runs").success());
        for arguments in [["store", "verify"], ["audit", "verify"]] {
            let (code, said) = takk(home.path(), &[("TAKK_DATABASE", target)], &arguments);
            assert_eq!(code, 0, "{said}");
        }
    }
    let restored = Server::with(home, &["--database", &other]);
    let secrets = restored.own("GET", &in_shop("dev", "secrets"), None).expect(200);
    let versions: i64 = secrets["secrets"].as_array().expect("items").iter().filter_map(|item| item["version"].as_i64()).sum();
    // `KEY` of the shop has a version history of its own.
    assert!(before > 0 && versions > before, "{versions} of at least {before} are there");
    write(&restored, "AFTER", "x").expect(200);
}

#[test]
fn a_backup_under_load_is_a_whole_store() {
    let server = Server::start();
    server.shop();
    let home = server.home();
    let is_over = AtomicBool::new(false);
    let copies: Vec<String> = (0..3).map(|number| format!("copy{number}")).collect();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (server, is_over) = (&server, &is_over);
            scope.spawn(move || {
                let start = Instant::now();
                while !is_over.load(Ordering::Relaxed) && start.elapsed() < Duration::from_mins(1) {
                    write(server, &format!("KEY_{client}"), "x").expect(200);
                }
            });
        }
        for copy in &copies {
            std::thread::sleep(Duration::from_millis(300));
            let (code, said) = takk(home.path(), &[], &["store", "backup", copy]);
            is_over.store(code != 0, Ordering::Relaxed);
            assert_eq!(code, 0, "{said}");
        }
        is_over.store(true, Ordering::Relaxed);
    });
    drop(server);
    for copy in &copies {
        let (code, said) = takk(home.path(), &[], &["store", "restore", copy, "--yes"]);
        assert_eq!(code, 0, "{said}");
        for arguments in [["store", "verify"], ["audit", "verify"]] {
            let (code, said) = takk(home.path(), &[], &arguments);
            assert_eq!(code, 0, "{copy}: {said}");
        }
    }
    Server::with(home, &[]).own("GET", &in_shop("dev", "values"), None).expect(200);
}
