//! Which backend a project uses: `[tool.takk.secrets] backend = ...`, and the variables of the process.
//!
//! The content of a repository is not trusted: it may select a kind, a mount or a role, but never where a token is sent. An
//! address only counts if the person linked it ([`Trust`]), or if it comes from `VAULT_ADDR` or `AWS_ENDPOINT_URL`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::backend::Backend;
use super::chain::Chain;
use super::dotenv::Dotenv;
use super::env::Env;
use super::error::{Error, Result};
use super::process::Process;
use super::retrying::{RetryPolicy, Retrying};
use super::ssm::{Ssm, SsmSettings};
use super::text::SecretText;
use super::vault::{Credential, KvVersion, SERVICE_ACCOUNT, Vault, VaultLogin, VaultSettings};

/// A backend as it is written in `pyproject.toml` or `takk.toml`: its kind alone (`backend = "vault"`), or a table.
///
/// ```toml
/// [tool.takk.secrets]
/// backend = { kind = "vault", mount = "app", auth = { method = "kubernetes", role = "web" } }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum BackendConfig {
    /// `"env"`, `"takk"`, `"aws-ssm"`, `"vault"`: with the defaults of the kind.
    Kind(BackendKind),
    /// Several backends, asked in order.
    Chain(Vec<BackendConfig>),
    /// With settings.
    Table(BackendTable),
}

impl BackendConfig {
    /// Whether it is only the program's own environment, or takk, which provides that environment.
    pub fn is_of_the_program(&self) -> bool {
        match self {
            Self::Kind(kind) => matches!(kind, BackendKind::Env | BackendKind::Takk),
            Self::Table(table) => matches!(table, BackendTable::Env { .. } | BackendTable::Takk {}),
            Self::Chain(all) => all.iter().all(Self::is_of_the_program),
        }
    }
}

/// `[tool.takk.secrets]`: the backend of secret paths for each environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecretBackends {
    /// The backend of environments without their own.
    pub backend: Option<BackendConfig>,
    /// By name of the environment.
    pub environments: BTreeMap<String, BackendConfig>,
}

impl SecretBackends {
    /// The backend of an environment; `None` if the project configures none.
    pub fn of(&self, environment: &str) -> Option<&BackendConfig> {
        self.environments.get(environment).or(self.backend.as_ref())
    }
}

/// A kind of backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackendKind {
    /// The environment of the process.
    Env,
    /// A dotenv file.
    Dotenv,
    /// takk's own store or server.
    Takk,
    /// AWS SSM.
    AwsSsm,
    /// Vault or OpenBao.
    Vault,
}

/// The settings of a backend. Settings of another kind are an error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum BackendTable {
    /// The environment of the process.
    Env {
        /// A prefix for the names of all variables.
        #[serde(default)]
        prefix: String,
    },
    /// A dotenv file.
    Dotenv {
        /// Its path from the project's directory.
        #[serde(default = "dotenv_path")]
        path: PathBuf,
        /// A prefix for the names of all variables.
        #[serde(default)]
        prefix: String,
    },
    /// takk's own store or server, according to the checkout's link.
    Takk {},
    /// AWS SSM.
    AwsSsm {
        /// The region, if neither `AWS_REGION` nor the profile sets it.
        region: Option<String>,
        /// The profile in the shared files.
        profile: Option<String>,
    },
    /// Vault or OpenBao.
    Vault {
        /// The URL. It is used only if the user linked it, or if it equals `VAULT_ADDR`.
        url: Option<String>,
        /// Where the KV store is mounted.
        #[serde(default = "mount")]
        mount: String,
        /// The field to read if a path has no `:field`.
        #[serde(default = "default_key")]
        default_key: String,
        /// The namespace, if `VAULT_NAMESPACE` does not set it.
        namespace: Option<String>,
        /// 1 or 2; otherwise, takk requests it from the server.
        kv_version: Option<u8>,
        /// How to log in if there is no `VAULT_TOKEN`.
        auth: Option<VaultAuth>,
    },
}

/// How to log in to Vault. Contains no secrets: IDs and tokens are in variables and files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub enum VaultAuth {
    /// `VAULT_TOKEN` or `~/.vault-token`.
    Token {},
    /// `AppRole`, with `VAULT_ROLE_ID` and `VAULT_SECRET_ID`.
    Approle {
        /// Where it is mounted, if not at `approle`.
        mount: Option<String>,
    },
    /// Kubernetes, with the token of the pod's service account.
    Kubernetes {
        /// Where it is mounted, if not at `kubernetes`.
        mount: Option<String>,
        /// The role of Vault.
        role: String,
    },
    /// JWT, with the token of `VAULT_JWT` or of the file that `VAULT_JWT_FILE` names.
    Jwt {
        /// Where it is mounted, if not at `jwt`.
        mount: Option<String>,
        /// The role of Vault.
        role: Option<String>,
    },
}

