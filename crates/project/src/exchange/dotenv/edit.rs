//! Additions to an existing dotenv file, whose contents stay unchanged, byte for byte.

use std::ops::Range;

use crate::exchange::reading::Fault;
use crate::exchange::{Format, read};
use takk_document::dotenv::{Item, Scanner, with_newlines};

/// An existing file, to which variables are added.
pub struct Edited {
    text: String,
    encoding: Encoding,
    mentions: Vec<Mention>,
    newline: &'static str,
}

/// How the bytes of a file are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, python-dotenv's default.
    Utf8,
    /// Another encoding that extends ASCII: each byte is treated as a character, and only ASCII is added.
    Bytes,
}

/// Where a file mentions a variable: `NAME=value`, or the same in a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub name: String,
    /// Whether it is set, rather than mentioned in a comment.
    pub is_set: bool,
    /// The byte range of its lines, with the last line ending.
    lines: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The index of the mention after which the lines go; `None` for the end of the file.
    pub behind: Option<usize>,
    /// The lines, each ending with `\n`.
    pub lines: String,
}

impl Edited {
    /// A file from its text. Keeps a byte order mark.
    pub fn new(text: String) -> Self {
        Self::of(text, Encoding::Utf8)
    }

    /// A file from its bytes. `None` for UTF-16, which no reader of such files supports.
    pub fn decode(bytes: Vec<u8>) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return None;
        }
        Some(match String::from_utf8(bytes) {
            Ok(text) => Self::of(text, Encoding::Utf8),
            Err(error) => Self::of(error.as_bytes().iter().map(|byte| char::from(*byte)).collect(), Encoding::Bytes),
        })
    }

    fn of(text: String, encoding: Encoding) -> Self {
        let mentions = mentions(&text);
        let end = text.find(['\r', '\n']).map(|at| &text[at..]).unwrap_or_default();
        let newline = match end.as_bytes() {
            [b'\r', b'\n', ..] => "\r\n",
            [b'\r', ..] => "\r",
            _ => "\n",
        };
        Self { text, encoding, mentions, newline }
    }

    /// Whether it has no content that is worth keeping.
    pub fn is_blank(&self) -> bool {
        self.text.trim_start_matches('\u{feff}').trim().is_empty()
    }

    /// How its bytes are text.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The variables that it mentions, in order.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// Whether a value contains `${name}`. Setting the name above it would change that value.
    pub fn refers_to(&self, name: &str) -> bool {
        let after = self.text.match_indices("${").map(|(at, _)| &self.text[at + 2..]);
        after.filter_map(|rest| rest.strip_prefix(name)).any(|rest| rest.starts_with('}') || rest.starts_with(":-"))
    }

    /// The index of the best mention of any of the names: one that is set before one in a comment, an exact match before one that differs
    /// in case.
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        let last = |is: &dyn Fn(&Mention, &str) -> bool| {
            names.iter().find_map(|name| self.mentions.iter().rposition(|mention| is(mention, name)))
        };
        last(&|mention, name| mention.is_set && mention.name == name)
            .or_else(|| last(&|mention, name| mention.is_set && mention.name.eq_ignore_ascii_case(name)))
            .or_else(|| last(&|mention, name| mention.name.eq_ignore_ascii_case(name)))
    }

    /// The lines that python-dotenv skips.
    pub fn faults(&self) -> Vec<Fault> {
        read(Format::Dotenv, &self.text, &|_| None).faults
    }

    /// The bytes of the file with the additions; those after the same mention keep their order. If an addition would change what the file
    /// already says, for example because of a quote that is never closed, nothing is added, and the error has the place at fault.
    pub fn with(&self, additions: &[Addition]) -> Result<Vec<u8>, Fault> {
        let mut places: Vec<(usize, usize)> =
            additions.iter().enumerate().map(|(at, one)| (self.place(one.behind), at)).collect();
        places.sort_unstable();
        let mut text = String::with_capacity(self.text.len() + additions.iter().map(|one| one.lines.len() + 2).sum::<usize>());
        let mut from = 0;
        for (place, at) in places {
            text.push_str(&self.text[from..place]);
            from = place;
            self.push(&mut text, &self.text[place..], &additions[at].lines);
        }
        text.push_str(&self.text[from..]);
        let added: usize = additions.iter().map(|one| mentions(&one.lines).len()).sum();
        self.keeps_its_meaning(&text, self.mentions.len() + added)?;
        Ok(match self.encoding {
            Encoding::Utf8 => text.into_bytes(),
            Encoding::Bytes => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
        })
    }

    fn place(&self, behind: Option<usize>) -> usize {
        behind.and_then(|at| self.mentions.get(at)).map_or(self.text.len(), |mention| mention.lines.end)
    }

    /// Adds lines, followed by an empty line unless one follows already.
    fn push(&self, text: &mut String, rest: &str, lines: &str) {
        if !text.is_empty() && !text.ends_with(['\n', '\r', '\u{feff}']) {
            text.push_str(self.newline);
        }
        let is_followed_by_blank = rest.lines().next().is_none_or(|line| line.trim().is_empty());
        if is_followed_by_blank && !text.is_empty() {
            text.push_str(self.newline);
        }
        for line in lines.lines() {
            match self.encoding {
                Encoding::Utf8 => text.push_str(line),
                Encoding::Bytes => text.push_str(&in_ascii(line)),
            }
            text.push_str(self.newline);
        }
    }

    /// Whether the file still sets everything as before, and also all that was added: `expected` variables in total.
    fn keeps_its_meaning(&self, text: &str, expected: usize) -> Result<(), Fault> {
        // Substituting a marker for `${name}` reveals which name was used.
        let named = |name: &str| Some(format!("<{name}>"));
        let (before, after) = (read(Format::Dotenv, &self.text, &named), read(Format::Dotenv, text, &named));
        let mut rest = after.entries.iter();
        let is_there =
            before.entries.iter().all(|entry| rest.any(|other| other.name == entry.name && *other.value == *entry.value));
        if is_there && before.faults.len() == after.faults.len() && mentions(text).len() == expected {
            return Ok(());
        }
        let fault = before.faults.into_iter().next().or_else(|| after.faults.into_iter().next());
        Err(fault.unwrap_or_else(|| Fault { line: 1, column: 1, message: "its values would change".to_owned() }))
    }
}

