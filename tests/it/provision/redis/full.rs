//! The level `full`: TLS and protection.

use std::process::Command;

use super::super::server::given;
use super::server::{ADMIN, CLIENTS, Server, checkout};
use crate::python::{run, venv};

const REMOVE: [&str; 7] = ["provision", "remove", "redis", "--env", "prod", "--confirm", "prod"];

#[test]
fn it_is_reached_over_tls_and_protected() {
    let Some(server) = Server::with_tls() else { return };
    let checkout = checkout("shop");
    let set = ["provision", "admin", "set", "redis", "--env", "prod", "--stdin"];
    let wrong_host = server.admin_url_with_tls().replace("@localhost", "@127.0.0.1");
    let refused = given(&checkout, &set, &wrong_host).refused();
    assert!(refused.contains("does not trust the certificate") && !refused.contains(ADMIN), "{refused}");
    let said = given(&checkout, &set, &server.admin_url_with_tls()).done();
    assert!(said.contains("over TLS"), "{said}");
    checkout.takk(&["provision", "--env", "prod"]).done();
    checkout.takk(&["status", "--env", "prod"]).done();

    let url = checkout.takk(&["run", "--env", "prod", "--", "printenv", "REDIS_URL"]).done().trim().to_owned();
    assert!(
        url.starts_with("rediss://shop_prod:") && url.contains("/0?ssl_cert_reqs=required&ssl_check_hostname=true"),
        "{url}"
    );
    let python = venv(&CLIENTS).join("bin/python");
    let script = "import sys, redis; print(redis.Redis.from_url(sys.argv[1]).set('shop_prod:a', 1))";
    assert_eq!(run(Command::new(&python).args(["-c", script, &url])).trim(), "True");
    let output =
        Command::new(&python).args(["-c", script, &url.replace("@localhost:", "@127.0.0.1:")]).output().expect("it runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("certificate verify failed"), "{output:?}");

    assert!(checkout.takk(&REMOVE).refused().contains("takk provision unprotect"));
    checkout.takk(&["provision", "unprotect", "redis", "--env", "prod"]).done();
    checkout.takk(&REMOVE).done();
    server.has_no_trace_of("shop");
}
