//! The files that a source reads, and the names in them. They are read like all files of the project: only regular files, up to a size
//! limit, and never outside of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::rc::Rc;

use super::order::one_line;
use crate::settings::config::ModelConfig;
use crate::settings::models::Models;
use takk_document::data::{self, Fault, Format, Mapping, Shape};
use takk_model::Refused;
use takk_model::Source;
use takk_python::{Call, Evaluator, Modules, Value};

/// The maximum number of parent directories to search for a `pyproject.toml`.
const HIGHEST: i64 = 32;

type Key = (String, Format, Option<String>);

/// The files that were read, since many classes read the same ones.
#[derive(Default)]
pub(crate) struct Files(RefCell<BTreeMap<Key, Rc<Content>>>);

/// The result of reading a file.
pub(super) enum Content {
    Names(Mapping),
    /// It does not exist, and provides nothing.
    Absent,
    /// The program cannot parse it.
    Broken {
        line: u32,
        message: String,
    },
    /// takk does not read it, for this reason.
    Unread(String),
}

/// The values of a file source: the mapping of each of its files, by precedence.
pub(super) struct FileSource {
    pub files: Vec<(String, Rc<Content>, Mapping)>,
    /// Whether the files are merged at every level, rather than only at the top level.
    pub deep: bool,
}

/// A source that was read.
pub(super) struct Read {
    pub sources: Vec<Source>,
    pub file: Option<FileSource>,
}

pub(super) fn is_file_source(name: &str) -> bool {
    ["TomlConfigSettingsSource", "YamlConfigSettingsSource", "JsonConfigSettingsSource", "PyprojectTomlConfigSettingsSource"]
        .contains(&name)
}

/// Which part of a file is used.
enum Part {
    Whole,
    /// The table at these keys. `strict`: without it, the program does not start.
    Table {
        keys: Vec<String>,
        strict: bool,
    },
    /// `yaml_config_section`: keys joined by dots, which may also occur within a key.
    Section(String),
}

/// The arguments of a source.
struct Order<'v, 'a> {
    format: Format,
    files: Option<&'v Value<'a>>,
    encoding: Option<String>,
    part: Part,
    deep: bool,
}

/// Reads the files of a source of pydantic-settings.
pub(super) fn read<'a>(models: &Models<'_, 'a>, config: &ModelConfig<'a>, name: &str, call: &Call<'a>) -> Read {
    let order = order(models, config, name, call);
    let paths = match (name, order.files) {
        ("PyprojectTomlConfigSettingsSource", None) => vec![Ok(pyproject(models, config))],
        (_, None) => Vec::new(),
        (_, Some(files)) => paths(models.evaluator, files).into_iter().map(|path| path.ok_or(one_line_of(files))).collect(),
    };
    let (mut sources, mut files) = (Vec::new(), Vec::new());
    for path in paths {
        match path {
            Err(expression) => {
                let unread = Some("its path is only known at run time".to_owned());
                sources.push(Source::File { file: expression, unread, absent: false });
            }
            Ok(path) => {
                let content = content(models, &path, &order);
                let unread = match &*content {
                    Content::Unread(why) => Some(why.clone()),
                    Content::Broken { message, .. } => Some(message.clone()),
                    Content::Names(_) | Content::Absent => None,
                };
                sources.push(Source::File { file: path.clone(), unread, absent: matches!(*content, Content::Absent) });
                files.push((path, content));
            }
        }
    }
    // The last file of a list takes precedence.
    let files = parts(files.into_iter().rev().collect(), &order.part);
    Read { sources, file: Some(FileSource { files, deep: order.deep }) }
}

fn order<'v, 'a>(models: &Models<'_, 'a>, config: &'v ModelConfig<'a>, name: &str, call: &'v Call<'a>) -> Order<'v, 'a> {
    let given = |at: usize, keyword: &str| call.argument(at, keyword);
    let or_configured =
        |at: usize, keyword: &'static str| given(at, keyword).or_else(|| config.value(keyword)).filter(|value| is_set(value));
    let text = |value: Option<&Value<'a>>| value.and_then(Value::as_str).map(str::to_owned);
    let is_deep = |at: usize| given(at, "deep_merge").and_then(Value::truth) == Some(true);
    match name {
        "YamlConfigSettingsSource" => {
            let section = text(or_configured(3, "yaml_config_section")).filter(|_| models.rules.has_yaml_section());
            Order {
                format: Format::Yaml,
                files: or_configured(1, "yaml_file"),
                encoding: text(or_configured(2, "yaml_file_encoding")),
                part: section.map_or(Part::Whole, Part::Section),
                deep: is_deep(4),
            }
        }
        "JsonConfigSettingsSource" => Order {
            format: Format::Json,
            files: or_configured(1, "json_file"),
            encoding: text(or_configured(2, "json_file_encoding")),
            part: Part::Whole,
            deep: is_deep(3),
        },
        "PyprojectTomlConfigSettingsSource" => Order {
            format: Format::Toml,
            files: given(1, "toml_file").filter(|value| is_set(value)),
            encoding: None,
            part: Part::Table {
                keys: config
                    .value("pyproject_toml_table_header")
                    .and_then(keys)
                    .unwrap_or_else(|| vec!["tool".to_owned(), "pydantic-settings".to_owned()]),
                strict: false,
            },
            deep: false,
        },
        _ => {
            let header = or_configured(2, "toml_table_header").filter(|_| models.rules.has_table_header());
            let keys = header.and_then(keys).unwrap_or_default();
            let part = if keys.is_empty() { Part::Whole } else { Part::Table { keys, strict: true } };
            Order { format: Format::Toml, files: or_configured(1, "toml_file"), encoding: None, part, deep: is_deep(3) }
        }
    }
}