/// A line reduced to ASCII. A comment may lose characters; an assignment that would is commented out.
fn in_ascii(line: &str) -> String {
    if line.is_ascii() {
        return line.to_owned();
    }
    let ascii: String = line.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    if ascii.starts_with('#') { ascii } else { format!("# {ascii}") }
}

/// The variables that a text mentions, in order.
fn mentions(text: &str) -> Vec<Mention> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mark = text.len() - bare.len();
    let normal = with_newlines(bare);
    let removed = removed_bytes(bare);
    let in_file = |at: usize| mark + at + removed.partition_point(|newline| *newline < at);
    let mention = |name: &str, is_set: bool, span: Range<usize>| Mention {
        name: name.to_owned(),
        is_set,
        lines: in_file(span.start)..in_file(span.end),
    };
    let found = Scanner::new(&normal).filter_map(|item| match item {
        Item::Binding { name, span, .. } => Some(mention(name, true, span)),
        Item::Comment(span) => name_in_comment(&normal[span.clone()]).map(|name| mention(name, false, span)),
        Item::Broken { .. } => None,
    });
    found.collect()
}

/// The positions of the `\r` that were removed when `\r\n` became `\n`.
fn removed_bytes(text: &str) -> Vec<usize> {
    let pairs = memchr::memmem::find_iter(text.as_bytes(), "\r\n");
    pairs.enumerate().map(|(before, at)| at - before).collect()
}

