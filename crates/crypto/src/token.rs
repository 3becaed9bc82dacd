//! Tokens and codes that grant access. Only the hash of a token is stored: 256 random bits need no salt and no slow hash.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::digest::framed;
use super::{Random, Result, SystemRandom};
use takk_model::TokenKind;

/// The alphabet of codes: no vowels, so that no words appear, and no ambiguous characters (RFC 8628, 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

pub struct NewTokenText {
    /// Its text, for the user.
    pub text: String,
    /// Its hash, for the store.
    pub hash: Vec<u8>,
}

/// Generates a token: `takk_p_...` for a person, `takk_s_...` for a service account.
pub fn new_token(kind: TokenKind) -> Result<NewTokenText> {
    new_text(match kind {
        TokenKind::Personal => 'p',
        TokenKind::Service => 's',
    })
}

/// Generates the secret of an invitation: `takk_i_...`.
pub fn new_invitation() -> Result<NewTokenText> {
    new_text('i')
}

/// Generates the state of a browser that signs in with a provider: `takk_o_...`.
pub fn new_state() -> Result<NewTokenText> {
    new_text('o')
}

fn new_text(letter: char) -> Result<NewTokenText> {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes)?;
    let mut text = format!("takk_{letter}_");
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes all text");
    }
    Ok(NewTokenText { hash: token_hash(&text), text })
}

/// What is stored of a token. Tokens are looked up by it, so that no comparison reveals by its duration how much of one is right.
pub fn token_hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// Identifies a request.
pub fn request_digest(parts: &[&[u8]]) -> Vec<u8> {
    Sha256::digest(framed(parts)).to_vec()
}

/// A code that a person compares and types: `BCDF-GHJK`.
pub fn device_code() -> Result<String> {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes)?;
    let mut number = u128::from_be_bytes(bytes);
    let mut code = String::new();
    for place in 0..8 {
        if place == 4 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::try_from(number % 20).expect("below 20")]));
        number /= 20;
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_whose_it_is_and_is_new_each_time() {
        let one = new_token(TokenKind::Personal).expect("random bytes");
        let other = new_token(TokenKind::Service).expect("random bytes");
        assert!(one.text.starts_with("takk_p_") && other.text.starts_with("takk_s_"), "{}", other.text);
        assert_eq!(one.text.len(), "takk_p_".len() + 64);
        assert_eq!((one.hash.len(), one.hash == token_hash(&one.text), one.hash == other.hash), (32, true, false));
    }

    #[test]
    fn a_code_is_short_and_has_no_words() {
        let code = device_code().expect("random bytes");
        assert_eq!((code.len(), code.as_bytes()[4]), (9, b'-'));
        assert!(code.bytes().all(|b| b == b'-' || LETTERS.contains(&b)), "{code}");
    }
}
