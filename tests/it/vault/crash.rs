//! Killed processes, and many at once. Children are this test binary itself, running one ignored test.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use takk_vault::SecretsError;

use super::{Home, open, update};

/// The variable that tells a child where the store is.
pub(super) const STORE: &str = "TAKK_TEST_STORE";
/// How often a child is killed. `TAKK_TEST_KILLS` overrides it, for a longer run by hand.
const KILLS: u32 = 500;

/// This binary, running the child that writes.
pub(super) fn child_arguments() -> Vec<String> {
    let binary = std::env::current_exe().expect("a test binary has a path");
    let words = ["--ignored", "--exact", "vault::crash::writes_until_killed", "--nocapture", "--test-threads=1"];
    std::iter::once(binary.display().to_string()).chain(words.map(str::to_owned)).collect()
}

/// What a child reported as written: `NAME VERSION` pairs, each of which determines its value.
pub(super) fn acknowledged(printed: &str) -> Vec<(String, i64)> {
    // A line that was cut off was not acknowledged. The test runner writes before the first line.
    let whole = printed.rfind('\n').map_or("", |end| &printed[..end]);
    whole
        .lines()
        .filter_map(|line| {
            let (name, version) = line.split_once("kept ")?.1.split_once(' ')?;
            Some((name.to_owned(), version.parse().ok()?))
        })
        .collect()
}

fn value_of(name: &str, version: i64) -> String {
    format!("{name} in version {version} {}", "x".repeat(usize::try_from(version).unwrap_or(0) % 300))
}

/// Asserts that everything that was acknowledged is there, and that whatever is there is intact.
pub(super) fn assert_kept(home: &Home, acknowledged: &[(String, i64)]) {
    let mut vault = home.vault();
    for (name, version) in acknowledged {
        let value = vault.version("shop", "dev", name, *version).expect("it is readable").expect("it is set");
        assert_eq!(value.expose(), value_of(name, *version));
    }
    for entry in vault.list("shop", "dev").expect("readable") {
        if entry.name.starts_with("KEY_") {
            let value = vault.version("shop", "dev", &entry.name, entry.version).expect("readable").expect("set");
            assert_eq!(value.expose(), value_of(&entry.name, entry.version), "half-written");
        }
    }
}

#[test]
#[ignore = "run as a child of the tests here"]
fn writes_until_killed() {
    let Some(file) = std::env::var_os(STORE) else { return };
    let mut vault = open(file.as_ref()).expect("the store opens");
    for round in 0.. {
        let name = format!("KEY_{}", round % 7);
        let version = vault.history("shop", "dev", &name).expect("read").first().map_or(0, |entry| entry.version) + 1;
        let change = update(&name, Some(&value_of(&name, version)), Some(version - 1));
        vault.update("shop", "dev", "child", &[change]).expect("it is kept");
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept {name} {version}").and_then(|()| out.flush()).expect("the parent listens");
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let kills = std::env::var("TAKK_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let home = Home::new();
    home.vault().create_environment("shop", "dev", None).expect("made");
    let arguments = child_arguments();
    let mut total = 0;
    for round in 0..kills {
        let mut command = Command::new(&arguments[0]);
        command.args(&arguments[1..]).env(STORE, home.file()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the child starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut printed = String::new();
        // Killed after the first acknowledgement at the earliest, each time at another moment.
        while !printed.contains("kept ") && lines.read_line(&mut printed).expect("readable") > 0 {}
        std::thread::sleep(Duration::from_micros(u64::from(round * 37 % 4001)));
        child.kill().expect("it is killed");
        std::io::Read::read_to_string(&mut lines, &mut printed).expect("readable");
        child.wait().expect("it has ended");
        let kept = acknowledged(&printed);
        total += kept.len();
        if round % 10 == 0 || round + 1 == kills {
            assert_kept(&home, &kept);
        } else {
            let mut vault = home.vault();
            let (name, version) = kept.last().expect("one was acknowledged");
            let value = vault.version("shop", "dev", name, *version).expect("readable").expect("set");
            assert_eq!(value.expose(), value_of(name, *version));
        }
    }
    assert!(total >= usize::try_from(kills).expect("small"), "{total} values in {kills} rounds");
    assert!(home.vault().verify().expect("readable").wrong.is_empty());
}

#[test]
#[ignore = "run as a child of the tests here"]
fn counts_up() {
    let Some(file) = std::env::var_os(STORE) else { return };
    let mut vault = open(file.as_ref()).expect("the store opens");
    for _ in 0..10 {
        loop {
            let now = vault.get("shop", "dev", "COUNT").expect("read");
            let (count, version) =
                now.map_or((0, 0), |(value, version)| (value.expose().parse::<u32>().expect("a number"), version));
            match vault.update("shop", "dev", "child", &[update("COUNT", Some(&(count + 1).to_string()), Some(version))]) {
                Ok(_) => break,
                Err(SecretsError::Changed { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert!(!vault.list("shop", "dev").expect("read").is_empty());
    }
}

#[test]
fn many_processes_lose_no_update() {
    const PROCESSES: u32 = 32;
    let home = Home::new();
    home.vault().create_environment("shop", "dev", None).expect("made");
    let binary = std::env::current_exe().expect("a test binary has a path");
    let start = |_| {
        let mut command = Command::new(&binary);
        command.args(["--ignored", "--exact", "vault::crash::counts_up", "--test-threads=1"]).env(STORE, home.file());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the child starts")
    };
    let children: Vec<_> = (0..PROCESSES).map(start).collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(super::get(&mut home.vault(), "dev", "COUNT"), Some((PROCESSES * 10).to_string()));
    let entry = &home.vault().list("shop", "dev").expect("readable")[0];
    assert_eq!(entry.version, i64::from(PROCESSES * 10), "a version was written twice, or one is missing");
}
