//! The terminal during a prompt: reads keys and pastes one by one without echo, and restores the previous state afterwards.

use std::io::{self, Stderr, Stdin, Write, stderr, stdin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use signal_hook::consts::{SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
use signal_hook::flag;
use zeroize::Zeroizing;

use super::keys::{Decoder, Input, Key};

/// The pause after a line ending that marks the end of the input: nobody types that fast.
const QUIET: Duration = Duration::from_millis(25);

/// The longest pause within a paste, since a connection may split it.
const PAUSE: Duration = Duration::from_millis(120);

/// How long to wait for the end of a bracketed paste.
const LOST: Duration = Duration::from_secs(2);

/// How often to check for signals.
const TICK: Duration = Duration::from_millis(100);

/// Enables bracketed paste; disables it; shows the cursor.
const PASTE_ON: &str = "\x1b[?2004h";
const PASTE_OFF: &str = "\x1b[?2004l\x1b[?25h";

/// An event from a terminal.
pub(super) enum Event {
    /// A key or a paste.
    Input(Input),
    /// The window was resized.
    Resized,
    /// A signal arrived that ends this process.
    Signal(i32),
    Gone,
}

/// The signals that would leave the terminal in this state, and that of a new size. `SIGHUP`, which says that the terminal is gone, keeps
/// its default effect.
struct Watch {
    /// The signal that arrived, or 0.
    pending: Arc<AtomicUsize>,
    resized: Arc<AtomicBool>,
    /// Whether no question is being asked, so that signals have their default effect.
    away: Arc<AtomicBool>,
}

/// Global, because signal handlers belong to the process.
static WATCH: OnceLock<io::Result<Watch>> = OnceLock::new();

impl Watch {
    fn of_process() -> io::Result<&'static Self> {
        let watch = WATCH.get_or_init(|| {
            let away = Arc::new(AtomicBool::new(true));
            let watch = Self { pending: Arc::default(), resized: Arc::default(), away };
            for signal in [SIGINT, SIGTERM, SIGQUIT] {
                flag::register_conditional_default(signal, Arc::clone(&watch.away))?;
                let number = usize::try_from(signal).expect("signals are counted from 1");
                flag::register_usize(signal, Arc::clone(&watch.pending), number)?;
            }
            flag::register(SIGWINCH, Arc::clone(&watch.resized))?;
            Ok(watch)
        });
        watch.as_ref().map_err(|error| io::Error::from(error.kind()))
    }
}

/// A terminal while a question is asked. Restored when dropped.
pub(super) struct Terminal {
    watch: &'static Watch,
    before: Termios,
    keys: Stdin,
    decoder: Decoder,
    /// Whether Ctrl-C was pressed during the wait for the rest of a paste.
    pub is_stopped: bool,
    /// The column in which the cursor was left: in a narrower window, the line wraps.
    pub column: usize,
    pub out: Stderr,
    pub is_colored: bool,
}

impl Terminal {
    pub(super) fn open() -> io::Result<Self> {
        let watch = Watch::of_process()?;
        let keys = stdin();
        let before = tcgetattr(&keys)?;
        let is_colored = anstream::AutoStream::choice(&stderr()) != anstream::ColorChoice::Never;
        let mut raw = before.clone();
        raw.make_raw();
        watch.away.store(false, Ordering::SeqCst);
        let mut terminal =
            Self { watch, before, keys, decoder: Decoder::default(), is_stopped: false, column: 0, out: stderr(), is_colored };
        tcsetattr(&terminal.keys, OptionalActions::Now, &raw)?;
        terminal.out.write_all(PASTE_ON.as_bytes())?;
        Ok(terminal)
    }

    pub(super) fn size() -> (usize, usize) {
        let known = tcgetwinsize(stderr()).ok().filter(|size| size.ws_col > 0 && size.ws_row > 0);
        known.map_or((80, 24), |size| (size.ws_col.into(), size.ws_row.into()))
    }

    pub(super) fn next(&mut self) -> io::Result<Event> {
        loop {
            if let Some(input) = self.decoder.next(false) {
                return Ok(Event::Input(input));
            }
            let pending = self.watch.pending.load(Ordering::SeqCst);
            if pending != 0 {
                return Ok(Event::Signal(i32::try_from(pending).expect("it was a signal")));
            }
            if self.watch.resized.swap(false, Ordering::SeqCst) {
                return Ok(Event::Resized);
            }
            let patience = match (self.decoder.is_empty(), self.decoder.is_pasting()) {
                (true, _) => TICK,
                (false, true) => LOST,
                (false, false) => QUIET,
            };
            if self.is_ready(patience)? {
                if self.read()? == 0 {
                    return Ok(Event::Gone);
                }
            } else if let Some(input) = self.decoder.next(true) {
                return Ok(Event::Input(input));
            }
        }
    }

    /// Whether more input is available, so that drawing can wait.
    pub(super) fn is_waiting(&self) -> io::Result<bool> {
        Ok(!self.decoder.is_empty() || self.is_ready(Duration::ZERO)?)
    }

    /// The input that immediately follows a line ending: the rest of a paste, in a terminal without bracketed paste. `None` if only further
    /// line endings follow.
    pub(super) fn rest_of_paste(&mut self) -> io::Result<Option<Zeroizing<String>>> {
        let mut rest = Zeroizing::new(String::new());
        let mut patience = QUIET;
        loop {
            while let Some(input) = self.decoder.next(false) {
                match input {
                    Input::Key(Key::LineBreak) => rest.push('\n'),
                    Input::Key(Key::Character(character)) => rest.push(character),
                    Input::Key(Key::Control('c')) => self.is_stopped = true,
                    Input::Key(_) => {}
                    Input::Pasted(text) => rest.push_str(&text),
                }
                patience = PAUSE;
            }
            if !self.is_ready(patience)? || self.read()? == 0 {
                return Ok((!rest.trim().is_empty()).then_some(rest));
            }
        }
    }

    fn is_ready(&self, patience: Duration) -> io::Result<bool> {
        let patience = Timespec::try_from(patience).expect("it is short");
        let mut keys = [PollFd::new(&self.keys, PollFlags::IN)];
        match poll(&mut keys, Some(&patience)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the available bytes; 0 if the terminal is gone.
    fn read(&mut self) -> io::Result<usize> {
        let mut bytes = Zeroizing::new([0; 4096]);
        match rustix::io::read(&self.keys, bytes.as_mut_slice()) {
            Ok(count) => {
                self.decoder.take(&bytes[..count]);
                Ok(count)
            }
            Err(rustix::io::Errno::IO) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // If the terminal is gone, nothing can be done.
        let _ = self.out.write_all(PASTE_OFF.as_bytes());
        let _ = tcsetattr(&self.keys, OptionalActions::Now, &self.before);
        self.watch.away.store(true, Ordering::SeqCst);
    }
}