/// The variable that a comment mentions: `# NAME=value`, or `# NAME: int, not required`, which takk writes if no text gives the default.
fn name_in_comment(comment: &str) -> Option<&str> {
    let text = comment.trim_start_matches(['#', ' ', '\t']);
    let text = text.strip_prefix("export ").map_or(text, str::trim_start);
    let length = text.find(|c: char| c.is_whitespace() || "='\"#`".contains(c))?;
    let (name, rest) = text.split_at(length);
    if let Some(described) = name.strip_suffix(':') {
        let says = rest.contains(", required") || rest.contains(", not required");
        return (says && !described.is_empty()).then_some(described);
    }
    let is_assigned = rest.trim_start_matches([' ', '\t']).starts_with('=');
    (is_assigned && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, behind: Option<usize>, lines: &str) -> String {
        let edited = Edited::new(text.to_owned());
        let bytes = edited.with(&[Addition { behind, lines: lines.to_owned() }]).expect("nothing is in the way");
        String::from_utf8(bytes).expect("UTF-8")
    }

    fn names(text: &str) -> Vec<(String, bool)> {
        Edited::new(text.to_owned()).mentions().iter().map(|mention| (mention.name.clone(), mention.is_set)).collect()
    }

    #[test]
    fn variables_are_found_in_assignments_and_comments() {
        let text =
            "# A=1\n#export B = 2\n# about C\nexport C='x\n# D=4\n'\n# E: int, not required\n# F: a word\nG\n# set H=1\n";
        let found = names(text);
        let found: Vec<_> = found.iter().map(|(name, is_set)| (name.as_str(), *is_set)).collect();
        assert_eq!(found, [("A", false), ("B", false), ("C", true), ("E", false), ("G", true)]);
    }

    #[test]
    fn lines_come_behind_their_neighbour_with_the_ends_of_lines_of_the_file() {
        assert_eq!(added("A=1\n# about B\nB=2\n", Some(0), "# x\nC=\n"), "A=1\n# x\nC=\n# about B\nB=2\n");
        assert_eq!(added("A=1\r\n\r\nB='x\r\ny'\r\nC=2", Some(1), "D=\n"), "A=1\r\n\r\nB='x\r\ny'\r\nD=\r\nC=2");
        assert_eq!(added("A=1\n\nB=2", Some(0), "D=\n"), "A=1\n\nD=\n\nB=2");
        assert_eq!(added("A=1\rB=2", Some(1), "D=\n"), "A=1\rB=2\r\rD=\r");
        assert_eq!(added("\u{feff}A=1\r\nB=2\r\n", Some(0), "D=\n"), "\u{feff}A=1\r\nD=\r\nB=2\r\n");
    }

    #[test]
    fn nothing_is_added_where_it_would_change_what_is_there() {
        let open = Edited::new("A=\"open\nB=1\n".to_owned());
        let fault =
            open.with(&[Addition { behind: None, lines: "C=\"x\"\n".to_owned() }]).expect_err("the quote would end there");
        assert_eq!((fault.line, fault.message.as_str()), (1, "a quote is not closed"));
        assert!(open.with(&[Addition { behind: None, lines: "C=x\n".to_owned() }]).is_ok());
        // Lines that were added after a name without an end would be lost.
        let name = Edited::new("'open".to_owned());
        assert!(name.with(&[Addition { behind: None, lines: "NEW='a b'\n".to_owned() }]).is_err());
        let refers = Edited::new("A=1\nB=${C}\n".to_owned());
        assert!(refers.refers_to("C") && !refers.refers_to("A"));
        assert!(refers.with(&[Addition { behind: Some(0), lines: "C=\n".to_owned() }]).is_err());
    }

    #[test]
    fn bytes_of_another_encoding_stay() {
        let edited = Edited::decode(b"# caf\xe9\nA=\xfc\n".to_vec()).expect("it has ASCII in it");
        let bytes = edited.with(&[Addition { behind: Some(0), lines: "# \u{e9}\nB='\u{e9}'\n".to_owned() }]);
        assert_eq!(bytes.expect("nothing is in the way"), b"# caf\xe9\nA=\xfc\n\n# ?\n# B='?'\n");
        assert!(Edited::decode(b"\xff\xfeA\0".to_vec()).is_none());
    }
}
