//! `# noqa` and `# noqa: TK001, TK002` at the end of a line, with the same meaning as in ruff and flake8.

use takk_model::Code;

/// Whether a `# noqa` on the first or last line suppresses a finding.
pub(super) fn silences(text: &str, code: Code, first: u32, last: Option<u32>) -> bool {
    let mut lines = [Some(first), last.filter(|last| *last != first)].into_iter().flatten();
    lines.any(|line| line_of(text, line).is_some_and(|line| silences_line(line, code)))
}

fn line_of(text: &str, line: u32) -> Option<&str> {
    text.lines().nth((line as usize).checked_sub(1)?)
}

fn silences_line(line: &str, code: Code) -> bool {
    let Some(rest) = after_noqa(line) else { return false };
    let Some(codes) = rest.trim_start().strip_prefix(':') else { return true };
    let code = code.to_string();
    let mut words = codes.split([',', ' ', '\t']).filter(|word| !word.is_empty()).take_while(|word| is_code(word)).peekable();
    if words.peek().is_none() {
        return true;
    }
    words.any(|word| word.eq_ignore_ascii_case(&code))
}

/// The text after the last `# noqa` on a line.
fn after_noqa(line: &str) -> Option<&str> {
    let mut from = line;
    let mut found = None;
    while let Some(hash) = from.find('#') {
        from = &from[hash + 1..];
        let word = from.trim_start();
        if word.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("noqa")) {
            let rest = &word[4..];
            if !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                found = Some(rest);
            }
        }
    }
    found
}

fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    digits.len() < word.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silenced(line: &str) -> bool {
        silences_line(line, Code(1))
    }

    #[test]
    fn a_bare_noqa_silences_everything() {
        assert!(silenced("x: str  # noqa"));
        assert!(silenced("x: str  #NOQA"));
        assert!(silenced("x: str  # type: ignore  # noqa"));
        assert!(silenced("x: str  # noqa:"));
    }

    #[test]
    fn codes_silence_themselves_only() {
        assert!(silenced("x: str  # noqa: TK001"));
        assert!(silenced("x: str  # noqa: F401, tk001 is meant"));
        assert!(silenced("x: str  # noqa:E501,TK001"));
        assert!(!silenced("x: str  # noqa: F401"));
        assert!(!silenced("x: str  # noqa: TK0010"));
    }

    #[test]
    fn other_words_are_no_noqa() {
        assert!(!silenced("x: str"));
        assert!(!silenced("x: str  # noqality"));
        assert!(!silenced("x: str  # see noqa"));
    }
}
