//! The last step before text is printed: takk's own styles become escape sequences, and everything else that would control a terminal or a
//! CI server becomes visible.
//!
//! Every text format builds lines that no name can break ([`ended`](super::palette::ended)). This step holds even if they do not.

use super::palette::MARK;
use takk_model::visible::{is_unseen, push_visible};

/// The text for a terminal with colours.
pub(super) fn outgoing(text: &str) -> String {
    written(text, Log::new())
}

/// The same for lines that are meant as commands of a CI server: only invisible characters are escaped.
pub(super) fn commands(text: &str) -> String {
    written(text, Log { is_guarded: false, ..Log::new() })
}

fn written(text: &str, mut log: Log) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut pieces = text.split(MARK.as_str());
    log.write(pieces.next().unwrap_or_default(), &mut out);
    for piece in pieces {
        // A style: everything up to its `m` is takk's own.
        let (style, rest) = piece.split_at(piece.find('m').map_or(0, |end| end + 1));
        if !style.is_empty() {
            out.push('\u{1b}');
            out.push_str(style);
        }
        log.write(rest, &mut out);
    }
    out
}

/// The state of a line as a CI server parses it.
///
/// GitHub treats a line as a command if it starts with `::`, after blanks; `##[` of GitHub, `##vso[` of Azure Pipelines and `##teamcity[`
/// count anywhere in a line. A backslash, which Markdown does not show, separates the characters.
struct Log {
    is_guarded: bool,
    /// Whether there were only blanks so far.
    is_start: bool,
    /// Whether there was one colon, after blanks.
    is_colon: bool,
    /// How many `#` came immediately before.
    hashes: usize,
}

impl Log {
    fn new() -> Self {
        Self { is_guarded: true, is_start: true, is_colon: false, hashes: 0 }
    }

    fn write(&mut self, text: &str, out: &mut String) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            // What follows `##` may be part of a command.
            let plain = if self.hashes == 0 { rest.bytes().position(|byte| !is_plain(byte)).unwrap_or(rest.len()) } else { 0 };
            if plain > 0 {
                let run = &rest[..plain];
                out.push_str(run);
                self.is_colon = false;
                self.is_start &= run.bytes().all(|byte| byte == b' ');
                rest = &rest[plain..];
                continue;
            }
            if self.is_guarded {
                self.part(c, out);
            }
            push_visible(c, out);
            rest = &rest[c.len_utf8()..];
        }
    }

    fn part(&mut self, c: char, out: &mut String) {
        if (self.is_colon && c == ':') || (self.hashes >= 2 && (c == '[' || c.is_ascii_alphabetic())) {
            out.push('\\');
        }
        self.is_colon = self.is_start && c == ':';
        self.is_start = c == '\n' || (self.is_start && c.is_whitespace());
        self.hashes = if c == '#' { self.hashes + 1 } else { 0 };
    }
}

/// Whether a byte can be printed unchanged and starts no command: nearly all bytes.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b':' | b'#')
}

/// Equivalent JSON in which invisible characters, and anything that a CI server takes for a command anywhere in a line, are escaped.
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for c in text.chars() {
        if is_unseen(c) || (c == '#' && last == '#') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
        last = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::palette::{BAD, NAME, paint};
    use super::*;

    #[test]
    fn only_styles_of_takk_are_styles() {
        let text = format!("{} \u{1b}[31mred\u{1b}[0m \u{9b}31m {}", paint(BAD, "bad \u{1b}[2J"), paint(NAME, "m"));
        let expected = "\u{1b}[1m\u{1b}[31mbad \\x1b[2J\u{1b}[0m \\x1b[31mred\\x1b[0m \\x9b31m \u{1b}[36mm\u{1b}[0m";
        assert_eq!(outgoing(&text), expected);
    }

    #[test]
    fn a_mark_in_pieces_prints_nothing_that_a_terminal_obeys() {
        let half = &MARK[..16];
        for text in [format!("{half}[31m"), MARK.clone(), format!("{}ab\u{1b}", *MARK)] {
            assert!(!outgoing(&text).contains('\u{1b}'), "{text}");
        }
    }

    #[test]
    fn no_line_is_a_command_of_a_ci_server() {
        assert_eq!(outgoing("::error::x\n \t ::stop-commands::y\na ::b\n"), ":\\:error::x\n \t :\\:stop-commands::y\na ::b\n");
        assert_eq!(outgoing("a ##[group]b ##vso[task.x] ##teamcity["), "a ##\\[group]b ##\\vso[task.x] ##\\teamcity[");
        assert_eq!(outgoing("## Title\n### [link]\n# a"), "## Title\n### [link]\n# a");
        assert_eq!(commands("::error::x\u{1b}\n"), "::error::x\\x1b\n");
    }

    #[test]
    fn a_style_hides_no_beginning_of_a_line() {
        let text = format!("{}:error::x\n{}::warning::y", paint(NAME, ":"), paint(NAME, " "));
        let seen = anstream::adapter::strip_str(&outgoing(&text)).to_string();
        assert_eq!(seen, ":\\:error::x\n :\\:warning::y");
    }

    #[test]
    fn json_says_the_same_in_characters_that_are_seen() {
        let value = serde_json::json!({ "a\u{9b}\u{7f}": "\u{202e}\u{e0041} ##vso[x] ###[y] ümläut\u{2028}" });
        let text = json(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert!(!text.contains(is_unseen) && !text.contains("##"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
    }
}
