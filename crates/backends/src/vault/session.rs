//! Vault tokens: where they come from, when they are renewed, and what happens when one is no longer valid.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use takk_model::percent::encoded_path;

use arc_swap::ArcSwapOption;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::wire::Wire;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::fork::Turn;
use crate::process::Process;
use crate::text::SecretText;

/// Returns a token, called whenever the previous one is no longer valid.
pub type TokenFactory = Arc<dyn Fn() -> Result<SecretText> + Send + Sync>;

/// A credential in a variable or in a file.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The text.
    Text(SecretText),
    /// A file with the text, read at each login, since its token may have been replaced.
    File(PathBuf),
}

/// How to get a token.
#[derive(Clone)]
pub enum VaultLogin {
    /// `VAULT_TOKEN`, or the file `~/.vault-token` that `vault login` and `bao login` write. Read again when the token is no longer valid.
    Variables(Process),
    /// A fixed token.
    Token(SecretText),
    /// `token_factory`: called for the first token, and again whenever one is no longer valid.
    Factory(TokenFactory),
    /// `AppRole`: the mount of its auth method (`approle`), and its two ids.
    AppRole {
        /// Where the auth method is mounted.
        mount: String,
        /// The role ID.
        role_id: String,
        /// The secret ID, if the role has one.
        secret_id: Option<Credential>,
    },
    /// Kubernetes: the mount (`kubernetes`), the role, and the token of the service account.
    Kubernetes {
        /// Where the auth method is mounted.
        mount: String,
        /// The role of Vault.
        role: String,
        /// The token of the pod's service account; usually in [`SERVICE_ACCOUNT`].
        jwt: Credential,
    },
    /// JWT or OpenID Connect: the mount (`jwt`), the role, and the token, such as that of a CI job.
    Jwt {
        /// Where the auth method is mounted.
        mount: String,
        /// The role of Vault. `None` for the default role.
        role: Option<String>,
        /// The token of the job.
        jwt: Credential,
    },
}

/// Where Kubernetes puts the token of a pod's service account.
pub const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

impl VaultLogin {
    /// The identity, for messages.
    pub(super) fn identity(&self) -> String {
        match self {
            Self::Variables(_) => "the token of VAULT_TOKEN or ~/.vault-token".to_owned(),
            Self::Token(_) => "the given token".to_owned(),
            Self::Factory(_) => "the token of token_factory".to_owned(),
            Self::AppRole { role_id, .. } => format!("AppRole {role_id}"),
            Self::Kubernetes { role, .. } => format!("Kubernetes role {role}"),
            Self::Jwt { role, .. } => format!("JWT role {}", role.as_deref().unwrap_or("default")),
        }
    }
}

/// A token in use.
pub(super) struct Session {
    pub token: SecretText,
    obtained: Instant,
    /// How long it is valid, unless it never expires.
    lease: Option<Duration>,
    is_renewable: bool,
    /// When the server last confirmed it.
    pub known: ArcSwapOption<Instant>,
}

#[derive(Deserialize)]
struct LoginAnswer {
    auth: Option<Auth>,
}

#[derive(Deserialize)]
struct Auth {
    client_token: Zeroizing<String>,
    #[serde(default)]
    lease_duration: u64,
    #[serde(default)]
    renewable: bool,
}

impl Session {
    fn endless(token: SecretText) -> Self {
        Self { token, obtained: Instant::now(), lease: None, is_renewable: false, known: ArcSwapOption::empty() }
    }

    fn of(auth: &Auth) -> Self {
        let lease = (auth.lease_duration > 0).then(|| Duration::from_secs(auth.lease_duration));
        Self { lease, is_renewable: auth.renewable, ..Self::endless(SecretText::new(auth.client_token.as_str())) }
    }

    fn is_over(&self) -> bool {
        self.lease.is_some_and(|lease| self.obtained.elapsed() >= lease)
    }

    /// Whether two thirds of its lifetime have passed.
    fn is_due(&self) -> bool {
        self.lease.is_some_and(|lease| self.obtained.elapsed() >= lease * 2 / 3)
    }
}

/// The token of a backend, shared by all threads.
pub(super) struct Sessions {
    login: VaultLogin,
    current: ArcSwapOption<Session>,
    turn: Turn,
}

impl Sessions {
    pub(super) fn new(login: VaultLogin) -> Self {
        Self { login, current: ArcSwapOption::empty(), turn: Turn::new() }
    }

    pub(super) fn identity(&self) -> String {
        self.login.identity()
    }

    /// A token: the current one, renewed if due, or one from a new login.
    pub(super) fn token(&self, wire: &Wire, deadline: Deadline) -> Result<Arc<Session>> {
        let current = self.current.load_full();
        match &current {
            Some(session) if !session.is_due() => return Ok(Arc::clone(session)),
            _ => {}
        }
        let _turn = self.turn(wire, deadline)?;
        let now = self.current.load_full();
        match now {
            // Another thread renewed it or logged in while this one waited.
            Some(session) if !session.is_due() => Ok(session),
            Some(session) if session.is_renewable && !session.is_over() => self.renewed(wire, session, deadline),
            _ => self.log_in(wire, deadline),
        }
    }

