//! YAML, as `yaml.safe_load` reads it: merge keys are merged, unknown tags are rejected. Aliases share what they refer to.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::{DEEPEST, Fault, Mapping, Scalar, Shape};

/// The number of names that merge keys may add in one file.
const MOST_MERGED: usize = 1_000_000;

pub(super) fn read(text: &str) -> Result<Mapping, Fault> {
    // The parser takes it for the end.
    if text.contains('\0') {
        return Err(Fault::broken(1, "this is not YAML: a zero byte"));
    }
    let mut loader = Loader { parser: Parser::new_from_str(text), anchors: FxHashMap::default(), room: MOST_MERGED };
    loader.stream()
}

struct Loader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: FxHashMap<usize, Rc<Shape>>,
    room: usize,
}

/// An unquoted scalar, if it is certain how `yaml.safe_load` reads it: octal numbers, times, dates and possible booleans are left
/// undecided.
fn plain(text: &str) -> Scalar {
    const TRUTHS: [&str; 8] = ["yes", "no", "on", "off", "y", "n", "true", "false"];
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && (digits == "0" || !digits.starts_with('0')) {
        return text.parse().map_or(Scalar::Other, Scalar::Int);
    }
    let lower = text.to_ascii_lowercase();
    if matches!(text, "true" | "false") {
        return Scalar::Bool(text == "true");
    }
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' '))
        && text.starts_with(|first: char| first.is_ascii_alphabetic());
    if is_word && !TRUTHS.contains(&lower.as_str()) { Scalar::Text(text.to_owned()) } else { Scalar::Other }
}

impl<'t> Loader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        let ended = || Fault::broken(1, "the YAML is incomplete");
        self.parser.next_event().ok_or_else(ended)?.map_err(|error| broken(&error))
    }

    /// The whole stream: at most one document.
    fn stream(&mut self) -> Result<Mapping, Fault> {
        let mut found = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
                Event::StreamEnd => return Ok(found.unwrap_or_default()),
                Event::DocumentStart(_) if found.is_some() => {
                    return Err(Fault::broken(line(span), "it contains more than one document"));
                }
                Event::DocumentStart(_) => found = Some(self.document()?),
                _ => return Err(Fault::broken(line(span), "this is not YAML")),
            }
        }
    }

    fn document(&mut self) -> Result<Mapping, Fault> {
        let (event, span) = self.next()?;
        // `safe_load(...) or {}`
        let is_nothing =
            matches!(&event, Event::Scalar(text, _, _, _) if ["", "0", "false", "no", "off"].contains(&text.as_ref()));
        let shape = self.node(event, span, 0)?;
        match Rc::unwrap_or_clone(shape) {
            Shape::Mapping(names) => Ok(names),
            Shape::Null => Ok(Mapping::new()),
            Shape::Scalar(_) if is_nothing => Ok(Mapping::new()),
            Shape::Scalar(_) | Shape::Sequence(_) => Err(Fault::broken(line(span), "it must be a mapping of names to values")),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Rc<Shape>, Fault> {
        if depth > DEEPEST {
            return Err(Fault::Unread("it is nested too deeply"));
        }
        let (anchor, shape) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                check_tag(tag.as_deref(), span)?;
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                let shape = if is_null(&text, is_plain) {
                    Shape::Null
                } else if tag.is_some() {
                    Shape::Scalar(Scalar::Other)
                } else if is_plain {
                    Shape::Scalar(plain(&text))
                } else {
                    Shape::Scalar(Scalar::Text(text.into_owned()))
                };
                (anchor, Rc::new(shape))
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), span)?;
                let mut members = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if event == Event::SequenceEnd {
                        break (anchor, Rc::new(Shape::Sequence(members)));
                    }
                    members.push(self.node(event, span, depth + 1)?);
                }
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), span)?;
                (anchor, Rc::new(Shape::Mapping(self.mapping(depth)?)))
            }
            Event::Alias(anchor) => {
                // An anchor is defined once its node has ended: a reference to itself is not found.
                return self.anchors.get(&anchor).cloned().ok_or(Fault::Unread("a part of it refers to itself"));
            }
            _ => return Err(Fault::broken(line(span), "this is not YAML")),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&shape));
        }
        Ok(shape)
    }

    fn mapping(&mut self, depth: usize) -> Result<Mapping, Fault> {
        let mut found = Mapping::new();
        let mut merged = Mapping::new();
        loop {
            let (event, span) = self.next()?;
            let name = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, style, _, None) if text == "<<" && style == ScalarStyle::Plain => None,
                Event::Scalar(text, ..) => Some(text.into_owned()),
                // A key that is not a string cannot be a field.
                other => {
                    self.node(other, span, depth + 1)?;
                    let (event, span) = self.next()?;
                    self.node(event, span, depth + 1)?;
                    continue;
                }
            };
            let (event, inner) = self.next()?;
            let shape = self.node(event, inner, depth + 1)?;
            match name {
                Some(name) => {
                    found.insert(name, (line(span), shape));
                }
                None => self.merge(&shape, &mut merged, span)?,
            }
        }
        for (name, value) in merged {
            found.entry(name).or_insert(value);
        }
        Ok(found)
    }

    /// `<<: *other`, `<<: [*one, *other]`: the first that has a name takes precedence.
    fn merge(&mut self, shape: &Rc<Shape>, merged: &mut Mapping, span: Span) -> Result<(), Fault> {
        let parts = match &**shape {
            Shape::Sequence(parts) => parts.clone(),
            _ => vec![Rc::clone(shape)],
        };
        for part in parts {
            let Shape::Mapping(names) = &*part else {
                return Err(Fault::broken(line(span), "a merge key (`<<`) must name mappings"));
            };
            self.room =
                self.room.checked_sub(names.len()).ok_or(Fault::Unread("it is too large once its merge keys are expanded"))?;
            for (name, value) in names {
                merged.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(())
    }
}

/// `safe_load` knows the tags of YAML itself, and rejects all others.
fn check_tag(tag: Option<&Tag>, span: Span) -> Result<(), Fault> {
    const KNOWN: [&str; 12] =
        ["str", "int", "float", "bool", "null", "seq", "map", "binary", "timestamp", "set", "omap", "pairs"];
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && KNOWN.contains(&tag.suffix.as_str()) => Ok(()),
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Ok(()),
        Some(_) => Err(Fault::broken(line(span), "it has a tag that the safe loader of PyYAML rejects")),
        None => Ok(()),
    }
}

fn is_null(text: &str, plain: bool) -> bool {
    plain && ["", "~", "null", "Null", "NULL"].contains(&text)
}

fn line(span: Span) -> u32 {
    u32::try_from(span.start.line()).unwrap_or(u32::MAX)
}

/// The parser's own message may quote the file.
fn broken(error: &ScanError) -> Fault {
    Fault::broken(u32::try_from(error.marker().line()).unwrap_or(u32::MAX), "this is not YAML")
}
