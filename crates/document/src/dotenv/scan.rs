//! The lines of a dotenv file: each method is a regular expression of `dotenv/parser.py`.
//!
//! Scanning takes linear time: the search for a closing quote runs to the end of the file, but if there is none, no later line can open a
//! quote of that kind.

use std::ops::Range;

use zeroize::Zeroizing;

/// An item of the file.
pub enum Item<'t> {
    /// `NAME=value`, or `NAME` alone, which has no value.
    Binding {
        name: &'t str,
        /// The value with its escapes decoded, before interpolation.
        value: Option<Zeroizing<String>>,
        /// The line of the name, from 1.
        line: u32,
        /// Its span, from its first character to the end of its last line.
        span: Range<usize>,
    },
    /// A comment on lines of its own, and its span.
    Comment(Range<usize>),
    /// A line that python-dotenv skips with a warning: its number, from 1, and why. It contains nothing of the line.
    Broken { line: u32, column: u32, message: &'static str },
}

/// A name and its value, if it has one.
type Binding<'t> = (&'t str, Option<Zeroizing<String>>);

/// Why a line cannot be read.
type Wrong = &'static str;

/// Iterates over the items of a text in which all lines end with `\n`.
pub struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// How far lines have been counted, and their number.
    counted: usize,
    newlines: usize,
}

/// The characters that Python's `\s` and `str.strip` treat as whitespace: more than Unicode's property.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn is_blank(c: char) -> bool {
    c != '\n' && is_space(c)
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, counted: 0, newlines: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip(&mut self, is: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !is(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// The line of a position, which must not be before an earlier one.
    fn line(&mut self, at: usize) -> u32 {
        self.newlines += memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.counted..at]).count();
        self.counted = at;
        number(self.newlines + 1)
    }

    /// The column of a position, from 1.
    fn column(&self, at: usize) -> u32 {
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        number(before[start..].chars().count() + 1)
    }

    /// `(?:export[^\S\r\n]+)?`
    fn export(&mut self) {
        if let Some(rest) = self.rest().strip_prefix("export")
            && rest.starts_with(is_blank)
        {
            self.at += "export".len();
            self.skip(is_blank);
        }
    }

    /// The name; `None` before a comment.
    fn name(&mut self) -> Result<Option<&'t str>, Wrong> {
        let rest = self.rest();
        if rest.starts_with('#') {
            return Ok(None);
        }
        let Some(quoted) = rest.strip_prefix('\'') else {
            let name = self.skip(|c| c != '=' && c != '#' && !is_space(c));
            return if name.is_empty() { Err("a name is missing before the `=`") } else { Ok(Some(name)) };
        };
        let end = memchr::memchr(b'\'', quoted.as_bytes()).filter(|end| *end > 0);
        let end = end.ok_or("a quoted name is not closed, or is empty")?;
        self.at += end + 2;
        Ok(Some(&quoted[..end]))
    }

    /// What follows `=` and the whitespace after it.
    fn value(&mut self) -> Result<Zeroizing<String>, Wrong> {
        match self.rest().chars().next() {
            Some('"') => self.quoted('"'),
            Some('\'') => self.quoted('\''),
            _ => Ok(Zeroizing::new(unquoted(self.skip(|c| c != '\n')).to_owned())),
        }
    }

    /// `"((?:\\.|[^"\\])*)"` with `.` for every character, or the same with `'`.
    fn quoted(&mut self, quote: char) -> Result<Zeroizing<String>, Wrong> {
        let inner = &self.rest()[1..];
        let mut from = 0;
        loop {
            match memchr::memchr2(b'\\', quote as u8, &inner.as_bytes()[from..]).map(|found| from + found) {
                Some(found) if inner.as_bytes()[found] == b'\\' => {
                    from = found + 1 + inner[found + 1..].chars().next().map_or(0, char::len_utf8);
                }
                Some(end) => {
                    self.at += end + 2;
                    return Ok(unescaped(&inner[..end], quote));
                }
                None => return Err("a quote is not closed"),
            }
        }
    }

    /// `(=[^\S\r\n]*)` and the value behind it; `None` without `=`.
    fn assigned(&mut self) -> Result<Option<Zeroizing<String>>, Wrong> {
        self.skip(is_blank);
        if !self.rest().starts_with('=') {
            return Ok(None);
        }
        self.at += 1;
        let blanks = self.skip(is_blank);
        if !blanks.is_empty() && self.rest().starts_with('#') {
            return Ok(Some(Zeroizing::default()));
        }
        self.value().map(Some)
    }

    /// A comment and the end of the line.
    fn end_of_line(&mut self) -> Result<(), Wrong> {
        self.skip(is_blank);
        if self.rest().starts_with('#') {
            self.skip(|c| c != '\n');
        }
        if self.rest().is_empty() {
            return Ok(());
        }
        let newline = self.rest().strip_prefix('\n').ok_or("there is text after the end of the value")?;
        self.at = self.text.len() - newline.len();
        Ok(())
    }

    /// One line, or several if quotes span them; nothing for a comment.
    fn binding(&mut self) -> Result<Option<Binding<'t>>, Wrong> {
        self.export();
        let name = self.name()?;
        let value = self.assigned()?;
        self.end_of_line()?;
        Ok(name.map(|name| (name, value)))
    }
}

impl<'t> Iterator for Scanner<'t> {
    type Item = Item<'t>;

    fn next(&mut self) -> Option<Item<'t>> {
        self.skip(is_space);
        if self.rest().is_empty() {
            return None;
        }
        let start = self.at;
        let line = self.line(start);
        Some(match self.binding() {
            Ok(None) => Item::Comment(start..self.at),
            Ok(Some((name, value))) => Item::Binding { name, value, line, span: start..self.at },
            Err(message) => {
                // For a span of several lines, its start: python-dotenv names it, and the faulty quote is usually there.
                let one_line = !self.text[start..self.at].contains('\n');
                let column = self.column(if one_line { self.at } else { start });
                self.skip(|c| c != '\n');
                self.at += usize::from(!self.rest().is_empty());
                Item::Broken { line, column, message }
            }
        })
    }
}

/// A count as `u32`; no file has more lines than that.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// `re.sub(r"\s+#.*", "", part).rstrip()`
fn unquoted(part: &str) -> &str {
    let mut after_space = false;
    let comment = part.char_indices().find(|&(_, c)| {
        let found = c == '#' && after_space;
        after_space = is_space(c);
        found
    });
    part[..comment.map_or(part.len(), |(at, _)| at)].trim_end_matches(is_space)
}

/// Decodes the escapes that apply in this kind of quotes; others stay as they are.
fn unescaped(inner: &str, quote: char) -> Zeroizing<String> {
    let mut value = Zeroizing::new(String::with_capacity(inner.len()));
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        value.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let decoded = rest.chars().next().and_then(|c| escape(c, quote));
        value.push(decoded.unwrap_or('\\'));
        if decoded.is_some() {
            rest = &rest[1..];
        }
    }
    value.push_str(rest);
    value
}

/// The meaning of a backslash followed by this character (`_double_quote_escapes`, `_single_quote_escapes`).
fn escape(c: char, quote: char) -> Option<char> {
    match c {
        '\\' | '\'' => Some(c),
        _ if quote == '\'' => None,
        '"' => Some('"'),
        'a' => Some('\u{7}'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\u{b}'),
        _ => None,
    }
}
