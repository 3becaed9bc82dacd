//! The confirmation, in a terminal: shown once, and never in CI.

use std::fs;
use std::path::Path;

use super::{Machine, rename};
use crate::terminal::{Conversation, converse, takk};

fn run(machine: &Machine, root: &Path, answers: &[(&str, &str)], more: &[(&str, &str)]) -> Conversation {
    let variables = [&machine.variables()[..], more].concat();
    let command = [&takk(), "run", "--env", "prod", "--", "sh", "-c", "echo \"<$TOKEN>\""];
    converse(root, &command, &variables, &[], answers)
}

#[test]
fn a_second_clone_of_ones_own_is_asked_about_once() {
    let machine = Machine::with_shop();
    let second = machine.checkout("second", "shop");
    let no = run(&machine, &second, &[(r"\[y/N\]", "n\r")], &[]);
    assert_eq!(no.code, Some(2), "{}", no.screen);
    assert!(!no.screen.contains("<of prod>"), "{}", no.screen);
    assert!(no.screen.contains("takk link --name ANOTHER-NAME"), "{}", no.screen);
    let enter = run(&machine, &second, &[(r"\[y/N\]", "\r")], &[]);
    assert_eq!(enter.code, Some(2), "not to answer is to say no: {}", enter.screen);
    let yes = run(&machine, &second, &[(r"\[y/N\]", "y\r")], &[]);
    assert_eq!(yes.code, Some(0), "{}", yes.screen);
    let screen = yes.screen.replace("\n  ", " ");
    assert!(screen.contains("Link it to `shop`? [y/N]"), "{screen}");
    assert!(screen.contains("1 in dev, 1 in prod"), "{screen}");
    assert!(screen.contains("<of prod>"), "{screen}");
    let again = run(&machine, &second, &[], &[]);
    assert_eq!((again.code, again.screen.trim()), (Some(0), "<of prod>"));
    assert_eq!(machine.given(&machine.path("shop"), "prod"), "of prod\n", "the first one has them still");
}

#[test]
fn a_new_name_is_asked_about_once_and_keeps_the_values() {
    let machine = Machine::with_shop();
    let shop = machine.path("shop");
    rename(&shop, "store");
    let yes = run(&machine, &shop, &[(r"\[y/N\]", "y\r")], &[]);
    assert!(yes.screen.contains("Keep it linked to `shop`?"), "{}", yes.screen);
    assert!(yes.screen.contains("<of prod>"), "{}", yes.screen);
    for name in ["store", "shop"] {
        rename(&shop, name);
        assert_eq!(run(&machine, &shop, &[], &[]).screen.trim(), "<of prod>", "{name}");
    }
}

#[test]
fn a_replaced_directory_and_the_shown_link_are_asked_about() {
    let machine = Machine::with_shop();
    fs::remove_dir_all(machine.path("shop")).expect("removed");
    let shop = machine.checkout("shop", "shop");
    let asked = converse(&shop, &[&takk(), "link"], &machine.variables(), &[], &[(r"\[y/N\]", "y\r")]);
    assert_eq!(asked.code, Some(0), "{}", asked.screen);
    assert!(asked.screen.contains("is not the directory"), "{}", asked.screen);
    assert_eq!(run(&machine, &shop, &[], &[]).screen.trim(), "<of prod>");
}

#[test]
fn a_build_is_never_asked_although_it_has_a_terminal() {
    let machine = Machine::with_shop();
    let hostile = machine.checkout("hostile", "shop");
    let build = run(&machine, &hostile, &[(r"\[y/N\]", "y\r")], &[("CI", "true")]);
    assert_eq!(build.code, Some(2), "{}", build.screen);
    assert!(!build.screen.contains("[y/N]") && build.screen.contains("TAKK_PROJECT=shop"), "{}", build.screen);
    let json = [&takk(), "secrets", "get", "TOKEN", "--env", "prod", "--json"];
    let json = converse(&hostile, &json, &machine.variables(), &[], &[(r"\[y/N\]", "y\r")]);
    assert_eq!(json.code, Some(2), "{}", json.screen);
}
