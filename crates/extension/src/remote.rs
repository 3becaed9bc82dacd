//! Backends that use the network, and the backend that the environment selects.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use serde::Deserialize;
use takk_backends::aws::Credentials;
use takk_backends::{
    BackendConfig, Credential, Dotenv, Error, KvVersion, SERVICE_ACCOUNT, SecretBackends, SecretText, Ssm, SsmSettings,
    TokenFactory, Trust, Vault, VaultLogin, VaultSettings,
};

use super::backend::{Backend, made};
use super::errors::{Given, exception, of_parts};
use super::process;

/// A file of variables.
#[pyfunction]
pub(crate) fn dotenv(path: PathBuf, prefix: String) -> Backend {
    Backend::new(Dotenv::new(process::here(), path, prefix))
}

/// The backend that `TAKK_SECRETS_BACKEND` names, else Vault if `VAULT_ADDR` is set, else the environment. `takk` is takk's own store.
#[pyfunction]
pub(crate) fn backend_from_env(py: Python<'_>, takk: PyRef<'_, Backend>) -> PyResult<Backend> {
    let backend = takk_backends::backend_from_env(&process::here(), &trust(&takk, None));
    backend.map(|inner| Backend { inner }).map_err(|error| exception(py, &error, ""))
}

/// The backend of an environment in a `pyproject.toml`, or a `takk.toml`. `TAKK_SECRETS_BACKEND` takes precedence.
#[pyfunction]
pub(crate) fn backend_from_project(
    py: Python<'_>,
    file: PathBuf,
    environment: &str,
    takk: PyRef<'_, Backend>,
) -> PyResult<Backend> {
    let process = process::here();
    let trust = trust(&takk, file.parent().map(Path::to_owned));
    let backend = if process.set("TAKK_SECRETS_BACKEND").is_some() {
        takk_backends::backend_from_env(&process, &trust)
    } else {
        named_in(&file, environment).and_then(|config| takk_backends::backend(&config, &process, &trust))
    };
    backend.map(|inner| Backend { inner }).map_err(|error| exception(py, &error, ""))
}

fn trust(takk: &Backend, root: Option<PathBuf>) -> Trust {
    Trust { takk: Some(Arc::clone(&takk.inner)), root, ..Trust::default() }
}

/// The part of a `pyproject.toml` that is read here.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Pyproject {
    tool: Tool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    takk: Section,
}

/// `[tool.takk]`, or all of a `takk.toml`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Section {
    secrets: SecretBackends,
}

fn named_in(file: &Path, environment: &str) -> Result<BackendConfig, Error> {
    let shown = file.display();
    let bytes = takk_files::read(file, takk_files::MOST);
    let text = bytes
        .and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other))
        .map_err(|error| Error::config(format!("cannot read {shown}: {error}")))?;
    let section = if file.file_name().is_some_and(|name| name == "takk.toml") {
        toml::from_str::<Section>(&text)
    } else {
        toml::from_str::<Pyproject>(&text).map(|file| file.tool.takk)
    };
    // Its own message shows the line, which may contain anything.
    let section = section.map_err(|_| {
        Error::config(format!("cannot use {shown}: it is not valid TOML, or its section `secrets` names no backend"))
            .hint("`takk check` shows what is wrong in it")
    })?;
    section.secrets.of(environment).cloned().ok_or_else(|| {
        Error::config(format!("{shown} names no backend of secret paths for the environment `{environment}`"))
            .hint("write `[tool.takk.secrets]` with `backend = \"vault\"`, or set TAKK_SECRETS_BACKEND")
    })
}

/// Parameters of AWS SSM. `keys` are id, secret and session token.
#[pyfunction]
pub(crate) fn ssm(
    py: Python<'_>,
    region: Option<String>,
    profile: Option<String>,
    endpoint: Option<String>,
    keys: Option<(String, String, Option<String>)>,
    with_decryption: bool,
) -> PyResult<Backend> {
    let credentials = keys.map(|(access_key_id, secret, session_token)| {
        let (secret, session_token) = (SecretText::new(secret), session_token.map(SecretText::new));
        let source = "the given keys".to_owned();
        Arc::new(Credentials { access_key_id, secret, session_token, expires: None, source })
    });
    let settings = SsmSettings { region, profile, endpoint, credentials, with_decryption, ..SsmSettings::new(process::here()) };
    made(py, Ssm::new(settings))
}

/// How to log in: method, mount, role, and the credential or the file that contains it.
type Login = (String, String, Option<String>, Option<String>, Option<PathBuf>);

/// A KV store of Vault or OpenBao.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
pub(crate) fn vault(
    py: Python<'_>,
    url: Option<String>,
    token: Option<String>,
    token_factory: Option<Py<PyAny>>,
    login: Option<Login>,
    mount_point: String,
    default_key: String,
    namespace: Option<String>,
    ca_file: Option<PathBuf>,
    kv_version: Option<u8>,
    reuse_connection: bool,
    idle_timeout: Option<f64>,
) -> PyResult<Backend> {
    let process = process::here();
    let Some(url) = url.or_else(|| process.vault("ADDR")) else {
        let error = Error::config("no URL of Vault is set").hint("Vault(\"https://vault.example:8200\"), or VAULT_ADDR");
        return Err(exception(py, &error, ""));
    };
    let login = match (token, token_factory, login) {
        (Some(token), _, _) => VaultLogin::Token(SecretText::new(token)),
        (_, Some(factory), _) => VaultLogin::Factory(called(factory)),
        (_, _, Some(login)) => logging_in(login),
        (None, None, None) => VaultLogin::Variables(process.clone()),
    };
    let usual = VaultSettings::new(url, login);
    let idle = idle_timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).or(usual.idle_timeout);
    let settings = VaultSettings {
        mount_point,
        default_key,
        namespace: namespace.or_else(|| process.vault("NAMESPACE")),
        ca_file: ca_file.or_else(|| process.vault("CACERT").map(PathBuf::from)),
        kv_version: kv_version.map(|version| if version == 1 { KvVersion::One } else { KvVersion::Two }),
        idle_timeout: if reuse_connection { idle } else { None },
        ..usual
    };
    made(py, Vault::new(settings))
}

fn logging_in((method, mount, role, text, file): Login) -> VaultLogin {
    let given = text.map(|text| Credential::Text(SecretText::new(text))).or(file.map(Credential::File));
    let service_account = || Credential::File(PathBuf::from(SERVICE_ACCOUNT));
    match method.as_str() {
        "approle" => VaultLogin::AppRole { mount, role_id: role.unwrap_or_default(), secret_id: given },
        "kubernetes" => {
            VaultLogin::Kubernetes { mount, role: role.unwrap_or_default(), jwt: given.unwrap_or_else(service_account) }
        }
        _ => VaultLogin::Jwt { mount, role, jwt: given.unwrap_or_else(service_account) },
    }
}

/// Calls Python for a token. The callable returns the token or the parts of a failure, and never raises.
fn called(factory: Py<PyAny>) -> TokenFactory {
    Arc::new(move || {
        let given = Python::attach(|py| factory.bind(py).call0()?.extract::<Given>());
        match given {
            Ok(Given::Text(token)) => Ok(SecretText::new(token)),
            Ok(Given::Failed(parts)) => Err(of_parts(parts)),
            Err(_) => Err(Error::config("token_factory was interrupted")),
        }
    })
}
