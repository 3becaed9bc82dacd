//! A project on a server, as a [`Platform`].

use std::cell::OnceCell;
use std::collections::HashMap;

use super::failure::{Failure, FailureKind};
use super::{Connection, account, cache, convert};
use takk_api::{
    Changed, Changes, EnvironmentInfo, Held, ManifestKept, NewEnvironment, Page, SecretList, ValueList, Version, VersionList,
    Whoami,
};
use takk_model::Declaration;
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_project::config::Home;
use takk_project::platform::address::segment;
use takk_project::platform::{
    Allowed, Freshness, Location, Platform, Provisioning, PushResult, ServerProject, Snapshot, StoredEnvironment,
};
use takk_vault::{Entry, SecretValue, Update, manifest_tag};

/// The values of one project on a server. It connects when needed.
pub struct Remote<'h> {
    home: &'h Home,
    pub(super) project: ServerProject,
    connection: OnceCell<Connection>,
    /// The last known `ETag` and revision of each environment.
    revisions: HashMap<String, (String, i64)>,
}

impl<'h> Remote<'h> {
    /// The project of a checkout's link. Sends no request yet.
    pub fn new(home: &'h Home, project: ServerProject) -> Self {
        Self { home, project, connection: OnceCell::new(), revisions: HashMap::new() }
    }

    /// The same over an existing connection.
    pub fn over(home: &'h Home, project: ServerProject, connection: Connection) -> Self {
        Self { connection: connection.into(), ..Self::new(home, project) }
    }

    /// The connection, with the token for the server.
    pub(super) fn connection(&self) -> Result<&Connection, Failure> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let connection =
            account::connect(self.home, self.project.address(), Some(self.project.name())).map_err(Failure::of_this_side)?;
        Ok(self.connection.get_or_init(|| connection))
    }

    /// All values that are set in an environment, as received; `None` if it does not exist.
    pub(super) fn value_list(&self, environment: &str) -> Result<Option<ValueList>, Failure> {
        self.if_there(self.connection()?.get(&self.path(environment, "/values")))
    }

    fn project_path(&self) -> String {
        format!("/projects/{}/environments", segment(self.project.name()))
    }

    pub(super) fn path(&self, environment: &str, below: &str) -> String {
        format!("{}/{}{below}", self.project_path(), segment(environment))
    }

    /// `None` if the environment, or the requested part of it, does not exist. If the project itself does not exist, or the user may not
    /// know of it, that is an error.
    pub(super) fn if_there<T>(&self, answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
        match answer {
            Err(failure) if failure.kind == FailureKind::Answered(404) => {
                self.list_environments()?;
                Ok(None)
            }
            other => other.map(Some),
        }
    }

    fn list_environments(&self) -> Result<Vec<EnvironmentInfo>, Failure> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let query = cursor.map(|cursor| format!("?cursor={}", segment(&cursor))).unwrap_or_default();
            let page = self.connection()?.get::<Page<EnvironmentInfo>>(&format!("{}{query}", self.project_path()));
            let page = page.map_err(|failure| self.no_project(failure))?;
            all.extend(page.items);
            let Some(next) = page.next else { return Ok(all) };
            cursor = Some(next);
        }
    }

    pub(super) fn no_project(&self, failure: Failure) -> Failure {
        if failure.kind != FailureKind::Answered(404) {
            return failure;
        }
        let (project, address) = (self.project.name(), self.project.address());
        let error = Error::usage(format!("there is no project `{project}` on {address}, or you do not have access to it"))
            .hint(format!("`takk link {address}` creates it; pass `--name NAME` to link another one"))
            .hint("ask an owner of the project to add you as a member");
        Failure { error, ..failure }
    }

    fn entries_of(&self, held: Vec<Held>) -> Result<Vec<Entry>, Failure> {
        held.into_iter().map(|held| convert::entry(self.project.address(), held)).collect()
    }
}

