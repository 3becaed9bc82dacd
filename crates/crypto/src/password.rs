//! Passwords of people. Only a hash is stored: Argon2id with a random salt and OWASP's minimum parameters (19 MiB, two passes), as a PHC
//! string so that later hashes can be stronger.
//!
//! The 19 MiB are allocated once and reused for each password: the allocator neither reuses nor returns memory that is allocated each time,
//! and a few dozen sign-in attempts would exhaust it.

use argon2::password_hash::{Output, ParamsString, PasswordHash, SaltString};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};

use super::{Random, Result, SystemRandom};

/// What is verified if the user does not exist, so that the response time does not reveal who does.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy1pdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes passwords one at a time, in the same memory: 19 MiB from the first one on.
#[derive(Default)]
pub struct PasswordHashing {
    blocks: Vec<Block>,
}

impl PasswordHashing {
    /// The verifier of a new password. Deliberately slow and memory-hard.
    pub fn hash(&mut self, password: &str) -> Result<String> {
        let mut salt = [0; 16];
        SystemRandom.fill(&mut salt)?;
        let params = Params::default();
        let hash = self.output(password, &salt, &params, Params::DEFAULT_OUTPUT_LEN).expect("the usual bounds fit the memory");
        let salt = SaltString::encode_b64(&salt).expect("16 bytes are a salt");
        let verifier = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).expect("three numbers"),
            salt: Some(salt.as_salt()),
            hash: Some(hash),
        };
        Ok(verifier.to_string())
    }

    /// Verifies a password; `verifier` is `None` for users without one. The time does not depend on the result.
    pub fn is_password(&mut self, password: &str, verifier: Option<&str>) -> bool {
        let Ok(known) = PasswordHash::new(verifier.unwrap_or(NOBODY)) else { return false };
        self.hashed_as(password, &known).is_some_and(|hash| known.hash == Some(hash)) && verifier.is_some()
    }

    /// The hash of a password with the algorithm, parameters and salt of another one; `None` if that is not one of ours.
    fn hashed_as(&mut self, password: &str, known: &PasswordHash) -> Option<Output> {
        let is_ours = known.algorithm == ARGON2ID_IDENT && known.version == Some(Version::V0x13.into());
        let params = Params::try_from(known).ok().filter(|_| is_ours)?;
        let mut salt = [0; 64];
        let salt = known.salt?.decode_b64(&mut salt).ok()?;
        self.output(password, salt, &params, known.hash?.len())
    }

    /// Argon2id itself; `None` if the parameters exceed the allocated memory.
    fn output(&mut self, password: &str, salt: &[u8], params: &Params, length: usize) -> Option<Output> {
        if self.blocks.is_empty() {
            self.blocks.resize(Params::default().block_count(), Block::new());
        }
        let blocks = self.blocks.get_mut(..params.block_count())?;
        let argon2id = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let hash =
            |out: &mut [u8]| Ok(argon2id.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut *blocks)?);
        let hash = Output::init_with(length, hash).ok();
        // What remains in the memory was derived from the password.
        blocks.fill(Block::new());
        hash
    }
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier;

    use super::*;

    #[test]
    fn a_password_is_known_again_and_nothing_else_is() {
        let mut hashing = PasswordHashing::default();
        let verifier = hashing.hash("correct horse").expect("random bytes");
        assert!(verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{verifier}");
        assert_ne!(verifier, hashing.hash("correct horse").expect("random bytes"), "each has its salt");
        assert!(hashing.is_password("correct horse", Some(&verifier)));
        for wrong in ["", "correct horse ", "Correct horse"] {
            assert!(!hashing.is_password(wrong, Some(&verifier)), "{wrong:?}");
        }
        for damaged in ["not a verifier", &verifier.replace("argon2id", "argon2i"), &verifier.replace("v=19", "v=16")] {
            assert!(!hashing.is_password("correct horse", Some(damaged)), "{damaged}");
        }
    }

    #[test]
    fn verifiers_are_those_of_everybody_else() {
        let mut hashing = PasswordHashing::default();
        let verifier = hashing.hash("correct horse").expect("random bytes");
        let parsed = PasswordHash::new(&verifier).expect("a PHC string");
        assert!(Argon2::default().verify_password(b"correct horse", &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"another horse", &parsed).is_err());
    }

    #[test]
    fn nobody_has_a_password_that_can_be_verified() {
        assert!(PasswordHash::new(NOBODY).is_ok_and(|hash| hash.hash.is_some()));
        assert!(!PasswordHashing::default().is_password("", None));
    }

    #[test]
    fn the_memory_is_taken_once_and_wiped_and_a_verifier_does_not_ask_for_more() {
        let mut hashing = PasswordHashing::default();
        assert!(!hashing.is_password("x", None));
        let place = hashing.blocks.as_ptr();
        let verifier = hashing.hash("correct horse").expect("random bytes");
        let greedy = verifier.replace("m=19456", "m=4194304");
        assert!(!hashing.is_password("correct horse", Some(&greedy)));
        assert_eq!((hashing.blocks.as_ptr(), hashing.blocks.len()), (place, 19456));
        assert!(hashing.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }
}
