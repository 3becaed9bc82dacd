//! The argument for the database of a command that works on a whole store.

use super::{Session, open_platform};
use takk_model::error::Result;
use takk_project::config::ServeVariables;
use takk_project::ops::store::Target;

/// Selects the store of a server instead of the user's own.
#[derive(Debug, clap::Args)]
pub(super) struct DatabaseArg {
    /// The PostgreSQL database of a server, instead of the store of this user; use `TAKK_DATABASE` to hide the password from `ps`
    #[arg(long, value_name = "URL", global = true)]
    database: Option<String>,
}

impl DatabaseArg {
    /// The URL: the option, or else the variable.
    pub(super) fn url(self) -> Option<String> {
        self.database.or_else(|| ServeVariables::of_process().database)
    }
}

/// The store to maintain. Says so if it is not the one with the values of the current checkout.
pub(super) fn target<'t>(database: Option<&'t str>, session: &'t Session) -> Result<Target<'t>> {
    if database.is_none() {
        open_platform::mind_the_server(session)?;
    }
    Ok(Target { home: &session.home, database })
}
