//! Rows of people as they are sealed: which seal each belongs to, and a digest of its contents. The time when a token was last used is
//! excluded: it decides nothing, and changes all the time.

use std::collections::BTreeSet;
use std::fmt;

use takk_crypto::Digest;

use crate::store::{
    DeviceLoginRow, IdentityRow, InvitationRow, ProjectRow, SessionRow, SignInRow, TokenRow, TrustRow, UserRow,
};
use takk_model::Role;

/// The set of rows that a seal covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// A user, with tokens, sessions, external identities, and the invitation that sets a first password.
    User(i64),
    /// A project, with members, invitations and trusts for programs.
    Project(String),
    /// Pending device logins and sign-ins.
    Logins,
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(formatter, "user {id}"),
            Self::Project(name) => write!(formatter, "project {name}"),
            Self::Logins => formatter.write_str("logins"),
        }
    }
}

impl Scope {
    /// Parses the scope of a stored seal.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            Some(("user", id)) => id.parse().ok().map(Self::User),
            Some(("project", name)) => Some(Self::Project(name.to_owned())),
            _ => (text == "logins").then_some(Self::Logins),
        }
    }
}

/// The table of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    Users,
    Identities,
    Tokens,
    Sessions,
    Projects,
    Members,
    Trusts,
    Invitations,
    DeviceLogins,
    SignIns,
}

/// The part of a row that is sealed.
pub(super) type Item = (Table, [u8; 32]);

/// The rows of a scope.
pub(super) type Items = BTreeSet<Item>;

/// A row that is covered by a seal.
pub(super) trait Sealed {
    /// The scope to which it belongs.
    fn scope(&self) -> Scope;

    /// Its entry in the set of that scope.
    fn item(&self) -> Item;
}

/// A member's role: a row of members without the user's name, which belongs to another row.
pub(super) struct Membership<'m> {
    pub user: i64,
    pub project: &'m str,
    pub role: Role,
}

/// The digest of a row, field by field. Each field starts with its length, and a missing value differs from an empty one.
struct Fields(Digest);

impl Fields {
    fn new() -> Self {
        Self(Digest::default())
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(bytes);
        self
    }

    fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    fn number(self, number: i64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    fn maybe<T>(self, value: Option<T>, field: impl FnOnce(Self, T) -> Self) -> Self {
        let fields = self.bytes(&[u8::from(value.is_some())]);
        match value {
            Some(value) => field(fields, value),
            None => fields,
        }
    }

    fn list<'t>(self, texts: impl ExactSizeIterator<Item = &'t str>) -> Self {
        let fields = self.number(i64::try_from(texts.len()).unwrap_or(i64::MAX));
        texts.fold(fields, Self::text)
    }

    fn item(self, table: Table) -> Item {
        (table, self.0.finish())
    }
}

impl Sealed for UserRow {
    fn scope(&self) -> Scope {
        Scope::User(self.id)
    }

    fn item(&self) -> Item {
        let Self { id, name, email, password, created_at, project } = self;
        let fields = Fields::new().number(*id).text(name).maybe(email.as_deref(), Fields::text);
        let fields = fields.maybe(password.as_deref(), Fields::text).number(*created_at);
        fields.maybe(project.as_deref(), Fields::text).item(Table::Users)
    }
}

impl Sealed for IdentityRow {
    fn scope(&self) -> Scope {
        Scope::User(self.user)
    }

    fn item(&self) -> Item {
        let Self { issuer, subject, user, created_at } = self;
        Fields::new().text(issuer).text(subject).number(*user).number(*created_at).item(Table::Identities)
    }
}

impl Sealed for TokenRow {
    fn scope(&self) -> Scope {
        Scope::User(self.user)
    }

