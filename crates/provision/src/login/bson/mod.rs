//! As much of BSON as MongoDB's commands need: documents are written, the values of a document's own names are read, and commands and
//! answers that contain documents are [JSON](json).

pub(super) mod json;

use super::cursor::Cursor;

/// A document under construction.
#[derive(Default)]
pub(super) struct Document {
    elements: Vec<u8>,
}

/// A value that a login needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'b> {
    Number(f64),
    Text(&'b [u8]),
    Bytes(&'b [u8]),
    Bool(bool),
    /// A value of another type.
    Other,
}

impl Document {
    pub(super) fn number(self, name: &str, value: i32) -> Self {
        self.element(0x10, name, &value.to_le_bytes())
    }

    pub(super) fn text(self, name: &str, value: &str) -> Self {
        self.element(0x02, name, &[&length(value.len() + 1)[..], value.as_bytes(), &[0]].concat())
    }

    pub(super) fn bytes(self, name: &str, value: &[u8]) -> Self {
        self.element(0x05, name, &[&length(value.len())[..], &[0], value].concat())
    }

    pub(super) fn flag(self, name: &str, value: bool) -> Self {
        self.element(0x08, name, &[u8::from(value)])
    }

    pub(super) fn document(self, name: &str, value: &Self) -> Self {
        self.element(0x03, name, &value.encoded())
    }

    fn element(mut self, kind: u8, name: &str, value: &[u8]) -> Self {
        self.elements.push(kind);
        self.elements.extend(name.as_bytes());
        self.elements.push(0);
        self.elements.extend(value);
        self
    }

    pub(super) fn encoded(&self) -> Vec<u8> {
        [&length(self.elements.len() + 5)[..], &self.elements, &[0]].concat()
    }
}

fn length(length: usize) -> [u8; 4] {
    i32::try_from(length).expect("documents are short").to_le_bytes()
}

/// The value of a name in a document. `None` if it does not exist, or the document is cut off before it.
pub(super) fn get<'b>(document: &'b [u8], wanted: &str) -> Option<Value<'b>> {
    let mut cursor = Cursor(document);
    cursor.i32_le()?;
    loop {
        let kind = cursor.byte().filter(|kind| *kind != 0)?;
        let name = cursor.until_zero()?;
        let value = value(kind, &mut cursor)?;
        if name == wanted.as_bytes() {
            return Some(value);
        }
    }
}

fn value<'b>(kind: u8, cursor: &mut Cursor<'b>) -> Option<Value<'b>> {
    Some(match kind {
        0x01 => Value::Number(cursor.f64_le()?),
        0x10 => Value::Number(cursor.i32_le()?.into()),
        0x02 => Value::Text(cursor.counted_le()?.split_last()?.1),
        0x05 => {
            let length = usize::try_from(cursor.i32_le()?).ok()?;
            cursor.byte()?;
            Value::Bytes(cursor.take(length)?)
        }
        0x08 => Value::Bool(cursor.byte()? != 0),
        // A document or an array, whose length includes itself.
        0x03 | 0x04 => {
            let length = usize::try_from(cursor.i32_le()?).ok()?.checked_sub(4)?;
            skipped(cursor, length)?
        }
        // Code, and a symbol.
        0x0d | 0x0e => {
            cursor.counted_le()?;
            Value::Other
        }
        // A pattern and its options.
        0x0b => {
            cursor.until_zero()?;
            cursor.until_zero()?;
            Value::Other
        }
        0x06 | 0x0a | 0x7f | 0xff => Value::Other,
        0x07 => skipped(cursor, 12)?,
        0x09 | 0x11 | 0x12 => skipped(cursor, 8)?,
        0x13 => skipped(cursor, 16)?,
        _ => return None,
    })
}

fn skipped<'b>(cursor: &mut Cursor<'b>, length: usize) -> Option<Value<'b>> {
    cursor.take(length)?;
    Some(Value::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let inner = Document::default().number("ok", 7);
        let document = Document::default()
            .document("inner", &inner)
            .text("version", "8.3.1")
            .bytes("payload", b"v=1")
            .flag("done", true)
            .number("ok", 1)
            .encoded();
        assert_eq!(get(&document, "version"), Some(Value::Text(b"8.3.1")));
        assert_eq!(get(&document, "payload"), Some(Value::Bytes(b"v=1")));
        assert_eq!(get(&document, "done"), Some(Value::Bool(true)));
        assert_eq!(get(&document, "ok"), Some(Value::Number(1.0)));
        assert_eq!(get(&document, "inner"), Some(Value::Other));
        assert_eq!(get(&document, "missing"), None);
        for end in 0..document.len() - 6 {
            assert_eq!(get(&document[..end], "ok"), None);
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_specification() {
        // The first example of bsonspec.org.
        let document = Document::default().text("hello", "world").encoded();
        assert_eq!(document, b"\x16\x00\x00\x00\x02hello\x00\x06\x00\x00\x00world\x00\x00");
    }
}
