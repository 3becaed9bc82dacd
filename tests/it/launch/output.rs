//! Masked output: through pipes and terminals, in any amount, and to its end.

use std::fs;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags};
use rustix::process::{Signal, getpid, kill_process};
use rustix::pty::OpenptFlags;
use rustix::termios::{Winsize, tcsetwinsize};
use takk::launch::{Launch, Sink, Sinks, redacted};

use super::{in_time, masked, script};

#[test]
fn both_streams_are_masked_and_the_exit_status_is_kept() {
    let masked = masked("echo \"out $KEY\"; printf %s \"err $KEY\" >&2; exit 3", &[("KEY", "hunter2")]);
    assert_eq!((masked.code, masked.out().as_str()), (3, "out [redacted KEY]\n"));
    assert_eq!(masked.err(), "err [redacted KEY]");
}

#[test]
fn a_signal_is_128_and_its_number() {
    assert_eq!(masked("kill -TERM $$", &[]).code, 143);
    assert_eq!(masked("kill -KILL $$", &[]).code, 137);
    assert_eq!(masked("exit 255", &[]).code, 255);
}

#[test]
fn real_programs_write_values_in_many_ways() {
    let program = r"
import base64, json, os, sys, urllib.parse
key = os.environ['KEY']
print(repr(key), json.dumps(key), urllib.parse.quote(key), urllib.parse.quote(key, safe=''), urllib.parse.quote_plus(key))
print(key.encode().hex(), key.encode(), base64.b64encode(key.encode()).decode(), base64.urlsafe_b64encode(key.encode()).decode())
print(base64.b64encode(b'user:' + key.encode() + b'\n').decode())
sys.stdout.flush()
for byte in key.encode():
    os.write(1, bytes([byte]))
sys.stdout.buffer.write(b'\xff\x00' + key.encode())
";
    let key = "p&ss'w0rd \"q\"\\/ünï\n😀~+=";
    let masked = masked("python3 -c \"$PROGRAM\" && true", &[("PROGRAM", program), ("KEY", key)]);
    assert_eq!(masked.err(), "");
    let out = masked.out();
    assert_eq!(out.matches("[redacted KEY]").count(), 12, "{out}");
    // What remains are quotes, adjacent base64 digits, and bytes that are not text.
    let rest = out.replace("[redacted KEY]", "");
    assert!(rest.chars().filter(char::is_ascii_alphanumeric).count() < 16, "{rest}");
}

#[test]
fn ten_megabytes_on_both_streams() {
    let masked = masked("yes hunter2 | head -c 10000000 >&2 & yes hunter2 | head -c 10000000; wait", &[("KEY", "hunter2")]);
    let expected = 10_000_000 / "hunter2\n".len() * "[redacted KEY]\n".len();
    assert_eq!((masked.code, masked.out.len(), masked.err.len()), (0, expected, expected));
}

#[test]
fn a_stream_may_end_early() {
    let masked = masked("exec >&-; echo more >&2; exit 4", &[]);
    assert_eq!((masked.code, masked.err().as_str()), (4, "more\n"));
}

#[test]
fn a_process_left_behind_does_not_keep_it_waiting() {
    let masked = masked("sleep 100 & echo $!; exit 5", &[]);
    kill_process(
        rustix::process::Pid::from_raw(masked.out().trim().parse().expect("it works")).expect("it works"),
        Signal::KILL,
    )
    .expect("it works");
    assert_eq!(masked.code, 5);
}

#[test]
fn a_process_left_behind_that_prints_on_does_not_either() {
    // It ends when nobody reads its output any more.
    let masked = masked("(while :; do echo on; done) & echo first; exit 6", &[]);
    assert_eq!(masked.code, 6);
    assert!(masked.out().contains("first\n"));
}

/// Calls a function at its first write.
struct OnFirst<F: FnMut() -> io::Result<()>> {
    taken: Vec<u8>,
    first: F,
}

impl<F: FnMut() -> io::Result<()>> Write for OnFirst<F> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.taken.is_empty() {
            (self.first)()?;
        }
        self.taken.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs without secrets, with `terminal`, if given, as the terminal of `out`.
fn run(launch: &Launch, out: &mut (dyn Write + Send), terminal: Option<&OwnedFd>) -> takk_model::error::Result<u8> {
    let mut err = Vec::new();
    let terminal = terminal.map(AsFd::as_fd);
    let code = in_time(|| {
        let sinks = Sinks { out: Sink { to: out, terminal }, err: Sink { to: &mut err, terminal } };
        redacted(launch, &[("KEY", &"hunter2".into())], sinks)
    });
    assert_eq!(String::from_utf8_lossy(&err), "");
    code
}

