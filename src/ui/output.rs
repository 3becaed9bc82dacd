//! The terminal: all of takk's output goes through it.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::Path;

use anstream::AutoStream;
use anstream::adapter::strip_str;
use anstream::stream::RawStream;
use zeroize::Zeroizing;

use super::palette::{DOUBTFUL, line, paint};
use super::value_text::wrapped;
use super::{error_text, outgoing};
use crate::launch::{Sink, Sinks};
use takk_model::error::{Error, Result};
use takk_model::visible::{is_unseen, visible};

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

    /// Prints the answer to stdout, in which nothing but takk's styles steers a terminal or a CI server. A reader that went away is no
    /// error.
    pub fn data(&self, text: &str) -> Result<()> {
        self.print(&outgoing::outgoing(text))
    }

    /// Prints lines that are commands of a CI server.
    pub fn commands(&self, text: &str) -> Result<()> {
        self.print(&outgoing::commands(text))
    }

    /// Prints text for a program as it is. A person in a terminal sees what is not seen in it, and a line break at its end.
    pub fn raw(&self, text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        if !stdout.is_terminal() {
            return printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()));
        }
        let mut seen = Zeroizing::new(visible(text));
        if !seen.ends_with('\n') {
            seen.push('\n');
        }
        printed(stdout.write_all(seen.as_bytes()).and_then(|()| stdout.flush()))?;
        if text.contains(is_unseen) {
            self.warn("the terminal shows invisible characters as escapes; pipes and files get the original characters.");
        }
        Ok(())
    }

    fn print(self, text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        let text = self.styled(text, &stdout);
        printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// The text with colours if the stream takes them: as a whole, so that it is one write.
    fn styled<'t>(self, text: &'t str, stream: &impl RawStream) -> Cow<'t, str> {
        let color = if self.color == ColorChoice::Auto { AutoStream::choice(stream) } else { self.color };
        if color == ColorChoice::Never { Cow::Owned(strip_str(text).to_string()) } else { Cow::Borrowed(text) }
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
        let mut said = String::new();
        for (at, words) in wrapped(text, 80 - "warning: ".len()).iter().enumerate() {
            let label = if at == 0 { paint(DOUBTFUL, "warning:") } else { " ".repeat("warning:".len()) };
            said.push_str(&line!("{label} {words}"));
        }
        self.talk(&said);
    }

    /// Warns of what failed without stopping the command.
    pub fn warn_of(&self, errors: &[Error]) {
        for error in errors {
            let said: Vec<&str> = std::iter::once(&error.message).chain(&error.details).map(String::as_str).collect();
            self.warn(&said.join(": "));
        }
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

    pub fn error(&self, error: &Error) {
        self.talk(&error_text(error));
    }

    /// Says that a file was written, if it was.
    pub fn written(&self, path: &Path, written: Result<()>) -> Result<()> {
        written.inspect(|()| self.note(&line!("Wrote {}.", path.display())))
    }

    /// Nothing can be done about a stderr that cannot be written.
    fn talk(self, text: &str) {
        let mut stderr = io::stderr().lock();
        let text = outgoing::outgoing(text);
        let _ = stderr.write_all(self.styled(&text, &stderr).as_bytes());
    }
}

/// A reader that went away is no error.
fn printed(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::system("cannot write to standard output").caused_by(error))
        }
        _ => Ok(()),
    }
}
