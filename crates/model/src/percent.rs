//! Parts of URLs, percent-encoded (RFC 3986).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters: letters, digits and `-._~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const RESERVED_IN_PATHS: &AsciiSet = &RESERVED.remove(b'/');

/// Encodes a text as a component of a URL, such as a password: everything but unreserved characters.
pub fn encoded(text: &str) -> String {
    of(text, RESERVED)
}

/// Encodes a path: the same, except that `/` stays.
pub fn encoded_path(text: &str) -> String {
    of(text, RESERVED_IN_PATHS)
}

/// Decodes a component of a URL.
pub fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// Reserves the largest possible length, so that growing does not leave copies of a secret in memory.
fn of(text: &str, reserved: &'static AsciiSet) -> String {
    let mut part = String::with_capacity(text.len() * 3);
    part.extend(utf8_percent_encode(text, reserved));
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        for text in ["plain", "p@ss:w/rd?#[]%", "ünïcödé", "a b+c", "%41", "-._~", "\0\n"] {
            assert_eq!(decoded(&encoded(text)), text.as_bytes());
            assert_eq!(decoded(&encoded_path(text)), text.as_bytes());
        }
        assert_eq!(encoded("p@ss:w/rd-._~"), "p%40ss%3Aw%2Frd-._~");
        assert_eq!(encoded_path("/a b/ü&=%"), "/a%20b/%C3%BC%26%3D%25");
        assert_eq!(decoded("%zz%4"), b"%zz%4");
    }
}
