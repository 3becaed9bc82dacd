//! Logins that succeed, byte by byte, and every way in which the bytes can be cut off or changed.

use std::time::{Duration, Instant};

use super::super::bson::Document;
use super::{Answer, TIMEOUT, accepted, attempt, fake};

const PASSWORD: &str = "s3cret-of-the-test";

/// What a server sends, from the start of the connection.
pub(super) struct Conversation {
    pub kind: &'static str,
    pub credentials: &'static [(&'static str, &'static str)],
    pub texts: Vec<Vec<u8>>,
    pub version: &'static str,
}

/// A message of PostgreSQL.
pub(super) fn postgres(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[tag], &u32::try_from(body.len() + 4).expect("short").to_be_bytes()[..], body].concat()
}

/// A frame with a method of AMQP's connection.
pub(super) fn amqp(method: u16, arguments: &[u8]) -> Vec<u8> {
    let length = u32::try_from(arguments.len() + 4).expect("short").to_be_bytes();
    [&[1, 0, 0][..], &length, &[0, 10], &method.to_be_bytes(), arguments, &[0xce]].concat()
}

/// A packet of MySQL.
pub(super) fn mysql(number: u8, body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len()).expect("short").to_le_bytes()[..3], &[number], body].concat()
}

/// MySQL's greeting.
pub(super) fn mysql_greeting(version: &str, plugin: &str, has_tls: bool) -> Vec<u8> {
    let abilities: u32 = 1 | 1 << 3 | 1 << 9 | 1 << 15 | 1 << 19 | if has_tls { 1 << 11 } else { 0 };
    let [a, b, c, d] = abilities.to_le_bytes();
    let nonce = b"abcdefghijklmnopqrst";
    let body = [
        &[10][..],
        version.as_bytes(),
        &[0, 7, 0, 0, 0],
        &nonce[..8],
        &[0, a, b, 45, 2, 0, c, d, 21],
        &[0; 10],
        &nonce[8..],
        &[0],
        plugin.as_bytes(),
        &[0],
    ];
    mysql(0, &body.concat())
}

/// A message of MongoDB.
pub(super) fn mongo(document: &Document) -> Vec<u8> {
    let document = document.encoded();
    let length = i32::try_from(document.len() + 21).expect("short");
    [&[length, 9, 1, 2013, 0].map(i32::to_le_bytes).concat()[..], &[0], &document].concat()
}

/// An answer of Kafka.
pub(super) fn kafka(number: i32, body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 4).expect("short").to_be_bytes()[..], &number.to_be_bytes(), body].concat()
}

fn amqp_start(version: &str) -> Vec<u8> {
    let counted = |bytes: &[u8]| [&u32::try_from(bytes.len()).expect("short").to_be_bytes()[..], bytes].concat();
    let capabilities = counted(b"\x12publisher_confirmst\x01");
    let properties = [
        b"\x0ccapabilitiesF",
        &capabilities[..],
        b"\x07productS",
        &counted(b"RabbitMQ"),
        b"\x07versionS",
        &counted(version.as_bytes()),
    ];
    amqp(10, &[&[0, 9][..], &counted(&properties.concat()), &counted(b"PLAIN AMQPLAIN"), &counted(b"en_US")].concat())
}

