//! `takk serve` on PostgreSQL: starts that cannot work, a database that goes away and comes back, and two replicas on one database.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::pages::Browser;
use super::{Answer, Server, command, in_shop};
use crate::store::cluster::Cluster;

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// A PostgreSQL server that this test may stop.
fn own_cluster() -> Option<(TempDir, Cluster)> {
    let directory = directory();
    // The server's user must be able to traverse the directory.
    fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).expect("permitted");
    let cluster = Cluster::new(&directory.path().join("postgres"))?;
    Some((directory, cluster))
}

/// The error of a `takk serve` that cannot start.
fn refused(home: &Path, url: &str, variables: &[(&str, &str)]) -> String {
    let mut command = command(home);
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("TAKK_DATABASE", url).envs(variables.iter().copied());
    let output = command.output().expect("run");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(!said.contains("hunter2"), "{said}");
    said
}

fn write(server: &Server, name: &str, value: &str, expected: Option<i64>) -> Result<Answer, ureq::Error> {
    let body = json!({"changes": [{"name": name, "value": value, "expected_version": expected}]});
    server.try_ask(&server.owner, "POST", &in_shop("dev", "changes"), Some(body), &[])
}

#[test]
fn a_start_that_cannot_work_says_why() {
    let Some(cluster) = Cluster::shared() else { return };
    let home = directory();
    let said = refused(home.path(), "postgresql://takk:hunter2@127.0.0.1:1/takk", &[]);
    assert!(said.contains("cannot connect to the database") && said.contains("hint: start the database"), "{said}");
    let said = refused(home.path(), "postgresql://takk:hunter2@nowhere.invalid/takk", &[]);
    assert!(said.contains("cannot connect to the database"), "{said}");
    let said = refused(home.path(), "mysql://takk:hunter2@127.0.0.1/takk", &[]);
    assert!(said.contains("`mysql` is not `postgresql`"), "{said}");
    let said = refused(home.path(), &cluster.url("not_there"), &[]);
    assert!(said.contains("database \"not_there\" does not exist"), "{said}");
    let said = refused(home.path(), &format!("{}&sslmode=require", cluster.database()), &[]);
    assert!(said.contains("the database does not offer TLS"), "{said}");

    let database = cluster.database();
    let mut client = postgres::Client::connect(&database, postgres::NoTls).expect("it answers");
    client.batch_execute("CREATE TABLE mine (x INTEGER)").expect("made");
    let said = refused(home.path(), &database, &[]);
    assert!(said.contains("is not a takk store") && said.contains("a database that only takk uses"), "{said}");
    client.batch_execute("DROP TABLE mine").expect("removed");
    Server::with(Arc::new(directory()), &["--database", &database]).shop();
    let said = refused(home.path(), &database, &[("TAKK_MASTER_KEY", &"1".repeat(64))]);
    assert!(said.contains("the master key does not match") && said.contains("TAKK_MASTER_KEY_FILE"), "{said}");
    let said = refused(home.path(), &database, &[]);
    assert!(said.contains("cannot find the master key of this store"), "{said}");
    assert!(!home.path().join("master.key").exists(), "no key is made for a store that has one");
    client.batch_execute("UPDATE takk_schema SET version = 1000").expect("set");
    let said = refused(home.path(), &database, &[]);
    assert!(
        said.contains("has schema version 1000, but this takk supports only up to")
            && said.contains("install the version of takk that wrote it"),
        "{said}"
    );
}

#[test]
fn a_database_that_is_lost_is_found_again() {
    let Some((_directory, cluster)) = own_cluster() else { return };
    let server = Server::with(Arc::new(directory()), &["--database", &cluster.database()]);
    server.shop();
    cluster.stop();
    for path in [in_shop("dev", "values"), "/api/v1/projects".to_owned(), "/readyz".to_owned()] {
        let start = Instant::now();
        let answer = server.own("GET", &path, None);
        assert_eq!(
            (answer.status, answer.body["type"].as_str()),
            (503, Some("/problems/unavailable")),
            "{path}: {}",
            answer.text
        );
        assert!(answer.header("retry-after").parse::<u64>().is_ok(), "{path}");
        assert!(start.elapsed() < Duration::from_secs(5), "{path}");
        assert!(!answer.text.contains("127.0.0.1"), "where the database is, is nobody's business: {}", answer.text);
    }
    assert_eq!(write(&server, "LATE", "x", None).expect("an answer").status, 503);
    server.ask("", "GET", "/healthz", None).expect_text(200);
    cluster.start();
    server.ask("", "GET", "/readyz", None).expect_text(200);
    write(&server, "LATE", "y", Some(0)).expect("an answer").expect(200);
    server.own("GET", &in_shop("dev", "values"), None).expect(200);
    assert!(server.log().contains("cannot connect to the database"), "{}", server.log());
}

