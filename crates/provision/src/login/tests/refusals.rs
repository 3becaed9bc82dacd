//! What the errors of each protocol mean: wait, or the credentials are wrong.

use super::super::bson::Document;
use super::conversations::{amqp, kafka, mongo, mysql, mysql_greeting, postgres};
use super::{NotReady, TIMEOUT, attempt, fake};

const CREDENTIALS: &[(&str, &str)] = &[("username", "default"), ("password", "s3cret"), ("database", "shop")];

/// The result of a login to a server that sends this.
fn answer(kind: &str, texts: &[&[u8]]) -> NotReady {
    let texts: Vec<_> = texts.iter().map(|text| text.to_vec()).collect();
    attempt(kind, fake::script(&texts, |_, byte| Some(byte)), CREDENTIALS, TIMEOUT).expect_err("it is not ready")
}

fn is_starting(reason: &NotReady) -> bool {
    matches!(reason, NotReady::Starting(_))
}

fn is_refused(reason: &NotReady) -> bool {
    matches!(reason, NotReady::Refused(_))
}

#[test]
fn redis() {
    let loading = b"-LOADING Redis is loading the dataset in memory\r\n";
    let said = answer("redis", &[b"", b"-NOAUTH Authentication required.\r\n", b"+OK\r\n", loading]);
    assert_eq!(said, NotReady::Starting("LOADING Redis is loading the dataset in memory".to_owned()));
    let wrong = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n";
    assert!(is_refused(&answer("redis", &[b"", b"-NOAUTH Authentication required.\r\n", wrong])));
    assert!(is_starting(&answer("redis", &[b"", b"-ERR max number of clients reached\r\n"])));
    // Servers without a password.
    assert_eq!(answer("redis", &[b"", b"+PONG\r\n"]), NotReady::Open);
    let open: [&[&[u8]]; 2] = [
        &[b"", b"-NOAUTH x\r\n", b"-ERR AUTH <password> called without any password configured for the default user.\r\n"],
        &[b"", b"-DENIED Redis is running in protected mode because protected mode is enabled and no password is set\r\n"],
    ];
    for texts in open {
        let said = answer("redis", texts);
        assert!(is_refused(&said) && said.to_string().contains("it has no password"), "{said}");
    }
}

#[test]
fn nats() {
    let greeting = b"INFO {\"auth_required\":true}\r\n";
    assert!(is_refused(&answer("nats", &[greeting, b"-ERR 'Authorization Violation'\r\n"])));
    assert!(is_starting(&answer("nats", &[greeting, b"-ERR 'maximum connections exceeded'\r\n"])));
    assert_eq!(answer("nats", &[b"INFO {\"version\":\"2.15.2\"}\r\n", b"PONG\r\n"]), NotReady::Open);
    assert!(matches!(answer("nats", &[b"INFO []\r\n", b"PONG\r\n"]), NotReady::OtherServer(_)));
}

#[test]
fn postgresql() {
    let error = |code: &str, words: &str| postgres(b'E', format!("SFATAL\0VFATAL\0C{code}\0M{words}\0\0").as_bytes());
    let words = "the database system is starting up";
    assert_eq!(answer("postgres", &[b"", &error("57P03", words)]), NotReady::Starting(words.to_owned()));
    assert!(is_starting(&answer("postgres", &[b"", &error("53300", "sorry, too many clients already")])));
    for code in ["28P01", "28000", "3D000", "42501"] {
        let said = answer("database", &[b"", &error(code, "no")]);
        assert_eq!(said, NotReady::Refused(format!("no (SQLSTATE {code})")));
    }
    // Kerberos.
    let said = answer("postgres", &[b"", &postgres(b'R', &[0, 0, 0, 7])]);
    assert!(is_refused(&said) && said.to_string().contains("number 7"), "{said}");
    // Ready for a query by a user who was never accepted.
    assert!(matches!(answer("postgres", &[b"", &postgres(b'Z', b"I")]), NotReady::OtherServer(_)));
    // SCRAM with enough iterations to keep this machine busy for an hour.
    let begin = postgres(b'R', b"\0\0\0\x0aSCRAM-SHA-256\0\0");
    let challenge = postgres(b'R', b"\0\0\0\x0br=x,s=AAAA,i=4000000000");
    assert!(matches!(answer("postgres", &[b"", &begin, &challenge]), NotReady::OtherServer(_)));
}

