//! Kills takk after every step, restarts the server in between, or runs two takks at the same time. The same command completes
//! the work.

use std::process::Stdio;

use super::cure::Cure;
use super::server::{Server, checkout, connect, set_admin};
use crate::up::project::Checkout;

const KEY: &str = "postgres/default";

const CURE: Cure<'_, Server> = Cure {
    key: KEY,
    steps: &["owner", "database", "rights", "logins", "schema", "login"],
    checkout: || checkout("shop"),
    set_admin: |checkout, server| {
        set_admin(checkout, server, "dev");
    },
    restart: Some((|server| server.stop(), |server| server.start())),
    is_whole,
    is_gone: |server| server.has_no_trace_of("shop"),
};

/// Asserts that there is one database, which its login can use.
#[track_caller]
fn is_whole(checkout: &Checkout, server: &Server, point: &str) {
    assert_eq!(server.count("pg_roles WHERE rolname LIKE 'shop%'"), 2, "{point}");
    assert_eq!(server.count("pg_database WHERE datname LIKE 'shop%'"), 1, "{point}");
    assert_eq!(server.count("pg_shdescription WHERE description LIKE 'takk {%'"), 3, "{point}: role, login and database");
    let mut client = connect(&checkout.value("DATABASE_URL"));
    client.batch_execute("CREATE TABLE IF NOT EXISTS a (b int)").unwrap_or_else(|error| panic!("{point}: {error}"));
    let is_closed = "NOT has_database_privilege('public', 'shop_dev', 'CONNECT')";
    assert!(client.query_one(&format!("SELECT {is_closed}"), &[]).expect("an answer").get::<_, bool>(0), "{point}");
}

fn is_cured(major: u32) {
    let Some(mut server) = Server::new(major) else { return };
    CURE.after_every_step(&mut server);
}

#[test]
fn postgresql_14_is_cured_after_every_step() {
    is_cured(14);
}

#[test]
fn postgresql_18_is_cured_after_every_step() {
    is_cured(18);
}

#[test]
fn two_at_once_create_one() {
    let Some(server) = Server::new(17) else { return };
    for _ in 0..3 {
        let checkout = checkout("shop");
        set_admin(&checkout, &server, "dev");
        let start = || {
            let mut command = checkout.command(&["provision", "--env", "dev"]);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
        };
        for child in [start(), start(), start()] {
            let output = child.wait_with_output().expect("it ends");
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        }
        checkout.is_ready();
        assert_eq!((checkout.servers().len(), &checkout.servers()[0]["generation"]), (1, &1.into()));
        is_whole(&checkout, &server, "two at once");
        checkout.takk(&["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"]).done();
        server.has_no_trace_of("shop");
    }
}

#[test]
fn nothing_is_removed_while_it_is_created() {
    let Some(server) = Server::new(17) else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    let mut command = checkout.command(&["provision", "--env", "dev"]);
    command.env("TAKK_TEST_PAUSE_AFTER", format!("{KEY}:owner"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    while server.count("pg_roles WHERE rolname = 'shop_dev'") == 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let remove = ["provision", "remove", KEY, "--env", "dev", "--confirm", "dev"];
    let refused = checkout.takk(&remove).refused();
    assert!(refused.contains("is being created by takk of anna"), "{refused}");
    assert!(child.wait().expect("it ends").success());
    checkout.is_ready();
    is_whole(&checkout, &server, "after the refusal");
    checkout.takk(&remove).done();
    server.has_no_trace_of("shop");
}

#[test]
fn a_removal_with_half_of_it_gone_ends() {
    let Some(mut server) = Server::new(17) else { return };
    let parts =
        [&["DROP DATABASE shop_dev"][..], &["DROP DATABASE shop_dev", "DROP ROLE shop_dev_1"], &["DROP ROLE shop_dev_1"]];
    CURE.with_half_of_it_gone(&mut server, &parts, |server, _, part| part.iter().for_each(|statement| server.run(statement)));
}
