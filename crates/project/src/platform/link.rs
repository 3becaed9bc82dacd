//! Whose values a checkout gets: the data directory records the project, and the server if the values are on one. What the repository
//! declares about itself, its name and a server, is only a proposal; otherwise, a foreign repository or a branch could pass the values of
//! any project to its own code.
//!
//! Only this file creates an [`OwnProject`] or a [`ServerProject`], and no [`Platform`](super::Platform) exists without one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::{Address, StoredEnvironment, private_table, stored_under};
use crate::config::{Home, PROJECT_VARIABLE};
use takk_model::error::{Error, Result};
use takk_model::visible::{one_line, shell_word, visible};

const FILE: &str = "links.json";
/// The maximum length of a project's name, in characters.
const LONGEST: usize = 200;

/// A project in the store of this machine, to which a checkout is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnProject(String);

impl OwnProject {
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// A project on a server, to which a checkout is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerProject {
    address: Address,
    name: String,
}

impl ServerProject {
    pub fn address(&self) -> &Address {
        &self.address
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The link of a checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// To a project in the store of this machine.
    OwnStore(OwnProject),
    /// To a project on a server.
    Server(ServerProject),
}

impl Link {
    /// The name of the project.
    pub fn project(&self) -> &str {
        match self {
            Self::OwnStore(project) => project.name(),
            Self::Server(project) => project.name(),
        }
    }

    /// The server, if it is on one.
    pub fn server(&self) -> Option<&Address> {
        match self {
            Self::OwnStore(_) => None,
            Self::Server(project) => Some(project.address()),
        }
    }

    fn new(server: Option<Address>, project: &str) -> Self {
        let name = project.to_owned();
        match server {
            Some(address) => Self::Server(ServerProject { address, name }),
            None => Self::OwnStore(OwnProject(name)),
        }
    }
}

/// A checkout, with what its repository declares.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Its root, as a canonical path.
    pub root: PathBuf,
    /// The name that its code declares.
    pub name: String,
    /// The server that `[tool.takk]` names.
    pub proposed: Option<String>,
}

/// The link of a checkout, if a user has decided on one.
#[derive(Debug)]
pub enum Decision {
    Linked(Link),
    /// Nothing is stored for a project of its name. Storing the first value links it.
    New(NewProject),
    /// `TAKK_SERVER` names a server, and nothing a project: use the project that the token is for, if it is only one.
    ByToken(ByToken),
    /// The repository proposes this server.
    Proposed(String),
    /// A user has to decide whether it may have the values.
    Asked(Question),
}

/// A checkout for whose name nothing is stored. It has no values until one is stored from there.
#[derive(Debug)]
pub struct NewProject(Checkout);

impl NewProject {
    /// Links the checkout when its first value is stored, unless something has been stored for the name in the meantime.
    pub fn link(&self, home: &Home) -> Result<OwnProject> {
        let checkout = &self.0;
        check_name(&checkout.name)?;
        let place = Place::of(&checkout.root);
        private_table::change(home, FILE, |rows: &mut private_table::Rows<Row>| {
            let kept = stored_under(home, &checkout.name)?;
            if !kept.is_empty() || !others(rows, checkout, None, &checkout.name).is_empty() {
                return Err(Question::new(checkout, Reason::Unknown, None, &checkout.name, rows, kept).refusal());
            }
            // The user has not decided on a server that the repository may propose later.
            let open = !rows.contains_key(&key(&checkout.root));
            let names = vec![checkout.name.clone()];
            let row = Row { server: None, project: Some(checkout.name.clone()), names, place, open };
            rows.insert(key(&checkout.root), row);
            Ok(OwnProject(checkout.name.clone()))
        })?
    }
}

/// The server that `TAKK_SERVER` names, while the project is not known.
#[derive(Debug)]
pub struct ByToken {
    pub address: Address,
    name: String,
}

impl ByToken {
    /// The project that the token is for.
    pub fn is_for(self, project: &str) -> ServerProject {
        ServerProject { address: self.address, name: project.to_owned() }
    }

