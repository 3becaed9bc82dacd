//! Excerpts of files for messages.

/// A text short enough for a message.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST - 1).chain(['…']).collect() }
}

/// The same without a URL, which may contain a password.
pub(super) fn without_address(text: &str) -> String {
    match text.split_once("://") {
        Some((before, _)) => shortened(&format!("{before}://…")),
        None => shortened(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"é".repeat(100)), format!("{}…", "é".repeat(59)));
    }

    #[test]
    fn no_password_is_shown() {
        assert_eq!(without_address("a @ https://user:word@example.org/a.whl"), "a @ https://…");
        assert_eq!(without_address("a==1"), "a==1");
    }
}
