//! Passwords of people. Of one only what verifies it is kept: Argon2id with a salt of its own, in the bounds that OWASP names as the
//! least (19 MiB, two passes), written as a PHC string so that later ones can be stronger.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use super::{Random, Result, SystemRandom};

/// What is verified where nobody has that name, so that the time of an answer does not tell who is known.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy1pdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What verifies a password from now on. It takes a while, and memory: that is its purpose.
pub fn hash_password(password: &str) -> Result<String> {
    let mut salt = [0; 16];
    SystemRandom.fill(&mut salt)?;
    let salt = SaltString::encode_b64(&salt).expect("16 bytes are a salt");
    let hashed = argon2id().hash_password(password.as_bytes(), &salt).expect("a password is shorter than 4 GiB");
    Ok(hashed.to_string())
}

/// Whether it is the password; `verifier` is `None` for somebody who has none. It takes the same time whatever the answer is.
pub fn is_password(password: &str, verifier: Option<&str>) -> bool {
    let Ok(known) = PasswordHash::new(verifier.unwrap_or(NOBODY)) else { return false };
    let is_right = argon2id().verify_password(password.as_bytes(), &known).is_ok();
    is_right && verifier.is_some()
}

fn argon2id() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_nothing_else_is() {
        let verifier = hash_password("correct horse").expect("random bytes");
        assert!(verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{verifier}");
        assert_ne!(verifier, hash_password("correct horse").expect("random bytes"), "each has its salt");
        assert!(is_password("correct horse", Some(&verifier)));
        for wrong in ["", "correct horse ", "Correct horse"] {
            assert!(!is_password(wrong, Some(&verifier)), "{wrong:?}");
        }
        assert!(!is_password("correct horse", Some("not a verifier")));
    }

    #[test]
    fn nobody_has_a_password_that_can_be_verified() {
        assert!(PasswordHash::new(NOBODY).is_ok_and(|hash| hash.hash.is_some()));
        assert!(!is_password("", None));
    }
}
