//! The client of SCRAM-SHA-256 (RFC 5802, RFC 7677), for MongoDB. PostgreSQL's has its own library, which leaves the user's name out.

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};
use zeroize::Zeroizing;

/// The minimum number of iterations by RFC 7677.
const FEWEST: u32 = 4096;

/// The maximum, since a server could otherwise keep this machine busy for hours. MongoDB uses 15,000.
const MOST: u32 = 100_000;

/// A login before its proof.
pub(super) struct Scram {
    nonce: String,
    /// The first message, without its header.
    first: String,
}

/// A login whose proof was sent.
pub(super) struct Proven {
    /// The message with the proof of the password.
    pub message: String,
    server_key: hmac::Key,
    signed: String,
}

impl Scram {
    pub(super) fn new(user: &str, nonce: String) -> Self {
        let user = user.replace('=', "=3D").replace(',', "=2C");
        let first = format!("n={user},r={nonce}");
        Self { nonce, first }
    }

    /// The first message.
    pub(super) fn message(&self) -> String {
        format!("n,,{}", self.first)
    }

    /// Responds to the server's challenge. `None` if the challenge is invalid.
    pub(super) fn prove(&self, challenge: &[u8], password: &str) -> Option<Proven> {
        let challenge = std::str::from_utf8(challenge).ok()?;
        let [nonce, salt, iterations] = challenge.split(',').collect::<Vec<_>>()[..] else { return None };
        let nonce =
            nonce.strip_prefix("r=").filter(|nonce| nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce))?;
        let salt = STANDARD.decode(salt.strip_prefix("s=")?).ok()?;
        let iterations: u32 = iterations.strip_prefix("i=")?.parse().ok()?;
        let iterations = NonZeroU32::new(iterations).filter(|number| (FEWEST..=MOST).contains(&number.get()))?;

        let mut salted = Zeroizing::new([0; digest::SHA256_OUTPUT_LEN]);
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &salt, password.as_bytes(), &mut *salted);
        let salted = hmac::Key::new(hmac::HMAC_SHA256, &*salted);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());
        let last = format!("c=biws,r={nonce}");
        let signed = format!("{},{challenge},{last}", self.first);
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, stored_key.as_ref()), signed.as_bytes());
        let proof: Vec<u8> = client_key.as_ref().iter().zip(signature.as_ref()).map(|(one, other)| one ^ other).collect();
        let server_key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&salted, b"Server Key").as_ref());
        Some(Proven { message: format!("{last},p={}", STANDARD.encode(proof)), server_key, signed })
    }
}

impl Proven {
    /// Whether the server has proved that it knows the password.
    pub(super) fn is_answered_by(&self, last: &[u8]) -> bool {
        let signature = last.strip_prefix(b"v=").and_then(|text| STANDARD.decode(text).ok());
        signature.is_some_and(|signature| hmac::verify(&self.server_key, self.signed.as_bytes(), &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677, section 3.
    const CHALLENGE: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    fn scram() -> Scram {
        Scram::new("user", "rOprNGfwEbeRWgbNEkqO".to_owned())
    }

    #[test]
    fn the_proof_is_the_one_of_the_rfc() {
        assert_eq!(scram().message(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let proven = scram().prove(CHALLENGE.as_bytes(), "pencil").expect("a challenge");
        assert_eq!(
            proven.message,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert!(proven.is_answered_by(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        for wrong in [&b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="[..], b"v=", b"v=!", b"", b"e=invalid-proof"] {
            assert!(!proven.is_answered_by(wrong));
        }
    }

    #[test]
    fn a_challenge_that_is_none_is_not_answered() {
        let changed = [
            ("i=4096", "i=4294967295"),
            ("i=4096", "i=1"),
            ("i=4096", "i=0"),
            ("i=4096", "i=-1"),
            ("i=4096", ""),
            ("W22Z", "W2!Z"),
            ("r=rOpr", "r=xOpr"),
            ("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", ""),
            (",s=", ""),
        ];
        for (from, to) in changed {
            assert!(scram().prove(CHALLENGE.replace(from, to).as_bytes(), "pencil").is_none(), "{from} {to}");
        }
        assert!(scram().prove(b"\xff", "pencil").is_none());
    }

    #[test]
    fn a_name_has_no_commas() {
        assert_eq!(Scram::new("a=b,c", "x".to_owned()).message(), "n,,n=a=3Db=2Cc,r=x");
    }
}