    /// A different token from one that the server does not know: from another thread, or from a new login.
    pub(super) fn instead_of(&self, dead: &Arc<Session>, wire: &Wire, deadline: Deadline) -> Result<Arc<Session>> {
        let _turn = self.turn(wire, deadline)?;
        if let Some(current) = self.current.load_full().filter(|current| !Arc::ptr_eq(current, dead)) {
            return Ok(current);
        }
        let is_same = |token: &SecretText| token.is_same(&dead.token);
        let is_fixed = match &self.login {
            VaultLogin::Token(_) => true,
            VaultLogin::Variables(process) => found(process)?.as_ref().is_none_or(is_same),
            _ => false,
        };
        if is_fixed {
            let error = Error::auth(format!(
                "{} does not know {}: it is expired, revoked, or from another server",
                wire.place(),
                self.identity()
            ));
            return Err(error.hint("log in again (`bao login`, `vault login`), or configure a login that issues new tokens: AppRole, Kubernetes or JWT"));
        }
        self.log_in(wire, deadline)
    }

    fn turn(&self, wire: &Wire, deadline: Deadline) -> Result<crate::fork::Taken> {
        let late =
            || Error::transient(format!("cannot log in to {} in time: another thread is still logging in", wire.place()));
        self.turn.take(deadline).ok_or_else(late)
    }

    fn keep(&self, session: Session) -> Arc<Session> {
        let session = Arc::new(session);
        self.current.store(Some(Arc::clone(&session)));
        session
    }

    /// Renews a token. If renewal fails for now, the token is used as long as it is valid; if it is denied, there is a new login.
    fn renewed(&self, wire: &Wire, session: Arc<Session>, deadline: Deadline) -> Result<Arc<Session>> {
        let third = session.lease.unwrap_or_default() / 3;
        let answer = wire.post("auth/token/renew-self", Some(&session.token), &json!({}), deadline);
        match answer {
            Ok(answer) if answer.status == 200 => match serde_json::from_slice(&answer.body) {
                // Near its maximum lifetime, each renewal extends a token by less. A new one is better then.
                Ok(LoginAnswer { auth: Some(auth) }) if Duration::from_secs(auth.lease_duration) < third => {
                    self.log_in(wire, deadline)
                }
                Ok(LoginAnswer { auth: Some(auth) }) => Ok(self.keep(Session::of(&auth))),
                _ => Ok(session),
            },
            Ok(answer) if answer.status < 500 && answer.status != 429 => self.log_in(wire, deadline),
            _ => Ok(session),
        }
    }

    fn log_in(&self, wire: &Wire, deadline: Deadline) -> Result<Arc<Session>> {
        let (path, body) = match &self.login {
            VaultLogin::Variables(process) => {
                let token = found(process)?.ok_or_else(|| {
                    Error::auth(format!("there is no token for {}", wire.place()))
                        .hint("set VAULT_TOKEN, log in (`bao login`, `vault login`), or configure AppRole, Kubernetes or JWT")
                })?;
                return Ok(self.keep(Session::endless(token)));
            }
            VaultLogin::Token(token) => return Ok(self.keep(Session::endless(token.clone()))),
            VaultLogin::Factory(factory) => return Ok(self.keep(Session::endless(factory()?))),
            VaultLogin::AppRole { mount, role_id, secret_id } => {
                let secret = secret_id.as_ref().map(read).transpose()?;
                let body = json!({ "role_id": role_id, "secret_id": secret.as_ref().map(SecretText::expose) });
                (mount, body)
            }
            VaultLogin::Kubernetes { mount, role, jwt } => (mount, json!({ "role": role, "jwt": read(jwt)?.expose() })),
            VaultLogin::Jwt { mount, role, jwt } => (mount, json!({ "role": role, "jwt": read(jwt)?.expose() })),
        };
        let what = || format!("cannot log in to {} as {}", wire.place(), self.identity());
        let answer = wire.post(&format!("auth/{}/login", mount_path(path)), None, &body, deadline)?;
        if answer.status == 200 {
            let Ok(LoginAnswer { auth: Some(auth) }) = serde_json::from_slice(&answer.body) else {
                return Err(Error::config(format!("{}: the response contains no token", what()))
                    .hint("is this the URL of Vault or OpenBao?"));
            };
            return Ok(self.keep(Session::of(&auth)));
        }
        let secrets: Vec<&str> = body.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()).collect();
        let problem = wire.problem(&answer, &secrets);
        Err(match answer.status {
            404 if problem.has("no handler for route") => {
                Error::config(format!("{}: no auth method is mounted at `{path}`", what()))
                    .hint("check the mount of the auth method, and the namespace")
            }
            400 | 401 | 403 | 404 => Error::auth(format!("{}: {}", what(), problem.text))
                .hint(format!("check the role and its secret id or token, and that an auth method is mounted at `{path}`")),
            _ => wire.other(&answer, &what(), &problem),
        })
    }
}

pub(super) fn mount_path(mount: &str) -> String {
    encoded_path(mount.trim_matches('/'))
}

/// The token in `VAULT_TOKEN` or `BAO_TOKEN`, or in `~/.vault-token`.
fn found(process: &Process) -> Result<Option<SecretText>> {
    if let Some(token) = process.vault("TOKEN") {
        return Ok(Some(SecretText::new(token)));
    }
    let path = process.path("~/.vault-token");
    if process.set("HOME").is_none() || !path.exists() {
        return Ok(None);
    }
    read_file(&path).map(Some)
}

fn read(credential: &Credential) -> Result<SecretText> {
    match credential {
        Credential::Text(text) => Ok(text.clone()),
        Credential::File(path) => read_file(path),
    }
}

fn read_file(path: &Path) -> Result<SecretText> {
    let message = |why: String| Error::config(format!("cannot read the token in `{}`: {why}", path.display()));
    let bytes =
        takk_files::given(path, takk_files::MOST_OF_KEYS).map(Zeroizing::new).map_err(|error| message(error.to_string()))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| message("it is not UTF-8".to_owned()))?.trim();
    if text.is_empty() { Err(message("it is empty".to_owned())) } else { Ok(SecretText::new(text)) }
}
