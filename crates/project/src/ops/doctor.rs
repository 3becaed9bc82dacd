//! `takk doctor`: whether takk has everything it needs.

use serde::Serialize;

use super::project::ReadProject;
use crate::config::Home;
use crate::platform::{Decision, Location, Platform, holdings};
use takk_model::Severity;
use takk_model::counted::counted;
use takk_plan::{State, plan_all};
use takk_vault::KeySetting;
use takk_vault::KeySource;

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It works.
    Good,
    /// It works, but could be improved.
    Doubtful,
    /// It does not work.
    Bad,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diagnosis {
    /// The subject: `project`, `store`, ...
    pub what: &'static str,
    /// The result.
    pub health: Health,
    /// The details, as a phrase.
    pub found: String,
    /// What to do, if anything.
    pub advice: Option<String>,
}

impl Diagnosis {
    fn new(what: &'static str, health: Health, found: impl Into<String>) -> Self {
        Self { what, health, found: found.into(), advice: None }
    }

    fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

/// Checks the project, its Python, the store, and the environments. Changes nothing.
pub fn examine(platform: &mut dyn Platform, project: &ReadProject, home: &Home, link: &Decision) -> Vec<Diagnosis> {
    let mut found = vec![of_project(project), of_pydantic(project), of_findings(project), of_link(link)];
    if platform.server().is_none() {
        found.push(of_key(home));
    }
    let (values, opens) = of_platform(platform);
    found.push(values);
    if opens {
        found.extend(of_environments(platform, project));
    }
    found
}

fn of_project(project: &ReadProject) -> Diagnosis {
    let manifest = &project.manifest;
    let (files, classes) = (manifest.files, manifest.settings.len());
    let read =
        format!("{} in {}: {files} Python files, {classes} settings classes", manifest.project.name, project.root.display());
    match (files, classes) {
        (0, _) => Diagnosis::new("project", Health::Bad, read).advise("name the project's directory with -C"),
        (_, 0) => Diagnosis::new("project", Health::Doubtful, read)
            .advise("declare what the program reads in a class that derives from pydantic's BaseSettings"),
        _ => Diagnosis::new("project", Health::Good, read),
    }
}

fn of_pydantic(project: &ReadProject) -> Diagnosis {
    let packages = &project.manifest.packages;
    let version = |name: &str| packages.version(name).map(|version| format!("{name} {version}"));
    let locked: Vec<String> = ["pydantic", "pydantic-settings"].into_iter().filter_map(version).collect();
    if locked.is_empty() {
        let info = &project.manifest.project;
        let assumed = info.pydantic.as_deref().unwrap_or("2");
        return Diagnosis::new("pydantic", Health::Doubtful, format!("no version is locked; assuming the rules of {assumed}"))
            .advise("lock the dependencies (`uv lock`), or set `pydantic` in [tool.takk]");
    }
    Diagnosis::new("pydantic", Health::Good, locked.join(", "))
}

fn of_findings(project: &ReadProject) -> Diagnosis {
    let count = |severity| project.findings.iter().filter(|finding| finding.severity == severity).count();
    match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => Diagnosis::new("code", Health::Good, "no problems with the settings"),
        (errors, warnings) => Diagnosis::new(
            "code",
            Health::Doubtful,
            format!("{} and {}, including silenced ones", counted(errors, "error"), counted(warnings, "warning")),
        )
        .advise("run `takk check` to see those that are not silenced"),
    }
}

/// The project to which the checkout is linked.
fn of_link(link: &Decision) -> Diagnosis {
    let doubtful = |found: String| Diagnosis::new("link", Health::Doubtful, found);
    match link {
        Decision::Linked(link) => {
            let place = link.server().map_or("in the local store".to_owned(), |address| format!("on {address}"));
            Diagnosis::new("link", Health::Good, format!("this checkout uses the values of `{}` {place}", link.project()))
        }
        Decision::New(_) => Diagnosis::new("link", Health::Good, "storing the first value links this checkout to its project"),
        Decision::ByToken(open) => doubtful(format!("TAKK_SERVER names {}; the token determines the project", open.address))
            .advise("name the project: TAKK_PROJECT"),
        Decision::Proposed(url) => doubtful(format!("the repository proposes {url}, but this checkout is not linked"))
            .advise("run `takk link` to link this checkout"),
        Decision::Asked(question) => doubtful(question.doubt()).advise("run `takk link` to link it to these values"),
    }
}

fn of_key(home: &Home) -> Diagnosis {
    let found = match &home.master_key {
        Some(KeySetting::File(path)) => format!("TAKK_MASTER_KEY_FILE names `{}`", path.display()),
        Some(KeySetting::Text(_)) => "set in TAKK_MASTER_KEY".to_owned(),
        None if home.keyring => "the keyring, or a file beside the store".to_owned(),
        None => "a file beside the store: TAKK_KEYRING is off".to_owned(),
    };
    Diagnosis::new("master key", Health::Good, found)
}

/// The state of the store or server, and whether it can be used.
fn of_platform(platform: &mut dyn Platform) -> (Diagnosis, bool) {
    let what = if platform.server().is_some() { "server" } else { "store" };
    let found = match platform.locate() {
        Ok(Location::OwnStore { file, key: None }) => {
            let directory = file.parent().unwrap_or(&file);
            format!("this project has no values in `{}` yet", directory.display())
        }
        Ok(Location::OwnStore { file, key: Some(key) }) => {
            let key = match &key {
                KeySource::Variable => "TAKK_MASTER_KEY".to_owned(),
                KeySource::NamedFile(path) | KeySource::OwnFile(path) => format!("`{}`", path.display()),
                KeySource::Keyring => "the keyring".to_owned(),
            };
            format!("`{}` opens with the key in {key}", file.display())
        }
        Ok(Location::Server { url, version, project, user }) => {
            format!("{url} (takk {version}) stores the values of `{project}`; you are {user}")
        }
        Err(error) => {
            let bad = Diagnosis::new(what, Health::Bad, error.message.clone());
            return (error.hints.into_iter().next().map_or(bad.clone(), |hint| bad.advise(hint)), false);
        }
    };
    (Diagnosis::new(what, Health::Good, found), true)
}

fn of_environments(platform: &mut dyn Platform, project: &ReadProject) -> Vec<Diagnosis> {
    let manifest = &project.manifest;
    let holdings = match holdings(platform, &project.environments) {
        Ok(holdings) => holdings,
        Err(error) => return vec![Diagnosis::new("environments", Health::Bad, error.message)],
    };
    let plan = plan_all(manifest, &project.environments, &holdings);
    let of = |environment: &takk_plan::EnvironmentPlan| {
        let count = |state| environment.variables.iter().filter(|variable| variable.state == state).count();
        let (set, missing) = (count(State::Set), count(State::Missing));
        let found = format!("{}: {set} set, {missing} missing", environment.name);
        // Missing values in an environment that has none yet are no cause for concern.
        let health = if missing > 0 && set > 0 { Health::Doubtful } else { Health::Good };
        let diagnosis = Diagnosis::new("environment", health, found);
        if missing > 0 { diagnosis.advise(format!("`takk secrets set --env {}`", environment.name)) } else { diagnosis }
    };
    plan.environments.iter().map(of).collect()
}
