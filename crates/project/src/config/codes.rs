//! Codes of findings in settings: `ignore = ["TK001"]`.

use super::section::Section;
use takk_model::Code;

/// The codes of a key. Invalid ones are reported as problems.
pub(super) fn read(section: &mut Section, key: &str) -> Option<Vec<Code>> {
    let mut codes = Vec::new();
    for (text, span) in section.strings(key)? {
        match parse(text) {
            Some(code) => codes.push(code),
            None => section.bad(
                &span,
                format!("`{text}` in `{key}` is not a finding code"),
                "codes are `TK` and three digits, such as \"TK001\"".to_owned(),
            ),
        }
    }
    Some(codes)
}

/// Parses `TK` and three digits.
fn parse(text: &str) -> Option<Code> {
    let digits =
        text.strip_prefix("TK").filter(|digits| digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().map(Code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tk_and_three_digits() {
        assert_eq!(parse("TK012"), Some(Code(12)));
        for text in ["TK12", "tk012", "TK0123", "TK+12", "E501", "TK", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
