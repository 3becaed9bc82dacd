//! MySQL's `caching_sha2_password`, with and without TLS, on a server that has not seen the password yet; MariaDB does not have it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::conversations::{mysql as packet, mysql_greeting as greeting};
use super::{NotReady, TIMEOUT, accepted, attempt, fake};

/// A self-signed certificate and its key, both DER in hexadecimal: `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes
/// -days 1 -subj /CN=test`. It has expired, as MySQL's would on a machine whose clock is wrong.
const CERTIFICATE: &str = "\
    3082017430820119a003020102021424b6e32404b16ffe259a6fc19385908e93f8360e300a06082a8648ce3d040302300f310d300b0603\
    5504030c0474657374301e170d3236313132393133343234345a170d3236313133303133343234345a300f310d300b06035504030c0474\
    6573743059301306072a8648ce3d020106082a8648ce3d03010703420004d39d23ac59d485a9007b084cae8114bf6376cae2353ea737cd\
    36d21dce3233c165168c9f6a113ece713e0163129bd38fded18595ab038d8c7fbb5fad132477d9a3533051301d0603551d0e04160414b1\
    a958f6b20bd1fed0907f86ac2ab192b2821b3b301f0603551d23041830168014b1a958f6b20bd1fed0907f86ac2ab192b2821b3b300f06\
    03551d130101ff040530030101ff300a06082a8648ce3d0403020349003046022100db45ebe8617b0c4b5b912029fa65139f57e9fa2c3a\
    5018df62d0e942e866d7f70221008dd3eadd6ca1520cdf7ceef59aab122d4986192be580d2102a68f9f0555a32db";
const KEY: &str = "\
    308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104207bab749afd2e3be80ee13ef2403ebef012180a\
    2fd89996cec10c6544cdd2eef9a14403420004d39d23ac59d485a9007b084cae8114bf6376cae2353ea737cd36d21dce3233c165168c9f\
    6a113ece713e0163129bd38fded18595ab038d8c7fbb5fad132477d9";

const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];
const PASSWORD: &str = "s3cret-of-the-test";

fn bytes(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits"));
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("digits")).collect()
}

/// The body of the next packet.
fn heard(stream: &mut impl Read) -> Vec<u8> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).expect("a packet");
    let mut body = vec![0; usize::from(header[0]) | usize::from(header[1]) << 8];
    stream.read_exact(&mut body).expect("its body");
    body
}

fn config() -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(bytes(KEY)));
    let config = config.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
    Arc::new(config.with_single_cert(vec![CertificateDer::from(bytes(CERTIFICATE))], key).expect("a certificate"))
}

/// A server that has not seen the password since it started.
fn handle(mut stream: TcpStream, has_tls: bool) {
    stream.write_all(&greeting("8.4.3", "caching_sha2_password", has_tls)).expect("a client");
    let first = heard(&mut stream);
    let wants_tls = u32::from_le_bytes(first[..4].try_into().expect("abilities")) & 1 << 11 != 0;
    if !wants_tls {
        assert!(first.windows(4).any(|word| word == b"shop") && first.windows(8).any(|word| word == b"shop_dev"));
        assert!(first.ends_with(b"caching_sha2_password\0"));
        stream.write_all(&packet(2, &[1, 4])).expect("a client");
        return fake::close(stream);
    }
    // Only the client's capabilities.
    assert_eq!(first.len(), 32);
    let mut stream = StreamOwned::new(ServerConnection::new(config()).expect("a server"), stream);
    let login = heard(&mut stream);
    assert!(login.windows(5).any(|word| word == b"shop\0"));
    stream.write_all(&packet(3, &[1, 4])).expect("a client");
    let password = heard(&mut stream);
    if password != [PASSWORD.as_bytes(), &[0]].concat() {
        let refusal = b"\xff\x15\x04#28000Access denied for user 'shop'@'172.17.0.1' (using password: YES)";
        return stream.write_all(&packet(5, refusal)).expect("a client");
    }
    stream.write_all(&packet(5, OK)).expect("a client");
    assert_eq!(heard(&mut stream), [14]);
    stream.write_all(&packet(1, OK)).expect("a client");
}

#[test]
fn the_password_itself_is_sent_over_tls_alone() {
    let credentials = |password| [("username", "shop"), ("password", password), ("database", "shop_dev")];
    let port = fake::serve(|stream| handle(stream, true));
    assert_eq!(attempt("mysql", port, &credentials(PASSWORD), TIMEOUT), accepted("8.4.3"));
    let denied = "Access denied for user 'shop'@'172.17.0.1' (using password: YES) (error 1045)";
    assert_eq!(attempt("mysql", port, &credentials("wrong"), TIMEOUT), Err(NotReady::Refused(denied.to_owned())));

    let port = fake::serve(|stream| handle(stream, false));
    let answer = attempt("mysql", port, &credentials(PASSWORD), TIMEOUT);
    assert!(matches!(&answer, Err(NotReady::Refused(why)) if why.contains("does not support TLS")), "{answer:?}");
}

#[test]
fn what_came_before_tls_is_not_taken_for_what_came_over_it() {
    let port = fake::serve(|mut stream| {
        let greeting = greeting("8.4.3", "caching_sha2_password", true);
        // The second connection is the one that switches to TLS. The first one reads this response.
        let _ = stream.write_all(&[greeting, packet(2, &[1, 4])].concat());
        fake::close(stream);
    });
    let credentials = [("username", "shop"), ("password", PASSWORD)];
    let answer = attempt("mysql", port, &credentials, TIMEOUT);
    assert!(matches!(&answer, Err(NotReady::OtherServer(why)) if why.contains("before TLS")), "{answer:?}");
}