/// Whether a refused write reports that the name is already at this version.
fn is_at(answer: &Answer, version: i64) -> bool {
    answer.body["detail"].as_str().is_some_and(|said| said.ends_with(&format!("it has version {version}")))
}

/// A client that increments a counter of its own by compare-and-swap until it is told to stop.
fn count_up(server: &Server, client: usize, acknowledged: &AtomicI64, unavailable: &AtomicI64, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        let version = acknowledged.load(Ordering::Relaxed);
        match write(server, &format!("KEY_{client}"), &(version + 1).to_string(), Some(version)) {
            Ok(answer) if answer.status == 200 => acknowledged.store(version + 1, Ordering::Relaxed),
            // The previous write was committed, and its acknowledgement was lost.
            Ok(answer) if answer.status == 409 && is_at(&answer, version + 1) => {
                acknowledged.store(version + 1, Ordering::Relaxed);
            }
            Ok(answer) if answer.status == 503 => {
                assert!(!answer.header("retry-after").is_empty());
                unavailable.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(20));
            }
            Ok(answer) => panic!("{}: {}", answer.status, answer.text),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_database_that_is_stopped_and_started_under_load_loses_nothing() {
    const CLIENTS: usize = 16;
    let Some((_directory, cluster)) = own_cluster() else { return };
    let database = cluster.database();
    let home = Arc::new(directory());
    let servers = [0, 1].map(|_| Server::with(Arc::clone(&home), &["--database", &database]));
    servers[0].shop();
    let acknowledged: Vec<AtomicI64> = (0..CLIENTS).map(|_| AtomicI64::new(0)).collect();
    let (unavailable, is_over) = (AtomicI64::new(0), AtomicBool::new(false));
    let sum = || acknowledged.iter().map(|count| count.load(Ordering::Relaxed)).sum::<i64>();
    thread::scope(|scope| {
        for (client, mine) in acknowledged.iter().enumerate() {
            let (server, unavailable, is_over) = (&servers[client % 2], &unavailable, &is_over);
            scope.spawn(move || count_up(server, client, mine, unavailable, is_over));
        }
        for _ in 0..2 {
            thread::sleep(Duration::from_millis(600));
            cluster.stop();
            thread::sleep(Duration::from_millis(400));
            cluster.start();
        }
        let before = sum();
        let deadline = Instant::now() + Duration::from_secs(10);
        while sum() < before + 32 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(before > 0 && sum() >= before + 32, "nobody found the way back: {before}, {}", sum());
    });
    assert!(unavailable.load(Ordering::Relaxed) > 0, "nobody noticed");
    let values = servers[1].own("GET", &in_shop("dev", "values"), None).expect(200);
    for (client, count) in acknowledged.iter().enumerate() {
        let held = values["values"].as_array().expect("values").iter().find(|held| held["name"] == format!("KEY_{client}"));
        let kept = held.and_then(|held| held["version"].as_i64()).unwrap_or_default();
        let count = count.load(Ordering::Relaxed);
        assert!(kept == count || kept == count + 1, "{count} were acknowledged, and {kept} are there");
    }
    for verify in [["store", "verify"], ["audit", "verify"]] {
        let (code, said) = servers[0].takk(&[&verify[..], &["--database", &database]].concat());
        assert_eq!(code, 0, "{said}");
    }
}

#[test]
fn two_replicas_write_one_name_and_lose_no_change() {
    const WRITERS: i64 = 12;
    const ROUNDS: i64 = 5;
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let home = Arc::new(directory());
    let servers = [0, 1].map(|_| Server::with(Arc::clone(&home), &["--database", &database]));
    servers[0].shop();
    let conflicts = AtomicI64::new(0);
    let add_one = |server: &Server| loop {
        let now = server.own("GET", &in_shop("dev", "secrets/KEY"), None).expect(200);
        let count = now["value"].as_str().and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
        let answer = write(server, "KEY", &(count + 1).to_string(), now["version"].as_i64()).expect("an answer");
        match answer.status {
            200 => break,
            409 => conflicts.fetch_add(1, Ordering::Relaxed),
            other => panic!("{other}: {}", answer.text),
        };
    };
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (server, add_one) = (&servers[usize::from(writer % 2 == 0)], &add_one);
            scope.spawn(move || (0..ROUNDS).for_each(|_| add_one(server)));
        }
    });
    for server in &servers {
        let now = server.own("GET", &in_shop("dev", "secrets/KEY"), None).expect(200);
        assert_eq!((now["value"].as_str(), now["version"].as_i64()), (Some("60"), Some(WRITERS * ROUNDS + 1)));
    }
    assert!(conflicts.load(Ordering::Relaxed) > 0, "nobody met anybody");
    // Without an expected version every write is a version of its own.
    let versions = thread::scope(|scope| {
        let change =
            |writer: i64| write(&servers[usize::from(writer % 2 == 0)], "KEY", "x", None).expect("an answer").expect(200);
        let changes: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || change(writer))).collect();
        let mut versions: Vec<i64> = changes
            .into_iter()
            .map(|change| change.join().expect("no panic")["versions"][0].as_i64().expect("a version"))
            .collect();
        versions.sort_unstable();
        versions
    });
    assert_eq!(versions, (WRITERS * ROUNDS + 2..WRITERS * ROUNDS + 2 + WRITERS).collect::<Vec<i64>>());
    // A member, a token and a session of one replica are valid on the other.
    let token = servers[0].member("grace", "developer");
    servers[1].ask(&token, "GET", &in_shop("dev", "values"), None).expect(200);
    let (code, said) = servers[0].takk(&["audit", "verify", "--database", &database]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_nul_is_no_fault_of_the_server() {
    let answers = |options: &[&str]| {
        let server = Server::with(Arc::new(directory()), options);
        server.shop();
        let body = |what: &str| {
            let token = json!({"label": "x", "kind": "service", "role": "viewer", "projects": ["a\0"]});
            match what {
                "token" => Some(token),
                "login" => Some(json!({"token": "a.b.c", "project": "a\0"})),
                "code" => Some(json!({"code": "a\0"})),
                "role" => Some(json!({"role": "viewer", "email": "a\0@b"})),
                "change" => Some(json!({"changes": [{"name": "A", "value": "a\0"}]})),
                _ => None,
            }
        };
        let asked = [
            ("GET", "/projects?cursor=%00", ""),
            ("GET", "/projects/shop/environments?cursor=%00", ""),
            ("GET", "/projects/shop/members?cursor=%00", ""),
            ("GET", "/projects/shop/audit?actor=%00", ""),
            ("GET", "/projects/%00/members", ""),
            ("GET", "/projects/shop/environments/dev/values?name=%00", ""),
            ("GET", "/projects/shop/environments/dev/secrets/%00", ""),
            ("GET", "/projects/shop/environments/dev/diff?with=%00", ""),
            ("POST", "/projects/shop/environments/dev/changes", "change"),
            ("DELETE", "/projects/shop/members/%00", ""),
            ("PUT", "/projects/shop/members/bob", "role"),
            ("POST", "/tokens", "token"),
            ("POST", "/login/oidc", "login"),
            ("POST", "/login/device/approve", "code"),
        ];
        let answer = |(method, path, what): &(&str, &str, &str)| {
            let status = server.own(method, &format!("/api/v1{path}"), body(what)).status;
            format!("{method} {path} {what}: {status}")
        };
        let mut answers: Vec<String> = asked.iter().map(answer).collect();
        let mut nobody = Browser::new(&server);
        let status = nobody.sign_in(&[("way", "password"), ("name", "a\0"), ("password", "a\0"), ("next", "/")]).status;
        answers.push(format!("sign in: {status}"));
        assert!(answers.iter().all(|answer| !answer.contains(": 5")), "{answers:#?}");
        answers
    };
    let sqlite = answers(&[]);
    let Some(cluster) = Cluster::shared() else { return };
    assert_eq!(answers(&["--database", &cluster.database()]), sqlite);
}

#[test]
fn a_database_that_hangs_keeps_nobody_waiting_for_ever() {
    let Some((_directory, cluster)) = own_cluster() else { return };
    let server = Server::with(Arc::new(directory()), &["--database", &cluster.database()]);
    server.shop();
    write(&server, "KEY", "before", None).expect("an answer").expect(200);
    cluster.freeze(true);
    thread::scope(|scope| {
        let asked =
            [("values", in_shop("dev", "values")), ("names", in_shop("dev", "secrets")), ("readyz", "/readyz".to_owned())];
        let server = &server;
        let waiting: Vec<_> = asked
            .into_iter()
            .map(|(what, path)| (what, scope.spawn(move || server.try_ask(&server.owner, "GET", &path, None, &[]))))
            .collect();
        server.ask("", "GET", "/healthz", None).expect_text(200);
        for (what, asked) in waiting {
            let answer = asked.join().expect("it ends").expect("an answer");
            assert_eq!(answer.status, 503, "{what}: {}", answer.text);
            assert!(!answer.header("retry-after").is_empty(), "{what}: {answer:?}");
        }
    });
    cluster.freeze(false);
    server.own("GET", &in_shop("dev", "values"), None).expect(200);
    write(&server, "KEY", "after", None).expect("an answer").expect(200);
    server.ask("", "GET", "/readyz", None).expect_text(200);
}
