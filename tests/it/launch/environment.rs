//! The environment of a command.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use takk::launch::{Launch, prepare};

use super::{helper_command, in_time, script};

fn printed(launch: &Launch) -> Vec<u8> {
    let output = in_time(|| prepare(launch).expect("fine").output().expect("it runs"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn what_is_inherited_stays_byte_for_byte() {
    let mut command = helper_command("environment", "");
    command.env(OsStr::from_bytes(b"ODD_\xff"), OsStr::from_bytes(b"\xfe=\n\x01")).env("KEY", "inherited").env("EMPTY", "");
    let output = in_time(|| command.output().expect("it runs"));
    let variables: Vec<_> = output.stdout.split(|byte| *byte == 0).collect();
    for expected in [&b"ODD_\xff=\xfe=\n\x01"[..], b"KEY=hunter2", b"EMPTY="] {
        // The output of the test program itself precedes the first one.
        assert!(variables.iter().any(|variable| variable.ends_with(expected)), "{}", String::from_utf8_lossy(expected));
    }
    assert!(!variables.contains(&&b"KEY=inherited"[..]));
}

#[test]
fn values_may_have_lines_and_be_long() {
    let key = "-----BEGIN KEY-----\nabc\n\n  'x' \"$y\"\t\n";
    assert_eq!(printed(&script("printf %s \"$PEM\"", &[("PEM", key)])), key.as_bytes());
    let long = "y".repeat(120_000);
    assert_eq!(printed(&script("printf %s \"$LONG\"", &[("LONG", &long)])), long.as_bytes());
}

#[test]
fn what_is_removed_is_not_inherited() {
    let mut launch = script("echo \"${HOME-none} ${OWN-none}\"", &[("OWN", "1")]);
    launch.removed = vec!["HOME".into(), "OWN".into(), "NEVER_THERE".into()];
    assert_eq!(printed(&launch), b"none 1\n");
}

#[test]
fn values_are_in_no_argument_and_not_in_this_process() {
    let launch = script("tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$PPID/environ", &[("KEY", "hunter-two")]);
    let text = printed(&launch);
    assert!(!text.windows(10).any(|part| part == b"hunter-two"));
}

#[test]
fn everything_together_may_be_too_long() {
    let value = "z".repeat(130_000);
    let names: Vec<_> = (0..200).map(|number| format!("LONG_{number}")).collect();
    let variables: Vec<_> = names.iter().map(|name| (name.as_str(), value.as_str())).collect();
    let launch = script("true", &variables);
    let mut nowhere = Vec::new();
    let mut nowhere_too = Vec::new();
    let sinks = super::Sinks {
        out: super::Sink { to: &mut nowhere, terminal: None },
        err: super::Sink { to: &mut nowhere_too, terminal: None },
    };
    let error = takk::launch::redacted(&launch, &[], sinks).expect_err("no system takes 26 MB");
    assert_eq!(error.exit_code(), 126);
    assert!(error.hints.iter().any(|hint| hint.contains("`LONG_")), "{error:?}");
    assert!(!format!("{error:?}").contains("zzzz"));
}
