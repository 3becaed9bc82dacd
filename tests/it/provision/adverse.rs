//! What goes wrong around takk: the database of a team server restarts in between, and names are longer than servers allow.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::server::{Server, checkout, connect, set_admin};
use super::team::{events, link, until_begun};
use crate::server::{Answer, Server as Team, in_shop};

const KEY: &str = "postgres/default";

#[test]
fn two_replicas_continue_where_the_database_of_their_store_was_restarted() {
    let (Some(server), Some(store)) = (Server::new(17), Server::new(17)) else { return };
    store.run("CREATE ROLE store LOGIN PASSWORD 'of-the-store'");
    store.run("CREATE DATABASE store OWNER store");
    let database = format!("postgresql://store:of-the-store@127.0.0.1:{}/store", store.port);
    let (options, home) = (["--database", database.as_str()], Arc::new(tempfile::tempdir().expect("a directory")));
    let pausing = Team::with_variables(home, &options, &[("TAKK_TEST_PAUSE_AFTER", "postgres/default:owner")]);
    pausing.shop();
    let owner = checkout("shop");
    link(&owner, &pausing, &pausing.owner);
    owner.takk(&["push", "--env", "dev"]).done();
    set_admin(&owner, &server, "dev");

    let provision = |team: &Team| team.try_ask(&team.owner, "POST", &in_shop("dev", "provision"), Some(json!({})), &[]);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| provision(&pausing));
        until_begun(&server);
        store.stop();
        store.start();
        // Whatever becomes of this request, it ends.
        let _ = asked.join().expect("no panic");
    });
    let replica = Team::with(pausing.home(), &options);
    std::thread::scope(|scope| {
        let asked: Vec<_> =
            [&pausing, &replica].map(|team| scope.spawn(|| answered("POST", || provision(team)))).into_iter().collect();
        for answer in asked {
            let told: Vec<Value> = events(&answer.join().expect("no panic"));
            assert_eq!(told.last().map(|event| &event["event"]), Some(&"end".into()), "{told:?}");
        }
    });
    let list = replica.own("GET", &in_shop("dev", "resources?check=true"), None).expect(200);
    let resource = &list["resources"][0];
    assert_eq!(
        (&resource["resource"], &resource["status"], &resource["generation"]),
        (&KEY.into(), &"running".into(), &1.into())
    );
    assert_eq!(server.count("pg_roles WHERE rolname LIKE 'shop%'"), 2);
    connect(&owner.value("DATABASE_URL")).batch_execute("CREATE TABLE a (b int)").expect("it may");

    // And on the way out.
    store.stop();
    store.start();
    let path = in_shop("dev", "resources/postgres%2Fdefault");
    answered("DELETE", || replica.try_ask(&replica.owner, "DELETE", &path, None, &[]));
    server.has_no_trace_of("shop");
}

/// The answer to a request, which is repeated as long as the connections to the store are those that its restart has ended.
#[track_caller]
fn answered<E: std::fmt::Debug>(what: &str, ask: impl Fn() -> Result<Answer, E>) -> String {
    for _ in 0..20 {
        let answer = ask().expect("an answer");
        if answer.status == 200 {
            return answer.text;
        }
        assert_eq!(answer.status, 503, "{what}: {}", answer.text);
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what}: the server does not connect to its store again");
}

#[test]
fn names_that_are_too_long_are_shortened_and_stay_apart() {
    let Some(server) = Server::new(17) else { return };
    let name = format!("shop-{}", "x".repeat(58));
    let checkout = checkout(&name);
    let settings = format!(
        "[project]\nname = \"{name}\"\nversion = \"1\"\n\n[tool.takk.environments.preview]\nbase = \"dev\"\n\n\
         [tool.takk.environments.dev]\n"
    );
    fs::write(checkout.root().join("pyproject.toml"), settings).expect("written");
    set_admin(&checkout, &server, "dev");
    // As long as the name of an environment may be; they differ in the last character alone.
    let environments = ["a", "b"].map(|end| format!("preview/{}{end}", "y".repeat(62)));
    let urls = environments.each_ref().map(|environment| {
        checkout.takk(&["env", "create", environment]).done();
        checkout.takk(&["provision", "--env", environment]).done();
        checkout.takk(&["secrets", "get", "DATABASE_URL", "--env", environment]).done().trim().to_owned()
    });
    for url in &urls {
        connect(url).batch_execute("CREATE TABLE a (b int)").expect("each is its own");
    }
    let database = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
    assert_ne!(database(&urls[0]), database(&urls[1]));
    assert_eq!(server.count("pg_database WHERE datname LIKE 'shop\\_xxx%'"), 2);
    for environment in &environments {
        checkout.takk(&["provision", "remove", KEY, "--env", environment, "--confirm", environment]).done();
    }
    server.has_no_trace_of("shop");
}
