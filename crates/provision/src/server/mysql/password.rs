//! What a server checks a password with: it gets this in place of the password, so that no log of it ever has the password.
//!
//! `mysql_native_password` is the one way of authentication that every client of MariaDB knows. Its hash has no salt, which is no weakness
//! here: the passwords that takk generates are random texts of 32 letters and digits, which nobody finds by trying. MySQL 9 has no longer
//! it: there it is `caching_sha2_password`, which stores the SHA-256 of crypt(3).

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

use crate::name::hexadecimal;

/// The hash of a password: `*` and SHA-1 of its SHA-1.
pub(super) fn native_hash(password: &str) -> String {
    let once = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let twice = digest(&SHA1_FOR_LEGACY_USE_ONLY, once.as_ref());
    format!("*{}", hexadecimal(twice.as_ref()).to_uppercase())
}

/// How `caching_sha2_password` begins what it stores: its version of crypt, and the rounds in thousands.
const CACHING_SHA2: &str = "$A$005$";
const ROUNDS: usize = 5000;
/// The length of its salt.
const SALT: usize = 20;

/// The digits of crypt, and from which bytes of a hash each four of them come.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ORDER: [[usize; 3]; 10] = [
    [0, 10, 20],
    [21, 1, 11],
    [12, 22, 2],
    [3, 13, 23],
    [24, 4, 14],
    [15, 25, 5],
    [6, 16, 26],
    [27, 7, 17],
    [18, 28, 8],
    [9, 19, 29],
];

/// What `caching_sha2_password` stores. The salt is made from name and password, so that the same login always has the same.
pub(super) fn caching_sha2(user: &str, password: &str) -> String {
    let salt = hexadecimal(&sha256(&[b"takk salt\0", user.as_bytes(), b"\0", password.as_bytes()]));
    let salt = &salt[..SALT];
    format!("{CACHING_SHA2}{salt}{}", crypt(password.as_bytes(), salt.as_bytes()))
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    digest(&SHA256, &parts.concat()).as_ref().try_into().expect("it has 32 bytes")
}

/// As many bytes as `length`, by repeating these.
fn repeated(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes.iter().copied().cycle().take(length).collect()
}

/// SHA-crypt with SHA-256, as its specification numbers the steps: <https://www.akkadia.org/drepper/SHA-crypt.txt>. MySQL does not shorten
/// the salt to 16 bytes.
fn crypt(password: &[u8], salt: &[u8]) -> String {
    // Steps 1 to 12.
    let other = sha256(&[password, salt, password]);
    let mut begin = [password, salt, &repeated(&other, password.len())].concat();
    let mut bits = password.len();
    while bits > 0 {
        begin.extend_from_slice(if bits & 1 == 1 { &other } else { password });
        bits >>= 1;
    }
    let mut hash = sha256(&[&begin]);
    // Steps 13 to 20: in place of password and salt, what is made of them.
    let p = repeated(&sha256(&[&password.repeat(password.len())]), password.len());
    let s = repeated(&sha256(&[&salt.repeat(16 + usize::from(hash[0]))]), salt.len());
    // Step 21.
    for round in 0..ROUNDS {
        let is_odd = round % 2 == 1;
        let first: &[u8] = if is_odd { &p } else { &hash };
        let last: &[u8] = if is_odd { &hash } else { &p };
        let salt: &[u8] = if round % 3 == 0 { &[] } else { &s };
        let middle: &[u8] = if round % 7 == 0 { &[] } else { &p };
        hash = sha256(&[first, salt, middle, last]);
    }
    // Step 22.
    let mut text = String::new();
    let mut write = |bytes: [u8; 3], digits: usize| {
        let mut number = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
        for _ in 0..digits {
            text.push(char::from(DIGITS[usize::try_from(number % 64).expect("it is small")]));
            number /= 64;
        }
    };
    for order in ORDER {
        write(order.map(|at| hash[at]), 4);
    }
    write([0, hash[31], hash[30]], 3);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_server() {
        // SELECT PASSWORD('password'), on MariaDB 10.11.
        assert_eq!(native_hash("password"), "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
    }

    #[test]
    fn crypt_is_that_of_the_system() {
        // crypt.crypt("Hello world!", "$5$saltstring"), the first example of the specification.
        assert_eq!(crypt(b"Hello world!", b"saltstring"), "5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5");
        // crypt.crypt("x" * 32, "$5$0123456789abcdef"), of glibc.
        assert_eq!(crypt("x".repeat(32).as_bytes(), b"0123456789abcdef"), "nOss6/ez19SVF.FxVMrzW3vFSEVZaGSwPcqmv7kW9u4");
        let (one, other) = (caching_sha2("a", "s3cret"), caching_sha2("b", "s3cret"));
        assert!(one.starts_with("$A$005$") && one.len() == 7 + 20 + 43 && one != other, "{one}");
        assert_eq!(one, caching_sha2("a", "s3cret"));
    }
}
