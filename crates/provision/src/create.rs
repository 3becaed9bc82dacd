//! The order in which one resource is created. Its credentials are stored before; its variables are set after.

use std::thread::sleep;
use std::time::{Duration, Instant};

use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;

use crate::blueprint::Blueprint;
use crate::copy::{self, Source};
use crate::disk::{FREE_SPACE, is_disk_full};
use crate::ledger::{Entry, State};
use crate::login::{self, Accepted, Login, NotReady};
use crate::ports::{Ports, in_use, is_free};
use crate::provisioner::{Journal, Phase, Provisioner, Status};
use crate::server;
use crate::server::postgres::extensions;

/// How long a server may take until it accepts a login, unless it ends before. Java and Python start slowly on a busy machine.
const LONGEST_START: Duration = Duration::from_mins(2);
/// The timeout of one login.
const LONGEST_LOGIN: Duration = Duration::from_secs(5);
/// How long to wait before a login that was refused is tried again, where new logins take a while.
const SETTLING: Duration = Duration::from_millis(500);
/// How often to start a server on another port.
const ATTEMPTS: usize = 5;
/// How many of the server's last lines an error shows.
const LINES: usize = 5;
/// How many of the last lines to search for the reason why it ended.
const MANY_LINES: usize = 200;

/// Creates what a resource lacks, starts it, and waits until it accepts a login with the credentials of the entry.
pub fn create(
    provisioner: &dyn Provisioner,
    blueprint: &Blueprint,
    entry: &mut Entry,
    source: Option<&Source>,
    ports: &Ports,
    journal: &dyn Journal,
) -> Result<()> {
    copy::begin_anew(provisioner, entry, journal)?;
    if entry.state != State::Live {
        entry.state = State::Creating;
    }
    let accepted = start(provisioner, blueprint, entry, ports, journal)?;
    if accepted.version.is_some() {
        entry.server_version = accepted.version;
    }
    prepare(entry).map_err(|reason| not_ready(provisioner, entry, &reason))?;
    if !entry.is_on_server() {
        let lack = extensions::create_on_own(entry).map_err(|reason| not_ready(provisioner, entry, &reason))?;
        if let Some(lack) = lack {
            journal.lacks(lack);
        }
    }
    copy::carry_out(source, entry, journal)?;
    entry.step = Some("login".to_owned());
    journal.store(entry)
}

