//! YAML: one document that is a mapping of names and values.
//!
//! A scalar keeps its source text, so that `no`, `1.10` and `0123` stay unchanged: pydantic decides which type they have. Lists and
//! mappings become compact JSON. Nothing is expanded before it is needed, and then only within bounds.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use zeroize::Zeroizing;

use super::MOST_BYTES;
use super::reading::{Collected, Fault, Reading, number, place};

/// The maximum nesting of values: settings need less, and the recursion must be bounded.
const MOST_DEPTH: usize = 64;

/// A value. References to an anchor share its node.
enum Node {
    Scalar { text: Zeroizing<String>, plain: bool },
    Sequence(Vec<Rc<Node>>),
    Mapping(Vec<(Zeroizing<String>, Rc<Node>)>),
}

pub(super) fn read(text: &str) -> Reading {
    // The parser treats it as the end of the stream.
    if let Some(at) = text.find('\0') {
        let (line, column) = place(text, at);
        return Reading::broken(Fault { line, column, message: "this is not YAML: a zero byte".to_owned() });
    }
    let mut loader = Loader { parser: Parser::new_from_str(text), anchors: FxHashMap::default() };
    match loader.stream() {
        Ok(collected) => collected.finish(Vec::new()),
        Err(fault) => Reading::broken(fault),
    }
}

struct Loader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: FxHashMap<usize, Rc<Node>>,
}

impl<'t> Loader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        let ended = || Fault { line: 1, column: 1, message: "the YAML is incomplete".to_owned() };
        self.parser.next_event().ok_or_else(ended)?.map_err(|error| broken(&error))
    }

    /// The whole stream, with at most one document.
    fn stream(&mut self) -> Result<Collected, Fault> {
        let mut collected = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
                Event::StreamEnd => return Ok(collected.unwrap_or_default()),
                Event::DocumentStart(_) if collected.is_some() => {
                    return Err(fault(span, "takk reads only one YAML document, and this is the second"));
                }
                Event::DocumentStart(_) => collected = Some(self.document()?),
                _ => return Err(fault(span, "this is not YAML")),
            }
        }
    }

    /// The mapping of a document; nothing for an empty one.
    fn document(&mut self) -> Result<Collected, Fault> {
        const NO_MAPPING: &str = "it must be a mapping of names to values";
        let mut collected = Collected::default();
        let (event, span) = self.next()?;
        match event {
            Event::MappingStart(_, None) => {}
            Event::Scalar(text, style, _, None) if is_null(&text, style == ScalarStyle::Plain) => return Ok(collected),
            _ => return Err(fault(span, NO_MAPPING)),
        }
        let mut room = MOST_BYTES;
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(collected);
            }
            let name = self.key(event, place)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, 0).map_err(|fault| fault.about(&name))?;
            let value = text_of(&value, &mut room).map_err(|TooLarge| {
                fault(span, &format!("with its aliases replaced, `{}` exceeds the maximum file size", *name))
            })?;
            collected.set((*name).clone(), value, number(place.start.line()));
        }
    }

    fn key(&mut self, event: Event<'t>, span: Span) -> Result<Zeroizing<String>, Fault> {
        match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<" => {
                Err(fault(span, "takk does not read merge keys (`<<`): write the names out"))
            }
            Event::Scalar(text, ..) => Ok(Zeroizing::new(text.into_owned())),
            Event::Alias(anchor) => match self.anchors.get(&anchor).map(|node| &**node) {
                Some(Node::Scalar { text, .. }) => Ok(text.clone()),
                _ => Err(fault(span, "a name must be a string")),
            },
            _ => Err(fault(span, "a name must be a string")),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Rc<Node>, Fault> {
        if depth > MOST_DEPTH {
            return Err(fault(span, "it is nested too deeply"));
        }
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, tag) => (anchor, scalar(&text, style, tag.as_deref(), span)?),
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), "seq", span)?;
                let mut members = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if event == Event::SequenceEnd {
                        break (anchor, Node::Sequence(members));
                    }
                    members.push(self.node(event, span, depth + 1)?);
                }
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), "map", span)?;
                let mut members = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if event == Event::MappingEnd {
                        break (anchor, Node::Mapping(members));
                    }
                    let key = self.key(event, span)?;
                    let (event, span) = self.next()?;
                    members.push((key, self.node(event, span, depth + 1)?));
                }
            }
            Event::Alias(anchor) => {
                // An anchor is registered when its node ends, so that a node cannot refer to itself.
                return self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| fault(span, "an alias refers to an anchor that does not exist"));
            }
            _ => return Err(fault(span, "this is not YAML")),
        };
        let node = Rc::new(node);
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        Ok(node)
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Result<Node, Fault> {
    let plain = match tag {
        None => style == ScalarStyle::Plain,
        Some(tag) if tag.is_yaml_core_schema() => match tag.suffix.as_str() {
            "str" => false,
            "int" | "float" | "bool" | "null" => true,
            _ => return Err(fault(span, FOREIGN_TAG)),
        },
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => false,
        Some(_) => return Err(fault(span, FOREIGN_TAG)),
    };
    Ok(Node::Scalar { text: Zeroizing::new(text.to_owned()), plain })
}

