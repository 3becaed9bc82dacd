//! `takk secrets promote` without a terminal.

use super::Shop;
use crate::terminal::{Conversation, converse, takk};
use crate::text::assert_fits;

fn shop() -> Shop {
    let shop = Shop::new();
    shop.import(
        "test",
        "DATABASE_URL=postgresql://u:p@db-test/shop\nSTRIPE_KEY=sk_1\nSESSION_SECRET=hand-made\nLOG_LEVEL=debug\nPORT=80\n\
         BUCKET=orders-test\nCACHE__HOST=db-test\nCACHE__SIZE=3\n",
    );
    shop.import("prod", "PORT=81\n");
    shop
}

const FROM_TEST: &[&str] = &["secrets", "promote", "--from", "test", "--to", "prod"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [FROM_TEST, more].concat()
}

#[test]
fn the_sheet_is_shown_and_nothing_is_changed() {
    let shop = shop();
    let before = shop.ok(&["secrets", "list"]);
    let text = shop.ok(&with(&["--dry-run"]));
    assert_fits(&text);
    insta::assert_snapshot!("promote, the sheet", text);
    let answer = shop.json(&with(&["--dry-run"]));
    insta::assert_snapshot!("promote, the sheet as JSON", serde_json::to_string_pretty(&answer).expect("JSON"));
    assert_eq!(shop.ok(&["secrets", "list"]), before);
}

#[test]
fn without_a_terminal_it_is_to_be_confirmed_by_an_option() {
    let shop = shop();
    let answer = shop.takk(FROM_TEST);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    assert!(answer.err.starts_with("error: cannot ask to confirm the proposals without a terminal\n"), "{}", answer.err);
}

#[test]
fn what_can_be_done_is_done_in_one_change() {
    let shop = shop();
    let answer = shop.takk(&with(&["--yes"]));
    assert_eq!(answer.code, 1, "required ones are left: {}{}", answer.out, answer.err);
    assert_fits(&answer.out);
    insta::assert_snapshot!("promote, done", answer.out);
    assert_eq!(shop.get("prod", "LOG_LEVEL").as_deref(), Some("debug"));
    assert_eq!(shop.get("prod", "PORT").as_deref(), Some("81"), "what is there is left alone");
    assert_eq!(shop.get("prod", "STRIPE_KEY"), None);
    assert_eq!(shop.get("prod", "BUCKET"), None);
    let made = shop.get("prod", "SESSION_SECRET").expect("made up");
    assert!(made.len() >= 32 && made != "hand-made");
    let listed = shop.ok(&["secrets", "list", "--env", "prod"]);
    assert!(listed.contains("generated") && listed.contains("promoted") && listed.contains("imported"), "{listed}");
    let again = shop.json(&with(&["--yes"]));
    assert!(again["proposals"].as_array().expect("a list").iter().all(|proposal| proposal["version"].is_null()));
}

#[test]
fn only_what_is_named_is_overwritten() {
    let shop = shop();
    let answer = shop.takk(&with(&["port", "LOG_LEVEL", "--yes"]));
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    assert_eq!(shop.get("prod", "PORT").as_deref(), Some("80"));
    assert_eq!(shop.get("prod", "SESSION_SECRET"), None);
    assert_eq!(shop.takk(&with(&["PROT", "--yes"])).code, 2);
}

#[test]
fn what_was_unset_can_be_promoted() {
    let shop = shop();
    shop.ok(&["secrets", "unset", "PORT", "--env", "prod"]);
    shop.takk(&with(&["--yes"]));
    assert_eq!(shop.get("prod", "PORT").as_deref(), Some("80"));
}

#[test]
fn nothing_to_promote_is_no_error() {
    let shop = Shop::new();
    shop.write("shop/settings.py", "");
    let out = shop.ok(&with(&["--yes"]));
    assert_eq!(out, "test has no value that prod lacks.\nNothing was stored in prod.\n");
    assert_eq!(std::fs::read_dir(shop.home.path()).expect("there").count(), 0, "no store is made");
    assert_eq!(shop.takk(&["secrets", "promote", "--from", "test", "--to", "test", "--yes"]).code, 2);
}

/// Promotes in a terminal.
fn in_terminal(shop: &Shop, steps: &[(&str, &str)], answers: &[(&str, &str)]) -> Conversation {
    let takk = takk();
    let command: Vec<&str> = std::iter::once(takk.as_str()).chain(FROM_TEST.iter().copied()).collect();
    let home = shop.home.path().to_str().expect("text");
    let variables = [("TAKK_HOME", home), ("TAKK_KEYRING", "off"), ("NO_COLOR", "1"), ("USER", "me")];
    converse(shop.path(), &command, &variables, steps, answers)
}

#[test]
fn in_a_terminal_it_asks_for_what_it_cannot_know() {
    let shop = shop();
    let answers = [
        (r"\? DATABASE_URL ", "postgresql://u:p@db-prod/shop\r"),
        (r"\? STRIPE_KEY ", "sk_2\r"),
        (r"\? BUCKET ", "\u{1b}"),
        (r"\? CACHE__HOST ", "cache-prod\r"),
    ];
    let said = in_terminal(&shop, &[("Apply this to prod?", "y\r")], &answers);
    assert_eq!(said.code, Some(0), "{}", said.screen);
    assert!(said.screen.contains("In prod: 2 copied, 1 regenerated and 3 typed.\n"), "{}", said.screen);
    assert!(!said.screen.contains("sk_1") && !said.screen.contains("sk_2"), "{}", said.screen);
    assert_eq!(shop.get("prod", "STRIPE_KEY").as_deref(), Some("sk_2"));
    assert_eq!(shop.get("prod", "DATABASE_URL").as_deref(), Some("postgresql://u:p@db-prod/shop"));
    assert_eq!((shop.get("prod", "BUCKET"), shop.get("prod", "CACHE__HOST").as_deref()), (None, Some("cache-prod")));
}

#[test]
fn who_does_not_agree_or_stops_changes_nothing() {
    let shop = shop();
    let before = shop.ok(&["secrets", "list"]);
    for (steps, end) in [
        (&[("Apply this to prod?", "n\r")][..], "Nothing was changed.\n"),
        (&[("Apply this to prod?", "y\r"), ("? DATABASE_URL ", "\u{3}")], "Stopped. Nothing was changed.\n"),
    ] {
        let said = in_terminal(&shop, steps, &[]);
        assert_eq!(said.code, Some(1), "{}", said.screen);
        assert!(said.screen.ends_with(end), "{}", said.screen);
        assert_eq!(shop.ok(&["secrets", "list"]), before);
    }
}
