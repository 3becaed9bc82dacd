//! Several lines pasted at a prompt of `takk secrets set`, in terminals with and without bracketed paste.

use super::Project;
use super::asked::asked;
use crate::terminal::Conversation;

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\nQUJDREVGR0hJSktMTU5PUA==\n-----END PRIVATE KEY-----";

/// A bracketed paste, followed by Enter.
fn bracketed(text: &str) -> String {
    format!("\u{1b}[200~{text}\n\u{1b}[201~\r")
}

/// A paste without brackets: it arrives as keys, all at once, each line followed by Enter.
fn as_keys(text: &str) -> String {
    format!("{text}\n").replace('\n', "\r")
}

/// Pastes a text at the first prompt, in both kinds of terminal.
fn pasted(text: &str, then: &[(&str, &str)], look: impl Fn(&Project, &Conversation)) {
    for typed in [bracketed(text), as_keys(text)] {
        let project = Project::new();
        let steps: Vec<(&str, &str)> = std::iter::once(("? APP_API_KEY", typed.as_str())).chain(then.iter().copied()).collect();
        let conversation = asked(&project, &[], &steps);
        assert!(conversation.echo, "the terminal is as it was: {}", conversation.screen);
        look(&project, &conversation);
    }
}

#[test]
fn each_line_goes_to_the_variable_that_it_names() {
    let block = "# from the old machine\nexport APP_API_KEY='canary-vendor-key'\nAPP_SESSION_SECRET=canary-session\n\n\
                 APP_DATABASE_URL=postgresql://app:canary-pw@db/app\nAPP_LEVEL=low\nAPP_PORT=81";
    pasted(block, &[], |project, conversation| {
        assert_eq!(conversation.code, Some(0), "{}", conversation.screen);
        assert!(conversation.screen.contains("5 values stored in dev, nothing is missing."), "{}", conversation.screen);
        assert!(!conversation.raw.contains("canary"), "{}", conversation.screen);
        assert_eq!(project.takk(&["secrets", "get", "APP_API_KEY"]).out, "canary-vendor-key");
        assert_eq!(project.takk(&["secrets", "get", "APP_PORT"]).out, "81", "one that is not missing");
    });
}

#[test]
fn an_object_of_json_is_lines_too() {
    let block = "{\n  \"APP_API_KEY\": \"vendor-key-17\",\n  \"APP_LEVEL\": \"high\"\n}";
    pasted(block, &[("[3/4] APP_SESSION_SECRET", "\u{3}")], |project, conversation| {
        assert_eq!(conversation.code, Some(1), "{}", conversation.screen);
        assert_eq!(project.takk(&["secrets", "get", "APP_LEVEL"]).out, "high");
    });
}

#[test]
fn what_is_refused_is_said_without_the_value_and_asked_for() {
    let block = "APP_API_KEY=canary1\nAPP_LEVEL=canary2\nOTHER_THING=canary3\nAPP_SESSION_SECRET=fine";
    let then = [("[2/4] APP_API_KEY", "long-enough-now\r"), ("? APP_DATABASE_URL", "\u{1b}"), ("? APP_LEVEL", "\r")];
    pasted(block, &then, |project, conversation| {
        let screen = &conversation.screen;
        assert_eq!(conversation.code, Some(1), "{screen}");
        assert!(screen.contains("refused     APP_API_KEY, line 1\n"), "{screen}");
        assert!(screen.contains("refused     APP_LEVEL, line 2\n"), "{screen}");
        assert!(screen.contains("undeclared  OTHER_THING, line 3\n"), "{screen}");
        assert!(!conversation.raw.contains("canary"), "{screen}");
        assert_eq!(project.takk(&["secrets", "get", "APP_SESSION_SECRET"]).out, "fine");
        assert_eq!(project.takk(&["secrets", "get", "APP_API_KEY"]).out, "long-enough-now");
    });
}

