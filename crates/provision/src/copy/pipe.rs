//! Two programs with a pipe between them.

use std::io::{Read, Write};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use takk_model::error::{Error, Result};

use crate::ledger::Entry;
use crate::provisioner::Journal;

/// How often to look whether the programs have ended.
const PAUSE: Duration = Duration::from_millis(50);
/// How often to write the entry, which renews the lease of a long copy.
const RENEWAL: Duration = Duration::from_mins(1);
/// How much of the messages of a program to keep.
const MOST: usize = 64 << 10;
/// How many characters of one message to show.
const LONGEST: usize = 300;

/// Passes the output of one program on to the other.
pub(super) type Filter = fn(&mut dyn Read, &mut dyn Write) -> std::io::Result<()>;

/// Runs both, until they have ended or the user interrupts. Fails if either does.
pub(super) fn run(mut dump: Command, mut restore: Command, filter: Filter, entry: &Entry, journal: &dyn Journal) -> Result<()> {
    let key = entry.key();
    let failed = |name: String, error| Error::system(format!("{key}: cannot run {name}")).caused_by(error);
    dump.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    restore.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut first = Running(dump.spawn().map_err(|error| failed(name_of(&dump), error))?);
    let mut second = Running(restore.spawn().map_err(|error| failed(name_of(&restore), error))?);
    let (Some(mut output), Some(mut input)) = (first.0.stdout.take(), second.0.stdin.take()) else {
        return Err(Error::internal("a program without a pipe"));
    };
    let said = [first.0.stderr.take(), second.0.stderr.take()].map(listened);
    // When the dump ends, the pipe is closed; when the program that reads it ends, writing fails, and so does the dump.
    let passing = thread::spawn(move || filter(&mut output, &mut input));
    let outcome = wait([&mut first, &mut second], entry, journal);
    drop((first, second));
    let _ = passing.join();
    let said = said.map(|said| said.join().unwrap_or_default());
    let statuses = outcome?;
    let names = [name_of(&dump), name_of(&restore)];
    // The dump also fails because the other program ended, which is then the cause.
    for at in [1, 0] {
        if !statuses[at].success() {
            return Err(stopped(&key, &names[at], statuses[at], &said[at]));
        }
    }
    Ok(())
}

/// A program that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait(programs: [&mut Running; 2], entry: &Entry, journal: &dyn Journal) -> Result<[ExitStatus; 2]> {
    let [first, second] = programs;
    let mut renewed = Instant::now();
    loop {
        let failed = |error| Error::system(format!("{}: cannot wait for a program", entry.key())).caused_by(error);
        match (first.0.try_wait().map_err(failed)?, second.0.try_wait().map_err(failed)?) {
            (Some(first), Some(second)) => return Ok([first, second]),
            // Nobody reads any more what the first one writes.
            (None, Some(status)) if !status.success() => {
                let _ = first.0.kill();
            }
            _ => {}
        }
        if journal.is_cancelled() {
            return Err(Error::usage(format!("{} was interrupted", entry.key())));
        }
        if renewed.elapsed() > RENEWAL {
            journal.store(entry)?;
            renewed = Instant::now();
        }
        sleep(PAUSE);
    }
}

/// Reads what a program writes to its standard error; only the last of it is kept.
fn listened(stream: Option<ChildStderr>) -> JoinHandle<String> {
    thread::spawn(move || {
        let (mut kept, mut buffer) = (Vec::new(), [0; 4096]);
        if let Some(mut stream) = stream {
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                kept.extend_from_slice(&buffer[..length]);
                let excess = kept.len().saturating_sub(MOST);
                kept.drain(..excess);
            }
        }
        String::from_utf8_lossy(&kept).into_owned()
    })
}

/// The error of a program, with its messages. Only lines that begin an error are shown: the others quote rows.
fn stopped(key: &str, name: &str, status: ExitStatus, said: &str) -> Error {
    let is_error = |line: &&str| line.contains("error:") || line.starts_with("ERROR ") || line.contains(": Got error:");
    let error = Error::system(format!("{key}: {name} failed with {status}"));
    said.lines().filter(is_error).take(3).fold(error, |error, line| error.about(line.chars().take(LONGEST).collect::<String>()))
}

fn name_of(command: &Command) -> String {
    let path = std::path::Path::new(command.get_program());
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Passes everything on as it is.
pub(super) fn unchanged(input: &mut dyn Read, output: &mut dyn Write) -> std::io::Result<()> {
    std::io::copy(input, output).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_quotes_no_rows() {
        use std::os::unix::process::ExitStatusExt;
        let said = "pg_restore: error: could not execute query: ERROR:  duplicate key\nDETAIL:  Key (email)=(a@example.org) exists.\n\
                    CONTEXT:  COPY people, line 1: \"a@example.org\"\nCommand was: COPY people\n";
        let error = stopped("postgres/default", "pg_restore", ExitStatus::from_raw(256), said);
        assert_eq!(error.details, ["pg_restore: error: could not execute query: ERROR:  duplicate key"]);
    }
}
