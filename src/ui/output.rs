//! The terminal: all of takk's output goes through it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::AutoStream;
use anstream::adapter::strip_str;
use anstream::stream::RawStream;
use zeroize::Zeroizing;

use super::palette::{DOUBTFUL, line, paint};
use super::value_text::wrapped;
use super::{error_text_after, outgoing};
use crate::launch::{Sink, Sinks};
use takk_model::error::{Error, Result};
use takk_model::visible::{is_unseen, visible};

pub use anstream::ColorChoice;

/// Standard output and standard error, with the user's options.
#[derive(Clone, Debug)]
pub struct Output {
    color: ColorChoice,
    quiet: bool,
    /// Whether anything printed so far proposes a command.
    proposes: Arc<AtomicBool>,
}

impl Output {
    /// With colour according to `color` (`Auto` respects `NO_COLOR` and pipes), and without notes if `quiet`.
    pub fn new(color: ColorChoice, quiet: bool) -> Self {
        Self { color, quiet, proposes: Arc::default() }
    }

    /// Prints the result to standard output. Only takk's own styles reach the terminal or CI server as control sequences. It is no error if
    /// the reader has gone away.
    pub fn data(&self, text: &str) -> Result<()> {
        self.watch(text);
        self.print(&outgoing::outgoing(text))
    }

    /// Prints lines that are commands of a CI server.
    pub fn commands(&self, text: &str) -> Result<()> {
        self.print(&outgoing::commands(text))
    }

    /// Prints text for a program, unchanged. On a terminal, invisible characters are escaped, and a line break is added at the end.
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

    fn print(&self, text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        let text = self.styled(text, &stdout);
        printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// The text with colours if the stream supports them, as a whole, so that it is written at once.
    fn styled<'t>(&self, text: &'t str, stream: &impl RawStream) -> Cow<'t, str> {
        let color = if self.color == ColorChoice::Auto { AutoStream::choice(stream) } else { self.color };
        if color == ColorChoice::Never { Cow::Owned(strip_str(text).to_string()) } else { Cow::Borrowed(text) }
    }

    /// Lends standard output and standard error to a command whose output passes through.
    pub fn with_sinks<T>(&self, work: impl FnOnce(Sinks<'_>) -> T) -> T {
        let (mut out, mut err) = (io::stdout(), io::stderr());
        let (out_terminal, err_terminal) = (io::stdout(), io::stderr());
        let out = Sink { to: &mut out, terminal: out_terminal.is_terminal().then(|| out_terminal.as_fd()) };
        let err = Sink { to: &mut err, terminal: err_terminal.is_terminal().then(|| err_terminal.as_fd()) };
        work(Sinks { out, err })
    }

    /// Whether the user only wants the result.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether anything printed so far proposes a command of takk to the user.
    pub fn has_proposed(&self) -> bool {
        self.proposes.load(Ordering::Relaxed)
    }

    /// Notes whether a text proposes a command. Documents in JSON, XML and HTML are for programs.
    fn watch(&self, text: &str) {
        if !text.starts_with(['{', '[', '<']) && text.contains("`takk ") {
            self.proposes.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the user can be asked.
    pub fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints a warning, even if the user wants quiet.
    pub fn warn(&self, text: &str) {
        let mut said = String::new();
        for (at, words) in wrapped(text, 80 - "warning: ".len()).iter().enumerate() {
            let label = if at == 0 { paint(DOUBTFUL, "warning:") } else { " ".repeat("warning:".len()) };
            said.push_str(&line!("{label} {words}"));
        }
        self.talk(&said);
    }

    /// Warns about failures that did not stop the command.
    pub fn warn_of(&self, errors: &[Error]) {
        for error in errors {
            let said: Vec<&str> = std::iter::once(&error.message).chain(&error.details).map(String::as_str).collect();
            self.warn(&said.join(": "));
        }
    }

    /// Prints a note to standard error, unless the user wants quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.talk(text);
        }
    }

    /// Prints the context of the next question, even if the user wants quiet.
    pub fn before_question(&self, text: &str) {
        self.talk(text);
    }

    pub fn error(&self, error: &Error) {
        self.error_after(error, &mut HashSet::new());
    }

    /// Prints one of several errors, without the details that an earlier one has shown.
    pub fn error_after(&self, error: &Error, shown: &mut HashSet<String>) {
        if error.hints.iter().any(|hint| hint.starts_with("takk ")) {
            self.proposes.store(true, Ordering::Relaxed);
        }
        self.talk(&error_text_after(error, shown));
    }

    /// Notes that a file was written, if it was.
    pub fn written(&self, path: &Path, written: Result<()>) -> Result<()> {
        written.inspect(|()| self.note(&line!("Wrote {}.", path.display())))
    }

    /// If standard error cannot be written, nothing can be done.
    fn talk(&self, text: &str) {
        self.watch(text);
        let mut stderr = io::stderr().lock();
        let text = outgoing::outgoing(text);
        let _ = stderr.write_all(self.styled(&text, &stderr).as_bytes());
    }
}

/// It is no error if the reader has gone away.
fn printed(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::system("cannot write to standard output").caused_by(error))
        }
        _ => Ok(()),
    }
}
