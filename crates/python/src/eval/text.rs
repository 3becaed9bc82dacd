//! Strings built from parts: f-strings, `%` and `str.format`.

use ruff_python_ast::{ConversionFlag, ExprFString, FStringPart, InterpolatedStringElement};

use super::bounds::LONGEST_TEXT;
use super::{Evaluator, Scope};
use crate::eval::value::Value;

impl<'a> Evaluator<'a> {
    /// Evaluates an f-string; `None` if a part is undecided.
    pub(super) fn f_string(&self, text: &'a ExprFString, scope: &Scope<'a>) -> Option<Value<'a>> {
        let mut whole = String::new();
        for part in &text.value {
            match part {
                FStringPart::Literal(literal) => whole.push_str(literal),
                FStringPart::FString(inner) => {
                    for element in &inner.elements {
                        match element {
                            InterpolatedStringElement::Literal(literal) => whole.push_str(&literal.value),
                            InterpolatedStringElement::Interpolation(piece) => {
                                let value = self.eval(&piece.expression, scope);
                                if piece.format_spec.is_some() || piece.debug_text.is_some() {
                                    return None;
                                }
                                let text = match piece.conversion {
                                    ConversionFlag::Repr | ConversionFlag::Ascii => repr(&value)?,
                                    _ => display(&value)?,
                                };
                                append(&mut whole, &text)?;
                            }
                        }
                    }
                }
            }
        }
        Some(Value::str(whole))
    }
}

/// Appends a part, unless the result becomes too long.
fn append(whole: &mut String, part: &str) -> Option<()> {
    (whole.len() + part.len() <= LONGEST_TEXT).then(|| whole.push_str(part))
}

/// The result of `str(value)`, for the types whose text is decided.
pub(super) fn display(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::Str(text) => text.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::None => "None".to_owned(),
        Value::Float(float) => float_text(*float),
        Value::Call(_) => crate::eval::fold::path_text(value)?,
        Value::List(_) | Value::Tuple(_) | Value::Dict(_) => repr(value)?,
        _ => return None,
    })
}

/// The result of `repr(value)`.
pub(super) fn repr(value: &Value<'_>) -> Option<String> {
    let all = |items: &[Value<'_>]| Some(items.iter().map(repr).collect::<Option<Vec<_>>>()?.join(", "));
    Some(match value {
        Value::Str(text) if !text.contains(['\'', '\\', '\n', '\r', '\t']) => format!("'{text}'"),
        Value::Str(_) => return None,
        Value::List(items) => format!("[{}]", all(items)?),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", all(items)?),
        Value::Tuple(items) => format!("({})", all(items)?),
        Value::Dict(items) => {
            let items: Option<Vec<String>> = items.iter().map(|(k, v)| Some(format!("{}: {}", repr(k)?, repr(v)?))).collect();
            format!("{{{}}}", items?.join(", "))
        }
        other => display(other)?,
    })
}

/// A float as Python formats it.
fn float_text(float: f64) -> String {
    if float.is_infinite() {
        return if float > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let plain = format!("{float:?}");
    // Rust formats 1e16 like Python, but not 1e-7, where Python pads the exponent.
    match plain.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, number) = exponent.strip_prefix('-').map_or(("+", exponent), |number| ("-", number));
            format!("{digits}e{sign}{number:0>2}")
        }
        None => plain,
    }
}

/// `"%s/%d" % arguments`, for `%s`, `%d`, `%r` and `%%`.
pub(super) fn percent(text: &str, arguments: &Value<'_>) -> Option<String> {
    let single = [arguments.clone()];
    let mut values = match arguments {
        Value::Tuple(items) => items.iter(),
        _ => single.iter(),
    };
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        whole.push_str(before);
        let mut characters = after.chars();
        match characters.next()? {
            '%' => whole.push('%'),
            's' | 'd' | 'i' => append(&mut whole, &display(values.next()?)?)?,
            'r' => append(&mut whole, &repr(values.next()?)?)?,
            '(' => {
                let (name, tail) = characters.as_str().split_once(')')?;
                append(&mut whole, &display(arguments.item(name)?)?)?;
                characters = tail.strip_prefix(['s', 'd'])?.chars();
            }
            _ => return None,
        }
        rest = characters.as_str();
    }
    whole.push_str(rest);
    Some(whole)
}

/// `"{}/{name}".format(...)`, for fields without a format specification.
pub(super) fn format(text: &str, positional: &[Value<'_>], keyword: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut whole = String::new();
    let mut next = 0;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '{' | '}' if characters.peek() == Some(&c) => {
                characters.next();
                whole.push(c);
            }
            '{' => {
                let field: String = characters.by_ref().take_while(|c| *c != '}').collect();
                let value = if field.is_empty() {
                    next += 1;
                    display(positional.get(next - 1)?)?
                } else if let Ok(at) = field.parse::<usize>() {
                    display(positional.get(at)?)?
                } else {
                    keyword(&field)?
                };
                append(&mut whole, &value)?;
            }
            '}' => return None,
            c => whole.push(c),
        }
    }
    Some(whole)
}