    /// The error if the token is for several.
    pub fn refusal(&self) -> Error {
        let name = one_line(&self.name);
        Error::usage(format!("TAKK_SERVER is {}, but the project is not specified", self.address))
            .about(format!("the code names itself `{name}`, but takk does not trust that without your confirmation"))
            .hint(format!("name the project: {PROJECT_VARIABLE}={name}"))
            .hint("or use a token that is limited to this project")
            .hint(format!("or link this checkout: takk link {}", self.address))
    }
}

/// Why a user has to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Values are stored for a project of its name, and no user has linked it.
    Unknown,
    /// An earlier version of takk, which did not record the project, linked it to the server.
    Older,
    /// Its code had another name when it was linked.
    Renamed(String),
    /// The directory is not the one that was linked.
    Replaced,
}

/// A decision for the user.
#[derive(Clone, Debug)]
pub struct Question {
    pub reason: Reason,
    pub root: PathBuf,
    /// The name that its code declares.
    pub name: String,
    /// The project whose values it would have.
    pub project: String,
    /// The server that stores them.
    pub server: Option<Address>,
    /// What the store of this machine has of it.
    pub kept: Vec<StoredEnvironment>,
    /// Other checkouts with the same link.
    pub others: Vec<String>,
}

impl Question {
    fn new(
        checkout: &Checkout,
        reason: Reason,
        server: Option<Address>,
        project: &str,
        rows: &private_table::Rows<Row>,
        kept: Vec<StoredEnvironment>,
    ) -> Self {
        let others = others(rows, checkout, server.as_ref(), project);
        let (root, name) = (checkout.root.clone(), checkout.name.clone());
        Self { reason, root, name, project: project.to_owned(), server, kept, others }
    }

    /// Records that the user agreed.
    pub fn agreed(self, home: &Home) -> Result<Link> {
        let checkout = Checkout { root: self.root, name: self.name, proposed: None };
        link(home, &checkout, self.server, &self.project)
    }

    /// The reason for the question, in one line.
    pub fn doubt(&self) -> String {
        let (name, root) = (one_line(&self.name), visible(&self.root.to_string_lossy()));
        let project = one_line(&self.project);
        match &self.reason {
            Reason::Unknown => {
                format!("the code in {root} names itself `{name}`, but it is not linked to the project `{project}`")
            }
            Reason::Older => format!("an earlier version of takk linked {root} to a server without recording the project"),
            Reason::Renamed(before) => {
                format!("the code in {root} now names itself `{name}`; it was `{}` when it was linked", one_line(before))
            }
            Reason::Replaced => {
                format!("{root} is not the directory that was linked to the project `{project}`")
            }
        }
    }

    /// The error if no user can be asked, or the user declined.
    pub fn refusal(&self) -> Error {
        let word = shell_word(&self.project);
        let mut error = Error::usage(self.doubt());
        for line in self.about() {
            error = error.about(line);
        }
        let at = self.server.as_ref().map(|address| format!("{address} ")).unwrap_or_default();
        error
            .hint(format!("to link it: takk link {at}--name {word}"))
            .hint(format!("in CI, name the project: {PROJECT_VARIABLE}={word}"))
    }

    /// What the checkout would have, and which others have it, one per line.
    pub fn about(&self) -> Vec<String> {
        let count = |kept: &StoredEnvironment| format!("{} in {}", kept.values, one_line(&kept.name));
        let counts = self.kept.iter().map(count).collect::<Vec<_>>().join(", ");
        let place = self.server.as_ref().map_or("in the local store".to_owned(), |address| format!("on {address}"));
        let counts = if counts.is_empty() { String::new() } else { format!(" ({counts})") };
        let mut lines = vec![format!("linking gives it access to the values of `{}` {place}{counts}", one_line(&self.project))];
        lines.extend(self.others.iter().map(|root| {
            let gone = if Path::new(root).is_dir() { "" } else { " (deleted)" };
            format!("{}{gone} is linked to the same values", visible(root))
        }));
        lines
    }
}

/// The stored link of a checkout.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Row {
    /// `None` for the store of this machine.
    #[serde(default)]
    server: Option<String>,
    /// The project. Earlier versions recorded it only if its name differed from that of the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    /// The names of the code that the user has agreed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
    /// The directory that was linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    /// Whether a server that the repository proposes is still undecided.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    open: bool,
}