    fn item(&self) -> Item {
        let Self {
            id,
            hash,
            user,
            label,
            kind,
            projects,
            environments,
            role,
            created_at,
            expires_at,
            last_used_at: _,
            revoked_at,
            made_by,
            made_with,
        } = self;
        let fields = Fields::new().number(*id).bytes(hash).number(*user).text(label).text(kind.as_str());
        let fields = fields.list(projects.iter().map(String::as_str)).list(environments.iter().map(String::as_str));
        let fields = fields.text(role.as_str()).number(*created_at);
        let fields = fields.maybe(*expires_at, Fields::number).maybe(*revoked_at, Fields::number);
        fields.maybe(*made_by, Fields::number).maybe(*made_with, Fields::number).item(Table::Tokens)
    }
}

impl Sealed for SessionRow {
    fn scope(&self) -> Scope {
        Scope::User(self.user)
    }

    fn item(&self) -> Item {
        let Self { hash, user, token, created_at, expires_at } = self;
        let fields = Fields::new().bytes(hash).number(*user).maybe(*token, Fields::number);
        fields.number(*created_at).number(*expires_at).item(Table::Sessions)
    }
}

impl Sealed for ProjectRow {
    fn scope(&self) -> Scope {
        Scope::Project(self.name.clone())
    }

    fn item(&self) -> Item {
        let Self { name, created_at, production, not_production } = self;
        let fields = Fields::new().text(name).number(*created_at).list(production.iter().map(String::as_str));
        fields.list(not_production.iter().map(String::as_str)).item(Table::Projects)
    }
}

impl Sealed for Membership<'_> {
    fn scope(&self) -> Scope {
        Scope::Project(self.project.to_owned())
    }

    fn item(&self) -> Item {
        let Self { user, project, role } = self;
        Fields::new().number(*user).text(project).text(role.as_str()).item(Table::Members)
    }
}

impl Sealed for TrustRow {
    fn scope(&self) -> Scope {
        Scope::Project(self.project.clone())
    }

    fn item(&self) -> Item {
        let Self { id, project, user, issuer, claims, role, environments, created_at, made_by, made_with } = self;
        let fields = Fields::new().number(*id).text(project).number(*user).text(issuer);
        let fields = fields.list(claims.keys().map(String::as_str)).list(claims.values().map(String::as_str));
        let fields = fields.text(role.as_str()).list(environments.iter().map(String::as_str));
        let fields = fields.number(*created_at).maybe(*made_by, Fields::number);
        fields.maybe(*made_with, Fields::number).item(Table::Trusts)
    }
}

impl Sealed for InvitationRow {
    fn scope(&self) -> Scope {
        match (&self.project, self.user) {
            (Some(project), _) => Scope::Project(project.clone()),
            (None, Some(user)) => Scope::User(user),
            (None, None) => Scope::User(self.inviter),
        }
    }

    fn item(&self) -> Item {
        let Self { id, hash, project, role, user, label, inviter, made_with, created_at, expires_at } = self;
        let fields = Fields::new().number(*id).bytes(hash).maybe(project.as_deref(), Fields::text).text(role.as_str());
        let fields = fields.maybe(*user, Fields::number).text(label).number(*inviter).maybe(*made_with, Fields::number);
        fields.number(*created_at).number(*expires_at).item(Table::Invitations)
    }
}

impl Sealed for DeviceLoginRow {
    fn scope(&self) -> Scope {
        Scope::Logins
    }

    fn item(&self) -> Item {
        let Self { code, poll_hash, name, created_at, expires_at, user, token } = self;
        let fields = Fields::new().text(code).bytes(poll_hash).text(name).number(*created_at).number(*expires_at);
        fields.maybe(*user, Fields::number).maybe(*token, Fields::number).item(Table::DeviceLogins)
    }
}

impl Sealed for SignInRow {
    fn scope(&self) -> Scope {
        Scope::Logins
    }

    fn item(&self) -> Item {
        let Self { state_hash, browser_hash, next, invitation, user, expires_at } = self;
        let fields = Fields::new().bytes(state_hash).bytes(browser_hash).text(next);
        let fields = fields.maybe(invitation.as_deref(), Fields::bytes).maybe(*user, Fields::number);
        fields.number(*expires_at).item(Table::SignIns)
    }
}
