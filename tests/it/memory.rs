//! A platform in memory, to check values without a store on disk.

use std::collections::BTreeMap;

use takk_model::error::Result;
use takk_model::{Finding, Held};
use takk_plan::plan;
use takk_project::ops::check::{Selection, check_values};
use takk_project::ops::project::ReadProject;
use takk_project::ops::secrets::accepted::{Accepted, accepted};
use takk_project::ops::secrets::{names, set};
use takk_project::ops::{environments, rules};
use takk_project::platform::{Location, Platform, Snapshot, StoredEnvironment};
use takk_vault::{Entry, SecretValue, Update};

/// The values of one environment.
pub(crate) struct Memory {
    environment: String,
    values: BTreeMap<String, String>,
}

/// takk's verdict on the values of an environment.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// The names whose values it rejects.
    pub refused: Vec<String>,
    /// Those among them that nothing reads.
    pub unknown: Vec<String>,
    /// The names whose values only the program can check.
    pub unchecked: Vec<String>,
    /// The errors about stored values, without those about the style of secrets.
    pub findings: Vec<Finding>,
    /// The errors about files and defaults that stop the program in any environment.
    pub files: Vec<String>,
}

impl Judged {
    /// The reported names: a message about a variable starts with it.
    pub(crate) fn reported(&self) -> Vec<&str> {
        self.findings.iter().filter_map(|finding| finding.message.strip_prefix('`')?.split('`').next()).collect()
    }
}

/// Stores values in `dev` like `takk secrets set`, as far as they are accepted, and checks the environment.
pub(crate) fn judge(project: &ReadProject, values: &[(String, String)]) -> Judged {
    let environment = environments::one(None, project).expect("every project has an environment");
    let mut memory = Memory { environment: environment.name.to_string(), values: BTreeMap::new() };
    let mut judged = Judged::default();
    for (typed, value) in values {
        let plan = plan(&project.manifest, &environment, &memory.held(environment.name.as_str()).expect("held"));
        // A name is stored as declared; with case-sensitive classes, a different case is a different variable.
        let declared = names::declared(&plan, typed).ok();
        let is_same = |name: &&std::borrow::Cow<'_, str>| ***name == **typed || name.to_uppercase() == ***name;
        let Some(name) = declared.as_ref().filter(is_same).cloned() else {
            judged.refused.push(typed.clone());
            judged.unknown.push(typed.clone());
            continue;
        };
        // A rejected value may have been stored before, so the check must find the other errors as well.
        if set::check(&project.manifest, &name, value).is_err() {
            judged.refused.push(typed.clone());
        } else if matches!(accepted(&project.manifest, &name, value), Accepted::Unchecked(_)) {
            judged.unchecked.push(typed.clone());
        }
        memory.values.insert(name.into_owned(), value.clone());
    }
    let findings = check_values(&mut memory, project, &Selection::default(), rules::RULES, (&[environment], None));
    judged.findings = findings.expect("values in memory can be checked").into_iter().filter(is_about_the_start).collect();
    judged.files = project
        .findings
        .iter()
        .filter(|finding| matches!(finding.code.0, 33 | 36))
        .map(|finding| finding.message.clone())
        .collect();
    judged
}

/// Whether a finding says that the program does not start.
fn is_about_the_start(finding: &Finding) -> bool {
    matches!(finding.code.0, 101 | 102 | 107..=199) && finding.severity == takk_model::Severity::Error
}

impl Platform for Memory {
    fn server(&self) -> Option<&str> {
        None
    }

    fn locate(&mut self) -> Result<Location> {
        Ok(Location::OwnStore { file: "memory".into(), key: None })
    }

    fn refresh(&mut self) {}

    fn environments(&mut self) -> Result<Vec<StoredEnvironment>> {
        Ok(vec![StoredEnvironment { name: self.environment.clone(), values: self.values.len(), expires_at: None }])
    }

    fn entries(&mut self, _environment: &str) -> Result<Vec<Entry>> {
        unreachable!("a check asks for what is held")
    }

    fn held(&mut self, environment: &str) -> Result<Vec<Held>> {
        let held = |name: &String| Held {
            name: name.clone(),
            version: 1,
            set_at: 0,
            fingerprint: Vec::new(),
            origin: "set".to_owned(),
            author: String::new(),
        };
        Ok(if environment == self.environment { self.values.keys().map(held).collect() } else { Vec::new() })
    }

    fn snapshot(&mut self, environment: &str) -> Result<Snapshot> {
        let values = self.values.iter().map(|(name, value)| (name.clone(), SecretValue::from(value.as_str()))).collect();
        Ok(Snapshot { revision: Some(1), held: self.held(environment)?, values })
    }

    fn revision(&mut self, _environment: &str) -> Result<Option<i64>> {
        Ok(Some(1))
    }

    fn value(&mut self, _environment: &str, name: &str) -> Result<Option<SecretValue>> {
        Ok(self.values.get(name).map(|value| SecretValue::from(value.as_str())))
    }

    fn history(&mut self, _environment: &str, _name: &str) -> Result<Vec<Entry>> {
        unreachable!("a check asks for no history")
    }

    fn version(&mut self, _environment: &str, _name: &str, _version: i64) -> Result<Option<SecretValue>> {
        unreachable!("a check asks for no earlier version")
    }

    fn update(&mut self, _environment: &str, _updates: &[Update]) -> Result<Vec<i64>> {
        unreachable!("a check changes nothing")
    }

    fn create(&mut self, _environment: &str, _expires_at: Option<i64>, _updates: &[Update]) -> Result<bool> {
        unreachable!("a check makes no environment")
    }

    fn forget(&mut self, _environment: &str) -> Result<()> {
        unreachable!("a check destroys nothing")
    }
}
