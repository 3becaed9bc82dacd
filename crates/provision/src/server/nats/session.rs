//! A session of the system user, or of a program whose login is tried: requests and their replies, all of it before a deadline.

use std::time::{Duration, Instant};

use ring::digest::{SHA256, digest};
use rustls::pki_types::ServerName;
use serde_json::{Value, json};

use super::jwt;
use super::nkey::Key;
use crate::login::{MOST_OF_MESSAGE, NotReady, Tls, Wire, cleaned};
use crate::name::hexadecimal;

/// The timeout of a session. An account with many streams takes a while to remove.
const LONGEST: Duration = Duration::from_secs(30);
/// The maximum number of bytes that a session reads, and that a reply has.
const MOST: usize = 64 << 20;
const MOST_OF_REPLY: usize = 8 << 20;
/// How many requests are under way at a time.
const BATCH: usize = 64;
/// The maximum number of lines before the expected one.
const MOST_LINES: usize = 1000;
/// What the names of inboxes begin with.
const INBOX: &str = "_INBOX.takk";

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub host: String,
    pub port: u16,
    /// Whether a session without TLS is refused. A server that wants TLS gets it in any case.
    pub is_tls: bool,
    /// The file with the certificate authorities to trust.
    pub roots: Option<String>,
}

impl Place {
    pub(super) fn scheme(&self) -> &'static str {
        if self.is_tls { "tls" } else { "nats" }
    }
}

/// Why a server did not do what it was told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SessionError {
    #[error("no answer: {0}")]
    Unavailable(String),
    /// The certificate is not one to trust, or the server has no TLS.
    #[error("takk does not trust the server: {0}")]
    Untrusted(String),
    /// It is not NATS, or has no operator.
    #[error("{0}")]
    OtherServer(String),
    #[error("the server rejects the login: {0}")]
    Refused(String),
    /// The user may not do it.
    #[error("{0}")]
    Denied(String),
    #[error("nothing answers to {0}")]
    NoResponders(String),
}

impl From<NotReady> for SessionError {
    fn from(reason: NotReady) -> Self {
        match reason {
            NotReady::NoAnswer(why) | NotReady::Starting(why) => Self::Unavailable(why),
            NotReady::OtherServer(why) if why.starts_with("TLS") => Self::Untrusted(why),
            NotReady::OtherServer(why) => Self::OtherServer(why),
            NotReady::Refused(why) | NotReady::Incomplete(why) => Self::Refused(why),
            NotReady::Open => Self::OtherServer(reason.to_string()),
        }
    }
}

/// What arrives.
enum Message {
    Pong,
    Reply { number: usize, bytes: Vec<u8>, has_responders: bool },
}

/// A session.
pub(super) struct Session {
    wire: Wire,
    inbox: String,
    sent: usize,
    pub version: String,
    pub has_jetstream: bool,
    pub is_encrypted: bool,
}

impl Session {
    /// Logs in with a user's JWT and key.
    pub(super) fn open(place: &Place, jwt: &str, key: &Key) -> Result<Self, SessionError> {
        let mut wire = Wire::connect(&place.host, place.port, Instant::now() + LONGEST, MOST)?;
        let greeting = wire.line()?;
        let said = greeting.strip_prefix(b"INFO ").and_then(|text| serde_json::from_slice::<Value>(text).ok());
        let said = said.filter(Value::is_object).ok_or_else(|| SessionError::OtherServer("it is not NATS".to_owned()))?;
        let is_encrypted = place.is_tls || said["tls_required"] == true;
        if is_encrypted {
            secure(&mut wire, place, &said)?;
        }
        let Some(nonce) = said["nonce"].as_str() else {
            return Err(SessionError::OtherServer(
                "it has no operator: takk creates accounts in operator mode alone".to_owned(),
            ));
        };
        let signature = jwt::signature(&key.sign(nonce.as_bytes()));
        let connect = json!({
            "verbose": false, "pedantic": false, "tls_required": is_encrypted, "lang": "rust", "name": "takk", "version": "1",
            "protocol": 1, "headers": true, "no_responders": true, "jwt": jwt, "sig": signature,
        });
        let random = hexadecimal(digest(&SHA256, signature.as_bytes()).as_ref());
        let mut session = Self {
            wire,
            inbox: format!("{INBOX}.{}", &random[..16]),
            sent: 0,
            version: said["version"].as_str().unwrap_or_default().to_owned(),
            has_jetstream: said["jetstream"] == true,
            is_encrypted,
        };
        session.ping(&format!("CONNECT {connect}"))?;
        session.ping(&format!("SUB {}.* 1", session.inbox))?;
        Ok(session)
    }

