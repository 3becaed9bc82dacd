//! An environment as its checkout described it: what the code needs, the level of its credentials, and what it is based on.

use std::path::PathBuf;

use super::authorize::is_production;
use super::{Hosted, Refusal, Result};
use takk_model::{Declaration, Environment, EnvironmentName, Manifest, Surroundings};
use takk_project::config::{Config, Level};
use takk_project::ops::project::{ReadProject, Sources};
use takk_vault::SecretsError;
use takk_vault::store::ProjectRow;

/// What the verbs need to know of a project.
pub(super) struct Described {
    pub project: ReadProject,
    pub environment: Environment,
    /// Whether anybody has pushed a manifest.
    pub has_manifest: bool,
}

impl Described {
    /// Reads the manifest that was pushed last. Without one, only the name of the environment says something.
    pub(super) fn read(hosted: &mut Hosted, project: &str, environment: &str) -> Result<Self> {
        let kept = match hosted.vault.manifest(project, environment) {
            Err(SecretsError::NoEnvironment(_)) => None,
            other => other?,
        };
        let declaration = kept.map(|kept| Declaration::read(&kept.text)).transpose();
        let declaration = declaration.map_err(|error| super::manifests::unreadable(&error))?;
        Self::of(hosted, project, environment, declaration)
    }

    /// What a declaration says, whoever sent it.
    pub(super) fn of(hosted: &mut Hosted, project: &str, environment: &str, declaration: Option<Declaration>) -> Result<Self> {
        let name = EnvironmentName::parse(environment).map_err(|error| Refusal::invalid(error.to_string()))?;
        let row = hosted.accounts()?.project(project)?;
        let surroundings = declaration.as_ref().map(|declaration| declaration.environment.clone()).unwrap_or_default();
        let config = settings(&name, &surroundings, row.as_ref());
        let environment = match &declaration {
            Some(declaration) => declaration.environment(name),
            None => Environment { name, domain: None, context: Vec::new() },
        };
        let has_manifest = declaration.is_some();
        let project = ReadProject {
            // Nothing of the checkout is here.
            root: PathBuf::from("/nonexistent"),
            manifest: declaration.map_or_else(|| Manifest::empty(project), |declaration| declaration.manifest),
            findings: Vec::new(),
            sources: Sources::new(|_| None),
            environments: vec![environment.clone()],
            config,
        };
        Ok(Self { project, environment, has_manifest })
    }

    /// How much the credentials of the environment may do.
    pub(super) fn level(&self) -> Level {
        self.project.config.policy(self.environment.name.as_str()).level
    }
}

/// The level and the bases. Whoever may push a manifest to an environment that is not production does not get an admin address of
/// production by it.
fn settings(name: &EnvironmentName, surroundings: &Surroundings, row: Option<&ProjectRow>) -> Config {
    let is_production = |name: &str| row.is_none_or(|row| is_production(row, name));
    let bases = surroundings.bases.iter().map_while(|base| EnvironmentName::parse(base).ok());
    let is_own = is_production(name.as_str());
    let bases: Vec<EnvironmentName> = bases.take_while(|base| is_own || !is_production(base.as_str())).collect();
    Config::of_environment(name, surroundings.level.as_deref().and_then(Level::parse), &bases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_not_based_on_production() {
        let row = ProjectRow {
            name: "shop".to_owned(),
            created_at: 0,
            production: vec!["test".to_owned()],
            not_production: vec!["staging".to_owned()],
        };
        let bases = |name: &str, bases: &[&str]| {
            let name = EnvironmentName::parse(name).expect("a name");
            let bases = bases.iter().map(|base| (*base).to_owned()).collect();
            let config = settings(&name, &Surroundings { bases, ..Surroundings::default() }, Some(&row));
            config.bases(name.as_str()).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(bases("preview/a", &["dev", "staging", "qa"]), ["dev", "staging", "qa"]);
        assert_eq!(bases("preview/a", &["dev", "prod", "qa"]), ["dev"]);
        assert!(bases("preview/a", &["prod"]).is_empty() && bases("dev", &["test"]).is_empty());
        assert_eq!(bases("prod", &["dev", "test"]), ["dev", "test"]);
        assert!(bases("dev", &["dev", "dev"]).is_empty() && bases("dev", &["Not a name", "qa"]).is_empty());
    }
}
