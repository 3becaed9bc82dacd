//! A session of an administrator, or of a program whose login is tried: commands and replies in RESP2, each within a time that has an end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use zeroize::Zeroizing;

use super::address::Address;

/// The timeout of connecting.
const PATIENCE: Duration = Duration::from_secs(5);
/// The timeout of a command. To delete many keys takes long on a busy server.
const LONGEST: Duration = Duration::from_secs(30);
/// The maximum size of a text in a reply, in bytes, and of replies in one, so that nothing that a server announces costs more.
const MOST: u64 = 16 << 20;
/// How deep replies are within replies.
const DEEPEST: usize = 8;

/// Why a server did not do what it was told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SessionError {
    /// Nothing answers, or the connection was lost.
    #[error("no answer: {0}")]
    Unavailable(String),
    /// The certificate is not one to trust, or the server has no TLS.
    #[error("takk does not trust the certificate of the server: {0}")]
    Untrusted(String),
    /// The server refused.
    #[error("{0}")]
    Refused(String),
}

impl SessionError {
    /// Whether the server refused in words that begin like this.
    pub(super) fn is(&self, begin: &str) -> bool {
        matches!(self, Self::Refused(said) if said.starts_with(begin))
    }
}

impl From<io::Error> for SessionError {
    fn from(error: io::Error) -> Self {
        match error.get_ref() {
            Some(inner) if inner.is::<rustls::Error>() => Self::Untrusted(inner.to_string()),
            _ => Self::Unavailable(match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "it did not respond in time".to_owned(),
                io::ErrorKind::UnexpectedEof => "it closed the connection".to_owned(),
                _ => error.to_string(),
            }),
        }
    }
}

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Text(String),
    Nothing,
    Number(i64),
    List(Vec<Reply>),
}

impl Reply {
    pub(super) fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    pub(super) fn list(&self) -> &[Reply] {
        if let Self::List(list) = self { list } else { &[] }
    }
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A session.
pub(super) struct Session {
    stream: BufReader<Box<dyn Stream>>,
}

impl Session {
    /// Logs in.
    pub(super) fn open(address: &Address) -> Result<Self, SessionError> {
        let socket = connected(&address.host, address.port)?;
        let stream: Box<dyn Stream> = match &address.tls {
            None => Box::new(socket),
            Some(config) => {
                let name = ServerName::try_from(address.host.clone());
                let name = name.map_err(|error| SessionError::Untrusted(error.to_string()))?;
                let connection = ClientConnection::new(config.clone(), name);
                let connection = connection.map_err(|error| SessionError::Untrusted(error.to_string()))?;
                Box::new(StreamOwned::new(connection, socket))
            }
        };
        let mut session = Self { stream: BufReader::new(stream) };
        if let Some(password) = &address.password {
            session.ask(&["AUTH", &address.user, password])?;
        }
        Ok(session)
    }

    /// Sends a command, and reads its reply.
    pub(super) fn ask(&mut self, parts: &[&str]) -> Result<Reply, SessionError> {
        let mut command = Zeroizing::new(Vec::new());
        write!(command, "*{}\r\n", parts.len())?;
        for part in parts {
            write!(command, "${}\r\n{part}\r\n", part.len())?;
        }
        let stream = self.stream.get_mut();
        stream.write_all(&command)?;
        stream.flush()?;
        self.reply(0)
    }

    fn reply(&mut self, depth: usize) -> Result<Reply, SessionError> {
        let mut line = Vec::new();
        self.stream.by_ref().take(MOST).read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let Some(line) = line.strip_suffix("\r\n") else { return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()) };
        let rest = line.get(1..).unwrap_or_default();
        let number = || rest.parse::<i64>().map_err(|_| other());
        match line.bytes().next() {
            Some(b'+') => Ok(Reply::Text(rest.to_owned())),
            Some(b'-') => Err(SessionError::Refused(rest.to_owned())),
            Some(b':') => Ok(Reply::Number(number()?)),
            Some(b'$' | b'*') if number()? < 0 => Ok(Reply::Nothing),
            Some(b'$') => {
                let length = length(number()?)?;
                let mut text = Vec::new();
                self.stream.by_ref().take(length + 2).read_to_end(&mut text)?;
                let text = text.strip_suffix(b"\r\n").ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
                Ok(Reply::Text(String::from_utf8_lossy(text).into_owned()))
            }
            Some(b'*') if depth < DEEPEST => {
                let length = length(number()?)?;
                (0..length).map(|_| self.reply(depth + 1)).collect::<Result<_, _>>().map(Reply::List)
            }
            _ => Err(other()),
        }
    }
}

fn length(number: i64) -> Result<u64, SessionError> {
    u64::try_from(number).ok().filter(|length| *length <= MOST).ok_or_else(other)
}

fn other() -> SessionError {
    SessionError::Unavailable("what answers is not Redis".to_owned())
}

/// Connects to the first of the host's addresses that accepts.
fn connected(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                socket.set_read_timeout(Some(LONGEST))?;
                socket.set_write_timeout(Some(LONGEST))?;
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
