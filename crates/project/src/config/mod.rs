//! takk's own settings: `[tool.takk]` of `pyproject.toml`, or `takk.toml`, and the environment variables that takk reads.
//!
//! An invalid setting is a [`Problem`] and does not affect the others.

mod branch;
mod codes;
mod domain;
mod duration;
mod environments;
mod globs;
mod home;
mod secrets;
mod section;
mod serve;
mod server;
#[cfg(test)]
mod tests;
mod variables;

use std::borrow::Cow;
use std::ops::Range;

use pep440_rs::Version;

pub use self::branch::{branch_of_process, workspace_of_process};
pub use self::duration::parse as duration;
use self::environments::Environments;
pub use self::environments::{EnvironmentPolicy, Level};
pub use self::globs::Globs;
pub use self::home::{Home, KEY_VARIABLES, PROJECT_VARIABLE};
use self::section::Section;
pub use self::serve::{
    CI_ISSUERS, ForwardedHeader, LISTEN, Limits, LogFormat, OidcSettings, SWEEP_INTERVAL, ServeSettings, ServeVariables,
    TrustedProxies,
};
pub use self::server::{JOB_TOKEN_VARIABLE, ServerVariables, TOKEN_VARIABLE};
pub use self::variables::{
    Variables, after_step, backend_variable, engine_places, inherited_names, names_backend, redirected, search_path,
    wants_backtrace,
};
use takk_catalog::libraries as libraries_known;
use takk_document::{Fault, Text, toml};
use takk_model::nearest::nearest;
use takk_model::{Code, Environment, EnvironmentName, LibraryChoice, Place, Problem, ProblemKind};

/// Every key of `[tool.takk]`.
const KEYS: [&str; 14] = [
    "ignore",
    "select",
    "per-file-ignores",
    "domain",
    "environments",
    "exclude",
    "include-tests",
    "venv",
    "python-roots",
    "pydantic",
    "pydantic-settings",
    "server",
    "libraries",
    "secrets",
];

/// The valid part of the settings. [`Config::default`] applies if there are none.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Findings that are never reported.
    pub ignore: Vec<Code>,
    /// The only findings to report; `None` for all.
    pub select: Option<Vec<Code>>,
    /// Findings that are not reported in certain files.
    pub per_file_ignores: Vec<PerFileIgnore>,
    /// Files and directories to skip.
    pub exclude: Globs,
    /// Whether settings classes in test code are part of the plan.
    pub include_tests: bool,
    /// The directory of the virtual environment.
    pub venv: Option<String>,
    /// Further directories that hold top-level packages.
    pub python_roots: Vec<String>,
    /// The version of pydantic to assume if none is locked.
    pub pydantic: Option<String>,
    /// The version of pydantic-settings to assume if none is locked.
    pub pydantic_settings: Option<String>,
    /// The URL of the team's server, as written.
    pub server: Option<String>,
    /// Which variables of libraries the project accepts or refuses.
    pub libraries: LibraryChoice,
    /// The backends of secret paths.
    pub secrets: takk_backends::SecretBackends,
    environments: Environments,
}

/// One row of `per-file-ignores`.
#[derive(Clone, Debug)]
pub struct PerFileIgnore {
    pub files: Globs,
    /// The codes that are not reported in them.
    pub codes: Vec<Code>,
}

/// Reads the settings from the content of `pyproject.toml` and `takk.toml`, each with its path for places. `takk.toml` replaces the other
/// entirely, which is reported if both have settings.
pub fn read(pyproject: Option<(&str, &[u8])>, takk_toml: Option<(&str, &[u8])>) -> (Config, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut config = Config::default();
    if let Some((path, bytes)) = pyproject {
        let text = Text::decode(bytes);
        // Syntax errors in pyproject.toml are reported where its packages are read.
        let (table, _) = toml::parse(&text);
        if let Some(value) = toml::value_at(&table, &["tool", "takk"]) {
            match (takk_toml, value.get_ref().as_table()) {
                (Some((winner, _)), _) => problems.push(ignored(path, &text, value.span(), winner)),
                (None, Some(table)) => config.fill(&mut Section::new(path, &text, table, "[tool.takk]", &mut problems)),
                (None, None) => problems.push(no_table(path, &text, value.span())),
            }
        }
    }
    if let Some((path, bytes)) = takk_toml {
        let text = Text::decode(bytes);
        let (table, syntax) = toml::parse(&text);
        problems.extend(text.faults().iter().cloned().chain(syntax).map(|fault| broken(path, &fault)));
        config.fill(&mut Section::new(path, &text, &table, path, &mut problems));
    }
    problems.sort();
    (config, problems)
}

impl Config {
    /// Settings with only one environment: its level, which its name decides if it is not given, and those that it is based on, nearest
    /// first.
    pub fn of_environment(name: &EnvironmentName, level: Option<Level>, bases: &[EnvironmentName]) -> Self {
        Self { environments: Environments::declared(name, level, bases), ..Self::default() }
    }

    /// The environments that one is based on, nearest first.
    pub fn bases(&self, name: &str) -> Vec<EnvironmentName> {
        let mut bases: Vec<EnvironmentName> = Vec::new();
        let mut next = self.policy(name).base;
        while let Some(base) = next.filter(|base| base.as_str() != name && !bases.contains(base)) {
            next = self.policy(base.as_str()).base;
            bases.push(base);
        }
        bases
    }

