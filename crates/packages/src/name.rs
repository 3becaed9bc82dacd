//! Names of packages.

/// Normalizes a package name (PEP 503): lower case, with one `-` for each run of `-`, `_` and `.`. `None` if the text is not a name: ASCII
/// letters, digits and the three separators, with a letter or digit at both ends.
pub(super) fn normalised(name: &str) -> Option<String> {
    let ends = name.bytes().next()?.is_ascii_alphanumeric() && name.bytes().last()?.is_ascii_alphanumeric();
    if !ends || !name.bytes().all(is_name_byte) {
        return None;
    }
    let mut normal = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            normal.push(char::from(byte.to_ascii_lowercase()));
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    Some(normal)
}

/// Whether a name may contain this byte.
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn spellings_of_one_name_are_one() {
        for spelling in ["friendly-bard", "Friendly-Bard", "FRIENDLY.BARD", "friendly__bard", "FrIeNdLy-._.-bArD"] {
            assert_eq!(normalised(spelling).as_deref(), Some("friendly-bard"));
        }
    }

    #[test]
    fn other_texts_are_no_names() {
        for text in ["", "-a", "a-", "a b", "naïve", ".", "a/b"] {
            assert_eq!(normalised(text), None, "{text}");
        }
    }
}
