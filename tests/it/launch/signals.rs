//! A replaced process is the command itself; a parent process passes on the signals that only it received.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command};

use rustix::process::{Pid, Signal, kill_process};

use super::{helper_command, in_time};

/// Starts a helper and waits for its script to print `ready`, after the output of the test program itself.
fn ready(mut command: Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = command.spawn().expect("it works");
    let mut lines = BufReader::new(child.stdout.take().expect("it works"));
    let mut line = String::new();
    while !line.ends_with("ready\n") {
        line.clear();
        assert!(lines.read_line(&mut line).expect("it works") > 0, "it ended before it was ready");
    }
    (child, lines)
}

/// The rest of the output and the exit status of a helper that gets `signal` when it is ready.
fn signalled(mode: &str, text: &str, signal: Signal) -> (String, Option<i32>) {
    in_time(|| {
        let (mut child, mut lines) = ready(helper_command(mode, text));
        kill_process(Pid::from_child(&child), signal).expect("it works");
        let mut rest = String::new();
        lines.read_to_string(&mut rest).expect("it works");
        let status = child.wait().expect("it works");
        (rest, status.code().or_else(|| status.signal().map(|signal| -signal)))
    })
}

const WAITS: &str = "trap 'echo got $KEY; exit 7' INT TERM HUP USR1; echo ready; while :; do sleep 0.01; done";

#[test]
fn a_replaced_process_keeps_its_number_and_has_the_signals() {
    in_time(|| {
        let (mut child, mut lines) = ready(helper_command("replace", "echo $$ ready; read line; echo ready; exec sleep 100"));
        lines.read_line(&mut String::new()).expect("it works");
        kill_process(Pid::from_child(&child), Signal::TERM).expect("it works");
        assert_eq!(child.wait().expect("it works").signal(), Some(15));
    });
    assert_eq!(signalled("replace", WAITS, Signal::INT), ("got hunter2\n".to_owned(), Some(7)));
}

#[test]
fn a_replaced_process_has_the_same_number() {
    let child = helper_command("replace", "echo number $$").spawn().expect("it works");
    let number = child.id();
    let output = in_time(|| child.wait_with_output().expect("it works"));
    assert!(String::from_utf8_lossy(&output.stdout).ends_with(&format!("number {number}\n")));
}

#[test]
fn signals_to_this_process_alone_are_passed_on() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::USR1] {
        for (mode, said) in [("redacted", "got [redacted KEY]\n"), ("watched", "got hunter2\n")] {
            assert_eq!(signalled(mode, WAITS, signal), (said.to_owned(), Some(7)), "{mode} {signal:?}");
        }
    }
}

#[test]
fn a_command_that_a_signal_ends_ends_this_process_with_its_number() {
    assert_eq!(signalled("redacted", "echo ready; exec sleep 100", Signal::TERM).1, Some(143));
}

#[test]
fn the_limit_of_core_dumps_is_the_commands_own() {
    for mode in ["replace", "redacted", "watched"] {
        let helper = helper_command(mode, "echo limit $(ulimit -Sc)");
        let mut command = Command::new("sh");
        // If the machine allows no core dumps, that is inherited.
        command.args(["-c", "ulimit -Sc 7 2>/dev/null; echo before $(ulimit -Sc); exec \"$0\" \"$@\""]);
        command.arg(helper.get_program()).args(helper.get_args());
        command.envs(helper.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = in_time(|| command.output().expect("it works"));
        let text = String::from_utf8_lossy(&output.stdout);
        let number = |word: &str| text.lines().find_map(|line| line.rsplit_once(word).map(|(_, number)| number.to_owned()));
        assert!(number("before ").is_some() && number("before ") == number("limit "), "{mode}: {text}");
    }
}

#[test]
fn an_ignored_signal_stays_ignored() {
    let helper = helper_command("redacted", "echo ready; trap; kill -HUP $$; kill -HUP $PPID; echo alive; exit 3");
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(helper.get_program()).args(helper.get_args());
    command.envs(helper.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = in_time(|| command.output().expect("it works"));
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("alive\n"));
    assert_eq!(output.status.code(), Some(3));
}

/// Runs a program in a terminal, types a line, waits for `ready`, and types Ctrl-C. Prints what the terminal showed.
const TYPIST: &str = r"
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
os.write(terminal, b'typed\n')
shown = b''
is_interrupted = False
while True:
    try:
        piece = os.read(terminal, 1024)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if b'ready' in shown and not is_interrupted:
        is_interrupted = True
        os.write(terminal, b'\x03')
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";

#[test]
fn what_is_typed_reaches_the_command_once() {
    let text = "count=0; trap 'count=$((count+1))' INT; read line; echo ready; test -t 1 && echo seen;\
        until [ $count -gt 0 ]; do sleep 0.01; done; sleep 0.3; sleep 0.1; echo end $line $KEY $count; exit 9";
    for (mode, expected) in [("redacted", "end typed [redacted KEY] 1\r\n"), ("watched", "end typed hunter2 1\r\n")] {
        let helper = helper_command(mode, text);
        let mut command = Command::new("python3");
        command.args(["-c", TYPIST]).arg(helper.get_program()).args(helper.get_args());
        command.envs(helper.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = in_time(|| command.output().expect("it works"));
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(
            shown.contains("seen\r\n") && shown.ends_with(expected),
            "{mode}: {shown} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(9), "{mode}");
    }
}
