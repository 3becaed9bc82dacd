//! Methods of strings, lists, dictionaries and sets.

use std::rc::Rc;

use super::Evaluator;
use super::bounds::LONGEST_TEXT;
use super::expression::insert;
use crate::eval::value::Value;

/// Whether this module implements the string method of that name.
pub(super) fn is_text_method(name: &str) -> bool {
    matches!(
        name,
        "format"
            | "join"
            | "upper"
            | "lower"
            | "strip"
            | "lstrip"
            | "rstrip"
            | "replace"
            | "split"
            | "rsplit"
            | "startswith"
            | "endswith"
            | "removeprefix"
            | "removesuffix"
            | "title"
            | "capitalize"
            | "encode"
            | "isdigit"
            | "zfill"
            | "partition"
            | "rpartition"
            | "splitlines"
            | "casefold"
            | "swapcase"
            | "find"
            | "count"
    )
}

/// The result of calling a method of a built-in value.
pub(super) fn call<'a>(
    evaluator: &Evaluator<'a>,
    receiver: &Value<'a>,
    name: &str,
    positional: &[Value<'a>],
    keywords: &[(Rc<str>, Value<'a>)],
) -> Option<Value<'a>> {
    match receiver {
        Value::Str(text) => text_method(evaluator, text, name, positional, keywords),
        Value::Bytes(bytes) if name == "decode" => String::from_utf8(bytes.to_vec()).ok().map(Value::str),
        Value::Dict(items) => match (name, positional) {
            ("get", [key, default @ ..]) => {
                // An undecided key of the dictionary could be the requested one.
                let found =
                    items.iter().rev().find(|(known, _)| known.equals(key) == Some(true)).map(|(_, value)| value.clone());
                found.or_else(|| {
                    let decided = items.iter().all(|(known, _)| known.equals(key).is_some());
                    decided.then(|| default.first().cloned().unwrap_or(Value::None))
                })
            }
            ("keys", []) => Some(Value::List(Rc::new(items.iter().map(|(key, _)| key.clone()).collect()))),
            ("values", []) => Some(Value::List(Rc::new(items.iter().map(|(_, value)| value.clone()).collect()))),
            ("items", []) => {
                let pairs = items.iter().map(|(key, value)| Value::Tuple(Rc::new(vec![key.clone(), value.clone()])));
                Some(Value::List(Rc::new(pairs.collect())))
            }
            ("copy", []) => Some(receiver.clone()),
            ("pop", [key, ..]) => {
                items.iter().find(|(known, _)| known.equals(key) == Some(true)).map(|(_, value)| value.clone())
            }
            _ => None,
        },
        Value::List(items) | Value::Tuple(items) => match (name, positional) {
            ("copy", []) => Some(receiver.clone()),
            ("index", [wanted]) => {
                let at = items.iter().position(|item| item.equals(wanted) == Some(true))?;
                Some(Value::Int(i64::try_from(at).ok()?))
            }
            ("count", [wanted]) => {
                Some(Value::Int(i64::try_from(items.iter().filter(|item| item.equals(wanted) == Some(true)).count()).ok()?))
            }
            ("pop", []) => items.last().cloned(),
            _ => None,
        },
        Value::Set(items) => match (name, positional) {
            ("copy", []) => Some(receiver.clone()),
            ("union", [more]) => {
                let mut all = items.to_vec();
                for item in evaluator.iterate(more)? {
                    if !all.iter().any(|known| known.equals(&item) == Some(true)) {
                        all.push(item);
                    }
                }
                Some(Value::Set(Rc::new(all)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn text_method<'a>(
    evaluator: &Evaluator<'a>,
    text: &str,
    name: &str,
    positional: &[Value<'a>],
    keywords: &[(Rc<str>, Value<'a>)],
) -> Option<Value<'a>> {
    let argument = |at: usize| positional.get(at).and_then(Value::as_str);
    let strip = |left: bool, right: bool| {
        let drop: Vec<char> = argument(0).map_or_else(Vec::new, |set| set.chars().collect());
        let matches = |c: char| if positional.is_empty() { c.is_whitespace() } else { drop.contains(&c) };
        let start = if left { text.trim_start_matches(matches) } else { text };
        Value::str(if right { start.trim_end_matches(matches) } else { start })
    };
    let affix = |test: &dyn Fn(&str) -> bool| match positional.first()? {
        Value::Tuple(options) => Some(Value::Bool(options.iter().filter_map(Value::as_str).any(test))),
        other => Some(Value::Bool(test(other.as_str()?))),
    };
    Some(match name {
        "format" => {
            let keyword =
                |key: &str| keywords.iter().find(|(name, _)| &**name == key).and_then(|(_, value)| super::text::display(value));
            Value::str(super::text::format(text, positional, &keyword)?)
        }
        "join" => {
            let parts = evaluator.iterate(positional.first()?)?;
            let parts: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
            let parts = parts?;
            let length = parts.iter().map(|part| part.len() + text.len()).sum::<usize>();
            Value::str((length <= LONGEST_TEXT).then(|| parts.join(text))?)
        }
        "upper" => Value::str(text.to_uppercase()),
        "lower" | "casefold" => Value::str(text.to_lowercase()),
        "strip" => strip(true, true),
        "lstrip" => strip(true, false),
        "rstrip" => strip(false, true),
        "replace" => {
            let (from, to) = (argument(0)?, argument(1)?);
            let length = text.len().saturating_add(text.matches(from).count().saturating_mul(to.len()));
            Value::str((length <= LONGEST_TEXT).then(|| text.replace(from, to))?)
        }
        "split" if positional.is_empty() => list(text.split_whitespace()),
        "split" if positional.len() == 1 => list(text.split(argument(0)?)),
        "split" => match positional.get(1)? {
            Value::Int(times) => list(text.splitn(usize::try_from(*times).ok()? + 1, argument(0)?)),
            _ => return None,
        },
        "rsplit" => match positional.get(1)? {
            Value::Int(times) => {
                let mut parts: Vec<&str> = text.rsplitn(usize::try_from(*times).ok()? + 1, argument(0)?).collect();
                parts.reverse();
                list(parts.into_iter())
            }
            _ => return None,
        },
        "splitlines" => list(text.lines()),
        "startswith" => affix(&|prefix| text.starts_with(prefix))?,
        "endswith" => affix(&|suffix| text.ends_with(suffix))?,
        "removeprefix" => Value::str(text.strip_prefix(argument(0)?).unwrap_or(text)),
        "removesuffix" => Value::str(text.strip_suffix(argument(0)?).unwrap_or(text)),
        "title" => Value::str(title(text)),
        "capitalize" => {
            let mut characters = text.chars();
            let first = characters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
            Value::str(first + &characters.as_str().to_lowercase())
        }
        "encode" => Value::Bytes(Rc::from(text.as_bytes())),
        "isdigit" => Value::Bool(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit())),
        "partition" => {
            let (a, b) = text.split_once(argument(0)?)?;
            Value::Tuple(Rc::new(vec![Value::str(a), positional[0].clone(), Value::str(b)]))
        }
        "rpartition" => {
            let (a, b) = text.rsplit_once(argument(0)?)?;
            Value::Tuple(Rc::new(vec![Value::str(a), positional[0].clone(), Value::str(b)]))
        }
        _ => return None,
    })
}

fn list<'a, 't>(parts: impl Iterator<Item = &'t str>) -> Value<'a> {
    Value::List(Rc::new(parts.map(Value::str).collect()))
}

fn title(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            whole.extend(c.to_lowercase());
        } else {
            whole.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    whole
}

/// A list, dictionary or set after a call of one of its mutating methods. `None`: undecided.
pub(super) fn changed<'a>(
    evaluator: &Evaluator<'a>,
    receiver: &Value<'a>,
    name: &str,
    positional: &[Value<'a>],
    keywords: &[(Rc<str>, Value<'a>)],
) -> Option<Value<'a>> {
    match receiver {
        Value::List(items) => {
            let mut items = items.to_vec();
            match (name, positional) {
                ("append", [item]) => items.push(item.clone()),
                ("extend", [more]) => items.extend(evaluator.iterate(more)?),
                ("insert", [Value::Int(at), item]) => items.insert(usize::try_from(*at).ok()?.min(items.len()), item.clone()),
                ("pop", []) => drop(items.pop()),
                ("remove", [item]) => drop(items.remove(items.iter().position(|known| known.equals(item) == Some(true))?)),
                ("clear", []) => items.clear(),
                ("reverse", []) => items.reverse(),
                _ => return None,
            }
            Some(Value::List(Rc::new(items)))
        }
        Value::Set(items) => {
            let mut items = items.to_vec();
            let more = match (name, positional) {
                ("add", [item]) => vec![item.clone()],
                ("update", [more]) => evaluator.iterate(more)?,
                ("discard" | "remove", [item]) => {
                    items.retain(|known| known.equals(item) != Some(true));
                    Vec::new()
                }
                _ => return None,
            };
            for item in more {
                if !items.iter().any(|known| known.equals(&item) == Some(true)) {
                    items.push(item);
                }
            }
            Some(Value::Set(Rc::new(items)))
        }
        Value::Dict(items) => {
            let mut items = items.to_vec();
            match (name, positional) {
                ("update", more) => {
                    if let [Value::Dict(more)] = more {
                        more.iter().cloned().for_each(|(key, value)| insert(&mut items, key, value));
                    } else if !more.is_empty() {
                        return None;
                    }
                    for (key, value) in keywords {
                        insert(&mut items, Value::Str(Rc::clone(key)), value.clone());
                    }
                }
                ("setdefault", [key, rest @ ..]) => {
                    if !items.iter().any(|(known, _)| known.equals(key) == Some(true)) {
                        items.push((key.clone(), rest.first().cloned().unwrap_or(Value::None)));
                    }
                }
                ("pop", [key, ..]) => items.retain(|(known, _)| known.equals(key) != Some(true)),
                ("clear", []) => items.clear(),
                _ => return None,
            }
            Some(Value::Dict(Rc::new(items)))
        }
        _ => None,
    }
}