#[test]
fn a_prompt_is_seen_before_its_line_ends() {
    let directory = tempfile::tempdir().expect("it works");
    let seen: PathBuf = directory.path().join("seen");
    let launch = script(&format!("printf 'Name: '; until [ -e '{}' ]; do sleep 0.01; done; echo thanks", seen.display()), &[]);
    let mut out = OnFirst { taken: Vec::new(), first: || fs::write(&seen, "") };
    assert_eq!(run(&launch, &mut out, None).expect("it works"), 0);
    assert_eq!(out.taken, b"Name: thanks\n");
}

#[test]
fn the_command_is_told_when_nobody_reads() {
    let mut out = OnFirst { taken: Vec::new(), first: || Err(io::ErrorKind::BrokenPipe.into()) };
    // The command ends like any program in a closed pipe, without a message.
    assert_eq!(run(&script("exec yes 2>/dev/null", &[]), &mut out, None).expect("it works"), 141);
    let mut out = OnFirst { taken: Vec::new(), first: || Err(io::ErrorKind::StorageFull.into()) };
    let error = run(&script("exec yes 2>/dev/null", &[]), &mut out, None).expect_err("it fails");
    assert_eq!(error.message, "cannot write the output of the command");
}

#[test]
fn a_command_that_does_not_exist_is_127() {
    let launch = Launch { command: vec!["no-such-command".into()], ..script("", &[]) };
    assert_eq!(run(&launch, &mut Vec::new(), None).expect_err("it fails").exit_code(), 127);
}

/// A terminal of 33 lines and 77 columns.
fn terminal() -> (OwnedFd, OwnedFd) {
    let reader = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("it works");
    rustix::pty::grantpt(&reader).expect("it works");
    rustix::pty::unlockpt(&reader).expect("it works");
    let name = rustix::pty::ptsname(&reader, Vec::new()).expect("it works");
    let writer = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("it works");
    resize(&reader, 33, 77);
    (reader, writer)
}

fn resize(terminal: &OwnedFd, lines: u16, columns: u16) {
    tcsetwinsize(terminal, Winsize { ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).expect("it works");
}

#[test]
fn a_terminal_is_a_terminal_for_the_command() {
    let (_reader, terminal) = terminal();
    let mut out = Vec::new();
    let launch = script("test -t 1 && test -t 2 && stty size <&1; echo hunter2 >&2; echo last", &[]);
    assert_eq!(run(&launch, &mut out, Some(&terminal)).expect("it works"), 0);
    assert_eq!(String::from_utf8_lossy(&out), "33 77\n[redacted KEY]\nlast\n");
}

#[test]
fn a_new_size_reaches_the_command() {
    let (_reader, terminal) = terminal();
    let launch = script("trap 'stty size <&1; exit 9' WINCH; echo ready; while :; do sleep 0.01; done", &[]);
    let first = || {
        resize(&terminal, 44, 99);
        Ok(kill_process(getpid(), Signal::WINCH)?)
    };
    let mut out = OnFirst { taken: Vec::new(), first };
    assert_eq!(run(&launch, &mut out, Some(&terminal)).expect("it works"), 9);
    assert_eq!(String::from_utf8_lossy(&out.taken), "ready\n44 99\n");
}

#[test]
fn a_process_left_behind_on_a_terminal_does_not_keep_it_waiting() {
    let (_reader, terminal) = terminal();
    let mut out = Vec::new();
    assert_eq!(run(&script("(sleep 3; echo late) & echo first; exit 5", &[]), &mut out, Some(&terminal)).expect("it works"), 5);
    assert_eq!(out, b"first\n");
}

#[test]
fn the_beginning_of_a_value_is_shown_where_somebody_waits() {
    let (_reader, terminal) = terminal();
    let directory = tempfile::tempdir().expect("it works");
    let seen = directory.path().join("seen");
    let launch = script(&format!("printf h; until [ -e '{}' ]; do sleep 0.01; done; echo i", seen.display()), &[]);
    let mut out = OnFirst { taken: Vec::new(), first: || fs::write(&seen, "") };
    assert_eq!(run(&launch, &mut out, Some(&terminal)).expect("it works"), 0);
    assert_eq!(out.taken, b"hi\n");
}
