//! Redaction: every encoding, any chunks, and nothing else changed.

use super::*;
use takk_vault::SecretValue;

fn patterns(values: &[(&str, &str)]) -> Patterns {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, SecretValue::from(*value))).collect();
    let borrowed: Vec<_> = values.iter().map(|(name, value)| (*name, value)).collect();
    Patterns::new(&borrowed).expect("it works")
}

fn masked(values: &[(&str, &str)], text: &[u8]) -> Vec<u8> {
    in_chunks(&patterns(values), text, || usize::MAX)
}

fn in_chunks(patterns: &Patterns, mut text: &[u8], mut length: impl FnMut() -> usize) -> Vec<u8> {
    let mut redactor = Redactor::new(patterns);
    let mut out = Vec::new();
    while !text.is_empty() {
        let (chunk, rest) = text.split_at(length().min(text.len()));
        redactor.push(chunk, &mut out);
        text = rest;
    }
    redactor.finish(&mut out);
    out
}

#[track_caller]
fn check(values: &[(&str, &str)], text: &str, expected: &str) {
    assert_eq!(String::from_utf8_lossy(&masked(values, text.as_bytes())), expected);
    assert_eq!(String::from_utf8_lossy(&in_chunks(&patterns(values), text.as_bytes(), || 1)), expected, "byte by byte");
}

#[test]
fn a_value_is_masked_by_its_name() {
    check(&[("KEY", "hunter2")], "key=hunter2;", "key=[redacted KEY];");
    check(&[("KEY", "hunter2")], "hunter2hunter2", "[redacted KEY][redacted KEY]");
    check(&[("KEY", "hunter2")], "hunter", "hunter");
    check(&[("KEY", "hunter2")], "", "");
    check(&[], "anything", "anything");
    check(&[("KEY", "abc"), ("ON", "true")], "abc true", "abc true");
}

#[test]
fn bytes_that_are_no_text_go_through() {
    let out = masked(&[("KEY", "hunter2")], b"\xff\x00hunter2\xfe\r\n\x1b[0m");
    assert_eq!(out, b"\xff\x00[redacted KEY]\xfe\r\n\x1b[0m");
}

#[test]
fn overlapping_values_are_one_mask() {
    let values = [("SHORT", "secret"), ("LONG", "secretsauce"), ("TAIL", "saucepan"), ("AS", "aaaa")];
    check(&values, "a secret!", "a [redacted SHORT]!");
    check(&values, "a secretsauce!", "a [redacted LONG]!");
    check(&values, "a secretsaucepan!", "a [redacted LONG]!");
    check(&values, "secretsauc", "[redacted SHORT]sauc");
    check(&values, "baaaaaaab", "b[redacted AS]b");
    check(&[("INNER", "cdef"), ("OUTER", "abcdefgh"), ("LATE", "ghij")], "xabcdefghij", "x[redacted OUTER]");
    check(&[("INNER", "cdef"), ("OUTER", "abcdefgh")], "xabcdefgx", "xab[redacted INNER]gx");
}

#[test]
fn one_value_under_two_names_has_the_first() {
    check(&[("A", "hunter2"), ("B", "hunter2")], "hunter2", "[redacted A]");
}

#[test]
fn a_mask_never_contains_a_value() {
    check(&[("KEY_OF_X", "KEY_")], "KEY_", "[redacted]");
    check(&[("KEY", "redacted")], "redacted", "***");
}

