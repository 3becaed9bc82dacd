//! A terminal for a command's output, if takk itself writes to a terminal.
//!
//! Only the command's output goes through it. The command keeps its standard input and its controlling terminal, so that all input works as
//! usual, without any key passing through this process: line editing, Ctrl-C, Ctrl-Z, passwords.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Weak};

use rustix::fs::{Mode, OFlags};
use rustix::io::FdFlags;
use rustix::pty::OpenptFlags;
use rustix::termios::{LocalModes, OptionalActions, OutputModes, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize};

/// The two ends of a new terminal.
pub(super) struct Pair {
    pub reader: OwnedFd,
    pub writer: OwnedFd,
}

/// A new terminal with the size and modes of another one.
pub(super) fn open_like(other: BorrowedFd<'_>) -> io::Result<Pair> {
    let reader = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    rustix::io::fcntl_setfd(&reader, FdFlags::CLOEXEC)?;
    rustix::pty::grantpt(&reader)?;
    rustix::pty::unlockpt(&reader)?;
    let name = rustix::pty::ptsname(&reader, Vec::new())?;
    let writer = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut modes = tcgetattr(other)?;
    // The real terminal converts line ends to `\r\n` and echoes input, which must not happen twice.
    modes.output_modes.remove(OutputModes::OPOST);
    modes.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&writer, OptionalActions::Now, &modes)?;
    tcsetwinsize(&reader, tcgetwinsize(other)?)?;
    Ok(Pair { reader, writer })
}

/// Keeps the size of a new terminal in sync with the real one.
pub(super) struct Size<'a> {
    /// Weak, so that it does not keep a terminal open that nobody reads any more.
    reader: Weak<OwnedFd>,
    real: BorrowedFd<'a>,
}

impl<'a> Size<'a> {
    /// For the terminal of `reader`.
    pub(super) fn new(reader: &Arc<OwnedFd>, real: BorrowedFd<'a>) -> Self {
        Self { reader: Arc::downgrade(reader), real }
    }

    /// Copies the size of the real terminal. If its size is not available, nothing changes.
    pub(super) fn follow(&self) {
        if let (Some(reader), Ok(size)) = (self.reader.upgrade(), tcgetwinsize(self.real)) {
            let _ = tcsetwinsize(reader.as_fd(), size);
        }
    }
}