/// takk does not know what a program makes of values with tags such as `!vault` and `!!binary`.
const FOREIGN_TAG: &str = "it has a tag, and takk does not read tagged values";

fn refuse_tag(tag: Option<&Tag>, suffix: &str, span: Span) -> Result<(), Fault> {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == suffix) => Err(fault(span, FOREIGN_TAG)),
        _ => Ok(()),
    }
}

fn is_null(text: &str, plain: bool) -> bool {
    plain && ["", "~", "null", "Null", "NULL"].contains(&text)
}

/// The value exceeds the limit.
struct TooLarge;

/// A value as text; `None` for `null`. Deducts its size in bytes from `room`.
fn text_of(node: &Node, room: &mut usize) -> Result<Option<Zeroizing<String>>, TooLarge> {
    let text = match node {
        Node::Scalar { text, plain } if is_null(text, *plain) => return Ok(None),
        Node::Scalar { text, .. } => text.clone(),
        Node::Sequence(_) | Node::Mapping(_) => {
            let mut json = Zeroizing::new(String::new());
            write_json(node, *room, &mut json)?;
            json
        }
    };
    *room = room.checked_sub(text.len()).ok_or(TooLarge)?;
    Ok(Some(text))
}

/// Appends a value as compact JSON, up to a maximum number of bytes.
fn write_json(node: &Node, most: usize, json: &mut Zeroizing<String>) -> Result<(), TooLarge> {
    match node {
        Node::Scalar { text, plain } => json.push_str(&scalar_json(text, *plain)),
        Node::Sequence(members) => {
            json.push('[');
            for (at, member) in members.iter().enumerate() {
                json.push_str(if at == 0 { "" } else { "," });
                write_json(member, most, json)?;
            }
            json.push(']');
        }
        Node::Mapping(members) => {
            json.push('{');
            for (at, (key, member)) in members.iter().enumerate() {
                json.push_str(if at == 0 { "" } else { "," });
                json.push_str(&scalar_json(key, false));
                json.push(':');
                write_json(member, most, json)?;
            }
            json.push('}');
        }
    }
    if json.len() <= most { Ok(()) } else { Err(TooLarge) }
}

/// A scalar within a value: numbers and booleans stay such if JSON has them too, and all else becomes a string, as written. pydantic
/// converts `"0123"`, `"1_000"` and `"no"` where it needs numbers or booleans.
fn scalar_json(text: &str, plain: bool) -> Zeroizing<String> {
    let same = || serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok() && !text.starts_with(['"', '[', '{', ' ']);
    Zeroizing::new(match text {
        _ if is_null(text, plain) => "null".to_owned(),
        "true" | "True" | "TRUE" if plain => "true".to_owned(),
        "false" | "False" | "FALSE" if plain => "false".to_owned(),
        _ if plain && same() => text.to_owned(),
        _ => serde_json::to_string(text).expect("a text can be written as JSON"),
    })
}

fn fault(span: Span, message: &str) -> Fault {
    Fault { line: number(span.start.line()), column: number(span.start.col() + 1), message: message.to_owned() }
}

/// The parser's message is not used, because it may quote the file.
fn broken(error: &ScanError) -> Fault {
    let mark = error.marker();
    Fault { line: number(mark.line()), column: number(mark.col() + 1), message: "this is not YAML".to_owned() }
}