#[test]
fn a_password_of_postgresql_is_hashed_as_md5() {
    // What old servers request: `md5` and MD5(MD5(password, user), salt), computed by hand for `s3cret`, `default` and `salt`.
    let (tell, told) = std::sync::mpsc::channel();
    let port = fake::serve(move |mut stream| {
        use std::io::{Read, Write};
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer);
        let _ = stream.write_all(&postgres(b'R', b"\0\0\0\x05salt"));
        let read = stream.read(&mut buffer).expect("a password");
        let _ = tell.send(buffer[..read].to_vec());
        let _ = stream.write_all(&postgres(b'E', b"C28P01\0Mno\0\0"));
        fake::close(stream);
    });
    assert!(is_refused(&attempt("postgres", port, CREDENTIALS, TIMEOUT).expect_err("it refuses")));
    assert_eq!(told.recv().expect("a password"), postgres(b'p', b"md5bd38ed452823f583417104988089968d\0"));
}

#[test]
fn mysql_and_mariadb() {
    let error =
        |number: u8, code: u16, words: &str| mysql(number, &[&[0xff][..], &code.to_le_bytes(), words.as_bytes()].concat());
    // Before the greeting, errors have no SQL state.
    let full = error(0, 1040, "Too many connections");
    assert_eq!(answer("mysql", &[&full]), NotReady::Starting("Too many connections (error 1040)".to_owned()));
    let greeting = mysql_greeting("9.7.1", "mysql_native_password", false);
    for code in [1044, 1045, 1049, 1130] {
        let said = answer("mysql", &[&greeting, &error(2, code, "#28000no")]);
        assert_eq!(said, NotReady::Refused(format!("no (error {code})")));
    }
    // A plugin that would send the password to anyone who asks.
    let said = answer("mysql", &[&greeting, &mysql(2, b"\xfemysql_clear_password\0")]);
    assert!(is_refused(&said) && said.to_string().contains("`mysql_clear_password`"), "{said}");
}

#[test]
fn rabbitmq() {
    let start = amqp(10, b"\0\x09\0\0\0\0\0\0\0\x05PLAIN\0\0\0\x05en_US");
    let close = |code: u16, words: &str| {
        let length = u8::try_from(words.len()).expect("short");
        amqp(50, &[&code.to_be_bytes()[..], &[length], words.as_bytes(), &[0, 10, 0, 11]].concat())
    };
    let words = "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.";
    assert_eq!(answer("amqp", &[b"", &start, &close(403, words)]), NotReady::Refused(words.to_owned()));
    assert!(is_refused(&answer("amqp", &[b"", &start, &close(530, "NOT_ALLOWED - vhost /x not found")])));
    assert!(is_starting(&answer("amqp", &[b"", &start, &close(541, "INTERNAL_ERROR - vhost '/' is down")])));
    let said = answer("amqp", &[b"", b"AMQP\x00\x01\x00\x00"]);
    assert!(said.to_string().contains("another version of AMQP"), "{said}");
}

#[test]
fn kafka_without_a_broker() {
    let versions = kafka(1, b"\0\0\0\0\0\x01\0\x03\0\0\0\x01");
    let none = kafka(2, b"\0\0\0\0\xff\xff\xff\xff\0\0\0\0");
    assert!(is_starting(&answer("kafka", &[b"", &versions, &none])));
    // A future broker that supports none of the versions known here.
    let versions = kafka(1, b"\0\0\0\0\0\x01\0\x03\0\x14\0\x1e");
    let said = answer("kafka", &[b"", &versions]);
    assert!(said.to_string().contains("20 to 30"), "{said}");
}

#[test]
fn mongodb_that_stops() {
    let stops = Document::default().number("ok", 0).text("errmsg", "The server is in quiesce mode").number("code", 91);
    assert!(is_starting(&answer("mongo", &[b"", &mongo(&stops)])));
}
