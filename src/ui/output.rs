//! The terminal: where everything that takk says goes out.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::Path;

use anstream::AutoStream;

use super::error_text;
use super::palette::{DOUBTFUL, paint};
use super::value_text::wrapped;
use crate::error::{Error, Result};
use crate::launch::{Sink, Sinks};

pub use anstream::ColorChoice;

/// Stdout and stderr with the user's wishes.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    color: ColorChoice,
    quiet: bool,
}

impl Output {
    /// With colour as `color` says (`Auto` respects `NO_COLOR` and pipes), and without talk if `quiet`.
    pub fn new(color: ColorChoice, quiet: bool) -> Self {
        Self { color, quiet }
    }

    /// Prints the answer to stdout. A reader that went away is no error.
    pub fn data(&self, text: &str) -> Result<()> {
        let mut stdout = AutoStream::new(io::stdout().lock(), self.color);
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::environment("cannot write to the standard output").caused_by(error))
            }
            _ => Ok(()),
        }
    }

    /// Prints text as it is, with a line break only where a person reads it.
    pub fn raw(&self, text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        let end = if stdout.is_terminal() && !text.ends_with('\n') { "\n" } else { "" };
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.write_all(end.as_bytes()));
        match written.and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::environment("cannot write to the standard output").caused_by(error))
            }
            _ => Ok(()),
        }
    }

    /// Lends the standard output and the standard error to a command whose output passes through.
    pub fn with_sinks<T>(&self, work: impl FnOnce(Sinks<'_>) -> T) -> T {
        let (mut out, mut err) = (io::stdout(), io::stderr());
        let (out_terminal, err_terminal) = (io::stdout(), io::stderr());
        let out = Sink { to: &mut out, terminal: out_terminal.is_terminal().then(|| out_terminal.as_fd()) };
        let err = Sink { to: &mut err, terminal: err_terminal.is_terminal().then(|| err_terminal.as_fd()) };
        work(Sinks { out, err })
    }

    /// Whether the user wants nothing but the answer.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether somebody can be asked.
    pub fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Says what the user should know, also where they want quiet.
    pub fn warn(&self, text: &str) {
        let lines = wrapped(text, 80 - "warning: ".len()).join("\n         ");
        self.talk(&format!("{} {lines}\n", paint(DOUBTFUL, "warning:")));
    }

    /// Says something about the work to stderr, unless the user wants quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.talk(text);
        }
    }

    /// Says what the question that follows is about, also where they want quiet.
    pub fn before_question(&self, text: &str) {
        self.talk(text);
    }

    /// Says what went wrong.
    pub fn error(&self, error: &Error) {
        self.talk(&error_text(error));
    }

    /// Writes a file that the user named.
    pub fn save(&self, path: &Path, text: &str) -> Result<()> {
        std::fs::write(path, text)
            .map_err(|error| Error::environment(format!("cannot write `{}`", path.display())).caused_by(error))?;
        self.note(&format!("Wrote {}.\n", path.display()));
        Ok(())
    }

    /// Writes a file that only its owner may read. One that is there already is put aside only if `replace` says so, and then it is
    /// whole at every moment.
    pub fn save_private(&self, path: &Path, text: &str, replace: bool) -> Result<()> {
        let unwritable = |error| Error::environment(format!("cannot write `{}`", path.display())).caused_by(error);
        if replace {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}.new", std::process::id()));
            let aside = path.with_file_name(name);
            let written = create_private(&aside, text).and_then(|()| std::fs::rename(&aside, path));
            written.inspect_err(|_| drop(std::fs::remove_file(&aside))).map_err(unwritable)?;
        } else {
            create_private(path, text).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    Error::usage(format!("`{}` is there already", path.display())).hint("--force replaces it")
                }
                _ => unwritable(error),
            })?;
        }
        self.note(&format!("Wrote {}.\n", path.display()));
        Ok(())
    }

    /// Nothing can be done about a stderr that cannot be written.
    fn talk(self, text: &str) {
        let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
        let _ = stderr.write_all(text.as_bytes());
    }
}

/// A new file that is its owner's alone from the first moment.
fn create_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