fn dotenv_path() -> PathBuf {
    PathBuf::from(".env")
}

fn mount() -> String {
    "secret".to_owned()
}

fn default_key() -> String {
    "value".to_owned()
}

/// What the user trusts in addition to the configuration, and which a repository therefore cannot set.
#[derive(Clone, Default)]
pub struct Trust {
    /// URLs that the user linked, to which tokens may be sent.
    pub linked: Vec<String>,
    /// takk's own store or server, opened by the caller.
    pub takk: Option<Arc<dyn Backend>>,
    /// The project's directory, for relative paths.
    pub root: Option<PathBuf>,
}

/// Creates a backend from its configuration. Remote ones retry by the default policy.
///
/// # Errors
///
/// `Config` for a URL that the user has not linked, for missing settings (a region, a role), and for kinds that the caller does not
/// provide.
pub fn backend(config: &BackendConfig, process: &Process, trust: &Trust) -> Result<Arc<dyn Backend>> {
    let table = match config {
        BackendConfig::Table(table) => table.clone(),
        BackendConfig::Kind(kind) => plain(*kind),
        BackendConfig::Chain(all) => {
            let all: Result<Vec<_>> = all.iter().map(|config| backend(config, process, trust)).collect();
            return Ok(Arc::new(Chain::new(all?)?));
        }
    };
    match table {
        BackendTable::Env { prefix } => Ok(Arc::new(Env::new(process.clone(), prefix))),
        BackendTable::Dotenv { path, prefix } => {
            let path = trust.root.as_deref().map_or_else(|| path.clone(), |root| root.join(&path));
            Ok(Arc::new(Dotenv::new(process.clone(), path, prefix)))
        }
        BackendTable::Takk {} => trust.takk.clone().ok_or_else(|| {
            Error::config("takk's own store is not available here")
                .hint("run the program with `takk run`, or name another backend")
        }),
        BackendTable::AwsSsm { region, profile } => {
            let settings = SsmSettings { region, profile, ..SsmSettings::new(process.clone()) };
            retrying(Arc::new(Ssm::new(settings)?))
        }
        BackendTable::Vault { url, mount, default_key, namespace, kv_version, auth } => {
            let address = vault_address(process, url.as_deref(), trust)?;
            let settings = VaultSettings {
                mount_point: mount,
                default_key,
                namespace: process.vault("NAMESPACE").or(namespace),
                ca_file: process.vault("CACERT").map(PathBuf::from),
                kv_version: match kv_version {
                    None => None,
                    Some(1) => Some(KvVersion::One),
                    Some(2) => Some(KvVersion::Two),
                    Some(_) => return Err(Error::config("`kv_version` is neither 1 nor 2")),
                },
                ..VaultSettings::new(address, login(process, auth.as_ref())?)
            };
            retrying(Arc::new(Vault::new(settings)?))
        }
    }
}

/// The backend that the variables select: `TAKK_SECRETS_BACKEND` (`env`, `dotenv`, `aws-ssm` or `vault`, or several separated by commas),
/// else Vault if `VAULT_ADDR` is set, else the environment. SSM is never selected by default, because AWS credentials may be there for
/// other purposes.
pub fn backend_from_env(process: &Process, trust: &Trust) -> Result<Arc<dyn Backend>> {
    let kinds = process.set("TAKK_SECRETS_BACKEND");
    let guessed = || if process.vault("ADDR").is_some() { "vault" } else { "env" }.to_owned();
    let kinds = kinds.unwrap_or_else(guessed);
    let configs: Result<Vec<BackendConfig>> = kinds.split(',').map(|word| kind(word.trim()).map(BackendConfig::Kind)).collect();
    let mut configs = configs?;
    match configs.pop() {
        Some(only) if configs.is_empty() => backend(&only, process, trust),
        last => {
            configs.extend(last);
            backend(&BackendConfig::Chain(configs), process, trust)
        }
    }
}

