//! The sources of a class, in order of precedence.

use std::rc::Rc;

use super::file::{self, FileSource};
use crate::settings::class_kind::Base;
use crate::settings::config::{ModelConfig, read_class_of};
use crate::settings::models::Models;
use takk_model::Source;
use takk_python::{Call, Class, Evaluator, Value};

/// A name, and the source that it stands for.
type Named = (&'static str, fn() -> Source);

/// The parameters that hold the default sources.
const GIVEN: [Named; 4] = [
    ("init_settings", || Source::Arguments),
    ("env_settings", || Source::Environment),
    ("dotenv_settings", || Source::Dotenv),
    ("file_secret_settings", || Source::Secrets),
];

/// The path prefix of a value that stands for a source.
const MARK: &str = "pydantic_settings.sources.given.";

/// Methods of a custom source that only change how a value is read, not whether there is one.
const HARMLESS: [&str; 4] = ["prepare_field_value", "decode_complex_value", "field_is_complex", "__repr__"];

#[derive(Default)]
pub(super) struct Order {
    /// One entry for each source; a file source has one for each file.
    pub sources: Vec<Source>,
    /// The files that were read, with the index of their entry.
    pub files: Vec<(usize, FileSource)>,
    /// Dotenv files that a source names itself.
    pub dotenv: Vec<String>,
    /// The expression that is only known at run time.
    pub undecided: Option<String>,
    /// Whether the environment is read in an unusual way.
    pub altered: bool,
    /// Whether they are those of pydantic 1.
    pub is_v1: bool,
}

/// The sources of a class that configures them. `None` for the default ones.
pub(super) fn of<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, config: &ModelConfig<'a>) -> Option<Order> {
    let chosen = match models.base(class) {
        Base::SettingsV1 => chosen_v1(models.evaluator, class),
        Base::Settings => chosen_v2(models.evaluator, class),
        _ => return None,
    };
    let mut order = Order { is_v1: models.base(class) == Base::SettingsV1, ..Order::default() };
    let by_command_line = models.base(class) == Base::Settings && parses_arguments(config);
    match chosen {
        Some(chosen) => order.read(models, config, &chosen),
        None if by_command_line => order.sources.extend(GIVEN.iter().map(|(_, source)| source())),
        None => return None,
    }
    if by_command_line && !order.sources.contains(&Source::CommandLine) {
        order.sources.insert(0, Source::CommandLine);
        order.files.iter_mut().for_each(|(at, _)| *at += 1);
    }
    Some(order)
}

/// `cli_parse_args=True`, or a list of arguments.
fn parses_arguments(config: &ModelConfig<'_>) -> bool {
    config.value("cli_parse_args").is_some_and(|value| !matches!(value, Value::None | Value::Bool(false)))
}

/// The hook of the first class in the resolution order that defines it, called for this class.
fn chosen_v2<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>) -> Option<Value<'a>> {
    const HOOK: &str = "settings_customise_sources";
    let order = evaluator.resolution_order(class)?;
    order.iter().filter_map(read_class_of).find(|base| evaluator.own_attribute(base, HOOK).is_some())?;
    let itself = Value::Class(Rc::clone(class));
    let hook = evaluator.member(&itself, HOOK)?;
    Some(evaluator.result_with(&hook, vec![itself], given(&GIVEN.map(|(name, _)| name))))
}

fn chosen_v1<'a>(evaluator: &Evaluator<'a>, class: &Rc<Class<'a>>) -> Option<Value<'a>> {
    let order = evaluator.resolution_order(class)?;
    let hook = order.iter().filter_map(read_class_of).find_map(|base| match evaluator.own_attribute(&base, "Config") {
        Some(config @ Value::Class(_)) => evaluator.member(&config, "customise_sources"),
        _ => None,
    })?;
    Some(evaluator.result_with(&hook, Vec::new(), given(&["init_settings", "env_settings", "file_secret_settings"])))
}

fn given<'a>(names: &[&str]) -> Vec<(Rc<str>, Value<'a>)> {
    names.iter().map(|name| (Rc::from(*name), Value::external(format!("{MARK}{name}")))).collect()
}

