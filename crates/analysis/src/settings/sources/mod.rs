//! Classes that choose their sources: `settings_customise_sources`, in pydantic 1 `Config.customise_sources`, and the command line that
//! `cli_parse_args` puts before all others.

mod file;
mod given;
mod order;

use std::rc::Rc;

pub(super) use file::{Files, paths};

use super::class_kind::Base;
use super::config::ModelConfig;
use super::field::command_line_name;
use super::models::Models;
use super::validators::{Moment, Validators};
use crate::notes::{Notes, Observation};
use file::Content;
use order::Order;
use takk_model::{ClassRef, Given, Place, Setting, SettingsConfig, Source, Sources, ValueType};
use takk_python::{Class, Value};

/// The sources that a class configures.
pub(super) struct Chosen {
    order: Order,
    /// Their description for the manifest.
    pub sources: Sources,
}

/// The sources of a class, unless they are the default ones.
pub(super) fn chosen<'a>(models: &Models<'_, 'a>, class: &Rc<Class<'a>>, config: &ModelConfig<'a>) -> Option<Chosen> {
    let order = order::of(models, class, config)?;
    let sources = Sources { order: order.sources.clone(), undecided: order.undecided.clone() };
    Some(Chosen { order, sources })
}

impl Chosen {
    /// Whether variables are read in an unusual way.
    pub(super) fn is_doubtful(&self) -> bool {
        self.may_give_anything() || !self.sources.reads_environment()
    }

    /// Whether any field may get a value that only the program knows.
    pub(super) fn may_give_anything(&self) -> bool {
        self.order.altered || self.sources.unknown().is_some()
    }

    /// Limits the files in the configuration to those that the class really reads.
    pub(super) fn restrict(&self, config: &mut SettingsConfig) {
        let reads = |source: &Source| self.sources.undecided.is_some() || self.order.sources.contains(source);
        if !reads(&Source::Dotenv) && !is_v1_environment(&self.order) {
            config.env_file.clear();
        }
        if !reads(&Source::Secrets) {
            config.secrets_dir.clear();
        }
        config.env_file.extend(self.order.dotenv.iter().cloned());
    }

