//! Manifests that commands push to a server as a side effect.

use std::fs;

use super::Desk;
use crate::process::takk_with;
use crate::server::Server;

#[test]
fn a_server_learns_what_the_code_needs() {
    let server = Server::start();
    let desk = Desk::new();
    assert!(desk.refused(&["push"]).contains("takk link"));
    server.log_in(&desk.root(), &desk.variables());
    let said = desk.done(&["link", &server.url]);
    assert!(said.contains("dev: manifest sent; 2 values missing."), "{said}");
    assert!(desk.done(&["push"]).contains("dev: manifest is up to date."));
    // Commands that only read change nothing there.
    desk.write("settings.py", &super::SETTINGS.replace("port: int", "port: int\n    host: str"));
    desk.takk(&["check", "--env", "dev"]);
    desk.takk(&["plan", "--env", "dev"]);
    let json = |arguments: &[&str]| serde_json::from_str::<serde_json::Value>(&desk.takk(arguments).out).expect("JSON");
    desk.set("PORT", "80");
    assert_eq!(json(&["push", "--json"])[0]["changed"], false, "`secrets set` told it");
    desk.write("settings.py", super::SETTINGS);
    let told = json(&["push", "--env", "dev", "--env", "prod", "--json"]);
    assert_eq!((&told[0]["changed"], &told[0]["missing"]), (&true.into(), &1.into()), "{told}");
    assert_eq!((&told[1]["environment"], &told[1]["missing"]), (&"prod".into(), &2.into()), "{told}");
    assert_eq!(json(&["env", "list", "--json"]).as_array().map(Vec::len), Some(4), "the project has four as it is");
}

#[test]
fn who_may_not_write_an_environment_tells_nothing_there() {
    let server = Server::start();
    let desk = Desk::on(&server);
    desk.done(&["push", "--env", "prod"]);
    let body = r#"{"label": "ci", "kind": "personal", "role": "developer", "projects": ["app"]}"#;
    let mut made = ureq::post(&format!("{}/api/v1/tokens", server.url))
        .header("Authorization", &format!("Bearer {}", server.owner))
        .content_type("application/json")
        .send(body)
        .expect("a token");
    let made: serde_json::Value = serde_json::from_str(&made.body_mut().read_to_string().expect("text")).expect("JSON");
    let token = made["token"].as_str().expect("text");
    desk.write("settings.py", &super::SETTINGS.replace("port: int", "port: int\n    host: str"));
    let variables = [("TAKK_SERVER", server.url.as_str()), ("TAKK_TOKEN", token)];
    let answer = desk.with(&["push"], &variables);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("dev: manifest sent; 3 values missing."), "{}", answer.err);
    assert!(answer.err.contains("prod: rejected by the server: ") && answer.err.contains("operator"), "{}", answer.err);
    let named = desk.with(&["push", "--env", "prod"], &variables);
    assert_eq!(named.code, 2, "{}", named.err);
    // Without a server, nothing is pushed or mentioned.
    let own = tempfile::tempdir().expect("a directory");
    fs::write(desk.root().join(".value"), "80").expect("written");
    let home = own.path().to_str().expect("text");
    let set = takk_with(
        &desk.root(),
        &["secrets", "set", "PORT", "--file", ".value"],
        &[("TAKK_HOME", home), ("TAKK_KEYRING", "off")],
    );
    assert!(set.code == 0 && !set.err.contains("server"), "{}", set.err);
}
