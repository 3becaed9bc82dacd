//! All encodings in which a value may appear in a program's output.

use zeroize::Zeroizing;

use super::encode;

/// The minimum length of a masked text. Texts of three letters occur everywhere, and masking them would make the output useless.
const SHORTEST: usize = 4;

/// The minimum length of a single line of a longer value to be masked on its own.
const SHORTEST_LINE: usize = 8;

/// The maximum length of a value that is also masked in its encoded forms, of which there are some thirty, each taking many times its
/// length in memory. For a longer value, only the text itself and its lines are masked.
const LONGEST_REWRITTEN: usize = 32 * 1024;

/// Words that are never secret, in any variable.
const WORDS: [&str; 4] = ["true", "false", "none", "null"];

/// The characters that Python's `quote` keeps, besides letters and digits.
const UNRESERVED: &[u8] = b"_.-~";

/// Every form of a value, without duplicates; empty if the value is too short to be masked.
pub(super) fn forms(value: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut forms = Forms(Vec::new());
    forms.whole(value);
    let trimmed = value.trim();
    if trimmed.len() != value.len() {
        forms.whole(trimmed);
    }
    if trimmed.contains(['\n', '\r']) {
        trimmed.split(['\n', '\r']).for_each(|line| forms.line(line.trim()));
    }
    if let Some(password) = password(value) {
        forms.whole(password);
        forms.whole(&String::from_utf8_lossy(&encode::percent_decoded(password.as_bytes())));
    }
    forms.0.sort_unstable_by(|one, other| one.as_slice().cmp(other));
    forms.0.dedup();
    forms.0
}

/// The password in a URL such as `postgres://user:password@host/name`, as written there.
fn password(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

struct Forms(Vec<Zeroizing<Vec<u8>>>);

impl Forms {
    fn add(&mut self, form: Vec<u8>) {
        let form = Zeroizing::new(form);
        if form.len() >= SHORTEST {
            self.0.push(form);
        }
    }

    /// Adds all forms of a whole value.
    fn whole(&mut self, value: &str) {
        if value.len() < SHORTEST || WORDS.iter().any(|word| word.eq_ignore_ascii_case(value)) {
            return;
        }
        self.add(value.as_bytes().to_vec());
        if value.len() <= LONGEST_REWRITTEN {
            self.quoted(value);
            self.percent(value.as_bytes());
            self.digits(value.as_bytes());
        }
    }

    /// Adds one line of a value. The first and last lines of a PEM key are the same for all keys, and not secret.
    fn line(&mut self, line: &str) {
        if line.len() >= SHORTEST_LINE && !line.starts_with("-----") {
            self.add(line.as_bytes().to_vec());
            self.quoted(line);
        }
    }

    /// Adds the forms within quotes of several languages.
    fn quoted(&mut self, text: &str) {
        let json = encode::json(text);
        self.add(String::from_utf8_lossy(&json).replace('/', "\\/").into_bytes());
        self.add(json);
        self.add(encode::json_ascii(text));
        for quote in ['\'', '"'] {
            self.add(encode::python_text(text, quote));
            self.add(encode::python_bytes(text.as_bytes(), quote));
        }
        self.add(encode::shell(text, r#"'"'"'"#));
        self.add(encode::shell(text, r"'\''"));
        self.add(encode::shell_backslash(text));
        self.add(encode::html(text, "&quot;", "&#x27;"));
        self.add(encode::html(text, "&#34;", "&#39;"));
    }

    /// Adds the percent-encoded forms; which characters are kept differs between languages.
    fn percent(&mut self, bytes: &[u8]) {
        for is_upper in [true, false] {
            self.add(encode::percent_all(bytes, is_upper));
            for more in [&b""[..], b"/", b"!'()*", b"!'()*;/?:@&=+$,#"] {
                self.add(encode::percent(bytes, &[UNRESERVED, more].concat(), is_upper));
            }
            let mut plus = encode::percent(bytes, &[UNRESERVED, b" "].concat(), is_upper);
            plus.iter_mut().filter(|byte| **byte == b' ').for_each(|byte| *byte = b'+');
            self.add(plus);
        }
    }

    /// Adds the base64 forms, alone or within a longer text, and the hexadecimal ones.
    fn digits(&mut self, bytes: &[u8]) {
        self.add(encode::hex(bytes, true));
        self.add(encode::hex(bytes, false));
        for is_for_addresses in [false, true] {
            for form in encode::base64_alone(bytes, is_for_addresses) {
                self.add(form);
            }
            for before in 0..3 {
                self.add(encode::base64_within(bytes, before, is_for_addresses));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(value: &str, form: &str) -> bool {
        forms(value).iter().any(|found| found.as_slice() == form.as_bytes())
    }

    #[test]
    fn short_and_plain_words_are_left_alone() {
        for value in ["", "1", "dev", "true", "False", "none", "null", "é!"] {
            assert!(forms(value).is_empty(), "{value}");
        }
        assert!(has("prod", "prod"));
    }

    #[test]
    fn a_value_is_known_in_all_writings() {
        for form in
            ["p&s /é", "p%26s%20%2F%C3%A9", "p%26s%20/%c3%a9", "p%26s+%2F%C3%A9", "%70%26%73%20%2f%c3%a9", "702673202fc3a9"]
        {
            assert!(has("p&s /é", form), "{form}");
        }
        for form in ["cCZzIC/DqQ==", "cCZzIC/DqQ", "cCZzIC_DqQ", "p&amp;s /é", "p&s \\/é", "p&s /\\u00e9", "p\\&s\\ /é"] {
            assert!(has("p&s /é", form), "{form}");
        }
    }

    #[test]
    fn lines_of_a_key_are_known_one_by_one() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADAN\r\nshort\n-----END KEY-----\n";
        assert!(has(key, "MIIEvQIBADAN"));
        assert!(!has(key, "short") && !has(key, "-----BEGIN KEY-----"));
        assert!(has(key, "-----BEGIN KEY-----\\nMIIEvQIBADAN\\r\\nshort\\n-----END KEY-----"));
    }

    #[test]
    fn the_password_of_an_address_is_known_by_itself() {
        let address = "postgres://app:p%40ss:w@rd@db:5432/shop?x=a:b@c";
        assert!(has(address, "p%40ss:w@rd") && has(address, "p@ss:w@rd"));
        assert_eq!(password("redis://cache:6379/0"), None);
        assert_eq!(password("redis://:hidden@cache"), Some("hidden"));
        assert_eq!(password("plain"), None);
    }

    #[test]
    fn a_long_value_keeps_its_text_and_lines() {
        let long = format!("{}\nlast line", "x".repeat(LONGEST_REWRITTEN));
        assert!(has(&long, &long) && has(&long, "last line"));
        assert!(forms(&long).len() < 12);
    }
}