    /// Records which values come from other sources than variables.
    pub(super) fn mark<'a>(
        &self,
        models: &Models<'_, 'a>,
        class: &Rc<Class<'a>>,
        config: &ModelConfig<'a>,
        settings: &mut [Setting],
        notes: &mut Notes,
    ) {
        for refused in given::mark(models, class, config, &self.order, settings) {
            let given::Refused { place, field, reason } = refused;
            let problem = format!("invalid value for `{}.{field}`: {reason}", class.qualname);
            let help = "change the value in the file; environment variables do not override it".to_owned();
            notes.add(place, Observation::SettingsFile { class: class.place.clone(), problem, help });
        }
        // A value in a file with precedence over the environment is final, whatever the variable holds.
        for setting in settings.iter_mut() {
            let hidden = setting.given.as_ref().filter(|given| given.hides_environment()).map(Given::in_words);
            if let Some(reason) = hidden {
                setting.accepts = ValueType::unchecked(reason);
            }
        }
        let elsewhere = (!self.sources.reads_environment()).then(|| Given::Elsewhere { sources: self.in_words() });
        let perhaps = self.sources.unknown().map(|source| Given::Perhaps { source });
        for setting in settings.iter_mut().filter(|setting| setting.given.is_none()) {
            setting.given = match &perhaps {
                Some(perhaps) if setting.required => Some(perhaps.clone()),
                Some(_) => None,
                None => elsewhere.clone(),
            };
        }
    }

    /// All sources, for a sentence.
    fn in_words(&self) -> String {
        let sources: Vec<String> = self.order.sources.iter().map(Source::in_words).collect();
        if sources.is_empty() { "no source".to_owned() } else { sources.join(" and ") }
    }

    /// Records observations for findings.
    pub(super) fn note<'a>(
        &self,
        models: &Models<'_, 'a>,
        class: &Rc<Class<'a>>,
        config: &ModelConfig<'a>,
        settings: &[Setting],
        notes: &mut Notes,
    ) {
        let reference = ClassRef { module: class.module.to_string(), qualname: class.qualname.to_string() };
        let chooses = models.base(class) == Base::SettingsV1 || models.evaluator.defines(class, "settings_customise_sources");
        let mut add = |place: Place, observation| notes.add(place, observation);
        let read = || self.order.files.iter().flat_map(|(_, source)| &source.files);
        let is_broken =
            |path: &str| read().any(|(file, content, _)| file == path && matches!(**content, Content::Broken { .. }));
        for source in self.order.sources.iter().filter(|source| source.is_unknown()) {
            let why = match source {
                Source::File { file, .. } if is_broken(file) => continue,
                Source::File { unread, .. } => unread.clone(),
                _ => None,
            };
            if chooses || why.is_some() {
                add(
                    class.place.clone(),
                    Observation::UnknownSource { class: reference.clone(), source: source.in_words(), why },
                );
            }
        }
        if let Some(expression) = self.order.undecided.as_ref().filter(|_| chooses) {
            let source = format!("`{expression}`");
            add(class.place.clone(), Observation::UnknownSource { class: reference.clone(), source, why: None });
        }
        for (path, content, _) in read() {
            if let Content::Broken { line, message } = &**content {
                let problem = format!("cannot use `{path}`, which `{}` reads: {message}", class.qualname);
                let help = "fix the file; the program does not start without it".to_owned();
                add(
                    Place::new(path.clone(), *line, 1),
                    Observation::SettingsFile { class: class.place.clone(), problem, help },
                );
            }
        }
        self.note_unknown_names(models, class, config, notes);
        self.note_nothing(class, settings, notes);
    }

    /// Names in files that the class rejects.
    fn note_unknown_names<'a>(
        &self,
        models: &Models<'_, 'a>,
        class: &Rc<Class<'a>>,
        config: &ModelConfig<'a>,
        notes: &mut Notes,
    ) {
        let forbids = config.text("extra") == Some("forbid") && models.base(class) == Base::Settings;
        if !forbids || Validators::of(models, class).model == Some(Moment::Before) {
            return;
        }
        for (name, place) in given::unknown_names(models, class, config, &self.order) {
            let problem = format!("`{}` has no field `{name}`, and the class forbids extra names", class.qualname);
            let help = "remove the name from the file, or set `extra=\"ignore\"` in `model_config`".to_owned();
            notes.add(place, Observation::SettingsFile { class: class.place.clone(), problem, help });
        }
    }

    /// Fields that cannot be set: neither the environment nor arguments are read, and no file has them.
    fn note_nothing(&self, class: &Rc<Class<'_>>, settings: &[Setting], notes: &mut Notes) {
        let others = [Source::Arguments, Source::Dotenv, Source::Secrets, Source::CommandLine];
        if self.sources.reads_environment() || self.order.sources.iter().any(|source| others.contains(source)) {
            return;
        }
        let from = self.in_words();
        let lacks = |setting: &&Setting| setting.is_needed() && matches!(setting.given, Some(Given::Elsewhere { .. }));
        for setting in settings.iter().filter(lacks) {
            let default = match &setting.refused_default {
                Some(why) => format!(", and pydantic rejects the default {why}"),
                None => String::new(),
            };
            let problem = format!("`{}.{}` has no value: its class reads only {from}{default}", class.qualname, setting.name);
            let help = "set it there, or give it a default in the code".to_owned();
            notes.add(setting.place(), Observation::SettingsFile { class: class.place.clone(), problem, help });
        }
    }
}

/// In pydantic 1, the source of the environment also reads dotenv files.
fn is_v1_environment(order: &Order) -> bool {
    order.sources.contains(&Source::Environment) && !order.sources.contains(&Source::Dotenv) && order.is_v1
}

/// Fields whose type makes them command-line arguments.
pub(super) fn mark_command_line(metadata: &[Value<'_>], setting: &mut Setting) {
    let names: Vec<&str> = metadata.iter().filter_map(command_line_name).collect();
    if names.contains(&"CliSubCommand") {
        setting.given = Some(Given::Subcommand);
    } else if names.contains(&"CliPositionalArg") && setting.given.is_none() {
        setting.given = Some(Given::Position);
    }
}
