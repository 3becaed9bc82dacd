//! The sweeper of a team server: expired previews end with their databases and sessions, once, however many replicas look for them.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use super::server::{ADMIN, Server, checkout, connect, set_admin};
use super::team::{audited, link};
use crate::server::{Server as Team, in_shop};
use crate::store::cluster::Cluster;
use crate::up::project::Checkout;

fn linked(team: &Team) -> Checkout {
    let checkout = checkout("shop");
    let settings = "[project]\nname = \"shop\"\nversion = \"1\"\n\n[tool.takk.environments.preview]\nbase = \"dev\"\n\n\
                    [tool.takk.environments.dev]\n\n[tool.takk.environments.test]\n";
    fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    link(&checkout, team, &team.owner);
    checkout
}

/// Waits until something is so.
#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_mins(3), "{what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn names(team: &Team) -> Vec<String> {
    let listed = team.own("GET", "/api/v1/projects/shop/environments", None).expect(200);
    let items = listed["items"].as_array().expect("a list");
    items.iter().map(|one| one["name"].as_str().expect("text").to_owned()).collect()
}

fn home() -> Arc<tempfile::TempDir> {
    Arc::new(tempfile::tempdir().expect("a directory"))
}

#[test]
fn a_preview_ends_by_itself_with_its_database_and_its_sessions() {
    let Some(server) = Server::new(17) else { return };
    let team = Team::with(home(), &["--sweep-every", "1s"]);
    team.shop();
    let replica = Team::with(team.home(), &["--sweep-every", "1s"]);
    let checkout = linked(&team);
    // The admin of the environment that a preview is based on is its own.
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["env", "create", "preview/other", "--ttl", "7d"]).done();
    checkout.takk(&["env", "create", "preview/empty", "--ttl", "1s"]).done();
    checkout.takk(&["env", "create", "test", "--ttl", "1s"]).done();
    checkout.takk(&["env", "create", "preview/cart", "--ttl", "20s"]).done();
    for environment in ["preview/cart", "preview/other"] {
        checkout.takk(&["provision", "--env", environment]).done();
    }
    let url = checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", "preview/cart"]).done();
    let mut client = connect(url.trim());
    client.batch_execute("BEGIN; CREATE TABLE a ()").expect("it is its own");
    until("it is swept", || names(&team) == ["dev", "preview/other", "prod", "test"]);
    assert!(client.batch_execute("SELECT 1").is_err(), "the session is ended");
    assert!(Client::connect(url.trim(), NoTls).is_err());
    assert_eq!(server.count("pg_database WHERE datname LIKE 'shop_preview_cart%'"), 0);
    assert_eq!(server.count("pg_roles WHERE rolname LIKE 'shop_preview_cart%'"), 0);
    assert_eq!(server.count("pg_database WHERE datname LIKE 'shop_preview_other%'"), 1);
    // Once, and by the server.
    let removed = audited(&team, "resource.remove");
    assert_eq!((removed.len(), &removed[0]["actor"]), (1, &"takk serve".into()), "{removed:?}");
    assert_eq!(removed[0]["environment"], "preview/cart");
    assert_eq!(audited(&team, "environment.delete").len(), 2);
    let log = team.log();
    assert!(log.contains("ended an expired environment with its resources") && !log.contains("ERROR"), "{log}");

    // What cannot be removed now is tried again.
    checkout.takk(&["env", "create", "preview/late", "--ttl", "20s"]).done();
    checkout.takk(&["provision", "--env", "preview/late"]).done();
    server.stop();
    until("it says so", || team.log().contains("cannot end an expired environment"));
    assert!(names(&team).contains(&"preview/late".to_owned()));
    let kept = team.own("GET", &in_shop("preview%2Flate", "resources"), None).expect(200);
    assert_eq!(kept["resources"][0]["state"], "retiring", "{kept}");
    server.start();
    until("it is swept", || !names(&team).contains(&"preview/late".to_owned()));
    assert!(!team.log().contains(ADMIN) && !replica.log().contains(ADMIN));
    checkout.takk(&["env", "delete", "preview/other", "--yes"]).done();
    server.has_no_trace_of("shop");
}

#[test]
fn a_sweeper_that_was_killed_goes_on_at_the_next_start() {
    let Some(server) = Server::new(17) else { return };
    for step in ["retiring", "removed"] {
        let point = format!("postgres/default:{step}");
        let options = ["--sweep-every", "1s"];
        let team = Team::with_variables(home(), &options, &[("TAKK_TEST_KILL_AFTER", &point)]);
        team.shop();
        let checkout = linked(&team);
        set_admin(&checkout, &server, "dev");
        checkout.takk(&["env", "create", "preview/cart", "--ttl", "20s"]).done();
        checkout.takk(&["provision", "--env", "preview/cart"]).done();
        until("it is killed", || team.try_ask("", "GET", "/healthz", None, &[]).is_err());
        let team = Team::with(team.kill(), &options);
        until("it is swept", || names(&team) == ["dev", "prod"]);
        server.has_no_trace_of("shop");
    }
}

#[test]
fn two_replicas_on_postgresql_end_each_preview_once() {
    let (Some(server), Some(cluster)) = (Server::new(17), Cluster::shared()) else { return };
    let database = cluster.database();
    let options = ["--database", database.as_str(), "--sweep-every", "1s"];
    let team = Team::with(home(), &options);
    team.shop();
    let replica = Team::with(team.home(), &options);
    let checkout = linked(&team);
    set_admin(&checkout, &server, "dev");
    let previews = ["preview/a", "preview/b", "preview/c"];
    for preview in previews {
        checkout.takk(&["env", "create", preview, "--ttl", "30s"]).done();
        checkout.takk(&["provision", "--env", preview]).done();
    }
    until("they are swept", || names(&team) == ["dev", "prod"]);
    assert_eq!((audited(&team, "resource.remove").len(), audited(&team, "environment.delete").len()), (3, 3));
    for log in [team.log(), replica.log()] {
        assert!(!log.contains("ERROR") && !log.contains(ADMIN), "{log}");
    }
    server.has_no_trace_of("shop");
}
