//! The process of a server, detached from takk. It inherits a file with a lock that it holds for as long as it runs, which
//! shows whether it runs even if another process has its ID now.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use takk_model::error::{Error, Result};

use super::directory::Directory;
use super::kinds::Launch;
use super::user::ServerUser;

/// How long a killed process may take to end, or a new one to start.
const LONGEST_END: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// Moves the lock from the standard input, which servers may close (`mariadbd` does), writes the process ID, and becomes the server. So a
/// server never runs without its process ID on disk.
const BEGIN: &str = "exec 9<&0 </dev/null && printf %s \"$$\" >\"$0\" && exec \"$@\"";

pub(super) struct Process<'d> {
    directory: &'d Directory,
}

impl<'d> Process<'d> {
    pub(super) fn of(directory: &'d Directory) -> Self {
        Self { directory }
    }

    pub(super) fn is_running(&self) -> Result<bool> {
        let Ok(file) = File::open(self.lock_file()) else { return Ok(false) };
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => Ok(false),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(true),
            Err(error) => Err(self.failed("cannot determine whether it is running").caused_by(std::io::Error::from(error))),
        }
    }

    pub(super) fn start(&self, launch: &Launch, user: Option<&ServerUser>) -> Result<()> {
        let failed = |error: std::io::Error| self.failed("cannot start the server").caused_by(error);
        let open =
            |path: &PathBuf| OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path).map_err(failed);
        let lock = open(&self.lock_file())?;
        if !locked(&lock) {
            return Ok(());
        }
        let number = self.number_file();
        let _ = fs::remove_file(&number);
        let log = open(&self.directory.log())?;
        let also = log.try_clone().map_err(failed)?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", BEGIN]).arg(&number).arg(&launch.program).args(&launch.arguments);
        command.env_clear().envs(launch.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.directory.path()).process_group(0);
        command.stdin(Stdio::from(lock)).stdout(Stdio::from(log)).stderr(Stdio::from(also));
        if let Some(user) = user {
            user.run(&mut command);
        }
        // It is not waited for, since it outlives takk. If it ends first, it stays a zombie until takk ends.
        command.spawn().map(drop).map_err(failed)?;
        self.await_number()
    }

    /// Stops the server with the signal for an orderly shutdown, and kills it after `grace`.
    pub(super) fn stop(&self, signal: Signal, grace: Duration) -> Result<()> {
        if !self.is_running()? {
            return Ok(());
        }
        let Some(process) = self.number() else {
            return Err(self
                .failed("the server is running, but takk does not know its process")
                .hint(format!("`fuser {}` shows it", self.lock_file().display())));
        };
        let _ = kill_process(process, signal);
        let asked = Instant::now();
        while self.is_running()? {
            if asked.elapsed() > grace {
                let _ = kill_process_group(process, Signal::KILL);
            }
            if asked.elapsed() > grace + LONGEST_END {
                return Err(self.failed("the server does not stop"));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// The ID of the server's process, which leads a process group.
    pub(super) fn id(&self) -> Option<u32> {
        self.number().map(|process| process.as_raw_nonzero().get().unsigned_abs())
    }

    /// The process that holds the lock.
    fn number(&self) -> Option<Pid> {
        Pid::from_raw(fs::read_to_string(self.number_file()).ok()?.trim().parse().ok()?)
    }

    /// Waits until the process has written its ID, or ended.
    fn await_number(&self) -> Result<()> {
        let begun = Instant::now();
        while self.number().is_none() && self.is_running()? && begun.elapsed() < LONGEST_END {
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    fn lock_file(&self) -> PathBuf {
        self.directory.file("running.lock")
    }

    fn number_file(&self) -> PathBuf {
        self.directory.file("process")
    }

    fn failed(&self, what: &str) -> Error {
        Error::system(format!("{}: {what}", self.directory.path().display()))
    }
}

/// Takes the lock for the server. A process that checks whether the server runs holds the lock for a moment, so this is
/// retried.
fn locked(lock: &File) -> bool {
    (0..50).any(|_| {
        let is_locked = flock(lock, FlockOperation::NonBlockingLockExclusive).is_ok();
        if !is_locked {
            std::thread::sleep(PAUSE);
        }
        is_locked
    })
}
