//! Copies a command's output from a pipe or terminal to its sink, redacted.

use std::io::{self, Write};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionread, read, retry_on_intr};
use zeroize::Zeroizing;

use super::redact::{Patterns, Redactor};

/// How long to wait on a terminal for the rest of a possible value, before its first letters are shown.
const PAUSE: Duration = Duration::from_millis(50);

/// How long to wait for more output of remaining processes after the command has ended.
const QUIET: Duration = Duration::from_millis(100);

/// How long to read from remaining processes at all after the command has ended.
const LAST: Duration = Duration::from_secs(1);

/// One stream of a command.
pub(super) struct Pump<'a> {
    /// The source. Dropped at the end, so that remaining writers notice that nobody reads.
    pub reader: Arc<OwnedFd>,
    /// Becomes readable when the command ends.
    pub ended: BorrowedFd<'a>,
    pub sink: &'a mut (dyn Write + Send),
    /// Whether the destination is a terminal.
    pub is_terminal: bool,
}

enum Next {
    Read,
    ShowFragment,
    Drain,
}

impl Pump<'_> {
    /// Copies everything until the stream ends, or until the command has ended and no more arrives.
    pub(super) fn run(mut self, patterns: &Patterns) -> io::Result<()> {
        let mut redactor = Redactor::new(patterns);
        let mut buffer = Zeroizing::new(vec![0; 64 * 1024]);
        let mut out = Vec::new();
        let mut is_open = true;
        while is_open {
            match self.next(&redactor)? {
                Next::Read => is_open = self.carry(&mut redactor, &mut buffer, &mut out)? > 0,
                Next::ShowFragment => {
                    redactor.show_fragment(&mut out);
                    self.write(&mut out)?;
                }
                Next::Drain => {
                    self.drain(&mut redactor, &mut buffer, &mut out)?;
                    is_open = false;
                }
            }
        }
        redactor.finish(&mut out);
        self.write(&mut out)
    }

    fn next(&self, redactor: &Redactor<'_>) -> io::Result<Next> {
        let pause = (self.is_terminal && redactor.has_fragment()).then_some(PAUSE);
        let mut both = [PollFd::new(&self.ended, PollFlags::IN), PollFd::new(&*self.reader, PollFlags::IN)];
        wait(&mut both, pause)?;
        Ok(match both.map(|one| !one.revents().is_empty()) {
            [true, _] => Next::Drain,
            [_, true] => Next::Read,
            [false, false] => Next::ShowFragment,
        })
    }

    /// Reads once, and writes what can be written. Returns the number of bytes read, 0 at the end.
    fn carry(&mut self, redactor: &mut Redactor<'_>, buffer: &mut [u8], out: &mut Vec<u8>) -> io::Result<usize> {
        let count = match retry_on_intr(|| read(&*self.reader, &mut *buffer)) {
            // On Linux, this error of a terminal means that no process has its other end open.
            Err(Errno::IO) => 0,
            count => count?,
        };
        redactor.push(&buffer[..count], out);
        self.write(out)?;
        Ok(count)
    }

    /// Reads the rest after the command has ended. All of its own output is available; a remaining process may keep the stream open
    /// forever, and gets only a moment.
    fn drain(&mut self, redactor: &mut Redactor<'_>, buffer: &mut [u8], out: &mut Vec<u8>) -> io::Result<()> {
        let mut left = ioctl_fionread(&*self.reader).unwrap_or(0);
        let deadline = Instant::now() + LAST;
        loop {
            let patience = deadline.saturating_duration_since(Instant::now()).min(QUIET);
            let mut one = [PollFd::new(&*self.reader, PollFlags::IN)];
            let has_more = wait(&mut one, Some(patience))? > 0;
            if left == 0 && (!has_more || patience.is_zero()) {
                return Ok(());
            }
            let count = if has_more { self.carry(redactor, buffer, out)? } else { 0 };
            if count == 0 {
                return Ok(());
            }
            left = left.saturating_sub(count as u64);
        }
    }

    fn write(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if !out.is_empty() {
            self.sink.write_all(out)?;
            self.sink.flush()?;
            out.clear();
        }
        Ok(())
    }
}

/// Waits until one of them is ready, and returns how many are.
fn wait(files: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<usize> {
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    Ok(retry_on_intr(|| poll(files, timeout.as_ref()))?)
}