fn kind(word: &str) -> Result<BackendKind> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| {
        let shown = super::error::shown(word, &[]);
        Error::config(format!("TAKK_SECRETS_BACKEND names `{shown}`, which is not a kind of backend"))
            .hint("write env, dotenv, takk, aws-ssm or vault, or several separated by commas")
    })
}

fn plain(kind: BackendKind) -> BackendTable {
    match kind {
        BackendKind::Env => BackendTable::Env { prefix: String::new() },
        BackendKind::Dotenv => BackendTable::Dotenv { path: dotenv_path(), prefix: String::new() },
        BackendKind::Takk => BackendTable::Takk {},
        BackendKind::AwsSsm => BackendTable::AwsSsm { region: None, profile: None },
        BackendKind::Vault => BackendTable::Vault {
            url: None,
            mount: mount(),
            default_key: default_key(),
            namespace: None,
            kv_version: None,
            auth: None,
        },
    }
}

fn retrying(inner: Arc<dyn Backend>) -> Result<Arc<dyn Backend>> {
    Ok(Arc::new(Retrying::new(inner, RetryPolicy::default())?))
}

/// The URL of Vault: the project's, if it is trusted, else `VAULT_ADDR`.
fn vault_address(process: &Process, named: Option<&str>, trust: &Trust) -> Result<String> {
    let own = process.vault("ADDR");
    let is_same = |one: &str, other: &str| one.trim_end_matches('/') == other.trim_end_matches('/');
    match (named, own) {
        (Some(named), own) => {
            let known = trust.linked.iter().chain(&own);
            if known.into_iter().any(|known| is_same(known, named)) {
                return Ok(named.to_owned());
            }
            let named = super::error::shown(named, &[]);
            Err(Error::config(format!(
                "this project names Vault at {named}, but takk sends no token to a URL that only a repository names"
            ))
            .hint(format!("if you trust it: VAULT_ADDR={}", super::error::shell_word(&named))))
        }
        (None, Some(own)) => Ok(own),
        (None, None) => match trust.linked.first() {
            Some(linked) => Ok(linked.clone()),
            None => Err(Error::config("no URL of Vault is set").hint("VAULT_ADDR=https://vault.example:8200")),
        },
    }
}

/// How to log in. `VAULT_TOKEN` takes precedence, since the user set it explicitly.
fn login(process: &Process, auth: Option<&VaultAuth>) -> Result<VaultLogin> {
    let is_token_set = process.vault("TOKEN").is_some();
    let auth = auth.filter(|_| !is_token_set);
    let needs = |name: &str, what: &str| {
        process.set(name).ok_or_else(|| Error::config(format!("{what} needs {name}, which is not set")))
    };
    let at = |mount: &Option<String>, usual: &str| mount.clone().unwrap_or_else(|| usual.to_owned());
    Ok(match auth {
        None | Some(VaultAuth::Token {}) => VaultLogin::Variables(process.clone()),
        Some(VaultAuth::Approle { mount }) => VaultLogin::AppRole {
            mount: at(mount, "approle"),
            role_id: needs("VAULT_ROLE_ID", "the login by AppRole")?,
            secret_id: credential(process, "VAULT_SECRET_ID"),
        },
        Some(VaultAuth::Kubernetes { mount, role }) => VaultLogin::Kubernetes {
            mount: at(mount, "kubernetes"),
            role: role.clone(),
            jwt: credential(process, "VAULT_JWT").unwrap_or_else(|| Credential::File(Path::new(SERVICE_ACCOUNT).to_owned())),
        },
        Some(VaultAuth::Jwt { mount, role }) => VaultLogin::Jwt {
            mount: at(mount, "jwt"),
            role: role.clone(),
            jwt: credential(process, "VAULT_JWT")
                .ok_or_else(|| Error::config("the login by JWT needs VAULT_JWT or VAULT_JWT_FILE, and neither is set"))?,
        },
    })
}

