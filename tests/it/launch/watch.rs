//! Restarting a command.

use std::fs;
use std::path::Path;
use std::time::Duration;

use takk::launch::{Launch, Masking, Sink, Sinks, Watch, watched};
use takk_model::error::{Error, Result};
use takk_vault::SecretValue;

use super::{PATIENCE, in_time, script};

/// Watches `first` until the file `ready` has a line, then returns `next` once.
fn watch(ready: &Path, grace: Duration, first: Launch, next: Result<Launch>, masking: Option<Masking<'_, '_>>) -> Result<u8> {
    let mut next = Some(next);
    let mut when_ready = || match fs::read_to_string(ready) {
        Ok(text) if text.ends_with('\n') => next.take().transpose(),
        _ => Ok(None),
    };
    watched(first, Watch { interval: Duration::from_millis(10), grace, next: &mut when_ready }, masking)
}

/// Whether a process is running; a zombie is not.
fn runs(number: &str) -> bool {
    fs::read_to_string(format!("/proc/{number}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_change_starts_it_again_and_its_end_is_the_end() {
    let directory = tempfile::tempdir().expect("it works");
    let ready = directory.path().join("ready");
    let first = script(&format!("trap 'exit 1' TERM; echo first >>'{0}'; while :; do sleep 0.01; done", ready.display()), &[]);
    let next = script(&format!("echo \"$KEY\" >>'{0}'; exit 6", ready.display()), &[("KEY", "changed")]);
    assert_eq!(in_time(|| watch(&ready, PATIENCE, first, Ok(next), None)).expect("it works"), 6);
    assert_eq!(fs::read_to_string(&ready).expect("it works"), "first\nchanged\n");
}

#[test]
fn what_does_not_end_is_killed_with_what_it_started() {
    let directory = tempfile::tempdir().expect("it works");
    let ready = directory.path().join("ready");
    let stubborn = "trap '' TERM; sh -c 'echo $$ >>\"$0\"; while :; do sleep 0.01; done'";
    let first = script(&format!("{stubborn} '{}'", ready.display()), &[]);
    assert_eq!(
        in_time(|| watch(&ready, Duration::from_millis(200), first, Ok(script("exit 8", &[])), None)).expect("it works"),
        8
    );
    let number = fs::read_to_string(&ready).expect("it works");
    in_time(|| while runs(number.trim()) {});
}

#[test]
fn what_it_started_ends_before_it_is_started_again() {
    let directory = tempfile::tempdir().expect("it works");
    let ready = directory.path().join("ready");
    // The shell ends immediately, its child a moment later.
    let child = "trap 'sleep 0.3; echo ended >>\"$0\"; exit' TERM; echo started >>\"$0\"; while :; do sleep 0.01; done";
    let first = script(&format!("sh -c '{}' '{}'; true", child.replace('\'', r"'\''"), ready.display()), &[]);
    let next = script(&format!("echo next >>'{}'", ready.display()), &[]);
    assert_eq!(in_time(|| watch(&ready, PATIENCE, first, Ok(next), None)).expect("it works"), 0);
    assert_eq!(fs::read_to_string(&ready).expect("it works"), "started\nended\nnext\n");
}

#[test]
fn each_start_masks_its_own_values() {
    let directory = tempfile::tempdir().expect("it works");
    let ready = directory.path().join("ready");
    let first =
        script(&format!("echo $KEY; echo >>'{}'; while :; do sleep 0.01; done", ready.display()), &[("KEY", "hunter2")]);
    let next = script("echo $KEY $PLAIN >&2", &[("KEY", "hunter3"), ("PLAIN", "localhost")]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let sinks = Sinks { out: Sink { to: &mut out, terminal: None }, err: Sink { to: &mut err, terminal: None } };
    let masking = Masking { secrets: &secret, sinks };
    assert_eq!(in_time(|| watch(&ready, PATIENCE, first, Ok(next), Some(masking))).expect("it works"), 0);
    assert_eq!(String::from_utf8_lossy(&out), "[redacted KEY]\n");
    assert_eq!(String::from_utf8_lossy(&err), "[redacted KEY] localhost\n");
}

fn secret(launch: &Launch) -> Vec<(&str, &SecretValue)> {
    launch.variables.iter().filter(|(name, _)| name == "KEY").map(|(name, value)| (name.as_str(), value)).collect()
}

#[test]
fn an_error_ends_the_command() {
    let directory = tempfile::tempdir().expect("it works");
    let ready = directory.path().join("ready");
    let first = script(&format!("echo $$ >>'{}'; exec sleep 100", ready.display()), &[]);
    let error =
        in_time(|| watch(&ready, PATIENCE, first, Err(Error::usage("a value is missing")), None)).expect_err("it fails");
    assert_eq!(error.message, "a value is missing");
    assert!(!runs(fs::read_to_string(&ready).expect("it works").trim()));
}