fn is_set(value: &Value<'_>) -> bool {
    !matches!(value, Value::None)
}

fn keys(value: &Value<'_>) -> Option<Vec<String>> {
    value.elements()?.iter().map(|key| key.as_str().map(str::to_owned)).collect()
}

/// The files that a value names, each with its path in the project, if the source determines it.
pub(crate) fn paths<'a>(evaluator: &Evaluator<'a>, value: &Value<'a>) -> Vec<Option<String>> {
    match value.elements() {
        Some(files) => files.iter().map(|file| evaluator.path_in_project(file)).collect(),
        None => vec![evaluator.path_in_project(value)],
    }
}

fn one_line_of(value: &Value<'_>) -> String {
    match value {
        Value::Unknown(unknown) => one_line(&unknown.expression),
        Value::Call(call) if !call.source.is_empty() => one_line(&call.source),
        _ => "a file".to_owned(),
    }
}

/// `pyproject.toml` of the working directory, or else of the nearest parent directory, as far up as configured.
fn pyproject<'a>(models: &Models<'_, 'a>, config: &ModelConfig<'a>) -> String {
    const NAME: &str = "pyproject.toml";
    let modules = models.evaluator.modules();
    let depth =
        config.value("pyproject_toml_depth").and_then(|depth| if let Value::Int(depth) = depth { Some(*depth) } else { None });
    let above =
        (0..=depth.unwrap_or(0).min(HIGHEST)).map(|up| format!("{}{NAME}", "../".repeat(usize::try_from(up).unwrap_or(0))));
    above.into_iter().find(|path| modules.other_file(path).is_ok()).unwrap_or_else(|| NAME.to_owned())
}

fn content<'a>(models: &Models<'_, 'a>, path: &str, order: &Order<'_, 'a>) -> Rc<Content> {
    let key = (path.to_owned(), order.format, order.encoding.clone());
    if let Some(known) = models.files.0.borrow().get(&key) {
        return Rc::clone(known);
    }
    let found = Rc::new(open(models.evaluator.modules(), path, order));
    models.files.0.borrow_mut().insert(key, Rc::clone(&found));
    found
}

fn open(modules: &Modules<'_>, path: &str, order: &Order<'_, '_>) -> Content {
    if path.starts_with(['/', '~']) {
        return Content::Unread("it is outside the project".to_owned());
    }
    let bytes = match modules.other_file(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            return match Refused::of(&error) {
                // `is_file()` returns false, so the program skips it.
                Some(Refused::NotRegular(_)) => Content::Absent,
                Some(why) => Content::Unread(why.to_string()),
                None if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Content::Absent,
                None => Content::Unread(format!("takk cannot read it: {}", error.kind())),
            };
        }
    };
    match data::read(order.format, &bytes, order.encoding.as_deref()) {
        Ok(names) => Content::Names(names),
        Err(Fault::Broken { line, message }) => Content::Broken { line, message },
        Err(Fault::Unread(why)) => Content::Unread(why.to_owned()),
    }
}

/// The relevant parts of files. If no file has the part that the class requires, the program does not start.
fn parts(files: Vec<(String, Rc<Content>)>, part: &Part) -> Vec<(String, Rc<Content>, Mapping)> {
    let mut found = Vec::new();
    let mut lacking = Vec::new();
    for (path, content) in files {
        let inner = if let Content::Names(names) = &*content { part.of(names) } else { Some(Mapping::new()) };
        if inner.is_none() {
            lacking.push(found.len());
        }
        found.push((path, content, inner.unwrap_or_default()));
    }
    let read = found.iter().filter(|(_, content, _)| matches!(**content, Content::Names(_))).count();
    if lacking.len() == read {
        for at in lacking {
            let message = format!("it has no `{}`, which the class reads", part.name());
            found[at].1 = Rc::new(Content::Broken { line: 1, message });
        }
    }
    found
}

impl Part {
    fn of(&self, names: &Mapping) -> Option<Mapping> {
        match self {
            Self::Whole => Some(names.clone()),
            Self::Table { keys, strict } => {
                let end = keys.iter().try_fold(names, |names, key| match names.get(key).map(|(_, shape)| &**shape) {
                    Some(Shape::Mapping(inner)) => Some(inner),
                    _ => None,
                });
                end.cloned().or_else(|| (!strict).then(Mapping::new))
            }
            Self::Section(section) => at_section(names, section),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Whole => String::new(),
            Self::Table { keys, .. } => keys.join("."),
            Self::Section(section) => section.clone(),
        }
    }
}

/// Tries the longest key first, like `_traverse_nested_section`.
fn at_section(names: &Mapping, section: &str) -> Option<Mapping> {
    if let Some((_, shape)) = names.get(section) {
        return match &**shape {
            Shape::Mapping(found) => Some(found.clone()),
            Shape::Null => Some(Mapping::new()),
            _ => None,
        };
    }
    section.rmatch_indices('.').find_map(|(at, _)| match names.get(&section[..at]).map(|(_, shape)| &**shape) {
        Some(Shape::Mapping(inner)) => Some(at_section(inner, &section[at + 1..])),
        _ => None,
    })?
}