impl Row {
    fn is_on(&self, server: Option<&Address>) -> bool {
        self.server.as_deref() == server.map(Address::as_str)
    }

    /// Why the user has to decide again.
    fn doubt(&self, checkout: &Checkout) -> Option<Reason> {
        if self.place.as_ref().is_some_and(|place| Some(place) != Place::of(&checkout.root).as_ref()) {
            return Some(Reason::Replaced);
        }
        let before = self.names.last()?;
        (!self.names.contains(&checkout.name)).then(|| Reason::Renamed(before.clone()))
    }
}

/// Determines the link of a checkout: the project that `TAKK_PROJECT` names, or else the recorded one; on the server that `TAKK_SERVER`
/// names, or else the recorded one.
pub fn decide(home: &Home, checkout: &Checkout) -> Result<Decision> {
    let rows = rows(home)?;
    let row = rows.get(&key(&checkout.root));
    let server = match (&home.server.url, row.and_then(|row| row.server.as_ref())) {
        (Some(url), _) | (None, Some(url)) => Some(Address::parse(url, home.server.allow_http)?),
        (None, None) => match &checkout.proposed {
            Some(url) if row.is_none_or(|row| row.open) => return Ok(Decision::Proposed(url.clone())),
            _ => None,
        },
    };
    if let Some(project) = &home.project {
        check_name(project).map_err(|error| error.hint(format!("set {PROJECT_VARIABLE} to a project name")))?;
        return Ok(Decision::Linked(Link::new(server, project)));
    }
    let row = row.filter(|row| row.is_on(server.as_ref()));
    let Some(server) = server else { return in_own_store(home, checkout, row, &rows) };
    let asked = |reason, project: &str| {
        Ok(Decision::Asked(Question::new(checkout, reason, Some(server.clone()), project, &rows, Vec::new())))
    };
    match row {
        None => Ok(Decision::ByToken(ByToken { address: server, name: checkout.name.clone() })),
        Some(Row { project: None, .. }) => asked(Reason::Older, &checkout.name),
        Some(row @ Row { project: Some(project), .. }) => match row.doubt(checkout) {
            Some(reason) => asked(reason, project),
            None => Ok(Decision::Linked(settled(home, checkout, row, Some(server.clone()), project))),
        },
    }
}

fn in_own_store(home: &Home, checkout: &Checkout, row: Option<&Row>, rows: &private_table::Rows<Row>) -> Result<Decision> {
    let asked = |reason, project: &str, kept| Decision::Asked(Question::new(checkout, reason, None, project, rows, kept));
    if let Some(row) = row
        && let Some(project) = &row.project
    {
        return Ok(match row.doubt(checkout) {
            Some(reason) => asked(reason, project, stored_under(home, project)?),
            None => Decision::Linked(settled(home, checkout, row, None, project)),
        });
    }
    let kept = stored_under(home, &checkout.name)?;
    if kept.is_empty() && others(rows, checkout, None, &checkout.name).is_empty() {
        return Ok(Decision::New(NewProject(checkout.clone())));
    }
    Ok(asked(Reason::Unknown, &checkout.name, kept))
}

/// The link of a row without doubts. If an earlier version recorded the project that the user named, but not the directory, this records
/// the directory.
fn settled(home: &Home, checkout: &Checkout, row: &Row, server: Option<Address>, project: &str) -> Link {
    if row.names.is_empty() {
        // If this fails, the next command tries again.
        let _ = link(home, checkout, server.clone(), project);
    }
    Link::new(server, project)
}

/// Links a checkout to a project, as the user asked.
pub fn link(home: &Home, checkout: &Checkout, server: Option<Address>, project: &str) -> Result<Link> {
    check_name(project)?;
    let place = Place::of(&checkout.root);
    private_table::change(home, FILE, |rows: &mut private_table::Rows<Row>| {
        // Choosing the store of this machine while no server is proposed is not a decision about a later proposal.
        let is_new = !rows.contains_key(&key(&checkout.root));
        let row = rows.entry(key(&checkout.root)).or_default();
        let open = server.is_none() && (row.open || (is_new && checkout.proposed.is_none()));
        let is_same = row.project.as_deref() == Some(project) && row.is_on(server.as_ref()) && row.place == place;
        let mut names = if is_same { std::mem::take(&mut row.names) } else { Vec::new() };
        names.retain(|name| *name != checkout.name);
        names.push(checkout.name.clone());
        let server = server.as_ref().map(Address::to_string);
        *row = Row { open, server, project: Some(project.to_owned()), names, place };
    })?;
    Ok(Link::new(server, project))
}