#[test]
fn a_name_that_is_almost_one_is_proposed_and_never_taken_alone() {
    let block = "APP_SESION_SECRET=hush-hush\nAPP_LEVEL=low";
    let question = "No code reads APP_SESION_SECRET. Is it APP_SESSION_SECRET?";
    for (answer, is_stored) in [("y\r", true), ("\r", false), ("\u{3}", false)] {
        pasted(block, &[(question, answer), ("/4] APP_API_KEY", "\u{3}")], |project, conversation| {
            assert_eq!(conversation.code, Some(1), "{}", conversation.screen);
            let got = project.takk(&["secrets", "get", "APP_SESSION_SECRET"]);
            assert_eq!(got.out == "hush-hush", is_stored, "{}", conversation.screen);
            assert_eq!(project.takk(&["secrets", "get", "APP_LEVEL"]).out, "low");
        });
    }
}

#[test]
fn a_value_without_a_name_goes_where_only_its_shape_fits() {
    let block = "postgresql://app:pw@db/app\nsomething-else";
    pasted(block, &[("/4] APP_API_KEY", "\u{3}")], |project, conversation| {
        assert!(conversation.screen.contains("stored      APP_DATABASE_URL, line 1"), "{}", conversation.screen);
        assert!(conversation.screen.contains("line 2: it does not name a variable"), "{}", conversation.screen);
        assert_eq!(project.takk(&["secrets", "get", "APP_DATABASE_URL"]).out, "postgresql://app:pw@db/app");
        assert_ne!(project.takk(&["secrets", "get", "APP_API_KEY"]).code, 0, "nothing was guessed");
    });
}

#[test]
fn a_key_in_its_armour_is_one_value() {
    pasted(PEM, &[("? APP_SESSION_SECRET", "\u{3}")], |project, conversation| {
        assert_eq!(conversation.code, Some(1), "{}", conversation.screen);
        assert_eq!(project.takk(&["secrets", "get", "APP_API_KEY"]).out, PEM);
        assert_eq!(project.takk(&["secrets", "list"]).out.matches("version").count(), 1, "no line answered another question");
    });
}

#[test]
fn lines_that_say_nothing_are_one_value_only_if_somebody_says_so() {
    for (answer, is_stored) in [("y\r", true), ("n\r", false)] {
        let then = [("Store 2 lines as one value of APP_API_KEY?", answer), ("APP_", "\u{3}")];
        pasted("some words here\nand more of them", &then, |project, conversation| {
            assert_eq!(conversation.code, Some(1), "{}", conversation.screen);
            let got = project.takk(&["secrets", "get", "APP_API_KEY"]);
            assert_eq!(got.out == "some words here\nand more of them", is_stored, "{}", conversation.screen);
        });
    }
}

#[test]
fn what_has_a_value_keeps_it_and_a_paste_can_be_dropped() {
    let project = Project::new();
    project.set("APP_LEVEL", "low");
    let paste = bracketed("APP_LEVEL=high\nAPP_API_KEY=vendor-key-17");
    let dropped = paste.trim_end_matches('\r');
    let steps =
        [("? APP_API_KEY", dropped), ("2 lines pasted", "\u{1b}"), ("? APP_API_KEY", paste.as_str()), ("APP_SESSION", "\u{3}")];
    let conversation = asked(&project, &[], &steps);
    assert!(conversation.screen.contains("APP_LEVEL has a different value"), "{}", conversation.screen);
    assert_eq!(project.takk(&["secrets", "get", "APP_LEVEL"]).out, "low");
    assert_eq!(project.takk(&["secrets", "get", "APP_API_KEY"]).out, "vendor-key-17");
}

#[test]
fn one_line_with_its_name_is_no_value_and_a_line_break_after_a_value_is_not_part_of_it() {
    let project = Project::new();
    let steps = [
        ("? APP_API_KEY", "APP_SESSION_SECRET=hush\r"),
        ("? APP_API_KEY", "\u{1b}[200~vendor-key-17\n\u{1b}[201~\r"),
        ("? APP_DATABASE", "\u{3}"),
    ];
    let conversation = asked(&project, &[], &steps);
    assert_eq!(project.takk(&["secrets", "get", "APP_SESSION_SECRET"]).out, "hush", "{}", conversation.screen);
    assert_eq!(project.takk(&["secrets", "get", "APP_API_KEY"]).out, "vendor-key-17");
}