/// Starts the server and waits for a login. Tries another port if the chosen one was taken in the meantime.
fn start(
    provisioner: &dyn Provisioner,
    blueprint: &Blueprint,
    entry: &mut Entry,
    ports: &Ports,
    journal: &dyn Journal,
) -> Result<Accepted> {
    let mut attempts = 1;
    loop {
        provisioner.start(blueprint, entry, ports, journal)?;
        journal.phase(Phase::LoggingIn);
        if entry.is_on_server() {
            // It ran before, so nothing has to start.
            let hint = server::of_entry(entry).map_or("", |kind| kind.keeps_out);
            let settles = server::of_entry(entry).map_or(Duration::ZERO, |kind| kind.settles);
            return settled(entry, settles, journal)
                .map_err(|reason| Error::system(format!("{}: {reason}", entry.key())).hint(hint));
        }
        match wait(provisioner, entry, journal) {
            Err(_) if attempts < ATTEMPTS && has_lost_port(provisioner, entry) => {
                journal.note(lost_port(entry).unwrap_or_else(|| "one of its ports is in use".to_owned()));
                entry.port = None;
                entry.ports.clear();
                attempts += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Logs in to a server that exists, which may refuse a new login for a while until all of it knows that.
fn settled(entry: &Entry, limit: Duration, journal: &dyn Journal) -> Result<Accepted, NotReady> {
    let begun = Instant::now();
    loop {
        match log_in(entry) {
            Err(NotReady::Refused(_)) if begun.elapsed() < limit && !journal.is_cancelled() => sleep(SETTLING),
            answer => return answer,
        }
    }
}

/// Whether the server ended while another process listens on its port, or on another one that it needed.
fn has_lost_port(provisioner: &dyn Provisioner, entry: &Entry) -> bool {
    let has_ended = matches!(provisioner.status(entry), Ok(Status::Stopped(_)));
    // The other process may have ended, too, by now.
    let says_so = || provisioner.last_lines(entry, MANY_LINES).iter().any(|line| says_port_is_taken(line));
    has_ended && (lost_port(entry).is_some() || says_so())
}

/// Whether a line of a server's log says that another process has its port: in the words of the system (`EADDRINUSE`), of Erlang, or of
/// gunicorn.
fn says_port_is_taken(line: &str) -> bool {
    let line = line.to_lowercase();
    ["address already in use", "eaddrinuse", "connection in use"].iter().any(|words| line.contains(words))
}

/// Who listens on the port of a server that has ended.
fn lost_port(entry: &Entry) -> Option<String> {
    entry.port.filter(|port| !is_free(*port)).map(in_use)
}

/// Whether the server of an entry accepts a login now, and its database has what the code needs.
pub fn check(entry: &Entry) -> Result<Accepted, NotReady> {
    let accepted = log_in(entry)?;
    extensions::complete(entry).map(|()| accepted)
}

fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    match server::of_entry(entry) {
        Some(kind) => (kind.log_in)(entry),
        None => login::log_in(&login_of(entry)),
    }
}

/// Creates what programs expect in a new server, if logging in does not create it.
pub fn prepare(entry: &Entry) -> Result<(), NotReady> {
    if entry.kind == "s3" && !entry.is_on_server() { login::create_bucket(&login_of(entry)) } else { Ok(()) }
}

/// Waits until the server of an entry accepts a login. Another process may have taken its port after that was chosen, and answers
/// in its place, until the server finds that and ends.
fn wait(provisioner: &dyn Provisioner, entry: &Entry, journal: &dyn Journal) -> Result<Accepted> {
    let begun = Instant::now();
    let is_running = || !journal.is_cancelled() && matches!(provisioner.status(entry), Ok(Status::Running));
    loop {
        let answer = login::until_ready(&login_of(entry), LONGEST_START.saturating_sub(begun.elapsed()), is_running);
        if journal.is_cancelled() {
            return Err(Error::usage(format!("{} was interrupted", entry.key())));
        }
        if provisioner.is_listening(entry) {
            return answer.map_err(|reason| not_ready(provisioner, entry, &reason));
        }
        if !is_running() || begun.elapsed() > LONGEST_START {
            let other = entry.port.map_or_else(String::new, in_use);
            return Err(not_ready(provisioner, entry, &NotReady::OtherServer(other)));
        }
        sleep(SETTLING);
    }
}

fn login_of(entry: &Entry) -> Login<'_> {
    Login {
        kind: &entry.kind,
        host: entry.host(),
        address: None,
        port: entry.port.unwrap_or_default(),
        ports: &entry.ports,
        credentials: &entry.credentials,
        tls: None,
        timeout: LONGEST_LOGIN,
    }
}

/// The error for a server that did not become ready: the reason, its last lines, and what to do.
fn not_ready(provisioner: &dyn Provisioner, entry: &Entry, reason: &NotReady) -> Error {
    let key = entry.key();
    let message = match (provisioner.status(entry), lost_port(entry)) {
        (Ok(Status::Stopped(_)), Some(other)) => format!("{key}: the server ended; {other}"),
        (Ok(Status::Stopped(Some(code))), None) => format!("{key}: the server ended with exit status {code}"),
        (Ok(Status::Stopped(None)), None) => format!("{key}: the server ended"),
        _ => format!("{key}: {reason}"),
    };
    let mut error = Error::system(message);
    let lines = provisioner.last_lines(entry, LINES);
    let is_disk_full = lines.iter().any(|line| is_disk_full(line));
    for line in lines {
        error = error.about(line);
    }
    if is_disk_full {
        error = error.hint(FREE_SPACE);
    }
    error.hint(format!("`takk logs {}` shows all that it wrote; `takk up` continues where this stopped", shell_word(&key)))
}

#[cfg(test)]
mod tests {
    use super::says_port_is_taken;

    #[test]
    fn a_port_that_is_taken_is_recognized_in_each_log() {
        for line in [
            "27943:M 30 Nov 2026 22:12:33.303 # Warning: Could not create server TCP listening socket 127.0.0.1:6380: bind: Address already in use",
            "LOG:  could not bind IPv4 address \"127.0.0.1\": Address already in use",
            "[ERROR] Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use",
            "F1130 19:08:24.943620 s3.go:448 s3 failed to listen on grpc port 36953: listen tcp 127.0.0.1:36953: bind: address already in use",
            "Failed to start Ranch listener {acceptor,{127,0,0,1},5672} in ranch_tcp:listen for reason eaddrinuse (address already in use)",
            "[2026-11-30 22:12:33 +0000] [812] [ERROR] Connection in use: ('127.0.0.1', 5000)",
        ] {
            assert!(says_port_is_taken(line), "{line}");
        }
        assert!(!says_port_is_taken("ready to accept connections"));
    }
}
