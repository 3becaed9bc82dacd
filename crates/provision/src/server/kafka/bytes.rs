//! Requests and responses of Kafka: numbers with the most significant byte first; texts and lists with their length, which newer requests
//! write as a number of variable size, one higher, so that zero is null.

use zeroize::Zeroizing;

use crate::login::Cursor;

/// A request under construction.
#[derive(Default)]
pub(super) struct Body(pub Zeroizing<Vec<u8>>);

impl Body {
    pub(super) fn byte(mut self, value: i8) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub(super) fn number(mut self, value: i32) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub(super) fn text(mut self, value: &str) -> Self {
        self.0.extend(u16::try_from(value.len()).expect("names are short").to_be_bytes());
        self.0.extend(value.as_bytes());
        self
    }

    /// A text that is not there.
    pub(super) fn null(mut self) -> Self {
        self.0.extend((-1_i16).to_be_bytes());
        self
    }

    pub(super) fn list<T>(self, values: &[T], each: impl Fn(Self, &T) -> Self) -> Self {
        let length = i32::try_from(values.len()).expect("lists are short");
        values.iter().fold(self.number(length), each)
    }

    /// A length, or a number of tagged fields.
    pub(super) fn size(mut self, mut value: usize) -> Self {
        while let (rest @ 1.., low) = (value >> 7, value & 0x7f) {
            self.0.push(u8::try_from(low | 0x80).expect("it is one byte"));
            value = rest;
        }
        self.0.push(u8::try_from(value).expect("it is one byte"));
        self
    }

    /// A text or bytes of a newer request.
    pub(super) fn compact(self, value: &[u8]) -> Self {
        let mut body = self.size(value.len() + 1);
        body.0.extend(value);
        body
    }

    /// The end of a structure of a newer request, without tagged fields.
    pub(super) fn end(self) -> Self {
        self.size(0)
    }
}

/// A text, which is empty if it is null.
pub(super) fn text(cursor: &mut Cursor<'_>) -> Option<String> {
    let length = cursor.i16_be()?;
    let bytes = if length == -1 { &[] } else { cursor.take(usize::try_from(length).ok()?)? };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// What is in a list, which is empty if it is null.
pub(super) fn list<'b, T>(cursor: &mut Cursor<'b>, each: impl Fn(&mut Cursor<'b>) -> Option<T>) -> Option<Vec<T>> {
    let length = cursor.i32_be()?;
    // No more is reserved than a server sends.
    (0..length.max(0)).map(|_| each(cursor)).collect()
}

/// A number of variable size.
pub(super) fn size(cursor: &mut Cursor<'_>) -> Option<usize> {
    let mut value = 0;
    for shift in [0, 7, 14, 21, 28] {
        let byte = cursor.byte()?;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// A text of a newer response.
pub(super) fn compact(cursor: &mut Cursor<'_>) -> Option<String> {
    let length = size(cursor)?.saturating_sub(1);
    cursor.take(length).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// What is in a list of a newer response.
pub(super) fn compact_list<T>(cursor: &mut Cursor<'_>, each: impl Fn(&mut Cursor<'_>) -> Option<T>) -> Option<Vec<T>> {
    let length = size(cursor)?.saturating_sub(1);
    (0..length).map(|_| each(cursor)).collect()
}

/// The tagged fields at the end of a structure, which are skipped.
pub(super) fn end(cursor: &mut Cursor<'_>) -> Option<()> {
    for _ in 0..size(cursor)? {
        let (_tag, length) = (size(cursor)?, size(cursor)?);
        cursor.take(length)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_as_it_was_written() {
        for value in [0, 1, 127, 128, 300, 16_383, 16_384, 2_000_000] {
            let body = Body::default().size(value);
            assert_eq!(size(&mut Cursor(&body.0)), Some(value));
        }
        assert_eq!(*Body::default().size(300).0, [0xac, 0x02]);
        assert_eq!(size(&mut Cursor(&[0x80; 9])), None);
    }

    #[test]
    fn what_is_cut_off_is_not_read() {
        let body = Body::default().list(&["one", "two"], |body, name| body.text(name));
        assert_eq!(list(&mut Cursor(&body.0), text), Some(vec!["one".to_owned(), "two".to_owned()]));
        for end in 0..body.0.len() {
            assert_eq!(list(&mut Cursor(&body.0[..end]), text), None);
        }
        assert_eq!(list(&mut Cursor(&i32::MAX.to_be_bytes()), text), None);
    }
}
