//! Who is connected with the logins of a resource: `takk ps --sessions`, here and by a team server, for those who may.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::server::{ADMIN, Server, checkout, connect, given, set_admin};
use super::team::linked;
use crate::schema::assert_follows;
use crate::server::{Server as Team, in_shop};
use crate::up::project::Checkout;

/// The sessions of a resource of `dev`, as soon as there is one that is as expected.
///
/// A server lists a client before the client has sent who it is and what it does, so whoever looks early sees less of it.
#[track_caller]
pub(super) fn until_connected(checkout: &Checkout, resource: &str, is_expected: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let told = checkout.takk(&["ps", "--sessions", resource, "--env", "dev", "--json"]).done();
        let told: Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
        assert_follows("sessions.json", &told);
        if told["sessions"].as_array().is_some_and(|open| open.iter().any(&is_expected)) {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no session of {resource} is as expected: {told}");
        sleep(Duration::from_millis(100));
    }
}

fn tells(major: u32) {
    let Some(server) = Server::new(major) else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    let none = checkout.takk(&["ps", "--sessions", "postgres", "--env", "dev"]).refused();
    assert!(none.contains("takk created no `postgres` in `dev`") && none.contains("takk ps --env dev"), "{none}");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let nobody = checkout.takk(&["ps", "--sessions", "postgres", "--env", "dev"]).done();
    assert_eq!(nobody, "Nobody is connected with the logins of postgres/default.\n");

    let url = checkout.value("DATABASE_URL");
    let mut client = connect(&format!("{url}?application_name=orders%20worker"));
    client.batch_execute("BEGIN; SELECT 'canary'").expect("it may");
    let open = until_connected(&checkout, "postgres", |session| {
        (&session["user"], &session["application"], &session["state"])
            == (&"shop_dev_1".into(), &"orders worker".into(), &"idle in transaction".into())
            && session["address"].as_str().is_some_and(|address| address.starts_with("127.0.0.1:"))
            && session["opened_at"].is_i64()
            && session["state_for"].is_i64()
    });
    assert_eq!((&open["resource"], &open["sessions"][1]), (&"postgres/default".into(), &Value::Null), "{open}");
    assert!(!open.to_string().contains("canary"), "{open}");
    let text = checkout.takk(&["ps", "--sessions", "postgres", "--env", "dev"]).done();
    assert!(text.starts_with("shop_dev_1  127.0.0.1:") && text.contains("orders worker, opened"), "{text}");

    // A role that somebody has taken over is theirs, and so are its sessions.
    let comment = |text: &str| server.run(&format!("COMMENT ON ROLE shop_dev_1 IS '{text}'"));
    let mark = server.text("SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = 'shop_dev_1'");
    comment("of the DBA");
    let nobody = checkout.takk(&["ps", "--sessions", "postgres", "--env", "dev"]).done();
    assert!(nobody.contains("Nobody is connected"), "{nobody}");
    comment(&mark);
    drop(client);
    checkout.takk(&["provision", "remove", "postgres", "--env", "dev", "--confirm", "dev"]).done();
}

#[test]
fn on_postgresql_14() {
    tells(14);
}

#[test]
fn on_postgresql_18() {
    tells(18);
}

#[test]
fn a_team_server_tells_those_who_may() {
    let Some(server) = Server::with_tls(17) else { return };
    let team = Team::start();
    team.shop();
    let (owner, developer) = (linked(&team, &team.owner), linked(&team, &team.member("dee", "developer")));
    let viewer = team.member("vic", "viewer");
    set_admin(&owner, &server, "dev");
    let address = format!("{}?sslmode=require", server.admin_url_with_tls().split('?').next().expect("an address"));
    given(&owner, &["provision", "admin", "set", "postgres", "--env", "prod", "--stdin"], &address).done();
    for environment in ["dev", "prod"] {
        owner.takk(&["provision", "--env", environment]).done();
    }
    let _client = connect(&owner.value("DATABASE_URL"));
    until_connected(&developer, "postgres", |session| session["user"] == "shop_dev_1");
    let path = |environment: &str| in_shop(environment, "resources/postgres%2Fdefault/sessions");
    let told = team.own("GET", &path("dev"), None).expect(200);
    assert_eq!(told["total"], 1, "{told}");
    assert!(!told.to_string().contains(ADMIN), "{told}");
    assert_eq!(team.ask(&viewer, "GET", &path("dev"), None).status, 403);
    assert_eq!(team.own("GET", &path("prod"), None).expect(200)["total"], 0);
    let refused = developer.takk(&["ps", "--sessions", "postgres", "--env", "prod"]).refused();
    assert!(refused.contains("requires the role operator"), "{refused}");
}
