//! Secrets in a dotenv file.

use std::path::PathBuf;

use takk_document::dotenv::value_of;
use zeroize::Zeroizing;

use super::backend::{Backend, Fetched, Proof, prove_by_reading};
use super::deadline::Deadline;
use super::env::prefixed;
use super::error::{Error, Result};
use super::key::Key;
use super::process::Process;

/// The maximum size of a file.
const MOST: u64 = takk_files::MOST;

/// Reads `/db/prod/password` from `DB_PROD_PASSWORD` in a file, by the rules of [`Env`](super::Env) and python-dotenv. Each fetch reads the
/// file again. A pinned version is ignored.
pub struct Dotenv {
    process: Process,
    path: PathBuf,
    prefix: String,
}

impl Dotenv {
    /// With the environment that `${NAME}` may refer to, and a prefix as for [`Env`](super::Env).
    pub fn new(process: Process, path: impl Into<PathBuf>, prefix: impl Into<String>) -> Self {
        Self { process, path: path.into(), prefix: prefix.into() }
    }

    fn text(&self) -> Result<Zeroizing<String>> {
        let failed = |why: &str| Error::config(format!("cannot read the dotenv file `{}`: {why}", self.path.display()));
        let bytes = takk_files::read(&self.path, MOST).map_err(|error| failed(&error.to_string()).hint("check its path"))?;
        let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8"))?;
        Ok(Zeroizing::new(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
    }

    fn value(&self, text: &str, key: &Key) -> Result<Fetched> {
        let name = prefixed(&self.prefix, key.path());
        let what = || format!("cannot read `{key}` from `{}`", self.path.display());
        let found = value_of(text, &name, |name| self.process.variable(name), usize::try_from(MOST).unwrap_or(usize::MAX))
            .map_err(|_| Error::config(format!("{}: with its `${{...}}` replaced, it is too large", what())))?;
        match found {
            Some(value) => Ok(Fetched::new(value.as_str())),
            None => Err(Error::not_found(format!("{}: it does not set {name}", what())).hint(format!("add a line {name}=..."))),
        }
    }
}

impl Backend for Dotenv {
    fn name(&self) -> String {
        format!("the dotenv file `{}`", self.path.display())
    }

    fn fetch(&self, key: &Key, _deadline: Deadline) -> Result<Fetched> {
        self.value(&self.text()?, key)
    }

    fn fetch_many(&self, keys: &[Key], _deadline: Deadline) -> Vec<Result<Fetched>> {
        match self.text() {
            Ok(text) => keys.iter().map(|key| self.value(&text, key)).collect(),
            Err(error) => keys.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
        prove_by_reading(self, keys, deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::time::UNIX_EPOCH;

    #[test]
    fn a_file_is_read_as_python_dotenv_reads_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join(".env");
        std::fs::write(&path, "\u{feff}APP_DB_PASSWORD='hunter2'\nAPP_URL=x://${USER}\n").expect("writable");
        let process = Process::new(|name| (name == "USER").then(|| "ada".to_owned()), || UNIX_EPOCH);
        let dotenv = Dotenv::new(process.clone(), &path, "APP");
        let keys = [Key::pinned("/db/password", Some("3")), Key::new("url"), Key::new("/none")];
        let results = dotenv.fetch_many(&keys, Deadline::NONE);
        let texts: Vec<_> = results.iter().map(|result| result.as_ref().ok().map(|read| read.text.expose())).collect();
        assert_eq!(texts, [Some("hunter2"), Some("x://ada"), None]);
        let error = results[2].as_ref().expect_err("it is not there");
        assert!(error.kind() == ErrorKind::SecretNotFound && error.to_string().contains("APP_NONE"), "{error}");
        assert_eq!(dotenv.prove(&keys[..1], Deadline::NONE)[0].word(), "exists");
        std::fs::write(&path, b"A=\xff").expect("writable");
        assert_eq!(dotenv.fetch(&keys[0], Deadline::NONE).expect_err("not UTF-8").kind(), ErrorKind::Config);
        let missing = Dotenv::new(process, directory.path().join("none"), "");
        assert!(missing.fetch(&keys[0], Deadline::NONE).is_err_and(|error| error.to_string().contains("none`")));
    }
}
