//! The terminal while somebody is asked: keys and pastes come one by one, nothing is echoed, and it is as it was afterwards.

use std::io::{self, Stderr, stderr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crossterm::event::{
    self, DisableBracketedPaste, EnableBracketedPaste, Event as Input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers,
};
use crossterm::{cursor, execute, terminal};
use signal_hook::consts::{SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;
use zeroize::Zeroizing;

/// How long nothing may come after the end of a line for it to be the end of what was meant: nobody types that fast.
const QUIET: Duration = Duration::from_millis(25);

/// How long nothing may come within a paste; a connection may tear it apart.
const PAUSE: Duration = Duration::from_millis(120);

/// How often signals are looked for.
const TICK: Duration = Duration::from_millis(100);

/// What somebody did.
pub(super) enum Event {
    /// Pressed a key.
    Key(KeyEvent),
    /// Pasted, in a terminal that says so.
    Pasted(Zeroizing<String>),
    /// Gave the window another size.
    Resized,
    /// Sent a signal that ends this process.
    Signal(i32),
}

/// The signals that would leave the terminal as it is here.
struct Watch {
    /// Which one came, or 0.
    pending: Arc<AtomicUsize>,
    /// Whether nobody is asked at the moment: then a signal does what it always does.
    away: Arc<AtomicBool>,
}

/// Handlers are a property of the process.
static WATCH: OnceLock<io::Result<Watch>> = OnceLock::new();

impl Watch {
    fn of_process() -> io::Result<&'static Self> {
        let watch = WATCH.get_or_init(|| {
            let watch = Self { pending: Arc::default(), away: Arc::new(AtomicBool::new(true)) };
            for signal in [SIGINT, SIGTERM, SIGQUIT] {
                flag::register_conditional_default(signal, Arc::clone(&watch.away))?;
                let number = usize::try_from(signal).expect("signals are counted from 1");
                flag::register_usize(signal, Arc::clone(&watch.pending), number)?;
            }
            Ok(watch)
        });
        watch.as_ref().map_err(|error| io::Error::from(error.kind()))
    }
}

/// A terminal in which somebody is asked. Dropped, it is as it was.
pub(super) struct Terminal {
    watch: &'static Watch,
    /// Where questions are written.
    pub out: Stderr,
    /// Whether colours are wanted.
    pub is_colored: bool,
}

impl Terminal {
    /// Takes the terminal.
    pub fn open() -> io::Result<Self> {
        let watch = Watch::of_process()?;
        watch.away.store(false, Ordering::SeqCst);
        let is_colored = anstream::AutoStream::choice(&stderr()) != anstream::ColorChoice::Never;
        let mut terminal = Self { watch, out: stderr(), is_colored };
        terminal::enable_raw_mode()?;
        execute!(terminal.out, EnableBracketedPaste)?;
        Ok(terminal)
    }

    /// Its width and height.
    pub fn size() -> (usize, usize) {
        let known = terminal::size().ok().filter(|(width, height)| *width > 0 && *height > 0);
        known.map_or((80, 24), |(width, height)| (width.into(), height.into()))
    }

    /// What comes next.
    pub fn next(&mut self) -> io::Result<Event> {
        loop {
            let pending = self.watch.pending.load(Ordering::SeqCst);
            if pending != 0 {
                return Ok(Event::Signal(i32::try_from(pending).expect("it was a signal")));
            }
            if !event::poll(TICK)? {
                continue;
            }
            match event::read()? {
                Input::Key(key) if key.kind != KeyEventKind::Release => return Ok(Event::Key(key)),
                Input::Paste(text) => return Ok(Event::Pasted(Zeroizing::new(text))),
                Input::Resize(..) => return Ok(Event::Resized),
                _ => {}
            }
        }
    }

    /// Whether something has come already: then there is no need to draw what is there now.
    pub fn is_waiting() -> io::Result<bool> {
        event::poll(Duration::ZERO)
    }

    /// What follows an end of line at once: the rest of a paste, in a terminal that does not tell pastes from keys. `None` where
    /// nothing follows but further ends of lines.
    pub fn rest_of_paste(&mut self) -> io::Result<Option<Zeroizing<String>>> {
        let mut rest = Zeroizing::new(String::new());
        let mut patience = QUIET;
        while event::poll(patience)? {
            match event::read()? {
                Input::Key(key) if is_line_break(&key) => rest.push('\n'),
                Input::Key(KeyEvent { code: KeyCode::Tab, .. }) => rest.push('\t'),
                Input::Key(KeyEvent { code: KeyCode::Char(character), modifiers, .. })
                    if !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
                {
                    rest.push(character);
                }
                Input::Paste(text) => rest.push_str(&Zeroizing::new(text)),
                _ => {}
            }
            patience = PAUSE;
        }
        Ok((!rest.trim().is_empty()).then_some(rest))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nothing can be done for a terminal that is gone.
        let _ = execute!(self.out, DisableBracketedPaste, cursor::Show);
        let _ = terminal::disable_raw_mode();
        self.watch.away.store(true, Ordering::SeqCst);
    }
}

/// Whether a key ends a line. A line feed comes as Ctrl-J.
pub(super) fn is_line_break(key: &KeyEvent) -> bool {
    let is_line_feed = key.code == KeyCode::Char('j') && key.modifiers == KeyModifiers::CONTROL;
    key.code == KeyCode::Enter || is_line_feed
}
