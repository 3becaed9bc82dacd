//! Where the output of a redacted command goes, and how it gets there.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use super::Launch;
use super::prepare::{failure, prepare};
use super::redact::Patterns;
use super::relay::Pump;
use super::running::Running;
use super::terminal::{self, Size};
use takk_model::error::{Error, Result};

pub struct Sink<'a> {
    /// The destination. Flushed after every write.
    pub to: &'a mut (dyn Write + Send),
    /// The terminal, if it is one: the command then gets a terminal of the same size, and keeps its colours.
    pub terminal: Option<BorrowedFd<'a>>,
}

/// The destinations of a command's two streams. If both are terminals, they are assumed to be the same one: everything goes to `out`, in
/// the order in which it was printed.
pub struct Sinks<'a> {
    pub out: Sink<'a>,
    pub err: Sink<'a>,
}

/// A pipe or terminal to which the command writes.
struct Channel<'a> {
    reader: Arc<OwnedFd>,
    writer: OwnedFd,
    size: Option<Size<'a>>,
}

impl<'a> Channel<'a> {
    /// A terminal if the sink is one and the system has more; otherwise a pipe.
    fn open(terminal: Option<BorrowedFd<'a>>) -> io::Result<Self> {
        if let Some((real, pair)) = terminal.and_then(|real| Some((real, terminal::open_like(real).ok()?))) {
            let reader = Arc::new(pair.reader);
            let size = Some(Size::new(&reader, real));
            return Ok(Self { reader, writer: pair.writer, size });
        }
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader: Arc::new(reader.into()), writer: writer.into(), size: None })
    }
}

/// Runs the command with its output masked while `attend` runs, and returns the result of `attend`.
pub(super) fn masked<T>(
    launch: &Launch,
    has_own_group: bool,
    patterns: &Patterns,
    sinks: &mut Sinks<'_>,
    attend: impl FnOnce(&mut Running<'_>) -> Result<T>,
) -> Result<T> {
    let cannot = |error: io::Error| Error::system("cannot mask the output of the command").caused_by(error);
    let command = prepare(launch)?;
    let out_terminal = sinks.out.terminal;
    let err_terminal = sinks.err.terminal;
    let out = Channel::open(out_terminal).map_err(cannot)?;
    let is_shared = out.size.is_some() && err_terminal.is_some();
    let err = if is_shared { None } else { Some(Channel::open(err_terminal).map_err(cannot)?) };
    let (ended, still_runs) = io::pipe().map_err(cannot)?;
    let writers = connect(command, out.writer, err.as_ref().map(|err| &err.writer)).map_err(cannot)?;
    let sizes = out.size.into_iter().collect();
    let (err_reader, err_size) = err.map(|err| (err.reader, err.size)).unzip();
    let mut running = Running::start(writers, has_own_group).map_err(|error| failure(launch, error))?;
    running.sizes = sizes;
    running.sizes.extend(err_size.flatten());
    thread::scope(|scope| {
        let mut pumps = Vec::new();
        let ended = ended.as_fd();
        let streams = [(Some(out.reader), &mut sinks.out), (err_reader, &mut sinks.err)];
        for (reader, sink) in streams {
            let Some(reader) = reader else { continue };
            let pump = Pump { reader, ended, sink: &mut *sink.to, is_terminal: sink.terminal.is_some() };
            pumps.push(scope.spawn(move || pump.run(patterns)));
        }
        let attended = attend(&mut running);
        drop(still_runs);
        for pump in pumps {
            match pump.join() {
                // The reader may stop at any time. The command gets the same error from its own writes.
                Ok(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
                    return Err(Error::system("cannot write the output of the command").caused_by(error));
                }
                Ok(_) => {}
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        attended
    })
}

/// Connects the command to these ends, which this process closes when the command is dropped.
fn connect(mut command: Command, out: OwnedFd, err: Option<&OwnedFd>) -> io::Result<Command> {
    let err = err.unwrap_or(&out).try_clone()?;
    command.stdout(Stdio::from(out)).stderr(Stdio::from(err));
    Ok(command)
}
