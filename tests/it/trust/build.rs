//! CI: there the project is named explicitly, or the token is limited to one.

use std::path::Path;

use serde_json::json;

use super::{Machine, rename};
use crate::process::Answer;
use crate::server::Server;

/// A token of the owner for some projects.
fn token(server: &Server, projects: &[&str]) -> String {
    let body = json!({"label": "ci", "kind": "personal", "role": "operator", "projects": projects}).to_string();
    let mut made = ureq::post(&format!("{}/api/v1/tokens", server.url))
        .header("Authorization", &format!("Bearer {}", server.owner))
        .content_type("application/json")
        .send(body)
        .expect("a token");
    let made: serde_json::Value = serde_json::from_str(&made.body_mut().read_to_string().expect("text")).expect("JSON");
    made["token"].as_str().expect("text").to_owned()
}

/// A server with the values of a shop and of a tool.
fn filled() -> Server {
    let server = Server::start();
    for name in ["shop", "tool"] {
        let machine = Machine::new();
        let root = machine.checkout(name, name);
        server.log_in(&root, &machine.variables());
        machine.done(&root, &["link", &server.url]);
        machine.set(&root, "prod", "TOKEN", &format!("of {name}"));
    }
    server
}

#[test]
fn a_build_on_a_server_names_its_project() {
    let server = filled();
    let machine = Machine::new();
    let root = machine.checkout("build", "tool");
    let several = token(&server, &["shop", "tool"]);
    let one = token(&server, &["tool"]);
    let run = |root: &Path, token: &str, more: &[(&str, &str)]| -> Answer {
        let variables = [&[("TAKK_SERVER", server.url.as_str()), ("TAKK_TOKEN", token), ("CI", "true")][..], more].concat();
        machine.with(root, &["run", "--env", "prod", "--", "printenv", "TOKEN"], &variables)
    };
    assert_eq!(run(&root, &several, &[("TAKK_PROJECT", "tool")]).out, "of tool\n");
    assert_eq!(run(&root, &one, &[]).out, "of tool\n", "the token is for one project");
    // A pull request changes the name.
    rename(&root, "shop");
    for token in [&several, &server.owner] {
        let refused = run(&root, token, &[]);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{}", refused.err);
        assert!(refused.err.contains("hint: name the project: TAKK_PROJECT=shop"), "{}", refused.err);
        assert!(refused.err.contains("without your confirmation"), "{}", refused.err);
    }
    assert_eq!(run(&root, &one, &[]).out, "of tool\n", "the name does not count");
    assert_eq!(run(&root, &several, &[("TAKK_PROJECT", "tool")]).out, "of tool\n");
    // The variable must hold a valid name.
    let odd = run(&root, &several, &[("TAKK_PROJECT", "..")]);
    assert!(odd.code == 2 && odd.err.contains("set TAKK_PROJECT to a project name"), "{}", odd.err);
    let plan = machine.with(&root, &["plan", "--env", "prod"], &[("TAKK_SERVER", &server.url), ("TAKK_TOKEN", &several)]);
    assert!(plan.code == 0 && plan.err.contains("takk does not read any values"), "{}", plan.err);
    assert_eq!(machine.links(), "", "a build leaves no link");
}

#[test]
fn a_build_on_a_store_names_its_project() {
    let machine = Machine::with_shop();
    let root = machine.checkout("build", "shop");
    let run = |more: &[(&str, &str)]| machine.with(&root, &["run", "--env", "prod", "--", "printenv", "TOKEN"], more);
    let refused = run(&[("CI", "true")]);
    assert!(refused.code == 2 && refused.err.contains("in CI, name the project: TAKK_PROJECT=shop"), "{}", refused.err);
    assert_eq!(run(&[("CI", "true"), ("TAKK_PROJECT", "shop")]).out, "of prod\n");
    rename(&root, "another");
    assert_eq!(run(&[("TAKK_PROJECT", "shop")]).out, "of prod\n", "what names it is not the code");
    assert!(run(&[("TAKK_PROJECT", "another")]).err.contains("missing"));
}

#[test]
fn who_declined_a_server_is_not_sent_there_by_naming_a_project() {
    let machine = Machine::with_shop();
    let hostile = machine.checkout("hostile", "shop");
    std::fs::write(hostile.join("takk.toml"), "server = \"http://127.0.0.1:9\"\n").expect("written");
    assert!(machine.refused(&hostile, &["run", "--", "true"]).contains("is not linked to it"));
    machine.done(&hostile, &["link", "--unlink"]);
    assert!(machine.refused(&hostile, &["run", "--", "true"]).contains("takk link --name shop"));
    machine.done(&hostile, &["link", "--name", "shop"]);
    assert_eq!(machine.given(&hostile, "prod"), "of prod\n");
    // A link that came with the first local value does not count on a server.
    let shop = machine.path("shop");
    std::fs::write(shop.join("takk.toml"), "server = \"http://127.0.0.1:9\"\n").expect("written");
    assert!(machine.refused(&shop, &["run", "--", "true"]).contains("is not linked to it"));
}

#[test]
fn a_foreign_clone_gets_nothing_from_the_server_of_another() {
    let server = filled();
    let machine = Machine::new();
    let shop = machine.checkout("shop", "shop");
    server.log_in(&shop, &machine.variables());
    machine.done(&shop, &["link", &server.url]);
    assert!(machine.done(&shop, &["whoami"]).contains("this checkout uses the values of `shop`"));
    let tool = machine.checkout("tool", "tool");
    machine.done(&tool, &["link", &server.url]);
    assert_eq!(machine.given(&tool, "prod"), "of tool\n");
    // A branch of the tool declares the name of the shop.
    rename(&tool, "shop");
    for arguments in super::ON_VALUES.iter().filter(|arguments| !arguments.contains(&"values.json")) {
        let said = machine.refused(&tool, arguments);
        assert!(said.contains("linking gives it access to the values of `tool` on "), "{arguments:?}: {said}");
    }
    assert_eq!(machine.given(&shop, "prod"), "of shop\n");
    // `TAKK_SERVER` alone does not link another checkout.
    let hostile = machine.checkout("hostile", "shop");
    let run = machine.with(&hostile, &["run", "--env", "prod", "--", "env"], &[("TAKK_SERVER", &server.url)]);
    assert!(run.code == 2 && run.err.contains("TAKK_PROJECT=shop") && !run.out.contains("of shop"), "{}{}", run.out, run.err);
}
