//! A checkout that was never linked, a branch that changes the name, and another directory in its place.

use std::fs;

use super::{Machine, ON_VALUES, SETTINGS, rename};
use crate::process::program;

#[test]
fn a_foreign_clone_of_the_same_name_gets_nothing() {
    let machine = Machine::with_shop();
    let hostile = machine.checkout("hostile", "shop");
    fs::write(hostile.join("values.json"), r#"{"TOKEN": "another"}"#).expect("written");
    for arguments in ON_VALUES {
        let said = machine.refused(&hostile, arguments);
        assert!(said.contains("names itself `shop`, but it is not linked to the project `shop`"), "{arguments:?}: {said}");
        assert!(said.contains("(1 in dev, 1 in prod)"), "{said}");
        assert!(said.contains("/shop is linked to the same values"), "it says who has them: {said}");
        assert!(said.contains("hint: to link it: takk link --name shop"), "{said}");
    }
    let shop = machine.path("shop");
    assert_eq!(machine.given(&shop, "dev"), "of dev\n");
    assert_eq!(machine.given(&shop, "prod"), "of prod\n", "and nothing was changed");
    machine.done(&hostile, &["link", "--name", "shop"]);
    assert_eq!(machine.given(&hostile, "prod"), "of prod\n", "somebody has said so");
}

#[test]
fn what_needs_names_only_works_and_tells_nothing_of_what_is_stored() {
    let machine = Machine::with_shop();
    let hostile = machine.checkout("hostile", "shop");
    for arguments in [&["plan", "--env", "prod"][..], &["why", "TOKEN"], &["doctor"]] {
        let said = machine.done(&hostile, arguments);
        assert!(said.contains("not linked to the project"), "{arguments:?}: {said}");
        assert!(!said.contains("version 1") && !said.contains("ada"), "{arguments:?}: {said}");
    }
    let plan = machine.takk(&hostile, &["plan", "--env", "prod", "--json"]).out;
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    assert_eq!(plan["environments"][0]["variables"][0]["state"], "missing", "{plan}");
    for arguments in [&["check"][..], &["inspect"], &["docs"], &["dotenv"]] {
        assert!(!machine.done(&hostile, arguments).contains("linked"), "{arguments:?}");
    }
}

#[test]
fn a_branch_that_changes_the_name_gets_nothing_of_the_other_project() {
    let machine = Machine::with_shop();
    let tool = machine.checkout("tool", "tool");
    machine.set(&tool, "prod", "TOKEN", "of the tool");
    rename(&tool, "shop");
    for arguments in ON_VALUES.iter().filter(|arguments| !arguments.contains(&"values.json")) {
        let said = machine.refused(&tool, arguments);
        assert!(said.contains("now names itself `shop`; it was `tool` when it was linked"), "{arguments:?}: {said}");
        assert!(said.contains("linking gives it access to the values of `tool`"), "never those of the other: {said}");
    }
    rename(&tool, "tool");
    assert_eq!(machine.given(&tool, "prod"), "of the tool\n", "on the other branch nothing has changed");
    // Once confirmed, both names work, and the values stay the project's.
    rename(&tool, "shop");
    machine.done(&tool, &["link", "--name", "tool"]);
    assert_eq!(machine.given(&tool, "prod"), "of the tool\n");
    rename(&tool, "tool");
    assert_eq!(machine.given(&tool, "prod"), "of the tool\n");
}

#[test]
fn the_first_value_links_and_a_clone_that_waits_for_it_gets_nothing() {
    let machine = Machine::new();
    let hostile = machine.checkout("hostile", "shop");
    // A checkout that was there first and asks in every way: none of them links it.
    assert!(machine.refused(&hostile, &["run", "--", "env"]).contains("one required value is missing"));
    machine.done(&hostile, &["secrets", "list", "--env", "dev"]);
    machine.takk(&hostile, &["check", "--env", "dev"]);
    assert_eq!(machine.links(), "");
    let shop = machine.checkout("shop", "shop");
    machine.set(&shop, "dev", "TOKEN", "of dev");
    assert_eq!(machine.given(&shop, "dev"), "of dev\n", "nobody was asked");
    assert!(machine.refused(&hostile, &["run", "--", "env"]).contains("is not linked to the project `shop`"));
}

#[test]
fn a_clone_that_was_given_values_first_does_not_get_those_of_another() {
    let machine = Machine::new();
    let hostile = machine.checkout("hostile", "shop");
    machine.set(&hostile, "dev", "TOKEN", "of a trial");
    let shop = machine.checkout("shop", "shop");
    let said = machine.piped(&shop, &["secrets", "set", "TOKEN", "--stdin", "--env", "prod"], "of prod");
    assert!(said.code == 2 && said.err.contains("/hostile is linked to the same values"), "{}", said.err);
    machine.done(&shop, &["link", "--name", "the-shop"]);
    machine.set(&shop, "prod", "TOKEN", "of prod");
    assert_eq!(machine.given(&shop, "prod"), "of prod\n");
    assert!(machine.refused(&hostile, &["run", "--env", "prod", "--", "env"]).contains("missing"));
}

#[test]
fn a_watched_command_gets_nothing_that_is_stored_for_another_later() {
    let machine = Machine::new();
    let hostile = machine.checkout("hostile", "shop");
    fs::write(hostile.join("settings.py"), SETTINGS.replace("token: str", "token: str = ''")).expect("written");
    let mut command = program(&machine.path("home"));
    let script = "env | grep -c '^TOKEN=' >> seen; sleep 4";
    command.current_dir(&hostile).args(["run", "--watch", "--env", "dev", "--", "sh", "-c", script]);
    let mut watching = command.spawn().expect("started");
    while !hostile.join("seen").exists() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let shop = machine.checkout("shop", "shop");
    machine.set(&shop, "dev", "TOKEN", "of dev");
    assert!(watching.wait().expect("ended").success());
    assert_eq!(fs::read_to_string(hostile.join("seen")).expect("read"), "0\n", "it was not started again");
}

#[test]
fn a_directory_in_the_place_of_the_linked_one_gets_nothing() {
    let machine = Machine::with_shop();
    fs::remove_dir_all(machine.path("shop")).expect("removed");
    let hostile = machine.checkout("shop", "shop");
    for arguments in [&["run", "--env", "prod", "--", "env"][..], &["secrets", "export", "--env", "prod"]] {
        let said = machine.refused(&hostile, arguments);
        assert!(said.contains("is not the directory that was linked"), "{said}");
    }
    machine.done(&hostile, &["link", "--name", "shop"]);
    assert_eq!(machine.given(&hostile, "prod"), "of prod\n");
}

#[test]
fn a_checkout_that_was_moved_is_asked_about_once() {
    let machine = Machine::with_shop();
    fs::rename(machine.path("shop"), machine.path("moved")).expect("moved");
    let moved = machine.path("moved");
    let said = machine.refused(&moved, &["run", "--", "true"]);
    assert!(said.contains("/shop (deleted) is linked to the same values"), "{said}");
    machine.done(&moved, &["link", "--name", "shop"]);
    assert_eq!(machine.given(&moved, "prod"), "of prod\n");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_checkout_is_the_checkout() {
    let machine = Machine::with_shop();
    std::os::unix::fs::symlink(machine.path("shop"), machine.path("same")).expect("made");
    assert_eq!(machine.given(&machine.path("same"), "prod"), "of prod\n");
    // A directory inside is a project of its own.
    let inside = machine.checkout("shop/vendored", "shop");
    assert!(machine.refused(&inside, &["run", "--", "true"]).contains("is not linked"));
}

#[test]
fn a_git_directory_that_points_at_the_linked_checkout_is_nothing() {
    let machine = Machine::with_shop();
    fs::create_dir_all(machine.path("shop/.git/worktrees/hostile")).expect("made");
    let hostile = machine.checkout("hostile", "shop");
    let gitdir = machine.path("shop/.git/worktrees/hostile");
    fs::write(hostile.join(".git"), format!("gitdir: {}\n", gitdir.display())).expect("written");
    assert!(machine.refused(&hostile, &["run", "--env", "prod", "--", "env"]).contains("is not linked"));
}

#[test]
fn what_is_linked_is_shown() {
    let machine = Machine::with_shop();
    let shop = machine.path("shop");
    assert!(machine.done(&shop, &["link"]).contains("the values of `shop` in the local store"));
    let shown: serde_json::Value = serde_json::from_str(&machine.takk(&shop, &["link", "--json"]).out).expect("JSON");
    assert_eq!(shown, serde_json::json!({"server": null, "project": "shop"}));
    assert!(machine.done(&shop, &["doctor"]).contains("uses the values of `shop` in the local"));
    let doctor: serde_json::Value = serde_json::from_str(&machine.takk(&shop, &["doctor", "--json"]).out).expect("JSON");
    let link = doctor.as_array().expect("a list").iter().find(|one| one["what"] == "link").expect("there");
    assert_eq!(link["health"], "good");
    let hostile = machine.checkout("hostile", "shop");
    assert!(machine.refused(&hostile, &["link"]).contains("is not linked to the project"));
    // Going back to the store of this machine does not link the checkout to anything there.
    machine.done(&hostile, &["link", "--unlink"]);
    assert!(machine.refused(&hostile, &["run", "--", "true"]).contains("is not linked"));
}

#[test]
fn a_name_that_cannot_be_shown_is_no_project() {
    let machine = Machine::new();
    let odd = machine.checkout("odd", "sh\u{202e}op");
    let said = machine.piped(&odd, &["secrets", "set", "TOKEN", "--stdin"], "x");
    assert!(said.code == 2 && said.err.contains("non-printable"), "{}", said.err);
    assert!(!said.err.contains('\u{202e}'), "{:?}", said.err);
    let machine = Machine::with_shop();
    let shop = machine.path("shop");
    rename(&shop, "x\u{1b}]0;gotcha\u{7}");
    let said = machine.refused(&shop, &["run", "--", "true"]);
    assert!(!said.contains('\u{1b}') && !said.contains('\u{7}'), "{said:?}");
}