pub(super) fn all() -> Vec<Conversation> {
    const NAMED: &[(&str, &str)] = &[("username", "shop"), ("password", PASSWORD), ("database", "shop_dev")];
    const ALONE: &[(&str, &str)] = &[("password", PASSWORD)];
    let bytes = |texts: &[&[u8]]| texts.iter().map(|text| text.to_vec()).collect::<Vec<_>>();
    let ok = || Document::default().number("ok", 1);
    let ready = postgres(b'Z', b"I");
    let postgres_login = [&postgres(b'R', &[0; 4])[..], &postgres(b'S', b"server_version\x0017.2\0"), &ready].concat();
    let row =
        [&postgres(b'T', b"..")[..], &postgres(b'D', b"\0\x01\0\0\0\x0417.2"), &postgres(b'C', b"SHOW\0"), &ready].concat();
    let cockroach = b"crdb_version\0CockroachDB CCL v23.1.14 (x86_64-pc-linux-gnu)\0";
    let cockroach_login = [&postgres(b'R', &[0; 4])[..], &postgres(b'S', cockroach), &ready].concat();
    let information = b"# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n";
    let information = [format!("${}\r\n", information.len()).as_bytes(), information, b"\r\n"].concat();
    // `ApiVersions` 0: no error, two rows. `Metadata` 8: no throttle, one broker without a rack, a cluster, its controller, no topics.
    let versions = b"\0\0\0\0\0\x02\0\0\0\0\0\x0b\0\x03\0\0\0\x0d";
    let metadata = b"\0\0\0\0\0\0\0\x01\0\0\0\x01\0\x09localhost\0\0\x23\x84\xff\xff\0\x02id\0\0\0\x01\0\0\0\0\x80\0\0\0";
    let mut tune = amqp(30, &[0x07, 0xff, 0, 2, 0, 0, 0, 60]);
    // A heartbeat may arrive in between.
    tune.splice(0..0, [8, 0, 0, 0, 0, 0, 0, 0xce]);
    vec![
        Conversation {
            kind: "redis",
            credentials: ALONE,
            texts: bytes(&[b"", b"-NOAUTH Authentication required.\r\n", b"+OK\r\n", b"+PONG\r\n", &information]),
            version: "8.1.1",
        },
        Conversation {
            kind: "redis",
            credentials: NAMED,
            texts: bytes(&[b"", b"+OK\r\n", b"+OK\r\n", b"+PONG\r\n", b"-NOPERM no permissions\r\n"]),
            version: "",
        },
        Conversation {
            kind: "nats",
            credentials: NAMED,
            texts: bytes(&[
                b"INFO {\"version\":\"2.15.2\",\"auth_required\":true}\r\n",
                b"INFO {}\r\n+OK\r\nPING\r\nPONG\r\n",
                b"",
            ]),
            version: "2.15.2",
        },
        Conversation { kind: "postgres", credentials: NAMED, texts: bytes(&[b"", &postgres_login, &row]), version: "17.2" },
        Conversation {
            kind: "cockroach",
            credentials: NAMED,
            texts: bytes(&[b"", &cockroach_login, &row]),
            version: "23.1.14",
        },
        Conversation {
            kind: "amqp",
            credentials: NAMED,
            texts: vec![Vec::new(), amqp_start("4.1.2"), tune, amqp(41, b"\0"), amqp(51, b"")],
            version: "4.1.2",
        },
        Conversation {
            kind: "mysql",
            credentials: NAMED,
            texts: vec![
                mysql_greeting("8.4.3", "caching_sha2_password", true),
                mysql(2, &[1, 3]).into_iter().chain(mysql(3, &[0, 0, 0, 2, 0, 0, 0])).collect(),
                mysql(1, &[0, 0, 0, 2, 0, 0, 0]),
            ],
            version: "8.4.3",
        },
        Conversation {
            kind: "mariadb",
            credentials: NAMED,
            texts: vec![
                mysql_greeting("5.5.5-10.11.6-MariaDB-0+deb12u1", "unix_socket", false),
                mysql(2, &[&[0xfe][..], b"mysql_native_password\0ABCDEFGHIJKLMNOPQRST\0"].concat()),
                mysql(4, &[0, 0, 0, 2, 0, 0, 0]),
                mysql(1, &[0, 0, 0, 2, 0, 0, 0]),
            ],
            version: "10.11.6",
        },
        Conversation {
            kind: "kafka",
            credentials: &[],
            texts: vec![Vec::new(), kafka(1, versions), kafka(2, metadata)],
            version: "",
        },
        Conversation {
            kind: "mongo",
            credentials: &[],
            texts: vec![
                Vec::new(),
                mongo(&Document::default().flag("isWritablePrimary", true).document("topologyVersion", &ok()).number("ok", 1)),
                mongo(&Document::default().text("version", "8.3.1").number("ok", 1)),
            ],
            version: "8.3.1",
        },
        Conversation {
            kind: "spark",
            credentials: &[],
            texts: bytes(&[b"", b"\0\0\x06\x04\0\0\0\0\0\0\x03\x7f\xff\xff\xff"]),
            version: "",
        },
    ]
}

/// An error must not reveal the password, whatever the server sent.
fn is_discreet(answer: &Answer) -> bool {
    !format!("{answer:?}").contains(PASSWORD)
}

#[test]
fn a_server_that_follows_its_protocol_is_accepted() {
    for conversation in all() {
        let port = fake::script(&conversation.texts, |_, byte| Some(byte));
        let answer = attempt(conversation.kind, port, conversation.credentials, TIMEOUT);
        assert_eq!(answer, accepted(conversation.version), "{}", conversation.kind);
    }
}

#[test]
fn an_answer_that_breaks_off_anywhere_is_an_error_at_once() {
    for conversation in all() {
        let length: usize = conversation.texts.iter().map(Vec::len).sum();
        for end in 0..length {
            let port = fake::script(&conversation.texts, move |at, byte| (at < end).then_some(byte));
            let start = Instant::now();
            let answer = attempt(conversation.kind, port, conversation.credentials, TIMEOUT);
            // The last bytes that a client sends may be its farewell.
            assert!(answer.is_err() || end + 12 >= length, "{} {end}: {answer:?}", conversation.kind);
            assert!(start.elapsed() < TIMEOUT && is_discreet(&answer), "{} {end}: {answer:?}", conversation.kind);
        }
    }
}

#[test]
fn any_byte_may_be_another() {
    let conversations = all();
    // Most cases wait for bytes that never arrive, so many run in parallel.
    std::thread::scope(|scope| {
        for part in 0..16 {
            let conversations = &conversations;
            scope.spawn(move || {
                for conversation in conversations {
                    let length: usize = conversation.texts.iter().map(Vec::len).sum();
                    for place in (part..length).step_by(16) {
                        for flipped in [0x01, 0x80, 0xff] {
                            change_byte(conversation, place, flipped);
                        }
                    }
                }
            });
        }
    });
}

fn change_byte(conversation: &Conversation, place: usize, flipped: u8) {
    let port = fake::script(&conversation.texts, move |at, byte| Some(if at == place { byte ^ flipped } else { byte }));
    let start = Instant::now();
    let answer = attempt(conversation.kind, port, conversation.credentials, Duration::from_millis(300));
    assert!(start.elapsed() < TIMEOUT && is_discreet(&answer), "{} {place}: {answer:?}", conversation.kind);
}