impl Order {
    fn read<'a>(&mut self, models: &Models<'_, 'a>, config: &ModelConfig<'a>, chosen: &Value<'a>) {
        match (chosen, chosen.elements()) {
            (_, Some(sources)) => sources.iter().for_each(|source| self.add(models, config, source)),
            (Value::Unknown(unknown), _) => self.undecided = Some(one_line(&unknown.expression)),
            (other, None) => self.undecided = Some(name_of(other)),
        }
    }

    fn add<'a>(&mut self, models: &Models<'_, 'a>, config: &ModelConfig<'a>, source: &Value<'a>) {
        if let Value::External(path) = source
            && let Some(name) = path.strip_prefix(MARK)
            && let Some((_, known)) = GIVEN.iter().find(|(given, _)| *given == name)
        {
            self.sources.push(known());
            return;
        }
        let Some((kind, call)) = kind_of(models.evaluator, source) else {
            self.sources.push(Source::Other { name: name_of(source) });
            return;
        };
        match kind.name.as_str() {
            "InitSettingsSource" => self.sources.push(Source::Arguments),
            "EnvSettingsSource" if call.positional.len() + call.keywords.len() <= 1 => {
                self.altered |= kind.altered;
                self.sources.push(Source::Environment);
            }
            "DotEnvSettingsSource" if call.keywords.iter().all(|(name, _)| is_about_dotenv(name)) => {
                self.altered |= kind.altered;
                self.sources.push(Source::Dotenv);
                let files = call.argument(1, "env_file").map(|files| file::paths(models.evaluator, files));
                self.dotenv.extend(files.into_iter().flatten().flatten());
            }
            "SecretsSettingsSource" | "NestedSecretsSettingsSource" => self.sources.push(Source::Secrets),
            "CliSettingsSource" => self.sources.push(Source::CommandLine),
            "DefaultSettingsSource" => {}
            name if !kind.altered && file::is_file_source(name) => self.add_files(models, config, name, &call),
            _ => self.sources.push(Source::Other { name: name_of(source) }),
        }
    }

    fn add_files<'a>(&mut self, models: &Models<'_, 'a>, config: &ModelConfig<'a>, name: &str, call: &Call<'a>) {
        let read = file::read(models, config, name, call);
        self.sources.extend(read.sources);
        if let Some(file) = read.file {
            self.files.push((self.sources.len().saturating_sub(1), file));
        }
    }
}

fn is_about_dotenv(name: &str) -> bool {
    ["settings_cls", "env_file", "env_file_encoding"].contains(&name)
}

/// The pydantic-settings source that a call creates.
struct Kind {
    name: String,
    /// Whether a class of the project changes how it reads values.
    altered: bool,
}

fn kind_of<'a>(evaluator: &Evaluator<'a>, source: &Value<'a>) -> Option<(Kind, Rc<Call<'a>>)> {
    let Value::Call(call) = source else { return None };
    if call.partial {
        return None;
    }
    let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
    let kind = match &call.callee {
        Value::External(path) if path.starts_with("pydantic_settings") => Kind { name: last(path), altered: false },
        Value::Class(class) => {
            let bases = evaluator.external_bases(class);
            let name = last(bases.iter().find(|base| base.starts_with("pydantic_settings"))?);
            let order = evaluator.resolution_order(class)?;
            let own: Vec<String> =
                order.iter().filter_map(read_class_of).flat_map(|base| evaluator.functions_in(&base)).collect();
            if own.iter().any(|name| !HARMLESS.contains(&name.as_str())) {
                return None;
            }
            Kind { name, altered: !own.is_empty() }
        }
        _ => return None,
    };
    Some((kind, Rc::clone(call)))
}

/// The name of a source in the code.
fn name_of(source: &Value<'_>) -> String {
    match source {
        Value::Call(call) => match &call.callee {
            Value::Class(class) => class.name.to_string(),
            Value::External(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
            _ => one_line(&call.source),
        },
        Value::Class(class) => class.name.to_string(),
        Value::Function(function) => function.name.to_string(),
        Value::Method(method) => method.name.to_string(),
        Value::External(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
        Value::Unknown(unknown) => one_line(&unknown.expression),
        _ => "a source of its own".to_owned(),
    }
}

/// An expression on one line, shortened for a sentence.
pub(super) fn one_line(expression: &str) -> String {
    const LONGEST: usize = 60;
    let joined = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.chars().count() <= LONGEST { joined } else { joined.chars().take(LONGEST).chain("...".chars()).collect() }
}
