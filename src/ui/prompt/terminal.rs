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

/// How long nothing may come after the end of a line for it to be the end of what was meant: nobody types that fast.
const QUIET: Duration = Duration::from_millis(25);

/// How long nothing may come within a paste: a connection may tear it apart.
const PAUSE: Duration = Duration::from_millis(120);

/// How long to wait for the end of a paste that the terminal promised.
const LOST: Duration = Duration::from_secs(2);

/// How often signals are looked for.
const TICK: Duration = Duration::from_millis(100);

/// Tells the terminal to say what is pasted; and no longer; and to show its cursor.
const PASTE_ON: &str = "\x1b[?2004h";
const PASTE_OFF: &str = "\x1b[?2004l\x1b[?25h";

/// What comes from a terminal.
pub(super) enum Event {
    /// A key or a paste.
    Input(Input),
    /// The window has another size.
    Resized,
    /// A signal came that ends this process.
    Signal(i32),
    Gone,
}

/// The signals that would leave the terminal as it is here, and that of a new size. One that says that the terminal is gone
/// (`SIGHUP`) does what it always does.
struct Watch {
    /// Which one came, or 0.
    pending: Arc<AtomicUsize>,
    resized: Arc<AtomicBool>,
    /// Whether nobody is asked at the moment: then a signal does what it always does.
    away: Arc<AtomicBool>,
}

/// Handlers are a property of the process.
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

/// A terminal in which somebody is asked. Dropped, it is as it was.
pub(super) struct Terminal {
    watch: &'static Watch,
    before: Termios,
    keys: Stdin,
    decoder: Decoder,
    /// Whether Ctrl-C was pressed while the rest of a paste was waited for.
    pub is_stopped: bool,
    /// The column that the cursor was left in: a narrower window puts its end into further lines.
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

    /// Whether something has come already: then there is no need to draw what is there now.
    pub(super) fn is_waiting(&self) -> io::Result<bool> {
        Ok(!self.decoder.is_empty() || self.is_ready(Duration::ZERO)?)
    }

    /// What follows an end of line at once: the rest of a paste, in a terminal that does not tell pastes from keys. `None` where
    /// nothing follows but further ends of lines.
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

    /// Reads what is there; 0 where the terminal is gone.
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
        // Nothing can be done for a terminal that is gone.
        let _ = self.out.write_all(PASTE_OFF.as_bytes());
        let _ = tcsetattr(&self.keys, OptionalActions::Now, &self.before);
        self.watch.away.store(true, Ordering::SeqCst);
    }
}
