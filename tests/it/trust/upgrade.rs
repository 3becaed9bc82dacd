//! Data directories of earlier versions of takk: links without projects, and values without links.

use std::fs;

use serde_json::json;

use super::Machine;
use crate::server::Server;
use crate::terminal::{converse, takk};

#[test]
fn values_of_an_earlier_version_are_asked_about_once() {
    let machine = Machine::with_shop();
    // An earlier version did not remember the checkouts of its own store.
    fs::remove_file(machine.path("home/links.json")).expect("removed");
    let hostile = machine.checkout("hostile", "shop");
    assert!(
        machine.refused(&hostile, &["run", "--env", "prod", "--", "env"]).contains("is not linked"),
        "nobody wins by being first"
    );
    let shop = machine.path("shop");
    assert!(machine.refused(&shop, &["run", "--", "true"]).contains("takk link --name shop"));
    let command = [&takk(), "run", "--env", "prod", "--", "printenv", "TOKEN"];
    let asked = converse(&shop, &command, &machine.variables(), &[], &[(r"\[y/N\]", "y\r")]);
    assert!(asked.code == Some(0) && asked.screen.contains("of prod"), "{}", asked.screen);
    assert_eq!(machine.given(&shop, "prod"), "of prod\n");
    assert!(machine.refused(&hostile, &["run", "--env", "prod", "--", "env"]).contains("is not linked"));
}

#[test]
fn a_link_that_remembers_no_project_is_asked_about() {
    let server = Server::start();
    let machine = Machine::new();
    let shop = machine.checkout("shop", "shop");
    server.log_in(&shop, &machine.variables());
    machine.done(&shop, &["link", &server.url]);
    machine.set(&shop, "prod", "TOKEN", "of prod");
    let other = machine.checkout("other", "other");
    machine.done(&other, &["link", &server.url]);
    // As the published versions wrote it.
    let write = |rows: serde_json::Value| {
        fs::write(machine.path("home/links.json"), rows.to_string()).expect("written");
    };
    let key = |root: &std::path::Path| root.to_str().expect("text").to_owned();
    write(json!({ key(&shop): {"server": server.url}, key(&other): {"server": server.url} }));
    super::rename(&other, "shop");
    for root in [&shop, &other] {
        let said = machine.refused(root, &["run", "--env", "prod", "--", "env"]);
        assert!(said.contains("an earlier version of takk linked"), "{said}");
        assert!(said.contains(&format!("takk link {} --name shop", server.url)), "{said}");
    }
    let command = [&takk(), "run", "--env", "prod", "--", "printenv", "TOKEN"];
    let asked = converse(&shop, &command, &machine.variables(), &[], &[(r"\[y/N\]", "y\r")]);
    assert_eq!(asked.code, Some(0), "{}", asked.screen);
    let screen = asked.screen.replace("\n  ", " ");
    assert!(screen.contains("1 in prod") && screen.contains("of prod"), "{screen}");
    assert_eq!(machine.given(&shop, "prod"), "of prod\n");
    // If the project was named explicitly, that is kept, and from now on the directory is remembered too.
    write(json!({ key(&other): {"server": server.url, "project": "other"} }));
    super::rename(&other, "other");
    assert!(machine.refused(&other, &["run", "--", "true"]).contains("missing"));
    assert!(machine.links().contains("inode"), "{}", machine.links());
    super::rename(&other, "shop");
    assert!(machine.refused(&other, &["run", "--env", "prod", "--", "env"]).contains("was `other`"));
}

#[test]
fn links_can_be_read_by_an_earlier_version() {
    let machine = Machine::with_shop();
    let links: serde_json::Value = serde_json::from_str(&machine.links()).expect("JSON");
    let row = &links[machine.path("shop").to_str().expect("text")];
    assert_eq!((&row["server"], &row["project"]), (&serde_json::Value::Null, &"shop".into()), "{links}");
}
