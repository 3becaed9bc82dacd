//! Prompting for sixty missing values: interrupted, resumed, and in a window that is resized. The terminal is restored after each end.

use super::Project;
use super::asked::asked;

/// Types, each with a value that it accepts.
const TYPES: [(&str, &str); 12] = [
    ("SecretStr", "hush"),
    ("str", "words"),
    ("int", "12"),
    ("PostgresDsn", "postgresql://u:p@h/d"),
    ("bool", "true"),
    ("Literal['low', 'high']", "high"),
    ("AnyHttpUrl", "https://example.org"),
    ("float", "1.5"),
    ("list[str]", "[\"a\"]"),
    ("UUID", "6f2bd4f0-2f3c-4b86-9d0c-8a7be1f4a001"),
    ("RedisDsn", "redis://h/0"),
    ("timedelta", "PT1H"),
];

#[allow(clippy::format_push_string, reason = "the text of sixty fields is put together once")]
fn sixty() -> Project {
    let mut settings = "from datetime import timedelta\nfrom typing import Literal\nfrom uuid import UUID\n\
        from pydantic import AnyHttpUrl, Field, PostgresDsn, RedisDsn, SecretStr\n\
        from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
        .to_owned();
    for at in 0..60 {
        let (annotation, _) = TYPES[at % TYPES.len()];
        settings += &format!(
            "    field_{at:02}: {annotation} = Field(description='Number {at} of what it takes, as the people of operations \
             wrote it down in a page that is long')\n"
        );
    }
    Project::with(&settings)
}

/// Answers for a range of fields, each typed after its prompt.
fn answers(numbers: std::ops::Range<usize>) -> Vec<(String, String)> {
    numbers
        .map(|at| {
            let (_, value) = TYPES[at % TYPES.len()];
            (format!("? FIELD_{at:02}"), format!("{value}\r"))
        })
        .collect()
}

fn borrowed(steps: &[(String, String)]) -> Vec<(&str, &str)> {
    steps.iter().map(|(question, answer)| (question.as_str(), answer.as_str())).collect()
}

#[test]
fn sixty_values_interrupted_resumed_and_pasted() {
    let project = sixty();
    let mut first = answers(0..12);
    first.push(("[13/60] FIELD_12".to_owned(), "\u{3}".to_owned()));
    let conversation = asked(&project, &[], &borrowed(&first));
    assert_eq!(conversation.code, Some(1), "{}", conversation.screen);
    assert!(conversation.screen.contains("12 values stored in dev, 48 are still missing"), "{}", conversation.screen);
    let plain_lines = conversation.screen.lines().filter(|line| !line.starts_with(['?', '>', '#']));
    assert!(plain_lines.clone().all(|line| line.chars().count() <= 80), "{}", conversation.screen);

    let mut second = answers(12..14);
    second.push(("[3/48] FIELD_14".to_owned(), "\u{4}".to_owned()));
    let conversation = asked(&project, &[], &borrowed(&second));
    assert!(conversation.screen.contains("2 values stored in dev, 46 are still missing"), "{}", conversation.screen);

    let rest: Vec<String> = (14..60).map(|at| format!("FIELD_{at:02}={}", TYPES[at % TYPES.len()].1)).collect();
    let block = format!("{}\r", rest.join("\r"));
    let conversation = asked(&project, &[], &[("? FIELD_14", &block)]);
    assert_eq!(conversation.code, Some(0), "{}", conversation.screen);
    assert!(conversation.screen.contains("46 values stored in dev, nothing is missing."), "{}", conversation.screen);
    assert!(conversation.echo);
}

#[test]
fn a_narrower_window_is_drawn_anew() {
    let project = sixty();
    let long = "a very long secret that does not fit into the line by any means at all, and goes on and on";
    let steps = [("? FIELD_00", long), ("**", "COLUMNS 40"), ("**", "\r"), ("? FIELD_01", "\u{3}")];
    let conversation = asked(&project, &[], &steps);
    assert_eq!(conversation.code, Some(1), "{}", conversation.screen);
    assert_eq!(project.takk(&["secrets", "get", "FIELD_00"]).out, long);
    assert!(conversation.screen.contains(&format!("? FIELD_00 {}\n", "*".repeat(27))), "{}", conversation.screen);
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was_and_what_was_stored() {
    for signal in [2, 15] {
        let project = sixty();
        let mut steps = answers(0..1);
        steps.push(("? FIELD_01".to_owned(), format!("SIGNAL {signal}")));
        let conversation = asked(&project, &[], &borrowed(&steps));
        assert_eq!(conversation.code, Some(-signal), "{}", conversation.screen);
        assert!(conversation.echo, "signal {signal}");
        assert!(conversation.raw.trim_end().ends_with("\u{1b}[?25h"), "the cursor is there");
        assert_eq!(project.takk(&["secrets", "get", "FIELD_00"]).out, "hush");
    }
}

#[test]
fn it_ends_with_its_terminal() {
    let conversation = asked(&sixty(), &[], &[("? FIELD_00", "HANG UP")]);
    assert!(conversation.code.is_some(), "it still waits: {}", conversation.screen);
}
