//! Where the token of a server is stored: in the operating system's keyring, else in a file of the data directory. A token is stored under
//! the address of the server that issued it, and is sent to no other.

use std::path::PathBuf;

use takk_api::Plain;
use takk_model::error::{Error, Result};
use takk_project::config::Home;
use takk_project::platform::Address;
use takk_project::platform::directory;
use takk_project::platform::private_table;
use takk_vault::{Keyring, SystemKeyring};

/// The file for tokens if there is no keyring.
const FILE: &str = "tokens.json";

/// The source of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// `TAKK_TOKEN`.
    Variable,
    /// The server issued it to this CI job. It is not stored.
    Job,
    /// The keyring of the operating system.
    Keyring,
    /// A file in the data directory.
    File(PathBuf),
}

/// The token for a server, if there is one.
pub fn find(home: &Home, address: &Address) -> Result<Option<(Plain, TokenSource)>> {
    if let Some(token) = &home.server.token {
        return of_variable(home, address, token);
    }
    let (kept, _) = keyring(home, address).map_or((None, None), |keyring| keyring.load());
    if let Some(token) = kept {
        return Ok(Some((Plain::new(token.to_string()), TokenSource::Keyring)));
    }
    let Some(file) = private_table::file(home, FILE) else { return Ok(None) };
    let mut tokens: private_table::Rows<Plain> = private_table::read(&file)?;
    Ok(tokens.remove(address.as_str()).map(|token| (token, TokenSource::File(file))))
}

/// `TAKK_TOKEN` is only for the server that `TAKK_SERVER` names: a repository must not choose where it is sent.
fn of_variable(home: &Home, address: &Address, token: &str) -> Result<Option<(Plain, TokenSource)>> {
    let named = home.server.url.as_deref().and_then(|url| Address::parse(url, true).ok());
    if named.as_ref() != Some(address) {
        return Err(Error::usage(format!("TAKK_TOKEN is set, but not for {address}"))
            .hint(format!("set TAKK_SERVER too: TAKK_SERVER={address}")));
    }
    Ok(Some((Plain::new(token.trim().to_owned()), TokenSource::Variable)))
}

/// Stores the token for a server. Returns where it is.
pub fn keep(home: &Home, address: &Address, token: &Plain) -> Result<TokenSource> {
    if let Some(keyring) = keyring(home, address)
        && keyring.keep(token.expose()).is_ok()
        && keyring.load().0.is_some_and(|kept| kept.as_str() == token.expose())
    {
        private_table::change(home, FILE, |tokens: &mut private_table::Rows<Plain>| tokens.remove(address.as_str()))?;
        return Ok(TokenSource::Keyring);
    }
    private_table::change(home, FILE, |tokens| tokens.insert(address.as_str().to_owned(), token.clone()))?;
    Ok(TokenSource::File(directory(home)?.join(FILE)))
}

/// Removes the token for a server.
pub fn remove(home: &Home, address: &Address) -> Result<()> {
    if let Some(keyring) = keyring(home, address) {
        keyring.remove();
    }
    if private_table::file(home, FILE).is_some_and(|file| file.exists()) {
        private_table::change(home, FILE, |tokens: &mut private_table::Rows<Plain>| tokens.remove(address.as_str()))?;
    }
    Ok(())
}

fn keyring(home: &Home, address: &Address) -> Option<SystemKeyring> {
    let directory = home.directory.as_deref().filter(|_| home.keyring)?;
    Some(SystemKeyring::of_token(directory, address.as_str()))
}
