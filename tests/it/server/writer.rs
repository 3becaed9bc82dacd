//! An attacker who can write to the database of a running server: they gain nothing, and it is detected.

use std::fmt::Write;
use std::process::Command;

use serde_json::json;

use super::{Server, in_shop};

/// Runs a statement as another SQLite client does.
fn run(server: &Server, statement: &str) {
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit(); c.close()";
    let file = server.data().join("store.db");
    let output = Command::new("python3").args(["-c", script]).arg(file).arg(statement).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The attacker's token: 64 zeros, of which this is the SHA-256 as takk used to store it.
fn made_up() -> (String, String) {
    let text = format!("takk_p_{}", "0".repeat(64));
    let mut hash = String::new();
    for byte in takk_vault::token_hash(&text) {
        write!(hash, "{byte:02x}").expect("a String takes all text");
    }
    (text, hash)
}

#[test]
fn a_token_put_into_the_database_lets_nobody_in() {
    let server = Server::start();
    server.shop();
    let (token, hash) = made_up();
    run(
        &server,
        &format!(
            "INSERT INTO tokens (hash, user, label, kind, projects, environments, role, created_at) \
             VALUES (x'{hash}', 1, 'x', 'personal', '[]', '[]', 'owner', 0)"
        ),
    );
    for path in [in_shop("prod", "secrets/KEY"), in_shop("dev", "values"), "/api/v1/whoami".to_owned()] {
        assert_eq!(server.ask(&token, "GET", &path, None).status, 401, "{path}");
    }
    for command in [["store", "verify"], ["audit", "verify"]] {
        let (code, said) = server.takk(&command);
        assert!(code == 1 && said.contains("user `ada`: name, password, tokens"), "{said}");
    }
    // A server that starts now does not accept it either.
    let server = Server::with(server.kill(), &[]);
    assert_eq!(server.ask(&token, "GET", &in_shop("prod", "secrets/KEY"), None).status, 401);
    assert!(server.log().contains("something other than takk changed the database"), "{}", server.log());
    run(&server, &format!("DELETE FROM tokens WHERE hash = x'{hash}'"));
    server.own("GET", &in_shop("prod", "secrets/KEY"), None).expect(200);
    assert_eq!(server.takk(&["audit", "verify"]).0, 0);
}

#[test]
fn a_role_put_into_the_database_is_refused_aloud() {
    let server = Server::start();
    server.shop();
    let viewer = server.member("bob", "viewer");
    let prod = in_shop("prod", "secrets/KEY");
    assert_eq!(server.ask(&viewer, "GET", &prod, None).status, 403);
    run(&server, "UPDATE members SET role = 'owner'");
    for _ in 0..2 {
        let answer = server.ask(&viewer, "GET", &prod, None);
        assert_eq!(answer.status, 500, "{}", answer.text);
        assert!(answer.text.contains("cannot authenticate") && answer.text.contains("takk store verify"), "{}", answer.text);
    }
    // Users who were not touched continue to work, and no forged row is sealed on the way.
    let (code, said) = server.takk(&["store", "verify"]);
    assert!(code == 1 && said.contains("project `shop`: members"), "{said}");
    let body = json!({"role": "operator"});
    assert_eq!(server.own("PUT", "/api/v1/projects/shop/members/bob", Some(body.clone())).status, 500);
    server.own("PUT", "/api/v1/projects/other", None).expect(201);
    assert!(server.log().contains("cannot authenticate the role of a user"), "{}", server.log());
    run(&server, "UPDATE members SET role = 'viewer' WHERE user <> 1");
    assert_eq!(server.ask(&viewer, "GET", &prod, None).status, 403);
    server.own("PUT", "/api/v1/projects/shop/members/bob", Some(body)).expect(200);
    server.ask(&viewer, "GET", &prod, None).expect(200);
    assert_eq!(server.takk(&["store", "verify"]).0, 0);
}

#[test]
fn tokens_stay_good_under_a_new_master_key() {
    let server = Server::start();
    server.shop();
    let viewer = server.member("bob", "developer");
    assert_eq!(server.takk(&["store", "rekey"]).0, 0);
    server.ask(&viewer, "GET", &in_shop("dev", "secrets/KEY"), None).expect(200);
    server.own("GET", &in_shop("prod", "secrets/KEY"), None).expect(200);
    assert_eq!(server.takk(&["store", "verify"]).0, 0);
    let server = Server::with(server.kill(), &[]);
    server.ask(&viewer, "GET", &in_shop("dev", "secrets/KEY"), None).expect(200);
}