    /// Sends a command, and waits until the server has carried it out.
    fn ping(&mut self, command: &str) -> Result<(), SessionError> {
        self.wire.send(format!("{command}\r\nPING\r\n").as_bytes())?;
        while !matches!(self.message()?, Message::Pong) {}
        Ok(())
    }

    /// The reply to a request; of several servers, the first one.
    pub(super) fn ask(&mut self, subject: &str, payload: &[u8]) -> Result<Vec<u8>, SessionError> {
        let replies = self.ask_all(&[subject.to_owned()], payload)?;
        Ok(replies.into_iter().next().unwrap_or_default())
    }

    /// The reply to a request, as JSON.
    pub(super) fn ask_json(&mut self, subject: &str, payload: &[u8]) -> Result<Value, SessionError> {
        let other = || SessionError::OtherServer(format!("its answer to {subject} is not JSON"));
        serde_json::from_slice(&self.ask(subject, payload)?).map_err(|_| other())
    }

    /// The replies to the same request to several subjects, in their order.
    pub(super) fn ask_all(&mut self, subjects: &[String], payload: &[u8]) -> Result<Vec<Vec<u8>>, SessionError> {
        let mut replies = Vec::with_capacity(subjects.len());
        for batch in subjects.chunks(BATCH) {
            let first = self.sent;
            let mut text = Vec::new();
            for subject in batch {
                text.extend_from_slice(format!("PUB {subject} {}.{} {}\r\n", self.inbox, self.sent, payload.len()).as_bytes());
                text.extend_from_slice(payload);
                text.extend_from_slice(b"\r\n");
                self.sent += 1;
            }
            self.wire.send(&text)?;
            replies.extend(self.replies(batch, first)?);
        }
        Ok(replies)
    }

    fn replies(&mut self, subjects: &[String], first: usize) -> Result<Vec<Vec<u8>>, SessionError> {
        let mut replies = vec![None; subjects.len()];
        while replies.iter().any(Option::is_none) {
            // Further replies of other servers, to this or an earlier request, are skipped.
            let Message::Reply { number, bytes, has_responders } = self.message()? else { continue };
            let Some(index) = number.checked_sub(first).filter(|index| *index < subjects.len()) else { continue };
            if !has_responders {
                return Err(SessionError::NoResponders(subjects[index].clone()));
            }
            replies[index].get_or_insert(bytes);
        }
        Ok(replies.into_iter().flatten().collect())
    }

    /// Reads until something arrives that was waited for.
    fn message(&mut self) -> Result<Message, SessionError> {
        for _ in 0..MOST_LINES {
            let line = self.wire.line()?;
            let text = String::from_utf8_lossy(&line).into_owned();
            let mut words = text.split_ascii_whitespace();
            match words.next() {
                Some("PONG") => return Ok(Message::Pong),
                Some("PING") => self.wire.send(b"PONG\r\n")?,
                Some("+OK" | "INFO") => {}
                Some("-ERR") => return Err(of_error(&line)),
                Some(kind @ ("MSG" | "HMSG")) => {
                    let words: Vec<&str> = words.collect();
                    return self.reply(kind == "HMSG", &words);
                }
                _ => return Err(other()),
            }
        }
        Err(other())
    }

