//! JSON as Python's `json.loads` and pydantic's own parser (`jiter`) parse it: both accept `NaN` and `Infinity`, and both are strict
//! otherwise. No crate parses it that way.

use std::collections::HashMap;

use super::data::Data;
use super::number::Number;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `json.loads`: accepts unpaired surrogates.
    Python,
    /// pydantic's `Json`.
    Pydantic,
}

/// Why a text cannot be decoded.
pub(super) enum Broken {
    Invalid,
    /// It is nested too deeply to be checked here.
    TooDeep,
}

/// The maximum nesting: pydantic's limit; Python's depends on the program.
const DEEPEST: usize = 200;
/// The maximum number of digits of an integer (`sys.int_info.default_max_str_digits`).
const MOST_DIGITS: usize = 4300;

pub(super) fn decode(text: &str, dialect: Dialect) -> Result<Data, Broken> {
    let mut parser = Parser { text, at: 0, dialect };
    parser.skip_space();
    let value = parser.value(0)?;
    parser.skip_space();
    if parser.at == text.len() { Ok(value) } else { Err(Broken::Invalid) }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
}

impl Parser<'_> {
    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Data, Broken> {
        if depth >= DEEPEST {
            return Err(if self.dialect == Dialect::Python { Broken::TooDeep } else { Broken::Invalid });
        }
        match self.peek() {
            Some(b'[') => self.list(depth),
            Some(b'{') => self.object(depth),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Data, Broken> {
        let words = [
            ("null", Data::Null),
            ("true", Data::Bool(true)),
            ("false", Data::Bool(false)),
            ("NaN", Data::Float(f64::NAN)),
            ("Infinity", Data::Float(f64::INFINITY)),
        ];
        words.into_iter().find(|(word, _)| self.take(word)).map(|(_, value)| value).ok_or(Broken::Invalid)
    }

    fn list(&mut self, depth: usize) -> Result<Data, Broken> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take("]") {
            return Ok(Data::List(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take("]") {
                return Ok(Data::List(items));
            }
            if !self.take(",") {
                return Err(Broken::Invalid);
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Data, Broken> {
        self.at += 1;
        let mut items: Vec<(Data, Data)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        self.skip_space();
        if self.take("}") {
            return Ok(Data::Object(items));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(Broken::Invalid);
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(":") {
                return Err(Broken::Invalid);
            }
            self.skip_space();
            let value = self.value(depth + 1)?;
            // pydantic validates all values of a duplicate key, Python keeps the last.
            let known = match &key {
                Data::Text(name) if self.dialect == Dialect::Python => {
                    let at = *places.entry(name.clone()).or_insert(items.len());
                    items.get_mut(at)
                }
                _ => None,
            };
            match known {
                Some(item) => item.1 = value,
                None => items.push((key, value)),
            }
            self.skip_space();
            if self.take("}") {
                return Ok(Data::Object(items));
            }
            if !self.take(",") {
                return Err(Broken::Invalid);
            }
        }
    }

    fn digits(&mut self) -> usize {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn number(&mut self) -> Result<Data, Broken> {
        let start = self.at;
        let negative = self.take("-");
        if negative && self.take("Infinity") {
            return Ok(Data::Float(f64::NEG_INFINITY));
        }
        let padded = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (padded && whole > 1) {
            return Err(Broken::Invalid);
        }
        let mut is_float = false;
        if self.peek() == Some(b'.') {
            is_float = true;
            self.at += 1;
            if self.digits() == 0 {
                return Err(Broken::Invalid);
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            is_float = true;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(Broken::Invalid);
            }
        }
        let text = &self.text[start..self.at];
        if is_float {
            return text.parse().map(Data::Float).map_err(|_| Broken::Invalid);
        }
        if whole > MOST_DIGITS {
            return Err(Broken::Invalid);
        }
        Number::literal(text).map(Data::Int).ok_or(Broken::Invalid)
    }

    fn string(&mut self) -> Result<Data, Broken> {
        self.at += 1;
        // UTF-16, because escapes may be halves of surrogate pairs, which may or may not match.
        let mut units: Vec<u16> = Vec::new();
        loop {
            let character = self.text.get(self.at..).and_then(|rest| rest.chars().next()).ok_or(Broken::Invalid)?;
            self.at += character.len_utf8();
            match character {
                '"' => break,
                '\\' => units.push(self.escape()?),
                '\0'..='\u{1f}' => return Err(Broken::Invalid),
                other => units.extend(other.encode_utf16(&mut [0; 2]).iter()),
            }
        }
        match String::from_utf16(&units) {
            Ok(text) => Ok(Data::Text(text)),
            Err(_) if self.dialect == Dialect::Python => Ok(Data::BrokenText),
            Err(_) => Err(Broken::Invalid),
        }
    }

    fn escape(&mut self) -> Result<u16, Broken> {
        let letter = self.peek().ok_or(Broken::Invalid)?;
        self.at += 1;
        let plain = match letter {
            b'"' | b'\\' | b'/' => letter,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let digits = self.text.get(self.at..self.at + 4).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
                let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or(Broken::Invalid)?;
                self.at += 4;
                return Ok(unit);
            }
            _ => return Err(Broken::Invalid),
        };
        Ok(u16::from(plain))
    }
}