/// The value of a variable, or the file that the variable with the suffix `_FILE` names.
fn credential(process: &Process, name: &str) -> Option<Credential> {
    let file = || process.set(&format!("{name}_FILE")).map(|path| Credential::File(process.path(&path)));
    process.set(name).map(|text| Credential::Text(SecretText::new(text))).or_else(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::mock::Mock;
    use std::time::UNIX_EPOCH;

    fn process(variables: &'static [(&'static str, &'static str)]) -> Process {
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Process::new(variable, || UNIX_EPOCH)
    }

    fn config(json: &str) -> BackendConfig {
        serde_json::from_str(json).expect(json)
    }

    fn name(json: &str, variables: &'static [(&'static str, &'static str)], trust: &Trust) -> Result<String> {
        backend(&config(json), &process(variables), trust).map(|backend| backend.name())
    }

    #[test]
    fn a_kind_a_table_and_a_chain() {
        let none = Trust::default();
        let aws = &[("AWS_REGION", "eu-north-1"), ("VAULT_ADDR", "https://vault.example/")];
        assert_eq!(name("\"env\"", aws, &none).expect("env"), "the environment");
        assert_eq!(
            name("{\"kind\": \"dotenv\", \"path\": \"x/.env\"}", aws, &none).expect("dotenv"),
            "the dotenv file `x/.env`"
        );
        let ssm = name("\"aws-ssm\"", aws, &none).expect("ssm");
        assert_eq!(ssm, "AWS SSM at https://ssm.eu-north-1.amazonaws.com (region eu-north-1)");
        let vault = name("{\"kind\": \"vault\", \"auth\": {\"method\": \"kubernetes\", \"role\": \"web\"}}", aws, &none);
        assert_eq!(vault.expect("vault"), "Vault at https://vault.example (as Kubernetes role web)");
        assert_eq!(name("[\"env\", \"vault\"]", aws, &none).expect("a chain").matches(", then ").count(), 1);
        for wrong in ["\"boto3\"", "{\"kind\": \"env\", \"token\": \"x\"}", "{\"kind\": \"vault\", \"token\": \"x\"}", "7"] {
            assert!(serde_json::from_str::<BackendConfig>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_token_goes_to_an_address_that_only_a_repository_names() {
        let named = "{\"kind\": \"vault\", \"url\": \"https://evil.example\"}";
        let error = name(named, &[("VAULT_ADDR", "https://vault.example"), ("VAULT_TOKEN", "hunter2")], &Trust::default());
        let error = error.expect_err("nobody linked it");
        assert!(error.kind() == ErrorKind::Config && error.to_string().contains("evil.example"), "{error}");
        assert!(!error.to_string().contains("hunter2"));
        assert!(name(named, &[("VAULT_ADDR", "https://evil.example/")], &Trust::default()).is_ok());
        let linked = Trust { linked: vec!["https://evil.example".to_owned()], ..Trust::default() };
        assert!(name(named, &[], &linked).is_ok());
        assert!(name("\"vault\"", &[], &linked).is_ok_and(|name| name.contains("evil.example")));
        assert!(name("\"vault\"", &[], &Trust::default()).is_err());
    }

    #[test]
    fn what_is_missing_is_named() {
        for (json, missing) in [
            ("\"aws-ssm\"", "AWS_REGION"),
            ("{\"kind\": \"vault\", \"auth\": {\"method\": \"approle\"}}", "VAULT_ROLE_ID"),
            ("{\"kind\": \"vault\", \"auth\": {\"method\": \"jwt\"}}", "VAULT_JWT_FILE"),
            ("{\"kind\": \"vault\", \"kv_version\": 3}", "kv_version"),
            ("\"takk\"", "takk run"),
        ] {
            let error = name(json, &[("VAULT_ADDR", "https://vault.example")], &Trust::default()).expect_err(json);
            assert!(error.kind() == ErrorKind::Config && error.to_string().contains(missing), "{error}");
        }
        let takk = Trust { takk: Some(Arc::new(Mock::default())), ..Trust::default() };
        assert!(name("\"takk\"", &[], &takk).is_ok());
    }

    #[test]
    fn the_variables_name_a_backend() {
        let of = |variables| backend_from_env(&process(variables), &Trust::default()).map(|backend| backend.name());
        assert_eq!(of(&[]).expect("env"), "the environment");
        assert!(of(&[("VAULT_ADDR", "http://127.0.0.1:8200")]).expect("vault").starts_with("Vault at http://127.0.0.1:8200"));
        assert_eq!(
            of(&[("VAULT_ADDR", "http://127.0.0.1:8200"), ("TAKK_SECRETS_BACKEND", "env")]).expect("env"),
            "the environment"
        );
        assert!(of(&[("TAKK_SECRETS_BACKEND", "env, dotenv")]).is_ok_and(|name| name.contains(", then the dotenv file")));
        assert!(
            of(&[("BAO_ADDR", "http://127.0.0.1:8200")]).is_ok_and(|name| name.starts_with("Vault at http://127.0.0.1:8200"))
        );
        assert!(of(&[("TAKK_SECRETS_BACKEND", "boto3")]).is_err_and(|error| error.to_string().contains("boto3")));
    }
}
