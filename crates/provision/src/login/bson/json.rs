//! Commands of an administrator and the answers to them, as JSON: what JSON has no type for is null.

use serde_json::{Map, Value as Json};

use super::super::cursor::Cursor;
use super::{Document, Value, value};

/// How deep documents are within documents.
const DEEPEST: usize = 16;

const DOCUMENT: u8 = 0x03;
const ARRAY: u8 = 0x04;

/// The document of an object, with its fields in their order: the first one is the name of a command.
pub(in super::super) fn document(object: &Map<String, Json>) -> Document {
    object.iter().fold(Document::default(), |document, (name, value)| with(document, name, value))
}

fn with(document: Document, name: &str, value: &Json) -> Document {
    match value {
        Json::Null => document.element(0x0a, name, &[]),
        Json::Bool(flag) => document.flag(name, *flag),
        Json::Number(number) => match number.as_i64().and_then(|number| i32::try_from(number).ok()) {
            Some(small) => document.number(name, small),
            None => document.element(0x01, name, &number.as_f64().unwrap_or_default().to_le_bytes()),
        },
        Json::String(text) => document.text(name, text),
        Json::Array(list) => {
            let elements = list.iter().enumerate();
            let array = elements.fold(Document::default(), |array, (index, value)| with(array, &index.to_string(), value));
            document.element(ARRAY, name, &array.encoded())
        }
        Json::Object(object) => document.document(name, &self::document(object)),
    }
}

/// The object of a document; `None` if it is cut off, or too deep.
pub(in super::super) fn read(bytes: &[u8]) -> Option<Json> {
    object(&mut Cursor(bytes), 0).map(Json::Object)
}

fn object(cursor: &mut Cursor<'_>, depth: usize) -> Option<Map<String, Json>> {
    let length = usize::try_from(cursor.i32_le()?).ok()?.checked_sub(4)?;
    let mut inside = Cursor(cursor.take(length)?);
    let mut object = Map::new();
    while let kind @ 1.. = inside.byte()? {
        let name = String::from_utf8_lossy(inside.until_zero()?).into_owned();
        let json = match kind {
            DOCUMENT | ARRAY if depth == DEEPEST => return None,
            DOCUMENT => Json::Object(self::object(&mut inside, depth + 1)?),
            ARRAY => self::object(&mut inside, depth + 1)?.into_iter().map(|(_, value)| value).collect(),
            _ => match value(kind, &mut inside)? {
                Value::Number(number) => number.into(),
                Value::Text(text) => String::from_utf8_lossy(text).into(),
                Value::Bool(flag) => flag.into(),
                Value::Bytes(_) | Value::Other => Json::Null,
            },
        };
        object.insert(name, json);
    }
    Some(object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encoded(json: &Json) -> Vec<u8> {
        document(json.as_object().expect("an object")).encoded()
    }

    #[test]
    fn what_is_written_is_read() {
        let command = json!({ "z": "first", "a": [{ "role": "x", "is": true }, null, []], "deep": { "a": {} }, "big": 1e12 });
        let bytes = encoded(&command);
        assert_eq!(read(&bytes).map(|json| json.to_string()), Some(command.to_string()), "in the same order");
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), None, "{end}");
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_specification() {
        // The second example of bsonspec.org, with a number that is no double.
        let document = encoded(&json!({ "BSON": ["awesome", 1986] }));
        let expected = b"\x26\x00\x00\x00\x04BSON\x00\x1b\x00\x00\x00\x020\x00\x08\x00\x00\x00awesome\x00\x101\x00\xc2\x07\x00\x00\x00\x00";
        assert_eq!(document, expected);
    }

    #[test]
    fn what_is_too_deep_is_not_read() {
        let nested = |depth| (0..depth).fold(json!({}), |inner, _| json!({ "a": inner }));
        assert!(read(&encoded(&nested(DEEPEST))).is_some());
        assert!(read(&encoded(&nested(DEEPEST + 1))).is_none());
    }
}