    /// The rest of a message whose line has these words: subject, subscription, perhaps an inbox, perhaps the size of its headers, and its
    /// size.
    fn reply(&mut self, has_headers: bool, words: &[&str]) -> Result<Message, SessionError> {
        let (subject, size) = words.first().zip(words.last()).ok_or_else(other)?;
        let size = size.parse::<usize>().ok().filter(|size| *size <= MOST_OF_REPLY).ok_or_else(other)?;
        let headers =
            if has_headers { words.len().checked_sub(2).and_then(|index| words[index].parse().ok()) } else { Some(0) };
        let headers: usize = headers.ok_or_else(other)?;
        let mut bytes = Vec::new();
        while bytes.len() < size {
            bytes.extend(self.wire.read((size - bytes.len()).min(MOST_OF_MESSAGE))?);
        }
        self.wire.line()?;
        let (headers, payload) = bytes.split_at_checked(headers).ok_or_else(other)?;
        let has_responders = !headers.starts_with(b"NATS/1.0 503");
        let number = subject.rsplit('.').next().and_then(|number| number.parse().ok()).unwrap_or(usize::MAX);
        Ok(Message::Reply { number, bytes: payload.to_vec(), has_responders })
    }
}

fn secure(wire: &mut Wire, place: &Place, said: &Value) -> Result<(), SessionError> {
    if said["tls_required"] != true && said["tls_available"] != true {
        return Err(SessionError::Untrusted("it has no TLS".to_owned()));
    }
    let name = ServerName::try_from(place.host.clone()).map_err(|error| SessionError::Untrusted(error.to_string()))?;
    let tls = Tls::verified(place.roots.as_deref()).map_err(|reason| SessionError::Untrusted(reason.to_string()))?;
    Ok(wire.secure(name, tls.config())?)
}

fn of_error(line: &[u8]) -> SessionError {
    let said = cleaned(line.strip_prefix(b"-ERR ").unwrap_or(line), &[]);
    let said = said.trim_matches('\'').to_owned();
    if said.starts_with("Permissions Violation") { SessionError::Denied(said) } else { SessionError::Refused(said) }
}

fn other() -> SessionError {
    SessionError::OtherServer("what answers is not NATS".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::super::nkey::{Role, seed};
    use super::*;

    const INFO: &str = "INFO {\"nonce\":\"n\",\"version\":\"2.15.1\"}\r\n";

    /// What a request to a server is answered that says this, then lets log in, and then says that.
    fn asked(greeting: &'static str, then: &'static [u8]) -> Result<Vec<u8>, SessionError> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            stream.write_all(greeting.as_bytes()).expect("sent");
            let mut bytes = [0; 4096];
            for answer in [&b"+OK\r\nPING\r\nPONG\r\n"[..], b"PONG\r\n", then] {
                // The client has sent something, or has gone.
                if stream.read(&mut bytes).is_ok_and(|length| length > 0) {
                    let _ = stream.write_all(answer);
                }
            }
        });
        let key = Key::parse(&seed(Role::User, "s"), Role::User).expect("a key");
        let place = Place { host: "127.0.0.1".to_owned(), port, is_tls: false, roots: None };
        let answer = Session::open(&place, "eyJ", &key).and_then(|mut session| session.ask("a", b""));
        server.join().expect("no panic");
        answer
    }

    #[test]
    fn another_server_is_not_taken_for_nats() {
        for (greeting, words) in [
            ("HTTP/1.1 400 Bad Request\r\n", "it is not NATS"),
            ("INFO []\r\n", "it is not NATS"),
            ("INFO {\"version\":\"2.15.1\"}\r\n", "it has no operator"),
        ] {
            let error = asked(greeting, b"").expect_err(greeting);
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn a_message_that_breaks_the_protocol_is_an_error() {
        for then in [
            &b"MSG\r\n"[..],
            b"MSG a\r\n",
            b"MSG a 1 -1\r\n",
            b"MSG a 1 99999999999999999999\r\n",
            b"MSG a 1 9000000\r\n",
            b"HMSG 5\r\n",
            b"HMSG a 1 9 5\r\nabcde\r\n",
            b"HMSG a 1 x 5\r\nabcde\r\n",
            b"HELLO\r\n",
            b"\xff\xfe\r\n",
        ] {
            let error = asked(INFO, then).expect_err("it breaks the protocol");
            assert!(matches!(error, SessionError::OtherServer(_)), "{then:?}: {error}");
        }
        assert_eq!(
            asked(INFO, b"-ERR 'Permissions Violation for Publish to \"a\"'\r\n"),
            Err(SessionError::Denied("Permissions Violation for Publish to \"a\"".to_owned()))
        );
    }
}