#[test]
fn only_what_may_begin_a_value_is_held_back() {
    let patterns = patterns(&[("KEY", "hunter2"), ("HUNT", "2good")]);
    let mut redactor = Redactor::new(&patterns);
    for (chunk, expected) in [("Name: ", "Name: "), ("hunt", ""), ("ed ", "hunted "), ("hunter", ""), ("1\n", "hunter1\n")] {
        let mut out = Vec::new();
        redactor.push(chunk.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{chunk}");
    }
    // The last byte of one value may be the first of the next.
    for (chunk, expected) in [("hunter2", ""), ("good.", "[redacted KEY]."), ("hunter2", ""), (".", "[redacted KEY].")] {
        let mut out = Vec::new();
        redactor.push(chunk.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{chunk}");
    }
}

#[test]
fn a_complete_value_is_masked_at_once() {
    let patterns = patterns(&[("KEY", "hunter#")]);
    let mut out = Vec::new();
    Redactor::new(&patterns).push(b"password? hunter#", &mut out);
    assert_eq!(out, b"password? [redacted KEY]");
}

#[test]
fn a_fragment_is_shown_once_and_stays_short() {
    let patterns = patterns(&[("KEY", "hunter2")]);
    let mut redactor = Redactor::new(&patterns);
    let mut out = Vec::new();
    for (chunk, expected) in
        [("> h", "> h"), ("u", "u"), ("n", "n"), ("t", ""), ("e", ""), ("s", "tes"), ("h", "h"), (".", ".")]
    {
        out.clear();
        redactor.push(chunk.as_bytes(), &mut out);
        redactor.show_fragment(&mut out);
        redactor.show_fragment(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{chunk}");
    }
    out.clear();
    for byte in b"hunter2" {
        redactor.push(&[*byte], &mut out);
        redactor.show_fragment(&mut out);
    }
    redactor.finish(&mut out);
    assert_eq!(out, b"hun[redacted KEY]");
}

#[test]
fn base64_of_a_text_around_a_value_is_masked_at_every_offset() {
    let value = "s3cr3t-value-0123456789";
    for before in 0..6 {
        let text = [&"abcdef"[..before], ":", value, ":tail"].concat();
        for is_for_addresses in [false, true] {
            let [encoded, _] = encode::base64_alone(text.as_bytes(), is_for_addresses);
            let out = masked(&[("KEY", value)], &encoded);
            assert!(String::from_utf8_lossy(&out).contains("[redacted KEY]"));
            assert!(out.len() < 16 + "[redacted KEY]".len() + 8, "{}", String::from_utf8_lossy(&out));
        }
    }
}

#[test]
fn a_long_value_is_masked_in_a_stream_of_its_own_beginnings() {
    let value = format!("{}b", "a".repeat(20_000));
    let text = format!("{}{value}", "a".repeat(300_000));
    let out = in_chunks(&patterns(&[("KEY", &value)]), text.as_bytes(), || 7);
    assert_eq!(out.len(), 300_000 + "[redacted KEY]".len());
}

/// Pseudo-random numbers, the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("it works") % limit
    }

    /// A text of few letters, so that values and texts often resemble each other. No mask contains any of them.
    fn text(&mut self, longest: usize) -> String {
        let letters = ['x', 'y', 'Z', '\'', '%', '\n', '\\', 'ß', ' ', '&'];
        let count = self.below(longest + 1);
        (0..count).map(|_| letters[self.below(letters.len())]).collect()
    }
}

#[test]
fn chunks_make_no_difference_and_no_form_is_left() {
    let mut numbers = Numbers(7);
    for round in 0..1500 {
        let values: Vec<String> = (0..3).map(|_| numbers.text(9)).collect();
        let named: Vec<_> = ["1", "2", "3"].into_iter().zip(values.iter().map(String::as_str)).collect();
        let all: Vec<_> = values.iter().flat_map(|value| forms::forms(value)).collect();
        let mut text = Vec::new();
        for _ in 0..numbers.below(20) {
            match all.len() {
                0 => text.extend_from_slice(numbers.text(12).as_bytes()),
                count => {
                    let form = &all[numbers.below(count)];
                    text.extend_from_slice(&form[numbers.below(2) * numbers.below(form.len())..]);
                    text.extend_from_slice(numbers.text(3).as_bytes());
                }
            }
        }
        let patterns = patterns(&named);
        let whole = in_chunks(&patterns, &text, || usize::MAX);
        let chunked = in_chunks(&patterns, &text, || 1 + numbers.below(9));
        assert_eq!(chunked, whole, "round {round}: {values:?} in {:?}", String::from_utf8_lossy(&text));
        for form in &all {
            let is_left = whole.windows(form.len()).any(|part| part == form.as_slice());
            assert!(!is_left, "round {round}: {:?} in {:?}", String::from_utf8_lossy(form), String::from_utf8_lossy(&whole));
        }
    }
}

#[test]
fn what_is_not_masked_is_what_was_there() {
    let mut numbers = Numbers(11);
    for _ in 0..500 {
        let text = numbers.text(200);
        let out = masked(&[("KEY", "not in the text")], text.as_bytes());
        assert_eq!(out, text.as_bytes());
    }
}
