//! Unresolved merge conflicts.
//!
//! Git marks both sides of a conflict with lines of seven characters. "Ours" is what the checkout contained before the merge, so that side
//! is kept until the conflict is resolved. The rest is blanked, which preserves all offsets.

/// A text with only the first side of every conflict.
pub(super) struct Resolved {
    /// The text, with the same length as the original.
    pub(super) text: String,
    /// Where the first conflict begins.
    pub(super) first: usize,
}

/// `text`, whose lines start at `starts`, with "ours" kept and the rest of its conflicts blanked; `None` without a conflict.
pub(super) fn keep_ours(text: &str, starts: &[usize]) -> Option<Resolved> {
    starts.iter().find(|start| text.as_bytes()[**start..].starts_with(b"<<<<<<<"))?;
    let mut blanked = Vec::new();
    let mut first = None;
    let mut side = Side::None;
    // Where the side that is dropped begins; it is only dropped once the end of the conflict is found.
    let mut dropped = 0;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let next = offset + line.len();
        match (side, marker(line)) {
            (Side::None, Some('<')) => {
                first.get_or_insert(offset);
                blanked.push(offset..next);
                side = Side::Ours;
            }
            (Side::Ours, Some('|' | '=')) => {
                dropped = offset;
                side = Side::Dropped;
            }
            (Side::Ours | Side::Dropped, Some('>')) => {
                blanked.push(if matches!(side, Side::Dropped) { dropped..next } else { offset..next });
                side = Side::None;
            }
            _ => {}
        }
        offset = next;
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in blanked.into_iter().flatten() {
        if bytes[byte] != b'\n' && bytes[byte] != b'\r' {
            bytes[byte] = b' ';
        }
    }
    // Whole lines were overwritten with spaces, so what is left is still UTF-8.
    Some(Resolved { text: String::from_utf8(bytes).ok()?, first: first? })
}

#[derive(Clone, Copy)]
enum Side {
    None,
    Ours,
    Dropped,
}

/// The character that makes up a marker line: seven of one kind, then a space or the end of the line.
fn marker(line: &str) -> Option<char> {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].into_iter().find_map(|marker| {
        let rest = line.strip_prefix(marker)?;
        (rest.trim_end().is_empty() || rest.starts_with(' ')).then(|| marker.chars().next())?
    })
}

#[cfg(test)]
mod tests {
    use super::Resolved;
    use crate::lines::Lines;

    fn keep_ours(text: &str) -> Option<Resolved> {
        super::keep_ours(text, Lines::of(text).starts())
    }

    #[test]
    fn ours_is_kept_and_offsets_stay() {
        let text = "a = 1\n<<<<<<< HEAD\nb = 2\n||||||| base\nb = 1\n=======\nb = 3\n>>>>>>> branch\nc = 4\n";
        let resolved = keep_ours(text).expect("there is a conflict");
        assert_eq!(resolved.first, 6);
        assert_eq!(resolved.text.len(), text.len());
        assert_eq!(resolved.text.split_whitespace().collect::<Vec<_>>().join(" "), "a = 1 b = 2 c = 4");
    }

    #[test]
    fn a_conflict_without_end_loses_only_its_marker() {
        let resolved = keep_ours("<<<<<<< HEAD\nb = 2\n=======\nb = 3\n").expect("there is a conflict");
        assert_eq!(resolved.text.split_whitespace().collect::<Vec<_>>().join(" "), "b = 2 ======= b = 3");
    }

    #[test]
    fn underlines_and_shifts_are_no_conflict() {
        assert!(keep_ours("Title\n=======\n").is_none());
        assert!(keep_ours("x = 1 <<<<<<< 2\n").is_none());
        assert!(keep_ours("<<<<<<<<<<\n").is_none());
    }
}