/// Removes the link of a checkout. If the repository proposes a server, this declines it. Returns the previous server.
pub fn unlink(home: &Home, checkout: &Checkout) -> Result<Option<String>> {
    let before = private_table::change(home, FILE, |rows: &mut private_table::Rows<Row>| match checkout.proposed {
        Some(_) => rows.insert(key(&checkout.root), Row::default()),
        None => rows.remove(&key(&checkout.root)),
    })?;
    Ok(before.and_then(|row| row.server))
}

/// Whether the user has chosen the store of this machine over any server that the repository proposes.
pub fn has_declined(home: &Home, root: &Path) -> Result<bool> {
    Ok(rows(home)?.get(&key(root)).is_some_and(|row| row.server.is_none() && !row.open))
}

/// Tells which directories are linked, to a server or to the store of this machine.
pub fn linked(home: &Home) -> Result<impl Fn(&Path) -> bool + use<>> {
    let rows = rows(home)?;
    Ok(move |root: &Path| rows.get(&key(root)).is_some_and(|row| row.project.is_some()))
}

/// The server of a checkout: the one that `TAKK_SERVER` names, or else the recorded one.
pub fn server_of(home: &Home, root: &Path) -> Result<Option<Address>> {
    let mut rows = rows(home)?;
    let remembered = rows.remove(&key(root)).and_then(|row| row.server);
    home.server.url.clone().or(remembered).map(|url| Address::parse(&url, home.server.allow_http)).transpose()
}

/// The recorded project of a checkout, if it is on that server.
pub fn project_on(home: &Home, root: &Path, server: &Address) -> Result<Option<String>> {
    let row = rows(home)?.remove(&key(root)).filter(|row| row.is_on(Some(server)));
    Ok(row.and_then(|row| row.project))
}

/// The error while the user has not decided on the server that a repository proposes.
pub fn undecided(url: &str) -> Error {
    Error::usage(format!("the project settings name the server {url}, but this checkout is not linked to it"))
        .hint("run `takk link` to link it, if you trust this repository with the values")
        .hint("run `takk link --unlink` to use the local store instead")
}

/// The other checkouts that are linked to a project.
fn others(rows: &private_table::Rows<Row>, but: &Checkout, server: Option<&Address>, project: &str) -> Vec<String> {
    let own = key(&but.root);
    let same = |(root, row): &(&String, &Row)| **root != own && row.is_on(server) && row.project.as_deref() == Some(project);
    rows.iter().filter(same).map(|(root, _)| root.clone()).collect()
}

fn rows(home: &Home) -> Result<private_table::Rows<Row>> {
    let Some(file) = private_table::file(home, FILE) else { return Ok(private_table::Rows::new()) };
    private_table::read(&file)
}

/// Whether it is a valid name of a project. Invisible characters could make it look like another name.
fn check_name(name: &str) -> Result<()> {
    let wrong = |why: &str| Err(Error::usage(format!("`{}` {why}", one_line(name))));
    match name {
        "" | "." | ".." => wrong("is not a valid project name"),
        _ if name.trim().is_empty() => wrong("is not a valid project name"),
        _ if visible(name) != name || name.contains(['\n', '\t']) => {
            wrong("is not a valid project name: it contains non-printable characters")
        }
        _ if name.chars().count() > LONGEST => {
            wrong(&format!("is not a valid project name: it has more than {LONGEST} characters"))
        }
        _ => Ok(()),
    }
}

/// The key of a row, for a canonical path. A path that is not UTF-8 is encoded byte by byte.
fn key(root: &Path) -> String {
    match root.to_str() {
        Some(text) => text.to_owned(),
        None => format!("bytes:{}", root.as_os_str().as_encoded_bytes().escape_ascii()),
    }
}