impl Platform for Remote<'_> {
    fn server(&self) -> Option<&str> {
        Some(self.project.address().as_str())
    }

    fn provisioning(&mut self) -> Option<&mut dyn Provisioning> {
        Some(self)
    }

    fn locate(&mut self) -> Result<Location> {
        let whoami: Whoami = self.connection()?.get("/whoami")?;
        self.list_environments()?;
        Ok(Location::Server {
            url: self.project.address().to_string(),
            version: whoami.version,
            project: self.project.name().to_owned(),
            user: whoami.user.name,
        })
    }

    fn refresh(&mut self) {}

    fn environments(&mut self) -> Result<Vec<StoredEnvironment>> {
        Ok(self.list_environments()?.into_iter().map(convert::environment).collect())
    }

    fn entries(&mut self, environment: &str) -> Result<Vec<Entry>> {
        let list: Option<SecretList> = self.if_there(self.connection()?.get(&self.path(environment, "/secrets")))?;
        let mut entries = self.entries_of(list.map(|list| list.secrets).unwrap_or_default())?;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn snapshot(&mut self, environment: &str) -> Result<Snapshot> {
        Ok(match self.value_list(environment)? {
            Some(list) => convert::snapshot(self.project.address(), list)?,
            None => Snapshot::default(),
        })
    }

    fn snapshot_for_run(&mut self, environment: &str, allowed: Allowed) -> Result<(Snapshot, Freshness)> {
        cache::snapshot(self, self.home, environment, allowed)
    }

    fn revision(&mut self, environment: &str) -> Result<Option<i64>> {
        let known = self.revisions.get(environment);
        let answer = self.connection()?.get_changed(&self.path(environment, ""), known.map(|(etag, _)| etag.as_str()));
        let Some(answer) = self.if_there(answer)? else { return Ok(None) };
        let Some(answer) = answer else { return Ok(known.map(|(_, revision)| *revision)) };
        let info: EnvironmentInfo = self.connection()?.read(&answer)?;
        if let Some(etag) = answer.etag {
            self.revisions.insert(environment.to_owned(), (etag, info.revision));
        }
        Ok(Some(info.revision))
    }

    fn value(&mut self, environment: &str, name: &str) -> Result<Option<SecretValue>> {
        let path = self.path(environment, &format!("/secrets/{}", segment(name)));
        let version: Option<Version> = self.if_there(self.connection()?.get(&path))?;
        Ok(version.and_then(|version| version.value).map(|value| SecretValue::from(value.expose())))
    }

    fn history(&mut self, environment: &str, name: &str) -> Result<Vec<Entry>> {
        let path = self.path(environment, &format!("/secrets/{}/versions", segment(name)));
        let list: Option<VersionList> = self.if_there(self.connection()?.get(&path))?;
        Ok(self.entries_of(list.map(|list| list.versions).unwrap_or_default())?)
    }

    fn version(&mut self, environment: &str, name: &str, version: i64) -> Result<Option<SecretValue>> {
        let path = self.path(environment, &format!("/secrets/{}/versions/{version}", segment(name)));
        let found: Option<Version> = self.if_there(self.connection()?.get(&path))?;
        let found = found.ok_or_else(|| {
            Error::usage(format!("`{name}` has no version {version}"))
                .hint(format!("run `takk secrets history {word}` to list its versions", word = shell_word(name)))
        })?;
        Ok(found.value.map(|value| SecretValue::from(value.expose())))
    }

    fn update(&mut self, environment: &str, updates: &[Update]) -> Result<Vec<i64>> {
        let changes = Changes { changes: convert::changes(updates) };
        let answer = self.connection()?.send("POST", &self.path(environment, "/changes"), &changes, true);
        let answer = answer.map_err(|failure| self.no_project(failure))?;
        Ok(self.connection()?.read::<Changed>(&answer)?.versions)
    }

    fn create(&mut self, environment: &str, expires_at: Option<i64>, updates: &[Update]) -> Result<bool> {
        let wanted = NewEnvironment { expires_at, changes: convert::changes(updates) };
        match self.connection()?.send("PUT", &self.path(environment, ""), &wanted, false) {
            Ok(_) => Ok(true),
            Err(failure) if failure.kind == FailureKind::Answered(409) => Ok(false),
            Err(failure) => Err(self.no_project(failure).into()),
        }
    }

    fn declare(&mut self, environment: &str, declaration: &Declaration) -> Result<PushResult> {
        let path = self.path(environment, "/manifest");
        let tag = format!("\"{}\"", manifest_tag(&declaration.written()));
        // `Some(None)` if the stored declaration is the same.
        if matches!(self.if_there(self.connection()?.get_changed(&path, Some(&tag)))?, Some(None)) {
            return Ok(PushResult::Known);
        }
        let answer = self.connection()?.send("PUT", &path, declaration, true)?;
        let kept: ManifestKept = self.connection()?.read(&answer)?;
        Ok(if kept.changed { PushResult::New { missing: kept.missing } } else { PushResult::Known })
    }

    fn forget(&mut self, environment: &str) -> Result<()> {
        Ok(self.connection()?.delete(&self.path(environment, ""))?)
    }
}
