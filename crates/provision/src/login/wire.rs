//! A TCP connection of a check: everything that is read or written has to be over at the deadline, and only so much is read. What comes
//! in small pieces, without an end or never costs no more than that.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::{Login, NotReady};

/// The maximum size of a message, in bytes. The responses to these checks have a few thousand.
pub(crate) const MOST_OF_MESSAGE: usize = 64 << 10;

/// The maximum number of bytes that a connection reads.
const MOST: usize = 256 << 10;

/// A connection to a server.
pub(crate) struct Wire {
    stream: BufReader<Stream>,
    deadline: Instant,
    /// Whether the server has sent anything.
    is_heard: bool,
}

/// With or without TLS.
enum Stream {
    Plain(Bounded),
    Tls(Box<StreamOwned<ClientConnection, Bounded>>),
    /// During the switch from one to the other.
    Gone,
}

/// A socket with a deadline and a limit of bytes.
struct Bounded {
    socket: TcpStream,
    deadline: Instant,
    left: usize,
}

impl Bounded {
    fn time_left(&self) -> io::Result<Option<Duration>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.socket.set_read_timeout(self.time_left()?)?;
        let length = buffer.len().min(self.left);
        let read = self.socket.read(&mut buffer[..length])?;
        self.left -= read;
        Ok(read)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(self.time_left()?)?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
            Self::Gone => Ok(0),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
            Self::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
            Self::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl Wire {
    /// Connects to the kind's main port. The connection is not encrypted, whatever the login says: most protocols agree on TLS first.
    pub(super) fn open(login: &Login<'_>, deadline: Instant) -> Result<Self, NotReady> {
        let address = login.address.map(|address| address.to_string());
        Self::connect(address.as_deref().unwrap_or(login.host), login.port, deadline, MOST)
    }

    /// Connects, to read at most so many bytes.
    pub(crate) fn connect(host: &str, port: u16, deadline: Instant, most: usize) -> Result<Self, NotReady> {
        let socket = connected(host, port, deadline).map_err(|error| of_io(&error, false))?;
        let stream = Stream::Plain(Bounded { socket, deadline, left: most });
        Ok(Self { stream: BufReader::with_capacity(4096, stream), deadline, is_heard: false })
    }

    /// Switches to TLS.
    pub(crate) fn secure(&mut self, name: ServerName<'static>, config: Arc<ClientConfig>) -> Result<(), NotReady> {
        let is_new = self.stream.buffer().is_empty();
        let Stream::Plain(socket) = std::mem::replace(self.stream.get_mut(), Stream::Gone) else {
            return Err(NotReady::OtherServer("it requests TLS within TLS".to_owned()));
        };
        // Bytes that arrived before would be taken for bytes that arrived over TLS.
        if !is_new {
            return Err(NotReady::OtherServer("it sent data before TLS started".to_owned()));
        }
        let tls = ClientConnection::new(config, name).map_err(|error| NotReady::OtherServer(error.to_string()))?;
        *self.stream.get_mut() = Stream::Tls(Box::new(StreamOwned::new(tls, socket)));
        Ok(())
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, message: &[u8]) -> Result<(), NotReady> {
        let stream = self.stream.get_mut();
        let sent = stream.write_all(message).and_then(|()| stream.flush());
        sent.map_err(|error| of_io(&error, self.is_heard))
    }

    /// Reads exactly `length` bytes, which must be at most [`MOST_OF_MESSAGE`].
    pub(crate) fn read(&mut self, length: usize) -> Result<Vec<u8>, NotReady> {
        if length > MOST_OF_MESSAGE {
            return Err(NotReady::OtherServer(format!("it announces a response of {length} bytes")));
        }
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while filled < length {
            match self.stream.read(&mut bytes[filled..]) {
                Ok(0) => return Err(of_io(&io::ErrorKind::UnexpectedEof.into(), self.is_heard)),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(of_io(&error, self.is_heard)),
            }
            self.is_heard = true;
        }
        Ok(bytes)
    }

    /// Reads exactly `length` bytes, which may be more than [`MOST_OF_MESSAGE`], but at most `most`.
    pub(super) fn read_long(&mut self, length: usize, most: usize) -> Result<Vec<u8>, NotReady> {
        if length > most {
            return Err(NotReady::OtherServer(format!("it announces a response of {length} bytes")));
        }
        let mut bytes = Vec::new();
        while bytes.len() < length {
            bytes.extend(self.read((length - bytes.len()).min(MOST_OF_MESSAGE))?);
        }
        Ok(bytes)
    }

    /// Reads exactly `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], NotReady> {
        let bytes = self.read(N)?;
        Ok(bytes.try_into().expect("as many were read"))
    }

    /// The rest of a line, without its end, of at most [`MOST_OF_MESSAGE`] bytes.
    pub(crate) fn line(&mut self) -> Result<Vec<u8>, NotReady> {
        let mut line = Vec::new();
        let most = u64::try_from(MOST_OF_MESSAGE).expect("it is small");
        if let Err(error) = self.stream.by_ref().take(most).read_until(b'\n', &mut line) {
            return Err(of_io(&error, self.is_heard || !line.is_empty()));
        }
        self.is_heard |= !line.is_empty();
        match line.pop() {
            Some(b'\n') => {}
            Some(_) if line.len() + 1 >= MOST_OF_MESSAGE => {
                return Err(NotReady::OtherServer(format!("it sent a line of more than {MOST_OF_MESSAGE} bytes")));
            }
            _ => return Err(of_io(&io::ErrorKind::UnexpectedEof.into(), self.is_heard)),
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(line)
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }
}

/// The addresses of a host. The system looks them up for as long as it likes, so it does that on a thread that is not waited for any
/// longer than there is time.
fn addresses(host: &str, port: u16, deadline: Instant) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (sender, receiver) = channel();
    let wanted = (host.to_owned(), port);
    std::thread::Builder::new().spawn(move || {
        let _ = sender.send(wanted.to_socket_addrs().map(Iterator::collect));
    })?;
    let left = deadline.saturating_duration_since(Instant::now());
    receiver.recv_timeout(left).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// Connects to the first of the host's addresses that accepts.
fn connected(host: &str, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses(host, port, deadline)? {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&address, left) {
            // If nothing listens on the port, the connection's own local port may be the same, and it connects to itself.
            Ok(socket) if socket.local_addr()? == socket.peer_addr()? => last = io::ErrorKind::ConnectionRefused.into(),
            Ok(socket) => {
                socket.set_nodelay(true)?;
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// What a failed connection says about the server.
pub(super) fn of_io(error: &io::Error, is_heard: bool) -> NotReady {
    use io::ErrorKind as Kind;
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return NotReady::OtherServer(format!("TLS: {error}"));
    }
    match error.kind() {
        Kind::TimedOut | Kind::WouldBlock if is_heard => {
            NotReady::NoAnswer("it did not finish its response in time".to_owned())
        }
        Kind::TimedOut | Kind::WouldBlock => NotReady::NoAnswer("it did not respond in time".to_owned()),
        Kind::UnexpectedEof | Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => {
            let when = if is_heard { "before it had responded" } else { "before it sent anything" };
            NotReady::Starting(format!("it closed the connection {when}"))
        }
        Kind::InvalidData => NotReady::OtherServer("its response is too long, or violates the protocol".to_owned()),
        kind => NotReady::NoAnswer(kind.to_string()),
    }
}