    /// The environments, in the order in which they are written; `dev`, `test`, `qa` and `prod` without any
    /// `[tool.takk.environments.NAME]`. The table `preview` does not count: it has the settings of every `preview/<branch>`.
    pub fn environments(&self) -> &[Environment] {
        self.environments.all()
    }

    /// The environment of that name, which includes every valid `preview/<branch>`.
    pub fn environment(&self, name: &str) -> Option<Cow<'_, Environment>> {
        self.environments.find(name)
    }

    /// The base, lifetime and credential level of an environment.
    pub fn policy(&self, name: &str) -> EnvironmentPolicy {
        self.environments.policy(name)
    }

    /// The environment that an unknown name probably means.
    pub fn nearest_environment(&self, name: &str) -> Option<&str> {
        nearest(name, self.environments().iter().map(|environment| environment.name.as_str()))
    }

    /// Whether `per-file-ignores` suppresses a finding in this file.
    pub fn is_silent_in(&self, code: Code, file: &str) -> bool {
        self.per_file_ignores.iter().any(|row| row.codes.contains(&code) && row.files.cover(file))
    }

    fn fill(&mut self, section: &mut Section) {
        section.check_keys(&KEYS);
        self.ignore = codes::read(section, "ignore").unwrap_or_default();
        self.select = codes::read(section, "select");
        self.per_file_ignores = per_file_ignores(section);
        self.exclude = globs::read(section, "exclude");
        self.include_tests = section.boolean("include-tests").unwrap_or_default();
        self.venv = section.string("venv").map(|(venv, _)| venv.to_owned());
        self.python_roots =
            section.strings("python-roots").unwrap_or_default().into_iter().map(|(root, _)| root.to_owned()).collect();
        self.pydantic = version(section, "pydantic");
        self.pydantic_settings = version(section, "pydantic-settings");
        self.server = section.string("server").map(|(url, _)| url.trim_end_matches('/').to_owned());
        self.libraries = libraries(section);
        self.secrets = secrets::read(section);
        self.environments = Environments::read(section);
    }
}

fn per_file_ignores(section: &mut Section) -> Vec<PerFileIgnore> {
    let Some(mut rows) = section.table("per-file-ignores") else { return Vec::new() };
    let patterns: Vec<_> = rows.keys().map(|(key, span)| (key.to_owned(), span)).collect();
    patterns
        .into_iter()
        .filter_map(|(pattern, span)| {
            let codes = codes::read(&mut rows, &pattern)?;
            Some(PerFileIgnore { files: globs::compile(&mut rows, &[(pattern.as_str(), span)]), codes })
        })
        .collect()
}

/// `libraries = { accept = ["openai"], refuse = ["OPENAI_ORG_ID"] }`
fn libraries(section: &mut Section) -> LibraryChoice {
    let Some(mut table) = section.table("libraries") else { return LibraryChoice::default() };
    table.check_keys(&["accept", "refuse"]);
    let mut names = |key: &str| {
        let names = table.strings(key).unwrap_or_default();
        names
            .into_iter()
            .filter(|(name, span)| known_to_libraries(&mut table, name, span))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    LibraryChoice { accept: names("accept"), refuse: names("refuse") }
}

/// Whether a name is that of a known library, or of a variable that one reads. Reports it otherwise.
fn known_to_libraries(table: &mut Section, name: &str, span: &Range<usize>) -> bool {
    let variables = libraries_known().flat_map(|library| &library.clients).flat_map(|clients| &clients.variables);
    let known = libraries_known().map(|library| library.package).chain(variables.map(|variable| variable.name));
    if name == "*" || known.clone().any(|known| known == name) {
        return true;
    }
    let help = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "use a package (`openai`), a variable (`OPENAI_API_KEY`), or `*` for all libraries".to_owned(),
    };
    table.bad(span, format!("takk knows no library `{name}`, and none that reads such a variable"), help);
    false
}

fn version(section: &mut Section, key: &str) -> Option<String> {
    let (text, span) = section.string(key)?;
    if text.parse::<Version>().is_ok() {
        return Some(text.to_owned());
    }
    section.bad(&span, format!("`{text}` in `{key}` is not a version"), "write a version such as \"2.10\"".to_owned());
    None
}

fn ignored(path: &str, text: &Text, span: Range<usize>, winner: &str) -> Problem {
    let message = format!("takk ignores [tool.takk] because {winner} exists");
    let help = format!("move these settings to {winner}, or remove that file");
    Problem::new(ProblemKind::BadSetting, place(path, text, span.start), message, help)
}

fn no_table(path: &str, text: &Text, span: Range<usize>) -> Problem {
    let help = "write a table [tool.takk] with one setting per line";
    Problem::new(ProblemKind::BadSetting, place(path, text, span.start), "`tool.takk` is not a table", help)
}

fn broken(path: &str, fault: &Fault) -> Problem {
    let (kind, help) = match fault {
        Fault::Encoding(_) => (ProblemKind::BrokenFile, "save the file as UTF-8; takk read the rest of it"),
        Fault::MergeConflict(_) => (ProblemKind::MergeConflict, "resolve them; until then, takk uses the first side"),
        Fault::Syntax(..) => (ProblemKind::BrokenFile, "correct this line; takk used what it could read"),
    };
    let position = fault.position();
    Problem::new(kind, Place::new(path, position.line, position.column), fault.message(path), help)
}

fn place(path: &str, text: &Text, offset: usize) -> Place {
    let position = text.position(offset);
    Place::new(path, position.line, position.column)
}
