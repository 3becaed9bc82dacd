//! `takk store rekey`

use std::path::PathBuf;

use super::super::{Outcome, Session};
use crate::ui::{json, store_text};
use takk_model::error::Result;
use takk_project::ops::store::{Target, rekey};

/// Replace the master key of the store
///
/// takk writes the new key to where the current one is: the keyring, or the file next to the store. Earlier backups need the old
/// key. Servers respond with 503 until they find the new key in the place of the old one.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Args {
    /// Write the new key to this file, if a variable provides the current one
    #[arg(long, value_name = "PATH")]
    new_key_file: Option<PathBuf>,
}

pub(super) fn run(args: &Args, store: Target, session: &Session) -> Result<Outcome> {
    let rekeyed = rekey::rekey(store, args.new_key_file.as_deref())?;
    if session.json {
        session.output.data(&json::json(&rekeyed)?)?;
    }
    session.output.note(&store_text::rekeyed(&rekeyed));
    Ok(Outcome::Clean)
}
